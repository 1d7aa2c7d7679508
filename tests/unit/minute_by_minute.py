"""What would a calendar say that only looks at the clock? An oracle that walks minute by minute, and what to ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from kweek.flow.duration import Duration
from kweek.rules.calendars import Calendar, Hours
from kweek.rules.public_holidays import holidays_of

MINUTE = timedelta(minutes=1)


class Oracle:
    """Knows only whether the wall clock lies in an interval, and walks minute by minute in UTC."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.timezone)
        self.seen: dict[datetime, tuple[date, int]] = {}

    def wall(self, moment: datetime) -> tuple[date, int]:
        if moment not in self.seen:
            local = moment.astimezone(self.zone)
            self.seen[moment] = local.date(), local.hour * 60 + local.minute
        return self.seen[moment]

    def is_open(self, moment: datetime) -> bool:
        day, minute = self.wall(moment)
        hours = self.calendar.week[day.weekday()]
        if day in self.calendar.open:
            hours = self.calendar.open[day] or hours
        elif day in self.calendar.closed or any(day in holidays_of(of, day.year) for of in self.calendar.holidays):
            hours = ()
        return any(a <= minute < b for a, b in hours)

    def minutes(self, moment: datetime, step: int = 1) -> Iterator[datetime]:
        return (moment + n * step * MINUTE for n in count())

    def next_open(self, moment: datetime) -> datetime:
        return next(m for m in self.minutes(moment) if self.is_open(m))

    def add_hours(self, moment: datetime, hours: int) -> datetime:
        opened = (m for m in self.minutes(moment) if self.is_open(m))
        return next(m for n, m in enumerate(opened, 1) if n == hours * 60) + MINUTE

    def subtract_hours(self, moment: datetime, hours: int) -> datetime:
        opened = (m for m in self.minutes(moment - MINUTE, -1) if self.is_open(m))
        return next(m for n, m in enumerate(opened, 1) if n == hours * 60)

    def add_days(self, moment: datetime, days: int) -> datetime:
        return self._open_days(self.next_open(moment), days, 1)

    def subtract_days(self, moment: datetime, days: int) -> datetime:
        if not self.is_open(moment):
            moment = next(m for m in self.minutes(moment, -1) if self.is_open(m - MINUTE))
        return self._open_days(moment, days, -1)

    def _open_days(self, start: datetime, days: int, step: int) -> datetime:
        first_day, clock = self.wall(start)
        seen: list[date] = []
        for m in self.minutes(start, step):
            day, _ = self.wall(m)
            if (day > first_day if step > 0 else day < first_day) and day not in seen and self.is_open(m):
                seen.append(day)
            if len(seen) == days:
                break
        # from the first minute of that date on: the clock time has come, and it is open
        back = next(m for m in self.minutes(m, -1) if self.wall(m)[0] < seen[-1])
        come = next(m for m in self.minutes(back) if self.wall(m) >= (seen[-1], clock))
        return self.next_open(come)


ZONES = ("Europe/Amsterdam", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "America/Santiago", "UTC")


@st.composite
def day_hours(draw: st.DrawFn) -> Hours:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple((a * 15, b * 15) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = draw(st.lists(day_hours(), min_size=7, max_size=7).filter(any))
    days = st.integers(0, 430).map(lambda n: date(2025, 12, 1) + timedelta(n))
    open_days = {
        day: hours for day, hours in draw(st.dictionaries(days, day_hours(), max_size=20)).items()
        if hours or week[day.weekday()]
    }  # fmt: skip
    closed = frozenset(draw(st.sets(days, max_size=20))) - set(open_days)
    holidays = draw(st.sampled_from([(), (), ("NL",), ("DE-BY", "NL")]))
    return Calendar(draw(st.sampled_from(ZONES)), tuple(week), closed, open_days, holidays)


def moments(days: int = 400) -> st.SearchStrategy[datetime]:
    """Whole minutes in 2026 and after; every DST change of the zones lies among them."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return st.integers(0, days * 1440).map(lambda n: start + n * MINUTE)


def business(hours: int = 12, days: int = 4) -> st.SearchStrategy[Duration]:
    return st.one_of(
        st.integers(1, hours).map(lambda n: Duration(n, "hour", True)),
        st.integers(1, days).map(lambda n: Duration(n, "day", True)),
    )
