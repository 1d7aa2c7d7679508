"""Who rings the doorbell? The relay: it carries outbox rows to Temporal, at least once, and forgets them only then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy import delete, select

from kweek.leads import tables
from kweek.leads.database import Database

Ring = Callable[[str], Awaitable[None]]  # lead id → its workflow was signalled, and started where it did not run

BATCH = 500
AT_ONCE = 32  # short-lived clients with many calls in flight crash at exit; the server gains nothing from more


class Relay:
    """One outbox row may ring twice (two relays, a crash after the bell): the turn pulls what is committed, so a
    second bell finds nothing to do."""

    def __init__(self, database: Database, ring: Ring) -> None:
        self.database = database
        self.ring = ring

    async def carry(self) -> bool:
        """Carry one batch; is there more? The first failure of a bell is raised, after the others rang and were
        crossed off."""
        count, rows = await asyncio.to_thread(self._waiting)
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(lead_id: str, upto: int) -> int:
            async with slots:
                await self.ring(lead_id)
            return upto

        leads = list(rows)
        results = await asyncio.gather(*(one(lead, rows[lead]) for lead in leads), return_exceptions=True)
        rung = {lead: end for lead, end in zip(leads, results, strict=True) if isinstance(end, int)}
        await asyncio.to_thread(self._cross_off, rung)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return count == BATCH

    def _waiting(self) -> tuple[int, Mapping[str, int]]:
        """How many rows, and lead → id of its last row in this batch: several rows of one lead are one bell."""
        with self.database.read() as read:
            outbox = tables.outbox.c
            rows = read.execute(select(outbox.lead_id, outbox.id).order_by(outbox.id).limit(BATCH)).all()
        return len(rows), {row.lead_id: row.id for row in rows}

    def _cross_off(self, rung: Mapping[str, int]) -> None:
        if not rung:
            return
        with self.database.write() as write:
            for lead_id, upto in rung.items():
                outbox = tables.outbox.c
                write.execute(delete(tables.outbox).where(outbox.lead_id == lead_id, outbox.id <= upto))
