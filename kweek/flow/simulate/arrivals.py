"""When do make-believe leads come in? Evenly over a period, on the raster on which people act; a hash draws."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from kweek.flow.simulate.people import RASTER
from kweek.flow.spread import spread
from kweek.rules.calendars import Calendar

_WORDS: Final = re.compile(r"(?:at once|(\d{1,4}) days?)( in working hours)?")
_PART: Final = 3


class Arrivals(Struct, frozen=True):
    """Over so many days (0: all at once, at the beginning). working: only while the workspace is open."""

    days: int
    working: bool = False

    def __str__(self) -> str:
        when = "at once" if not self.days else "1 day" if self.days == 1 else f"{self.days} days"
        return f"{when}{' in working hours' if self.working else ''}"

    def moments(self, begin: datetime, calendar: Calendar) -> Sequence[datetime]:
        """All moments at which somebody may come in. ValueError: there is none."""
        if not self.days:
            return (calendar.next_open(begin) if self.working else begin,)
        slots = self.days * (timedelta(days=1) // RASTER)
        moments = [begin + slot * RASTER for slot in range(slots)]
        found = [at for at in moments if not self.working or calendar.is_open(at)]
        if not found:
            raise ValueError(f"nobody is at work in those {self.days} days; let leads arrive over more days")
        return found


def usual_arrivals(days: int) -> Arrivals:
    """A third of the time, so that those who come last still have time to walk."""
    return Arrivals(max(1, days // _PART))


def parse_arrivals(text: str) -> Arrivals:
    """`20 days`, `20 days in working hours`, `at once`. ValueError says what would be right."""
    match = _WORDS.fullmatch(" ".join(text.lower().split()))
    if match is None:
        raise ValueError(
            f"“{text}” says not over how long leads arrive; write 20 days, 20 days in working hours, at once"
        )
    return Arrivals(int(match[1] or 0), bool(match[2]))


def arrival(lead: str, moments: Sequence[datetime]) -> datetime:
    """This lead's."""
    return moments[int(spread(lead, "arrives") * len(moments))]
