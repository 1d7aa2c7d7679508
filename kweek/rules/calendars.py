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
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from kweek.errors import KweekError
from kweek.flow.duration import Duration

Hours = tuple[tuple[int, int], ...]
"""The open intervals of a day: minutes after midnight, half-open, in order."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_ORDINAL: Final = _EPOCH.toordinal()
_HORIZON: Final = 3_653  # days: ten years. Business time beyond it is a mistake, not a plan.


class NeverOpenError(KweekError):
    """The calendar does not open (often enough) within ten years."""


@dataclass(frozen=True)
class Calendar:
    """Opening hours. Immutable; safe to share between threads.

    timezone: an IANA name. week: the hours from Monday to Sunday. closed: dates that are closed all day. open: dates
    that are open although they are holidays; () means that weekday's own hours. holidays: whose public holidays are
    closed, as ISO codes (`NL`, `DE-BY`). ValueError: hours that overlap or are no hours, a zone that does not exist,
    a calendar that never opens.
    """

    timezone: str
    week: tuple[Hours, ...]
    closed: frozenset[date] = frozenset()
    open: Mapping[date, Hours] = field(default_factory=dict[date, Hours])
    holidays: tuple[str, ...] = ()
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _spans: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _days: dict[int, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        """The first open moment that is not before this one; NeverOpenError if there is none within ten years."""
        return _moment(self._next_open(_ticks(moment)))

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from a to b; negative if b is before a."""
        start, end = _ticks(a), _ticks(b)
        if end < start:
            return -self.between(b, a)
        days = range(start // _DAY, end // _DAY + 1)
        spans = (span for day in days for span in self._open_on(day))
        return timedelta(microseconds=sum(max(0, min(high, end) - max(low, start)) for low, high in spans))

    # --- reckoning ---------------------------------------------------------------------------------

    def add(self, moment: datetime, duration: Duration) -> datetime:
        """The moment `duration` after this one, as the module's first lines say. NeverOpenError: beyond ten years."""
        if not duration.business:
            return _elapsed(moment, duration, 1)
        start = _ticks(moment)
        if duration.unit == "day":
            return _moment(self._same_clock(self._next_open(start), duration.amount))
        left = duration.amount * _HOUR
        for low, high in self._onwards(start):
            if high - low >= left:
                return _moment(low + left)
            left -= high - low
        raise self._too_far(f"{duration} after {moment:%Y-%m-%d}")

    def subtract(self, moment: datetime, duration: Duration) -> datetime:
        """The moment `duration` before this one, as the module's first lines say. NeverOpenError: beyond ten years."""
        if not duration.business:
            return _elapsed(moment, duration, -1)
        start = _ticks(moment)
        if duration.unit == "day":
            anchor = start if self._open_at(start) else self._last_close(start)
            return _moment(self._same_clock(anchor, -duration.amount))
        left = duration.amount * _HOUR
        for low, high in self._backwards(start):
            if high - low >= left:
                return _moment(high - left)
            left -= high - low
        raise self._too_far(f"{duration} before {moment:%Y-%m-%d}")

    # --- in ticks: microseconds since 1970 ---------------------------------------------------------

    def _open_at(self, at: int) -> bool:
        return any(low <= at < high for low, high in self._open_on(at // _DAY))

    def _next_open(self, at: int) -> int:
        for low, _ in self._onwards(at):
            return low
        raise self._too_far(f"an opening after {_moment(at):%Y-%m-%d}")

    def _last_close(self, at: int) -> int:
        for _, high in self._backwards(at):
            return high
        raise self._too_far(f"a closing before {_moment(at):%Y-%m-%d}")

    def _onwards(self, at: int) -> Iterator[tuple[int, int]]:
        """Open spans from here on."""
        for day in range(at // _DAY, at // _DAY + _HORIZON):
            for low, high in self._open_on(day):
                if high > at:
                    yield max(low, at), high

    def _backwards(self, at: int) -> Iterator[tuple[int, int]]:
        """Open spans up to here, the last first."""
        for day in range(at // _DAY, at // _DAY - _HORIZON, -1):
            for low, high in reversed(self._open_on(day)):
                if low < at:
                    yield low, min(high, at)

    def _open_on(self, day: int) -> tuple[tuple[int, int], ...]:
        """The open spans of one day in UTC. Counted by UTC days, so that spans never interleave, whatever the clock
        on the wall does at midnight."""
        spans = self._spans.get(day)
        if spans is None:
            spans = self._spans[day] = tuple(self._reckon(day * _DAY, (day + 1) * _DAY))
        return spans

    def _reckon(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for low, high, offset in self._pieces(start, end):
            for local in range((low + offset) // _DAY, (high - 1 + offset) // _DAY + 1):
                for opens, closes in self.hours(date.fromordinal(local + _ORDINAL)):
                    first = max(local * _DAY + opens * _MINUTE - offset, low)
                    last = min(local * _DAY + closes * _MINUTE - offset, high)
                    if first < last:
                        yield first, last

    def _pieces(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Cut a stretch of less than two days where the zone's offset changes: (from, to, offset)."""
        offset, last = self._offset(start), self._offset(end - _SECOND)
        if offset == last:
            return [(start, end, offset)]
        low, high = start, end - _SECOND
        while high - low > _SECOND:
            middle = (low + high) // 2 // _SECOND * _SECOND
            low, high = (middle, high) if self._offset(middle) == offset else (low, middle)
        return [(start, high, offset), *self._pieces(high, end)]

    def _offset(self, at: int) -> int:
        shift = _moment(at).astimezone(self._zone).utcoffset()
        return 0 if shift is None else shift // _TICK

    # --- by the clock on the wall ------------------------------------------------------------------

    def _same_clock(self, at: int, days: int) -> int:
        """The same clock time so many open days on (or back); where that is not open, the next opening after it."""
        local = _moment(at).astimezone(self._zone)
        step = 1 if days > 0 else -1
        day, left = local.toordinal(), abs(days)
        for there in range(day + step, day + step * _HORIZON, step):
            if self._is_open_day(there):
                left -= 1
            if left == 0:
                found = self._instant(date.fromordinal(there), local.time())
                return found if self._open_at(found) else self._next_open(found)
        raise self._too_far(f"{abs(days)} business days {'after' if days > 0 else 'before'} {local:%Y-%m-%d}")

    def _is_open_day(self, ordinal: int) -> bool:
        known = self._days.get(ordinal)
        if known is None:
            day = date.fromordinal(ordinal)
            next_day = date.fromordinal(ordinal + 1)
            known = self._days[ordinal] = any(
                # an interval that the clock jumps over is no opening
                self._instant(day, _clock(opens))
                < (self._instant(day, _clock(closes)) if closes < 1440 else self._instant(next_day, time()))
                for opens, closes in self.hours(day)
            )
        return known

    def _instant(self, day: date, clock: time) -> int:
        """The first moment of this date at which the clock on the wall has come to `clock`."""
        wall = datetime.combine(day, clock.replace(fold=0), tzinfo=self._zone)
        at = _ticks(wall)
        if _moment(at).astimezone(self._zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None):
            return at
        # The clock jumps over it: read with the old offset it lies after the jump, with the new one before it.
        before = _ticks(wall.replace(fold=1)) // _SECOND * _SECOND
        return self._pieces(before, at + _SECOND)[0][1]

    def _too_far(self, what: str) -> NeverOpenError:
        return NeverOpenError(
            f"{what} is more than ten years away on this calendar ({self.timezone}); is it open enough?"
        )


@lru_cache(maxsize=512)
def holidays_of(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country (`NL`) or a part of it (`DE-BY`). ValueError: not known.

    They are those of the `holidays` library, which is imported here and only here: it is heavy. It counts Good
    Friday as Dutch public holiday; who works on it lists its date under `open:`.
    """
    import holidays

    code, _, part = country.partition("-")
    try:
        return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))
    except NotImplementedError:
        raise ValueError(f"the holidays of “{country}” are not known; write an ISO code: NL, BE, DE-BY") from None


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name. ValueError: there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"“{name}” is not a time zone; write an IANA name: Europe/Amsterdam, UTC") from None


def _check(hours: Hours) -> None:
    last = 0
    for opens, closes in hours:
        if not 0 <= opens < closes <= 1440:
            raise ValueError(f"{_words(opens, closes)} is no interval within a day; the end comes after the start")
        if opens < last:
            raise ValueError(f"{_words(opens, closes)} overlaps the interval before it")
        last = closes


def _words(opens: int, closes: int) -> str:
    return f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _ticks(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - _EPOCH) // _TICK


def _moment(ticks: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ticks)


def _elapsed(moment: datetime, duration: Duration, sign: int) -> datetime:
    try:
        return _moment(_ticks(moment) + sign * (duration.elapsed // _TICK))
    except OverflowError:
        raise NeverOpenError(f"{duration} is farther than any clock goes; write less") from None
