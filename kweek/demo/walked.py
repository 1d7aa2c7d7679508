"""Which rows has some lead taken? And who is bound for one that nobody has taken yet?

Nobody sets out for what somebody else is bound for, unless it is the last chance. Who is on his way takes what lies
furthest, of all that he can reach in time: what is near will be found by whoever comes later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from kweek.demo.choices import NOTHING, STAYS, Choice
from kweek.demo.ways import Row, Step, Way, Ways, rows_on
from kweek.flow.plan import Plan
from kweek.flow.rows import rows_of

_IN_TIME: Final = timedelta(days=2)  # before all sleep
_LONGER: Final = 1.3  # than it was thought to take
_PATIENCE: Final = timedelta(days=10)  # and then somebody else may set out

_AT_LAST: Final = 4  # so many are bound for the same, where it is the last chance

Can = Callable[[Way], bool]
"""May somebody well walk this way, by all that is known of him?"""


@dataclass(frozen=True, slots=True)
class Errand:
    """row: for which somebody is bound. flows: through which he comes there. until: so long nobody else sets out. own:
    it is for him alone, whoever took it before."""

    row: Row
    flows: frozenset[str]
    until: datetime
    own: bool = False


class Walked:
    """until: what cannot be reached by then, nobody sets out for. asleep: nor what somebody would have to do something
    for in these times."""

    def __init__(
        self,
        plans: Mapping[str, Plan],
        ways: Ways,
        until: datetime,
        asleep: Collection[tuple[datetime, datetime]] = (),
    ) -> None:
        self.ways, self.until, self.asleep = ways, until, asleep
        self._words = {
            (flow, row): words for flow, plan in sorted(plans.items()) for row, words in rows_of(plan).items()
        }
        self._missing = set(self._words)
        self._errands: dict[str, Errand] = {}

    def take(self, who: str, row: Row) -> None:
        self._missing.discard(row)
        if who in self._errands and self._errands[who].row == row:
            del self._errands[who]

    def missing(self) -> dict[str, list[str]]:
        """flow → the rows of it that nobody has taken yet, in its order, with what the author wrote there."""
        found: dict[str, list[str]] = {}
        for (flow, key), words in self._words.items():
            if (flow, key) in self._missing:
                found.setdefault(flow, []).append(f"{key} ({words})")
        return found

    def __len__(self) -> int:
        """How many were taken."""
        return len(self._words) - len(self._missing)

    @property
    def rows(self) -> int:
        return len(self._words)

    # --- who is bound for which -----------------------------------------------------------------------

    def errand(self, who: str, now: datetime) -> Errand | None:
        found = self._errands.get(who)
        return found if found and found.until > now and (found.row in self._missing or found.own) else None

    def wanted(self, ways: Iterable[Way], now: datetime, *, nearest: bool = False) -> list[Way]:
        """Those to rows that nobody has taken, and for which not enough are bound yet, as far as there is time: first
        those for which nobody is; of them the furthest row (or the nearest), and of several ways to a row the soonest.
        """
        bound = Counter(errand.row for errand in self._errands.values() if errand.until > now)
        days = (self.until - now) / timedelta(days=1)
        found: dict[Row, list[Way]] = {}
        for way in ways:
            row = way[-1].row
            if row in self._missing and way[-1].days < days and self._may_set_out(bound[row], way, now):
                found.setdefault(row, []).append(way)
        rows = sorted(found, key=lambda row: _length(min(found[row], key=_length)), reverse=not nearest)
        return [way for row in sorted(rows, key=lambda row: bound[row]) for way in sorted(found[row], key=_length)]

    def _may_set_out(self, bound: int, way: Way, now: datetime) -> bool:
        """bound: so many are on their way there already."""
        enough = bound >= (_AT_LAST if bound and self._is_last_chance(way, now) else 1)
        return not enough and self._awake(way, now)

    def _is_last_chance(self, way: Way, now: datetime) -> bool:
        """Would there be no time any more, if whoever walks it now did not come there?"""
        over = min((begin for begin, end in self.asleep if end >= self.until), default=self.until)
        return now + 2 * timedelta(days=way[-1].days) + _PATIENCE > over

    def _awake(self, way: Way, now: datetime) -> bool:
        """Are people there whenever somebody has to do something on this way?"""
        deeds = [(now + timedelta(days=first), now + timedelta(days=last)) for first, last in self.ways.deeds(way)]
        return not any(begin - _IN_TIME < last and first < end for first, last in deeds for begin, end in self.asleep)

    def set_out(self, who: str, way: Way, now: datetime, *, own: bool = False) -> Errand:
        errand = Errand(rows_on(way)[-1], frozenset(leg.step[0] for leg in way), _patience(way, now), own)
        self._errands[who] = errand
        return errand

    def pick(self, choices: Sequence[Choice], at: Step, who: str, now: datetime, can: Can) -> Choice | None:
        """What this one does, or is done with it, so that it comes to where it is bound. None: it is bound for
        nothing that could be reached from here."""
        able = {one.row: one for one in choices if one.row is not None or one.kind in (NOTHING, STAYS)}
        errand = self.errand(who, now)
        if errand and (at[0] not in errand.flows or self.ways.runs_out(at)):
            return able.get(None)
        begins = ((at, ()) if one.kind == STAYS else self.ways.after(at, row) for row, one in able.items())
        ways = self.ways.reach(begins)
        if errand is None or errand.row not in ways:
            self._errands.pop(who, None)
            way = next(filter(can, self.wanted(ways.values(), now)), None)
            if way is None:
                return None
            errand = self.set_out(who, way, now)
        way = ways[errand.row]
        self._errands[who] = replace(errand, until=max(errand.until, _patience(way, now)))  # he is still on his way
        first = way[0].row if way[0].step == at else None
        choice = able.get(first and first[1]) or able[None]
        rows = rows_on(way)
        return replace(choice, then=rows[1:] if choice.row is not None else rows)


def _patience(way: Way, now: datetime) -> datetime:
    """Until when nobody else sets out for what this way leads to."""
    return now + timedelta(days=way[-1].days) * _LONGER + _PATIENCE


def _length(way: Way) -> tuple[float, int]:
    return way[-1].days, len(way)
