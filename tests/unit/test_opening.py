"""A calendar is written as rules/calendars.yaml says; a mistake is answered with the right word."""

from __future__ import annotations

from datetime import date

import pytest

from kweek.rules.calendars import Calendar
from kweek.rules.opening import WELL_KNOWN, calendar_from
from kweek.rules.public_holidays import holidays_of

HOURS = {"monday-friday": ["09:00-12:30", "13:00-17:30"]}
SPLIT_DAY = ((540, 750), (780, 1050))


def test_an_office() -> None:
    spec = {
        "timezone": "Europe/Amsterdam",
        "hours": HOURS | {"saturday": "10:00 - 13:00"},
        "holidays": "NL",
        "closed": ["2026-12-24"],
        "open": ["2026-04-03"],
    }
    assert calendar_from(spec) == Calendar(
        "Europe/Amsterdam",
        (SPLIT_DAY,) * 5 + (((600, 780),), ()),
        closed=frozenset({date(2026, 12, 24)}),
        open={date(2026, 4, 3): ()},
        holidays=("NL",),
    )


def test_what_may_be_left_out_and_how_else_it_may_be_written() -> None:
    calendar = calendar_from(
        {
            "hours": {"saturday-monday": ["20:00-24:00", "00:00-06:00"], "Wednesday, friday": "9:00-10:00"},
            "open": {"2026-12-24": "10:00-12:00"},
        },
        timezone="UTC",
    )
    night, hour = ((0, 360), (1200, 1440)), ((540, 600),)
    assert calendar.week == (night, (), hour, (), hour, night, night)
    assert calendar.hours(date(2026, 12, 24)) == ((600, 720),)  # a Thursday


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"timezone": "Amsterdam"}, "“Amsterdam” is not a time zone"),
        ({"hour": {}}, "“hour” is not known here; a calendar has timezone, hours"),
        ({"hours": "09:00-17:00"}, "by the day"),
        ({"hours": {"maandag": "09:00-17:00"}}, "“maandag” is not a weekday"),
        ({"hours": HOURS | {"friday": "09:00-16:00"}}, "friday is written twice"),
        ({"hours": {"monday": "9-17"}}, "“9-17” is not an interval; write from and until"),
        ({"hours": {"monday": "09:60-17:00"}}, "no such time"),
        ({"hours": {"monday": "09:00-25:00"}}, "no such time"),
        ({"hours": {"monday": "22:00-02:00"}}, "ends before it begins; write 02:00-22:00"),
        (
            {"hours": {"monday": ["13:00-17:00", "09:00-13:30"]}},
            "09:00-13:30 and 13:00-17:00 overlap; end the first at 13:00",
        ),
        ({"hours": {}}, "never opens"),
        ({"closed": ["24-12-2026"]}, "“24-12-2026” is not a date; write year-month-day"),
        ({"closed": {"2026-12-24": "x"}}, "closed: write one text or a list"),
        ({"open": ["2026-12-26"]}, "Saturday, which has no hours"),
        ({"closed": ["2026-12-24"], "open": ["2026-12-24"]}, "both closed and open"),
        ({"holidays": "Holland"}, "holidays of “Holland” are not known"),
        ({"holidays": "Netherlands"}, "write an ISO code: NL"),
        ({"holidays": "utils"}, "holidays of “utils” are not known"),
        ({"holidays": "NL-XX"}, "holidays of “NL-XX” are not known"),
    ],
)
def test_a_mistake_is_answered_with_the_right_word(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        calendar_from({"timezone": "UTC", "hours": HOURS} | change)


def test_needs_hours_and_a_zone() -> None:
    with pytest.raises(ValueError, match="needs hours"):
        calendar_from({"timezone": "UTC"})
    with pytest.raises(ValueError, match="needs a timezone"):
        calendar_from({"hours": HOURS})


def test_the_countries_that_are_taken_on_trust_are_known_to_the_library() -> None:
    assert all(holidays_of(country, 2026) for country in WELL_KNOWN)
