"""Who rings the doorbell? The relay: it carries outbox rows to Temporal, at least once, and forgets them only then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from sqlalchemy import delete, select

from kweek.leads import tables
from kweek.leads.database import Database

log = structlog.get_logger()

Ring = Callable[[str], Awaitable[None]]  # lead id → its workflow was signalled, and started where it did not run

BATCH = 500
AT_ONCE = 32  # short-lived clients with many calls in flight crash at exit; the server gains nothing from more
IDLE = 0.1  # seconds between looks while there is nothing to carry
PATIENCE = 5.0  # seconds between looks while Temporal or the database is away


class Relay:
    """One outbox row may ring twice (two relays, a crash after the bell): the turn pulls what is committed, so a
    second bell finds nothing to do."""

    def __init__(self, database: Database, ring: Ring) -> None:
        self.database = database
        self.ring = ring

    async def run(self) -> None:
        """Until cancelled. What is away is waited for; the rows stay."""
        away = False
        while True:
            try:
                carried = await self.carry()
                if away:
                    log.info("relay: carrying again")
                away = False
            except Exception as error:
                if not away:
                    log.warning("relay: waiting", part=type(error).__name__)
                away, carried = True, 0
            await asyncio.sleep(PATIENCE if away else 0 if carried == BATCH else IDLE)

    async def carry(self) -> int:
        """Carry one batch; returns how many rows it took. The first failure of a bell is raised, after the others
        rang and were crossed off."""
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
        return count

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
