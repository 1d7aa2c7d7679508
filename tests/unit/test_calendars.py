"""Business time keeps its contract; beside it walks an oracle that only looks at the clock, minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kweek.flow.duration import Duration, parse_duration
from kweek.rules.calendars import Calendar, Hours
from kweek.rules.public_holidays import holidays_of
from tests.unit.minute_by_minute import MINUTE, Oracle, business, calendars, moments

OFFICE_DAY: Hours = ((9 * 60, 12 * 60 + 30), (13 * 60, 17 * 60 + 30))
OFFICE = Calendar("Europe/Amsterdam", (OFFICE_DAY,) * 5 + ((), ()), closed=frozenset({date(2026, 12, 24)}))


def at(text: str, zone: str = "Europe/Amsterdam") -> datetime:
    """A moment by the clock on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# --- the contract, sentence by sentence ------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        # elapsed time knows no calendar, and is 24 real hours in the night of 29 March (which has 23 by the clock)
        ("2026-03-28 12:00", "24 hours", "2026-03-29 13:00"),
        ("2026-10-24 12:00", "24 hours", "2026-10-25 11:00"),
        ("2026-03-06 17:00", "2 weeks", "2026-03-20 17:00"),
        # business hours run inside the intervals, over the lunch break, the night and the weekend
        ("2026-03-02 09:00", "2 business hours", "2026-03-02 11:00"),
        ("2026-03-02 12:00", "1 business hour", "2026-03-02 13:30"),
        ("2026-03-06 17:00", "1 business hour", "2026-03-09 09:30"),
        # … and end at closing time, not at the next opening
        ("2026-03-02 09:00", "8 business hours", "2026-03-02 17:30"),
        # business days: the same clock time
        ("2026-03-02 10:15", "1 business day", "2026-03-03 10:15"),
        ("2026-03-06 10:15", "1 business day", "2026-03-09 10:15"),
        ("2026-03-02 10:15", "5 business days", "2026-03-09 10:15"),
        ("2026-12-23 10:15", "1 business day", "2026-12-25 10:15"),  # the 24th is closed
        # … also when the clock changes in between
        ("2026-03-27 10:15", "1 business day", "2026-03-30 10:15"),
        ("2026-10-23 10:15", "1 business day", "2026-10-26 10:15"),
        # a start outside hours begins at the next opening
        ("2026-03-02 12:45", "1 business hour", "2026-03-02 14:00"),
        ("2026-03-07 12:00", "1 business day", "2026-03-10 09:00"),
        ("2026-03-06 18:00", "1 business day", "2026-03-10 09:00"),
        ("2026-03-06 17:30", "1 business day", "2026-03-10 09:00"),  # half-open: at 17:30 it is closed
        ("2026-03-02 03:00", "1 business hour", "2026-03-02 10:00"),
    ],
)
def test_adding_time(start: str, duration: str, end: str) -> None:
    assert OFFICE.add(at(start), parse_duration(duration)) == at(end)


def test_a_clock_time_that_is_not_open_on_that_day_becomes_the_next_opening_after_it() -> None:
    short_friday = Calendar("Europe/Amsterdam", (OFFICE_DAY,) * 4 + (((600, 720),), (), ()))
    assert short_friday.add(at("2026-03-05 15:00"), Duration(1, "day", True)) == at("2026-03-09 09:00")
    assert short_friday.add(at("2026-03-05 09:10"), Duration(1, "day", True)) == at("2026-03-06 10:00")


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-03-02 11:00", "2 business hours", "2026-03-02 09:00"),
        ("2026-03-09 09:30", "1 business hour", "2026-03-06 17:00"),
        ("2026-03-10 10:15", "2 business days", "2026-03-06 10:15"),
        ("2026-03-30 10:15", "24 hours", "2026-03-29 10:15"),
        # outside hours it goes back from the last closing: three whole days, Monday to Wednesday, lie before Thursday
        ("2026-03-05 00:00", "3 business days", "2026-03-02 09:00"),
        ("2026-03-05 00:00", "24 business hours", "2026-03-02 09:00"),
        ("2026-03-08 12:00", "1 business hour", "2026-03-06 16:30"),
    ],
)
def test_going_back(start: str, duration: str, end: str) -> None:
    assert OFFICE.subtract(at(start), parse_duration(duration)) == at(end)


def test_intervals_are_half_open() -> None:
    assert [OFFICE.is_open(at(f"2026-03-02 {clock}")) for clock in ("08:59", "09:00", "12:29", "12:30", "13:00")] == [
        False, True, True, False, True,
    ]  # fmt: skip
    assert OFFICE.next_open(at("2026-03-02 12:30")) == at("2026-03-02 13:00")
    assert OFFICE.next_open(at("2026-03-02 12:29")) == at("2026-03-02 12:29")


def test_the_open_time_between_two_moments() -> None:
    assert OFFICE.between(at("2026-03-02 12:00"), at("2026-03-02 14:00")) == timedelta(hours=1, minutes=30)
    assert OFFICE.between(at("2026-03-06 00:00"), at("2026-03-09 00:00")) == timedelta(hours=8)
    assert OFFICE.between(at("2026-03-09 00:00"), at("2026-03-06 00:00")) == -timedelta(hours=8)


def test_answers_are_aware_and_in_utc() -> None:
    for duration in (Duration(1, "day"), Duration(1, "day", True), Duration(1, "hour", True)):
        assert OFFICE.add(at("2026-03-02 10:00").astimezone(ZoneInfo("Asia/Tokyo")), duration).tzinfo is UTC
        with pytest.raises(ValueError, match="time zone"):
            OFFICE.add(at("2026-03-02 10:00").replace(tzinfo=None), duration)


def test_always_open_counts_every_day() -> None:
    always = Calendar.always()
    start = at("2026-03-06 23:59", "UTC")
    assert always.add(start, Duration(3, "day", True)) == start + timedelta(days=3)
    assert always.add(start, Duration(30, "hour", True)) == start + timedelta(hours=30)
    assert always.next_open(start) == start


def test_holidays_are_closed_and_the_list_is_the_authors() -> None:
    dutch = Calendar("Europe/Amsterdam", (OFFICE_DAY,) * 5 + ((), ()), holidays=("NL",))
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)
    assert {good_friday, easter_monday} <= holidays_of("NL", 2026)  # the library's opinion of Good Friday
    assert dutch.add(at("2026-04-02 10:00"), Duration(1, "day", True)) == at("2026-04-07 10:00")
    saturday = date(2026, 4, 4)
    ours = Calendar(dutch.timezone, dutch.week, open={good_friday: (), saturday: ((600, 660),)}, holidays=("NL",))
    assert ours.add(at("2026-04-02 10:00"), Duration(1, "day", True)) == at("2026-04-03 10:00")
    assert ours.hours(saturday) == ((600, 660),)  # a day with hours of its own
    assert ours.hours(easter_monday) == ()


# --- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "options", "words"),
    [
        (((),) * 7, {}, "never opens"),
        ((((540, 720), (700, 800)),) + ((),) * 6, {}, "09:00-12:00 and 11:40-13:20 overlap"),
        ((((720, 720),),) + ((),) * 6, {}, "no interval"),
        ((((720, 1500),),) + ((),) * 6, {}, "no interval"),
        ((OFFICE_DAY,) * 6, {}, "seven days"),
        ((OFFICE_DAY,) * 5 + ((), ()), {"open": {date(2026, 3, 7): ()}}, "Saturday, which has no hours"),
        (
            (OFFICE_DAY,) * 7,
            {"open": {date(2026, 3, 7): ()}, "closed": frozenset({date(2026, 3, 7)})},
            "both closed and open",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(week: tuple[Hours, ...], options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Calendar("Europe/Amsterdam", week, **options)


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Europe/Amsterdm", "", "../etc/passwd", "Europe"):
        with pytest.raises(ValueError, match="not a time zone"):
            Calendar.always(name)


def test_what_is_more_than_ten_years_away_is_ten_years_away() -> None:
    """A turn reckons in the middle of everything else: a calendar that hardly opens, or a date in the year 9999, must
    not stop it."""
    once = Calendar("UTC", ((),) * 7, open={date(2026, 3, 2): OFFICE_DAY})
    start, ten_years = at("2026-03-02 10:00", "UTC"), timedelta(days=3_653)
    assert once.next_open(start + timedelta(days=1)) == start + timedelta(days=1) + ten_years
    assert once.add(start, Duration(1, "day", True)) == start + ten_years
    assert once.add(start, Duration(9, "hour", True)) == start + ten_years
    assert once.subtract(start, Duration(2, "hour", True)) == start - ten_years
    assert once.subtract(start, Duration(2, "day", True)) == start - ten_years
    for calendar in (OFFICE, once):
        for duration in (Duration(100_000, "hour", True), Duration(100_000, "day", True), Duration(10**9, "week")):
            assert abs(calendar.add(start, duration) - start - ten_years) < timedelta(days=1)
            for edge in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
                assert calendar.subtract(edge, duration) < calendar.add(edge, duration)
                assert not calendar.is_open(edge) or calendar is OFFICE


# --- edited -----------------------------------------------------------------------------------------


def edited(was: Calendar, since: str, **change: Any) -> Calendar:
    return replace(was, was=was, since=at(since), **change)


@pytest.mark.parametrize(
    ("duration", "deadline", "since", "change", "moved"),
    [
        # three days of which one has passed; the company closes on the next two
        ("3 business days", "2026-03-05 10:00", "2026-03-03 12:00",
         {"closed": frozenset({date(2026, 3, 4), date(2026, 3, 5)})}, "2026-03-09 10:00"),
        # the days that were open have been spent, though they are closed now
        ("3 business days", "2026-03-05 10:00", "2026-03-04 09:00",
         {"closed": frozenset({date(2026, 3, 3)})}, "2026-03-05 10:00"),
        # what is due on the very day stays, or waits for the next opening
        ("1 business day", "2026-03-03 16:00", "2026-03-03 09:00",
         {"week": (((540, 720),),) * 5 + ((), ())}, "2026-03-04 09:00"),
        # a Saturday that opens brings it forward
        ("2 business days", "2026-03-09 10:00", "2026-03-05 11:00", {"week": (OFFICE_DAY,) * 6 + ((),)},
         "2026-03-07 10:00"),
        # of eight hours six are left at noon of the edit, and an afternoon is taken away
        ("8 business hours", "2026-03-03 10:00", "2026-03-02 12:00", {"week": (((540, 720),),) * 5 + ((), ())},
         "2026-03-04 12:00"),
        # elapsed time knows no calendar; what was over when it was edited is over
        ("24 hours", "2026-03-05 10:00", "2026-03-03 12:00", {"closed": frozenset({date(2026, 3, 4)})},
         "2026-03-05 10:00"),
        ("1 business day", "2026-03-03 10:00", "2026-03-03 10:00", {"closed": frozenset({date(2026, 3, 3)})},
         "2026-03-03 10:00"),
    ],
)  # fmt: skip
def test_an_edit_reckons_again_what_was_left(
    duration: str, deadline: str, since: str, change: dict[str, Any], moved: str
) -> None:
    calendar = edited(OFFICE, since, **change)
    before, after = at("2026-03-02 09:00"), at(since)
    length = parse_duration(duration)
    assert calendar.moved(at(deadline), before, length) == at(moved)
    assert calendar.moved(at(deadline), after, length) == at(deadline), "reckoned by the new one already"
    assert OFFICE.moved(at(deadline), before, length) == at(deadline), "never edited"


def test_of_several_edits_each_counts_from_its_own_moment() -> None:
    first = edited(OFFICE, "2026-03-03 12:00", closed=OFFICE.closed | {date(2026, 3, 4)})
    second = edited(first, "2026-03-05 12:00", closed=first.closed | {date(2026, 3, 6)})
    days = Duration(3, "day", True)
    assert second.moved(at("2026-03-05 10:00"), at("2026-03-02 10:00"), days) == at("2026-03-09 10:00")
    assert second.moved(at("2026-03-06 10:00"), at("2026-03-03 13:00"), days) == at("2026-03-09 10:00")


# --- against the oracle -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(calendars(), moments(), business())
def test_adding_agrees_with_the_oracle(calendar: Calendar, moment: datetime, duration: Duration) -> None:
    oracle = Oracle(calendar)
    assert calendar.is_open(moment) == oracle.is_open(moment)
    assert calendar.next_open(moment) == oracle.next_open(moment)
    add = oracle.add_hours if duration.unit == "hour" else oracle.add_days
    assert calendar.add(moment, duration) == add(moment, duration.amount)
    subtract = oracle.subtract_hours if duration.unit == "hour" else oracle.subtract_days
    assert calendar.subtract(moment, duration) == subtract(moment, duration.amount)


@settings(max_examples=40, deadline=None)
@given(calendars(), moments(), st.integers(0, 5_000))
def test_open_time_agrees_with_the_oracle(calendar: Calendar, moment: datetime, minutes: int) -> None:
    oracle = Oracle(calendar)
    opened = sum(oracle.is_open(moment + n * MINUTE) for n in range(minutes))
    assert calendar.between(moment, moment + minutes * MINUTE) == opened * MINUTE


@settings(max_examples=300, deadline=None)
@given(calendars(), moments(4_000), st.integers(0, 10_000), business(40, 10))
def test_later_in_is_never_earlier_out(calendar: Calendar, moment: datetime, minutes: int, duration: Duration) -> None:
    later = moment + minutes * MINUTE
    if duration.unit == "day":  # in the hour that comes twice the clock itself runs back
        zone = ZoneInfo(calendar.timezone)
        assume(not any(_comes_twice(m, zone) for m in (calendar.next_open(moment), calendar.next_open(later))))
    assert calendar.add(moment, duration) <= calendar.add(later, duration)
    assert calendar.add(moment, duration) > moment


@settings(max_examples=300, deadline=None)
@given(calendars(), moments(4_000), st.integers(1, 60))
def test_going_on_and_back_the_same_hours_returns(calendar: Calendar, moment: datetime, hours: int) -> None:
    duration = Duration(hours, "hour", True)
    there = calendar.add(moment, duration)
    assert calendar.subtract(there, duration) == calendar.next_open(moment)
    assert calendar.between(moment, there) == timedelta(hours=hours)
    assert calendar.add(calendar.subtract(moment, duration), duration) <= moment


@settings(max_examples=200, deadline=None)
@given(moments(4_000), st.integers(1, 60))
def test_going_on_and_back_the_same_days_returns(moment: datetime, days: int) -> None:
    week = ((OFFICE_DAY,) * 5) + ((), ())  # every open day has the same hours, none of them at night
    calendar, duration = Calendar("Europe/Amsterdam", week), Duration(days, "day", True)
    assert calendar.subtract(calendar.add(moment, duration), duration) == calendar.next_open(moment)


@settings(max_examples=150, deadline=None)
@given(moments(), business(60, 20), st.integers(0, 20 * 1440))
def test_an_edit_that_changes_nothing_moves_nothing(moment: datetime, duration: Duration, minutes: int) -> None:
    since = moment + minutes * MINUTE
    deadline = OFFICE.add(moment, duration)
    assert replace(OFFICE, was=OFFICE, since=since).moved(deadline, moment, duration) == deadline


def _comes_twice(moment: datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


# --- every change of the clock, 2024 to 2035 --------------------------------------------------------


def changes(name: str) -> list[datetime]:
    """The moments at which a zone's offset changes, by looking at every hour."""
    zone, hour = ZoneInfo(name), timedelta(hours=1)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    hours = (start + n * hour for n in range(12 * 8766))
    return [m for m in hours if m.astimezone(zone).utcoffset() != (m - hour).astimezone(zone).utcoffset()]


@pytest.mark.parametrize("name", ["Europe/Amsterdam", "America/Santiago"])
def test_every_change_of_the_clock_until_2035(name: str) -> None:
    nights = Calendar(name, (((0, 150), (200, 1430)),) * 6 + (((30, 135), (145, 1440)),))
    days = Calendar(name, (OFFICE_DAY,) * 5 + ((), ()))
    moments_of_change = changes(name)
    assert len(moments_of_change) == 24
    for change in moments_of_change:
        for calendar, starts in ((nights, range(-26, 4, 5)), (days, range(-72, 12, 36))):
            oracle = Oracle(calendar)
            for start in (change + timedelta(hours=hours, minutes=7) for hours in starts):
                assert calendar.add(start, Duration(5, "hour", True)) == oracle.add_hours(start, 5)
                assert calendar.add(start, Duration(1, "day", True)) == oracle.add_days(start, 1)
                assert calendar.subtract(start, Duration(5, "hour", True)) == oracle.subtract_hours(start, 5)
                assert calendar.subtract(start, Duration(1, "day", True)) == oracle.subtract_days(start, 1)
