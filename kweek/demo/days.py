"""How do two years pass in five minutes? People act at a pace that can be watched; in between all sleep, in a hurry.

Some of what a flow waits for takes half a year (five mails, one every five weeks), or a year and a half (a check twice
a year, three times). Nobody has to do anything meanwhile, and few timers end: that time may fly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kweek.leads.clock import Clock

EARLY: Final = timedelta(days=14)  # the first leads come, and are followed up
ASLEEP: Final = timedelta(days=350)  # until what they began has been repeated once or twice
EVENING: Final = timedelta(days=40)  # nobody new comes; what was begun comes to its end
AFTERWARDS: Final = timedelta(days=220)  # until all that began early is over
_FASTER: Final = 2.5  # does the evening go by than the days before it
_SLEEP: Final = timedelta(days=12) / timedelta(seconds=1)
_HURRY: Final = timedelta(days=15) / timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Moments of flow time. early: until then the first leads come. opens, over: the days that are asked for. home:
    when the evening after them has ended, and everybody goes home. closes: when the hurry after that has ended."""

    begun: datetime
    early: datetime
    opens: datetime
    over: datetime
    home: datetime
    closes: datetime

    def flies(self, now: datetime) -> bool:
        return any(begin <= now < end for begin, end in self.asleep)

    @property
    def asleep(self) -> tuple[tuple[datetime, datetime], ...]:
        """When time flies, and nobody can do much."""
        return (self.early, self.opens), (self.home, self.closes)


def paces(tempo: float, days: timedelta, *, only: bool = False) -> Sequence[tuple[float, timedelta]]:
    """At which tempo the clock runs, one after the other, and how long of real time. Before and after that it is the
    world's: until everything stands, and when all have gone home and things come to rest. only: these days, and nothing
    before or after them."""
    turns = [(tempo, EARLY), (_SLEEP, ASLEEP), (tempo, days), (tempo * _FASTER, EVENING), (_HURRY, AFTERWARDS)]
    return [(pace, lasts / pace) for pace, lasts in ([(tempo, days)] if only else turns)]


def days_on(clock: Clock) -> Days:
    """On a clock that runs at these paces."""
    turns: list[datetime] = []
    while clock.before is not None:
        turns.insert(0, clock.anchor_flow)
        clock = clock.before
    match turns:
        case begun, early, opens, over, home, closes:
            return Days(begun, early, opens, over, home, closes)
        case begun, closes:
            return Days(begun, begun, begun, closes, closes, closes)
        case _:
            raise ValueError("This clock knows of no days")
