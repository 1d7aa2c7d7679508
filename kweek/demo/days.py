"""How do two years pass in five minutes? People act at a pace that can be watched; in between all sleep, in a hurry.

Some of what a flow waits for takes half a year (five mails, one every five weeks), or a year and a half (a check twice
a year, three times). Nobody has to do anything meanwhile, and few timers end: that time may fly. It flies by night:
a mail that leaves in the hours of its calendar needs a moment in which these hours are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from kweek.leads.clock import Clock
from kweek.rules.calendars import Calendar

EARLY: Final = timedelta(days=14)  # the first leads come, and are followed up
ASLEEP: Final = timedelta(days=350)  # until what they began has been repeated once or twice
EVENING: Final = timedelta(days=40)  # nobody new comes; what was begun comes to its end
AFTERWARDS: Final = timedelta(days=220)  # until all that began early is over
_FASTER: Final = 2.5  # does the evening go by than the days before it
_SLEEP: Final = timedelta(seconds=50)  # of real time lasts the year
_HURRY: Final = timedelta(seconds=38)  # and the half year after all
_DAY: Final = 25  # times as long as an hour of the night lasts one in which anything is open
_HOUR: Final = timedelta(hours=1)


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


def paces(
    tempo: float, days: timedelta, since: datetime, calendars: Collection[Calendar], *, only: bool = False
) -> Iterator[tuple[float, timedelta]]:
    """At which tempo the clock runs, one after the other, and how long of real time. Before and after that it is the
    world's: until everything stands, and when all have gone home and things come to rest. since: when it begins.
    calendars: in whose hours anything can happen. only: these days, and nothing before or after them."""
    if only:
        yield tempo, days / tempo
        return
    yield tempo, EARLY / tempo
    yield from _nights(since + EARLY, ASLEEP, _SLEEP, calendars)
    yield tempo, days / tempo
    yield tempo * _FASTER, EVENING / (tempo * _FASTER)
    yield from _nights(since + EARLY + ASLEEP + days + EVENING, AFTERWARDS, _HURRY, calendars)


def _nights(
    since: datetime, length: timedelta, lasts: timedelta, calendars: Collection[Calendar]
) -> Iterator[tuple[float, timedelta]]:
    """So much flow time in so much real time: slower in the hours in which anything is open."""

    def slow(hour: int) -> int:
        at = since + hour * _HOUR
        return _DAY if any(calendar.between(at, at + _HOUR) for calendar in calendars) else 1

    hours = [(weight, len(list(alike))) for weight, alike in groupby(map(slow, range(length // _HOUR)))]
    part = lasts / sum(weight * count for weight, count in hours)
    for weight, count in hours:
        piece = part * weight * count
        yield count * _HOUR / piece, piece


def days_on(clock: Clock) -> Days:
    """On a clock that runs at these paces."""
    begun, closes = clock.earlier[1].anchor_flow, clock.anchor_flow
    if len(clock.earlier) == 2:  # the world's, these days, and now the world's again
        return Days(begun, begun, begun, closes, closes, closes)
    early, home = begun + EARLY, closes - AFTERWARDS
    return Days(begun, early, early + ASLEEP, home - EVENING, home, closes)
