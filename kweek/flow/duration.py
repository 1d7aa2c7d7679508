"""How long is it? A duration as a marketer writes it: `7 days`, `8 business hours`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_ELAPSED: Final = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_BUSINESS: Final = ("hour", "day")
_SHAPE: Final = re.compile(r"(\d+) +(business +)?([a-z]+?)s?")


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` of `unit`, on a calendar (business) or elapsed.

    unit: `minute`, `hour`, `day` or `week`; business time knows `hour` and `day` only.
    """

    amount: int
    unit: str
    business: bool = False

    @property
    def elapsed(self) -> timedelta:
        """The time that passes. Business time has no fixed length: ask a calendar (ValueError)."""
        if self.business:
            raise ValueError(f"{self} runs on a calendar")
        return timedelta(seconds=self.amount * _ELAPSED[self.unit])

    def __str__(self) -> str:
        words = [str(self.amount), *(["business"] if self.business else []), self.unit]
        return " ".join(words) + ("" if self.amount == 1 else "s")


def parse_duration(text: str) -> Duration:
    """Read `7 days`. ValueError says what is wrong and what would be right."""
    match = _SHAPE.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"“{text}” is not a duration; write a number and a unit: 20 minutes, 3 business days")
    if len(match[1]) > 5:  # a sum of dates with it would leave the calendar
        raise ValueError(f"“{text}” is longer than anybody waits; write a number of at most five digits")
    amount, business, unit = int(match[1]), bool(match[2]), match[3]
    if unit in ("month", "year"):
        raise ValueError(f"“{text}” has no fixed length (which {unit}?); write days or weeks: 30 days")
    known = _BUSINESS if business else tuple(_ELAPSED)
    if unit not in known:
        units = ", ".join(f"{'business ' if business else ''}{name}s" for name in known)
        raise ValueError(f"“{text}”: no such unit; there are {units}")
    if amount == 0:
        raise ValueError(f"“{text}” is no time at all; leave it out or write at least 1 {unit}")
    return Duration(amount, unit, business)
