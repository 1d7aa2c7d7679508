"""Which days and hours did somebody mean, who wrote them in another way? For the remedies of rules/calendars.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Final

from kweek.flow.meant import meant
from kweek.flow.problems import nearest

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEVERAL: Final = ("monday-friday", "saturday-sunday", "monday-sunday")
"""What words such as “weekdays” stand for."""
_UNTIL: Final = re.compile(r" *[-–—] *| +(?:up to|to|until|till|through|thru|t/m|tot en met|tot) +")
_BETWEEN_DAYS: Final = re.compile(r" *[,;&+/] *| +(?:and|or|en|of) +| +")
_TIME: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:[:.hu]?([0-5]\d))?(?!\d)(?: ?(am|pm|a\.m\.|p\.m\.)| ?(?:hrs|hours|uur|h|u)\b)?"
)
_ENDS: Final = re.compile(r"(?:until|till|to|before|tot|voor|[-–—]) *\d.*")
_ALL_DAY: Final = "00:00-24:00"
_NOON: Final = 720  # minutes
_DAY: Final = 1440
_MORNING: Final = 9 * 60
_EVENING: Final = 17 * 60 + 30
"""From and until when most of us work."""

Interval = tuple[int, int]
"""Minutes after midnight."""


# --- days -----------------------------------------------------------------------------------------------


def days_meant(text: str) -> str | None:
    """`mo-fr` and `weekdays` are `monday-friday`. None: nobody can tell."""
    text = text.lower().strip(" -:.")
    if (several := meant(text, _SEVERAL)) is not None:
        return several
    parts = [_range_meant(part) for part in _BETWEEN_DAYS.split(_UNTIL.sub("-", text))]
    return ", ".join(part for part in parts if part) if all(parts) else None


def _range_meant(text: str) -> str | None:
    days = [_day_meant(name) for name in text.split("-")]
    return "-".join(day for day in days if day) if all(days) and len(days) < 3 else None


def _day_meant(name: str) -> str | None:
    begin = [day for day in DAYS if len(name) > 1 and day.startswith(name.rstrip("."))]
    near = begin[0] if len(begin) == 1 else nearest(name, (*DAYS, "holidays"))  # which is nearly “monday”
    return near if near in DAYS else None


def days_shown(numbers: Iterable[int]) -> str:
    """`monday-thursday, saturday`; empty: none."""
    runs = (list(run) for _, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]))
    ends = [(DAYS[run[0][1]], DAYS[run[-1][1]]) for run in runs]
    return ", ".join(first if first == last else f"{first}-{last}" for first, last in ends)


# --- hours ----------------------------------------------------------------------------------------------


def is_closed(text: str) -> bool:
    """Does it say that nobody is there?"""
    return nearest(text, ("closed", "nothing", "false")) is not None


def hours_meant(texts: Iterable[str]) -> Sequence[Interval]:
    """The intervals that these texts say, all together; empty: nobody can tell."""
    text = " ".join(texts).lower().strip()
    if meant(text, (_ALL_DAY,)):
        return ((0, _DAY),)
    times = _times(text)
    if len(times) == 1:
        times = [_MORNING, *times] if _ENDS.fullmatch(text) or times[0] > _NOON else [*times, _EVENING]
    found = sorted(zip(times[::2], times[1::2], strict=False))
    in_order = [-1, *(time for interval in found for time in interval), _DAY + 1]
    sound = len(times) % 2 == 0 and all(first < then for first, then in pairwise(in_order))
    return found if sound else ()


def _times(text: str) -> list[int]:
    """`9-12, 1-5pm` as well: a lone digit that would be earlier than what stands before it is in the afternoon."""
    found = list(_TIME.finditer(text))
    halves = [(time[3] or "")[:1] for time in found]
    minutes = [int(time[1]) * 60 + int(time[2] or 0) for time in found]
    for number, half in enumerate(halves):
        if half:
            minutes[number] = minutes[number] % _NOON + _NOON * (half == "p")
    for number, (first, then) in enumerate(list(pairwise(minutes))):
        if number % 2 == 0 and halves[number : number + 2] == ["", "p"] and first + _NOON < then:
            minutes[number] = first + _NOON  # `1-5pm`
    for number in range(1, len(minutes)):
        lone = len(found[number][1]) == 1 and not halves[number]
        if lone and minutes[number] <= minutes[number - 1] < minutes[number] + _NOON:
            minutes[number] += _NOON
    return minutes


def shown(interval: Interval) -> str:
    """`07:30-18:30`"""
    opens, closes = interval
    return f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"


def hours_shown(intervals: Sequence[Interval], *, within: bool = False) -> str:
    """One as it is, several as a list; within: that stands in its brackets already."""
    if len(intervals) == 1:
        return shown(intervals[0])
    inner = ", ".join(f'"{shown(interval)}"' for interval in intervals)
    return inner if within else f"[{inner}]"
