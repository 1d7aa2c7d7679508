"""What do the people of the race do? They ask for the brochure, answer, get called, are handed over, and buy.

The same life for both, in the books that both keep: what there is to do is read there, as the desk's pages do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, select
from temporalio.client import Client

from bench.handwritten import BY_HAND, LISTENS, Brochure, Reaction, Start
from kweek.intake.calls import log_call
from kweek.intake.ears import FlowEars
from kweek.intake.handovers import act_on_handover
from kweek.intake.incoming import ConsentIn, Incoming, LeadIn, Recorded
from kweek.intake.outcomes import Said
from kweek.intake.record import record
from kweek.intake.relay import AT_ONCE, BATCH
from kweek.leads.clock import Clock
from kweek.leads.database import Database
from kweek.leads.points import add_points
from kweek.leads.tables import call_tasks, enrolments, events, handovers, mails, outbox
from kweek.rules.grades import Grades
from tests.plain_call import PlainCall

LOOK: Final = 0.05  # seconds between looks at the desk
PATIENCE: Final = 300.0


@dataclass
class People:
    database: Database
    clock: Clock
    carry: Callable[[], Awaitable[object]]
    """Carry the doorbells."""
    leads: list[str] = field(default_factory=list[str])

    @property
    def now(self) -> datetime:
        return self.clock.flow(datetime.now(UTC))

    # --- stretches, between which the house is at rest: in earnest people take hours -----------------

    async def ask(self, count: int) -> float:
        """They ask for the brochure, until all of them have their mail; how long that took."""
        first = len(self.leads)

        def begin() -> None:
            for number in range(first, first + count):
                self.leads.append(self._request(number))

        return await self._until(_SENT, begin)

    async def answer(self) -> float:
        """They fill in the survey, and are to be called."""
        return await self._until(select(call_tasks.c.key), self._answer)

    async def call(self) -> float:
        """The telemarketer finds them interested, and sales gets them."""
        return await self._until(select(handovers.c.key), self._call)

    async def contact(self) -> float:
        """Sales calls them."""
        return await self._until(select(handovers.c.key).where(handovers.c.contacted_at.is_not(None)), self._contact)

    async def buy(self) -> float:
        """They buy, and the flow ends."""
        return await self._until(select(enrolments.c.id).where(enrolments.c.ended_at.is_not(None)), self._buy)

    # --- deeds --------------------------------------------------------------------------------------

    def _request(self, number: int) -> str:
        channels = ("email", "telephone", "open tracking", "click tracking")
        consents = tuple(ConsentIn(channel, "advice", words="yes", source="bench") for channel in channels)
        profile = {"first_name": "Robin", "language": "en", "country": "NL", "phone": f"+31880{number:06}"}
        lead = LeadIn(email=f"robin-{number}@there.example", profile=profile, consents=consents)
        incoming = Incoming(f"request-{number}", "brochure.requested", self.now, lead, {"brochure": "climate"})
        return record(self.database, incoming, self.now, FlowEars(), also=self._fits).lead_id

    def _fits(self, tx: Connection, recorded: Recorded) -> None:
        """Profile B: who answers is called."""
        add_points(tx, recorded.lead_id, f"bench/{recorded.lead_id}", {"profile": 12}, "bench", self.now, Grades())

    def _answer(self) -> None:
        for mail in self._new(_SENT):
            lead = LeadIn(id=mail.rpartition("-")[0])
            incoming = Incoming(f"{mail}/answered", "answered", self.now, lead, {}, mail)
            record(self.database, incoming, self.now, FlowEars())

    def _call(self) -> None:
        for call in self._new(select(call_tasks.c.key).where(call_tasks.c.status == "open")):
            said = Said("els", self.now)
            log_call(self.database, call, "interested", said, PlainCall(), address_key=lambda address: address)

    def _contact(self) -> None:
        for handover in self._new(select(handovers.c.key).where(handovers.c.contacted_at.is_(None))):
            act_on_handover(self.database, handover, "contact", Said("anna", self.now))

    def _buy(self) -> None:
        for handover in self._new(select(handovers.c.key).where(handovers.c.status == "open")):
            act_on_handover(self.database, handover, "won", Said("anna", self.now))

    # --- the house ----------------------------------------------------------------------------------

    def _new(self, query: Select[Any]) -> list[str]:
        with self.database.read() as tx:
            return list(tx.execute(query).scalars())

    async def _until(self, all_of: Select[Any], work: Callable[[], None]) -> float:
        """Carry doorbells until there is one such row for each lead; seconds."""
        started = time.monotonic()
        carrying = asyncio.create_task(self._carry())
        try:
            await asyncio.to_thread(work)
            while len(await asyncio.to_thread(self._new, all_of)) < len(self.leads):
                if carrying.done():
                    carrying.result()
                if time.monotonic() - started > PATIENCE:
                    raise TimeoutError("the race does not end")
                await asyncio.sleep(LOOK)
            took = time.monotonic() - started
            while await asyncio.to_thread(self._new, select(outbox.c.id).limit(1)):  # every bell was rung
                await asyncio.sleep(LOOK)
            return took
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)

    async def _carry(self) -> None:
        while True:
            if not await self.carry():
                await asyncio.sleep(LOOK)


_SENT: Final = select(mails.c.key).where(mails.c.status == "sent", mails.c.audience == "lead")


@dataclass
class HandRelay:
    """As `kweek.intake.relay`, with a signal for each reaction that the hand-written workflow listens to."""

    database: Database
    client: Client
    start: Callable[[str], Start]

    async def carry(self) -> bool:
        rows = await asyncio.to_thread(self._rows)
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(row: Any) -> None:
            async with slots:
                if row.kind == "brochure.requested":
                    await self.client.start_workflow(
                        Brochure.run, self.start(row.lead_id), id=f"by-hand-{row.lead_id}", task_queue=BY_HAND
                    )
                elif row.kind in LISTENS:
                    handle = self.client.get_workflow_handle(f"by-hand-{row.lead_id}")
                    await handle.signal(Brochure.reacted, Reaction(row.kind, row.ref))

        await asyncio.gather(*map(one, rows))
        await asyncio.to_thread(self._cross_off, rows)
        return len(rows) == BATCH

    def _rows(self) -> list[Any]:
        query = select(outbox.c.id, outbox.c.lead_id, events.c.kind, events.c.ref).join(
            events, (events.c.lead_id == outbox.c.lead_id) & (events.c.seq == outbox.c.seq)
        )
        with self.database.read() as tx:
            return list(tx.execute(query.order_by(outbox.c.id).limit(BATCH)))

    def _cross_off(self, rows: list[Any]) -> None:
        if rows:
            with self.database.write() as tx:
                tx.execute(outbox.delete().where(outbox.c.id.in_([row.id for row in rows])))
