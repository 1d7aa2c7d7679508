"""What do the small texts of a case say? Moments, numbers of leads, values of fields; each read or refused alone.

ValueError says what is wrong and, behind a semicolon, what would be right.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from kweek.flow.cases.case import CaseMoment
from kweek.flow.duration import NUMBERS, parse_duration
from kweek.flow.moment import WEEKDAYS

MOMENT: Final = re.compile(r"day (\d{1,4})(?: \+ (.+)| (\d{1,2}):(\d{2}))?")
AFTER: Final = re.compile(r"after (\d{1,4}) days?")
STARTS: Final = re.compile(r"(?:([a-z]+) )?(\d{4}-\d{2}-\d{2}) (\d{1,2}:\d{2})")
NUMBER: Final = re.compile(r"(at least |at most )?(\d{1,7})( ?%)?")


_DAY_SAID: Final = re.compile(
    r"(?:on |at |after )?(?:day ?)?(?P<count>\d{1,4}|[a-z]+)(?:st|nd|rd|th)? ?(?P<unit>days?|weeks?)?"
    r"(?: later)?(?P<rest> \+ .+|,?(?: at)? \d{1,2}:\d\d)?"
)
_DAYS: Final = {"day": 1, "week": 7, "month": 30, "year": 365}


def day_meant(text: str) -> str | None:
    """`1 day`, `day one`, `2 weeks`: the moment as a test writes it. None: nobody can tell."""
    found = _DAY_SAID.fullmatch(text.strip().lower())
    count = _count(found["count"]) if found else None
    if found is None or count is None:
        return None
    rest = (found["rest"] or "").removeprefix(",").replace(" at ", " ")
    return f"day {count * _DAYS[(found['unit'] or 'day').removesuffix('s')]}{rest}"


def _count(word: str) -> int | None:
    return int(word) if word.isdecimal() else NUMBERS.get(word)


def parse_moment(text: str) -> CaseMoment:
    """`day 7`, `day 7 + 2 hours`, `day 7 10:30`. ValueError says what is wrong and what would be right."""
    match = MOMENT.fullmatch(text.strip())
    if match is None:
        right = day_meant(text) or "day 7, day 7 + 2 hours, or day 7 10:30"
        raise ValueError(f"“{text}” is not a moment of a test; write {right}")
    plus = timedelta()
    if match[2]:
        duration = parse_duration(match[2])
        if duration.business:
            raise ValueError(f"“{text}” runs on a calendar; write the hours that pass: day 7 + 2 hours")
        plus = duration.elapsed
    clock = int(match[3]) * 60 + int(match[4]) if match[3] else None
    if clock is not None and (clock >= 1440 or int(match[4]) > 59):
        raise ValueError(f"“{text}”: there is no such time; a day runs from 00:00 to 23:59")
    return CaseMoment(int(match[1]), plus, clock, text.strip())


def parse_day(text: str) -> CaseMoment:
    moment = parse_moment(text)
    if moment.plus or moment.clock is not None:
        raise ValueError(f"“{text}” is more than a day; a test counts days: day {moment.day}")
    return moment


_TIME_SAID: Final = re.compile(r"after (?:day )?(?P<count>\d{1,3}|[a-z]+) ?(?P<unit>day|week|month|year)?s?")


def parse_after(text: str) -> int:
    match = AFTER.fullmatch(text)
    if match is None:
        said = _TIME_SAID.fullmatch(text.lower())
        count = _count(said["count"]) if said else None
        days = 60 if said is None or count is None else count * _DAYS[said["unit"] or "day"]
        raise ValueError(f"“{text}” is not a number of days; write after {days} day{'' if days == 1 else 's'}")
    return int(match[1])


def parse_starts(text: str) -> datetime:
    match = STARTS.fullmatch(text.lower())
    try:
        if match is None:
            raise ValueError
        moment = datetime.fromisoformat(f"{match[2]} {match[3]:0>5}")
    except ValueError:
        raise ValueError(f"“{text}” is not a moment; write monday 2026-03-02 09:00") from None
    right = WEEKDAYS[moment.weekday()]
    if match[1] and match[1] != right:
        raise ValueError(f"{match[2]} is not a {match[1]}; write {right} {match[2]} {match[3]}")
    return moment


def parse_points(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a number of points; write a whole number: 15") from None


def parse_number(text: str) -> tuple[int, int | None, bool]:
    match = NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is not a number of leads; write 0, 45%, at least 10, or at most 5%")
    number = int(match[2])
    least, most = (number, None) if match[1] == "at least " else (0 if match[1] else number, number)
    return least, most, bool(match[3])
