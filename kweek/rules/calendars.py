"""When is it open? Business time: opening hours, holidays, and reckoning with them.

A calendar is what its clock on the wall says: a moment is open if the local time then lies in one of the day's
intervals. So in the night that the clock goes back, an interval in the repeated hour is open twice, and one in the
hour that is skipped not at all. All reckoning is done in UTC and all answers are in UTC.

- `24 hours` is elapsed time.
- `n business hours` run inside open intervals; the answer is the first moment at which they have run (so it may be a
  closing time).
- `n business days` is the same clock time, n open days on. A start outside hours begins at the next opening. Where
  the clock time is not open on that day, it is the next opening after it.
- Going back mirrors this: a start outside hours begins at the last closing, and the answer is an open moment (the
  last one for hours; for days the same clock time, else the next opening after it).
- Whatever is more than ten years away is ten years away: a turn that reckons in the middle of everything else must not
  fail because a calendar hardly ever opens, or a date lies in the year 9999.
- An edited calendar keeps what it was. What was promised before the edit is reckoned again from the moment of the edit,
  with what was left of it by then (`moved`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kweek.flow.duration import Duration
from kweek.rules.public_holidays import holidays_of
from kweek.rules.wall import DAY, EPOCH, HOUR, MINUTE, Piece, around, first, offset, pieces, ticks, zone
from kweek.rules.wall import moment as utc

Hours = tuple[tuple[int, int], ...]
"""The open intervals of a day: minutes after midnight, half-open, in order."""

_ORDINAL: Final = EPOCH.toordinal()
_HORIZON: Final = 3_653  # days: ten years. Business time beyond it is a mistake, not a plan.
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Calendar:
    """Opening hours. Immutable; safe to share between threads.

    timezone: an IANA name. week: the hours from Monday to Sunday. closed: dates that are closed all day. open: dates
    that are open although they are holidays; () means that weekday's own hours. holidays: whose public holidays are
    closed, as ISO codes (`NL`, `DE-BY`). was: what it was until it was edited, at `since`. ValueError: hours that
    overlap or are no hours, a zone that does not exist, a calendar that never opens.
    """

    timezone: str
    week: tuple[Hours, ...]
    closed: frozenset[date] = frozenset()
    open: Mapping[date, Hours] = field(default_factory=dict[date, Hours])
    holidays: tuple[str, ...] = ()
    was: Calendar | None = field(default=None, repr=False, compare=False)
    since: datetime | None = field(default=None, repr=False, compare=False)
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _spans: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _days: dict[int, tuple[bool, list[Piece]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", zone(self.timezone))
        if len(self.week) != 7:
            raise ValueError("a week has seven days, from Monday to Sunday")
        for hours in (*self.week, *self.open.values()):
            _check(hours)
        for day, hours in self.open.items():
            if not hours and not self.week[day.weekday()]:
                raise ValueError(f"{day} is a {day:%A}, which has no hours; say at what hours it is open")
            if day in self.closed:
                raise ValueError(f"{day} is both closed and open; take one of them out")
        if not any(self.week) and not self.open:
            raise ValueError("this calendar never opens; give it at least one interval, such as monday: 09:00-17:00")

    @classmethod
    def always(cls, timezone: str = "UTC") -> Calendar:
        """Open day and night, holidays too."""
        return cls(timezone, (((0, 1440),),) * 7)

    # --- questions ---------------------------------------------------------------------------------

    def hours(self, day: date) -> Hours:
        """The intervals of this local date, by the clock on the wall."""
        if day in self.open:
            return self.open[day] or self.week[day.weekday()]
        if day in self.closed or any(day in holidays_of(country, day.year) for country in self.holidays):
            return ()
        return self.week[day.weekday()]

    def is_open(self, moment: datetime) -> bool:
        return self._open_at(_ticks(moment))

    def next_open(self, moment: datetime) -> datetime:
        """The first open moment that is not before this one."""
        return utc(self._next_open(_ticks(moment)))

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from a to b; negative if b is before a."""
        start, end = _ticks(a), _ticks(b)
        if end < start:
            return -self.between(b, a)
        days = range(start // DAY, end // DAY + 1)
        spans = (span for day in days for span in self._open_on(day))
        return timedelta(microseconds=sum(max(0, min(high, end) - max(low, start)) for low, high in spans))

    # --- reckoning ---------------------------------------------------------------------------------

    def add(self, moment: datetime, duration: Duration) -> datetime:
        """The moment `duration` after this one, as the module's first lines say."""
        if not duration.business:
            return _elapsed(moment, duration, 1)
        start = _ticks(moment)
        if duration.unit == "day":
            return utc(self._same_clock(self._next_open(start), duration.amount))
        return utc(self._run(start, duration.amount * HOUR))

    def subtract(self, moment: datetime, duration: Duration) -> datetime:
        """The moment `duration` before this one, as the module's first lines say."""
        if not duration.business:
            return _elapsed(moment, duration, -1)
        start = _ticks(moment)
        if duration.unit == "day":
            anchor = start if self._open_at(start) else self._last_close(start)
            return utc(self._same_clock(anchor, -duration.amount))
        left = duration.amount * HOUR
        for low, high in self._backwards(start):
            if high - low >= left:
                return utc(high - left)
            left -= high - low
        return utc(start - _HORIZON * DAY)

    def moved(self, deadline: datetime, reckoned: datetime, duration: Duration) -> datetime:
        """A deadline so long after something, reckoned at that moment: when is it, after all edits since then? Of
        each, only what was left counts; what was over before it stays."""
        if not duration.business or self.was is None or self.since is None or self.since <= reckoned:
            return deadline
        before = self.was.moved(deadline, reckoned, duration)
        return before if before <= self.since else self._as_of(self.since, self.was, before, duration)

    def _as_of(self, since: datetime, was: Calendar, deadline: datetime, duration: Duration) -> datetime:
        start, due = _ticks(since), _ticks(deadline)
        if duration.unit == "hour":
            return utc(self._run(start, was.between(since, deadline) // timedelta(microseconds=1)))
        today = (start + offset(self._zone, start)) // DAY
        day, clock = divmod(due + offset(self._zone, due), DAY)
        left = sum(was._day(one)[0] for one in range(today + 1, day + 1))
        if left == 0:  # it is due today
            return utc(self._next_open(due))
        return utc(self._open_days_on(today, clock, left))

    # --- in ticks: microseconds since 1970 ---------------------------------------------------------

    def _open_at(self, at: int) -> bool:
        return any(low <= at < high for low, high in self._open_on(at // DAY))

    def _next_open(self, at: int) -> int:
        for low, _ in self._onwards(at):
            return low
        return at + _HORIZON * DAY

    def _run(self, start: int, left: int) -> int:
        """When so much open time has run."""
        for low, high in self._onwards(start):
            if high - low >= left:
                return low + left
            left -= high - low
        return start + _HORIZON * DAY

    def _last_close(self, at: int) -> int:
        for _, high in self._backwards(at):
            return high
        return at - _HORIZON * DAY

    def _onwards(self, at: int) -> Iterator[tuple[int, int]]:
        """Open spans from here on."""
        for day in range(at // DAY, at // DAY + _HORIZON):
            for low, high in self._open_on(day):
                if high > at:
                    yield max(low, at), high

    def _backwards(self, at: int) -> Iterator[tuple[int, int]]:
        """Open spans up to here, the last first."""
        for day in range(at // DAY, at // DAY - _HORIZON, -1):
            for low, high in reversed(self._open_on(day)):
                if low < at:
                    yield low, min(high, at)

    def _open_on(self, day: int) -> tuple[tuple[int, int], ...]:
        """The open spans of one day in UTC. Counted by UTC days, so that spans never interleave, whatever the clock
        on the wall does at midnight."""
        spans = self._spans.get(day)
        if spans is None:
            spans = self._spans[day] = tuple(self._reckon(day * DAY, (day + 1) * DAY))
        return spans

    def _reckon(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for low, high, ahead in pieces(self._zone, start, end):
            for local in range((low + ahead) // DAY, (high - 1 + ahead) // DAY + 1):
                for opens, closes in self.hours(date.fromordinal(local + _ORDINAL)):
                    midnight = local * DAY - ahead
                    since, until = max(midnight + opens * MINUTE, low), min(midnight + closes * MINUTE, high)
                    if since < until:
                        yield since, until

    # --- by the clock on the wall; days count from 1970 ---------------------------------------------

    def _same_clock(self, at: int, days: int) -> int:
        """The same clock time so many open days on (or back); where that is not open, the next opening after it."""
        day, clock = divmod(at + offset(self._zone, at), DAY)
        return self._open_days_on(day, clock, days)

    def _open_days_on(self, day: int, clock: int, days: int) -> int:
        step, left = (1, days) if days > 0 else (-1, -days)
        for there in range(day + step, day + step * _HORIZON, step):
            is_open, stretch = self._day(there)
            left -= is_open
            if left == 0:
                return self._next_open(first(stretch, there, clock))
        return (day + step * _HORIZON) * DAY + clock

    def _day(self, day: int) -> tuple[bool, list[Piece]]:
        """Is it an open day, and what does the clock on the wall do around it?"""
        known = self._days.get(day)
        if known is None:
            hours = self.hours(date.fromordinal(day + _ORDINAL))
            stretch = around(self._zone, day)
            spans = ((first(stretch, day, a * MINUTE), first(stretch, day, b * MINUTE)) for a, b in hours)
            # an interval that the clock jumps over is no opening
            known = self._days[day] = any(low < high for low, high in spans), stretch
        return known


def _check(hours: Hours) -> None:
    last = (0, 0)
    for opens, closes in hours:
        if not 0 <= opens < closes <= 1440:
            raise ValueError(f"{_words(opens, closes)} is no interval within a day; the end comes after the start")
        if opens < last[1]:
            fix = f"end the first at {_clock(opens)}, or begin the second at {_clock(last[1])}"
            raise ValueError(f"{_words(*last)} and {_words(opens, closes)} overlap; {fix}")
        last = opens, closes


def _words(opens: int, closes: int) -> str:
    return f"{_clock(opens)}-{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _elapsed(moment: datetime, duration: Duration, sign: int) -> datetime:
    return utc(_ticks(moment)) + sign * duration.elapsed


def _ticks(moment: datetime) -> int:
    """Within the years with which anybody reckons; ten more on either side are years too."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return ticks(min(max(moment, _EARLIEST), _LATEST))
