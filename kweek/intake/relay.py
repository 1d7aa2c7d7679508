"""Who rings the doorbell? The relay: it carries outbox rows to Temporal, at least once, and forgets them only then.

What happens to one lead is rung at once. The bells of a mass deed (a rescoring, an import) have a lane of their own,
and leave only as fast as turns answer them: else they would fill Temporal's queue, where nobody gets past them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, select

from kweek.leads.database import Database
from kweek.leads.tables import leads, outbox

Ring = Callable[[str], Awaitable[None]]  # lead id → its workflow was signalled, and started where it did not run

BATCH = 500
AT_ONCE = 32  # short-lived clients with many calls in flight crash at exit; the server gains nothing from more

AHEAD: Final = 100
"""Bells of mass deeds that no turn has answered yet: about a second's work, for which whoever comes next waits. With
fewer, workers would wait for bells."""

MASS_AT_ONCE: Final = 8
"""More would stand in the way of the turns that answer: with 32 it cost the two a tenth more."""

PATIENCE: Final = 10.0
"""Seconds. A bell that no turn has answered by then keeps no other waiting: its lead's turns may fail."""


@dataclass(frozen=True, slots=True)
class Bell:
    """upto: id of the last row of the lead that was read; several rows of one lead are one bell. turn: the lead's last
    turn before it rings."""

    lead: str
    upto: int
    turn: int


class Relay:
    """One outbox row may ring twice (two relays, a crash after the bell): the turn pulls what is committed, so a
    second bell finds nothing to do. So does that of a mass deed after one of the lead's own, which never waits for it.
    """

    def __init__(self, database: Database, ring: Ring) -> None:
        self.database = database
        self.ring = ring
        self._unanswered: dict[str, tuple[int, float]] = {}  # of mass deeds: lead → its turn when we rang, and when

    async def carry(self) -> bool:
        """Carry one batch of what is no mass deed's; is there more? The first failure of a bell is raised, after the
        others rang and were crossed off."""
        count, bells = await asyncio.to_thread(self._waiting, BATCH, mass=False)
        await self._ring_all(bells, mass=False)
        return count == BATCH

    async def carry_mass(self) -> bool:
        """Carry as many of the mass deeds' as may be under way; shall the next follow at once? Fails as `carry`."""
        room = AHEAD - await asyncio.to_thread(self._under_way)
        if room < AHEAD // 2:
            return False
        count, bells = await asyncio.to_thread(self._waiting, room, mass=True)
        await self._ring_all(bells, mass=True)
        return count == room

    async def _ring_all(self, bells: list[Bell], *, mass: bool) -> None:
        slots = asyncio.Semaphore(MASS_AT_ONCE if mass else AT_ONCE)

        async def one(bell: Bell) -> Bell:
            async with slots:
                await self.ring(bell.lead)
            return bell

        results = await asyncio.gather(*map(one, bells), return_exceptions=True)
        rung = [result for result in results if isinstance(result, Bell)]
        if mass:
            now = time.monotonic()
            self._unanswered |= {bell.lead: (bell.turn, now) for bell in rung}
        await asyncio.to_thread(self._cross_off, rung, mass=mass)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def _waiting(self, most: int, *, mass: bool) -> tuple[int, list[Bell]]:
        """How many rows, and the bells that they are."""
        query = select(outbox.c.lead_id, outbox.c.id, leads.c.turn).join(leads, leads.c.id == outbox.c.lead_id)
        with self.database.read() as read:
            rows = read.execute(query.where(_of(mass)).order_by(outbox.c.id).limit(most)).all()
        return len(rows), list({row.lead_id: Bell(row.lead_id, row.id, row.turn) for row in rows}.values())

    def _under_way(self) -> int:
        """How many of the mass deeds' bells wait for a turn. A lead that stands still takes none."""
        since = time.monotonic() - PATIENCE
        self._unanswered = {lead: (turn, at) for lead, (turn, at) in self._unanswered.items() if at > since}
        if self._unanswered:
            query = select(leads.c.id, leads.c.turn).where(leads.c.id.in_(self._unanswered), leads.c.held.is_(None))
            with self.database.read() as read:
                turns = {row.id: row.turn for row in read.execute(query)}
            self._unanswered = {lead: one for lead, one in self._unanswered.items() if turns.get(lead) == one[0]}
        return len(self._unanswered)

    def _cross_off(self, rung: list[Bell], *, mass: bool) -> None:
        if not rung:
            return
        with self.database.write() as write:
            for bell in rung:
                write.execute(delete(outbox).where(outbox.c.lead_id == bell.lead, outbox.c.id <= bell.upto, _of(mass)))


def _of(mass: bool) -> ColumnElement[bool]:
    return outbox.c.mass.is_(True) if mass else outbox.c.mass.is_(None)
