"""What stands where, now, for everybody who looks? One look at the books a second at most, whoever asks.

Nobody looks: nothing is read. The numbers are those that `kweek.leads.tally` keeps, so a look costs the same with a
hundred leads and with a million.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from kweek.leads import publish
from kweek.leads.database import Database
from kweek.leads.tally import ENDED, Numbers, is_step, numbers
from kweek.web import queries, stream

FRESH: Final = 1.0  # seconds for which a look is good
_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """number: goes up with every change. now: flow time. published: flow → row of `publish.published`. work: how much
    waits for people. lists: the first of what does, by the names of the lists. lines: what just happened, the
    newest first, of all flows. caught: the last mails of the catcher.
    """

    number: int
    now: datetime
    numbers: Numbers
    published: Mapping[str, Row[Any]]
    work: Mapping[str, int]
    lists: Mapping[str, queries.Listed]
    lines: tuple[stream.Line, ...] = ()
    caught: tuple[Row[*tuple[Any, ...]], ...] = ()

    def flows(self) -> list[str]:
        return sorted({*self.published, *self.numbers})

    def standing(self, flow: str) -> Mapping[str, int]:
        """step → leads that stand there, whatever version they walk."""
        return {place: n for place, n in self._all(flow).items() if is_step(place)}

    def ended(self, flow: str) -> Mapping[str, int]:
        """result → enrolments that ended so."""
        places = self._all(flow).items()
        return {place.removeprefix(ENDED): n for place, n in places if place.startswith(ENDED)}

    def _all(self, flow: str) -> Mapping[str, int]:
        total: dict[str, int] = {}
        for places in self.numbers.get(flow, {}).values():
            for place, count in places.items():
                total[place] = total.get(place, 0) + count
        return total

    def lines_of(self, flow: str | None) -> tuple[stream.Line, ...]:
        return tuple(line for line in self.lines if flow in (None, line.flow))[:_LINES]


@dataclass(slots=True)
class Board:
    """One for the process; threads may share it: one of them looks, the others get what it saw."""

    db: Database
    now: Callable[[], datetime]
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: Snapshot | None = None
    _at: float = float("-inf")

    def fresh(self) -> Snapshot | None:
        """What was seen within the last second."""
        return self._seen if self.clock() - self._at < FRESH else None

    def look_again(self) -> None:
        """Next time: whoever has just done something sees it."""
        self._at = float("-inf")

    def look(self) -> Snapshot:
        """What stands where now, or did a second ago. DatabaseAway."""
        with self._lock:
            seen = self.fresh()
            if seen is None:
                seen = self._read()
                self._seen, self._at = seen, self.clock()
            return seen

    def _read(self) -> Snapshot:
        now, last = self.now(), self._seen
        with self.db.read() as read:
            found = Snapshot(
                last.number if last else 1,
                now,
                numbers(read),
                {row.flow: row for row in publish.published(read)},
                queries.work(read, now),
                queries.waiting(read),
                stream.last(read),
                queries.last_caught(read, _LINES),
            )
        if last is None or replace(found, now=last.now) == last:
            return found
        return replace(found, number=last.number + 1)
