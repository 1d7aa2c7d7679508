"""How is it lived again? All leads at the same time, on one virtual timeline of a real server.

What people do is recorded by intake at the moments of the case; all else (waits, mails, deadlines, escalations) the
engine does by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Connection, insert, select
from temporalio import activity
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.webhook import Webhooks
from kweek.dress_rehearsal.house import House, furnish
from kweek.dress_rehearsal.journey import NEAR, Deed, Journey, Lines
from kweek.dress_rehearsal.server import ClockError, go_to, time_skipping
from kweek.errors import KweekError
from kweek.flow.state import Event
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.relay import Relay
from kweek.intake.suppress import SUPPRESSION, suppress_lead
from kweek.leads import effects, tables
from kweek.leads.clock import Clock
from kweek.leads.enrolments import hold, lead_row
from kweek.leads.permission import address_key
from kweek.leads.points import add_points
from worker import hands_of, ring, workers

EARLY: Final = timedelta(seconds=8)
"""Of an event and a deadline at the same moment the event is first, also on a server where a turn takes its time; each
event of a lead a little earlier than the one before it. (A timer that fires in the very task that cancels it stops the
test server's clock for good; Temporal's own server takes it.)"""
_MOST: Final = 5
_SOON: Final = 60.0


class StandsStillError(KweekError):
    """The server does not go on."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Played:
    """What the engine wrote of a journey."""

    journey: Journey
    journal: Lines
    events: list[Event]


async def play(
    folder: Path, workspace: Path, everybody: Sequence[Journey], seconds: float, migrated: Path | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> list[Played]:  # fmt: skip
    """folder: empty, for the databases. seconds: so long it may take. told: so many moments are over, of so many.
    StandsStillError: it took longer. ClockError: twice."""
    try:
        return await _in_time(folder / "first", workspace, everybody, seconds, migrated, told)
    except ClockError:
        return await _in_time(folder / "again", workspace, everybody, seconds, migrated, told)


async def _in_time(
    folder: Path, workspace: Path, everybody: Sequence[Journey], seconds: float, migrated: Path | None,
    told: Callable[[int, int], None],
) -> list[Played]:  # fmt: skip
    try:
        async with asyncio.timeout(seconds), _taking_mail() as smtp, time_skipping() as environment:
            return await _play(folder, workspace, everybody, smtp, environment, migrated, told)
    except TimeoutError:
        raise StandsStillError(f"the tests did not come to their end on the server within {seconds:.0f} s") from None


async def _play(
    folder: Path, workspace: Path, everybody: Sequence[Journey], smtp: str, environment: WorkflowEnvironment,
    migrated: Path | None, told: Callable[[int, int], None],
) -> list[Played]:  # fmt: skip
    first = min(journey.start for journey in everybody)
    clock = Clock(1.0, await environment.get_current_time(), first - 10 * NEAR)
    house = furnish(folder, workspace, clock, smtp=smtp, migrated=migrated)
    hands = hands_of(house.settings, spread_over=0)  # as on the pure machine
    silent = _Silent(hands.database, hands.clock, house.settings, hands.book.now, hands.webhooks.answers)
    try:
        for journey in everybody:
            house.like(journey.memory, clock.anchor_flow, journey.start)
        async with workers(environment.client, replace(hands, webhooks=silent)):
            await _let_time_pass(environment, house, everybody, told)
        return [Played(one, house.journal(one.lead), house.events(one.lead)) for one in everybody]
    finally:
        hands.close()
        house.close()


# --- nothing leaves ---------------------------------------------------------------------------------


class _Silent(Webhooks):
    """What a flow tells other programs is told to nobody."""

    @activity.defn(name="call_webhook")
    async def call_webhook(self, key: str) -> None:
        await asyncio.to_thread(self._done, key)

    def _done(self, key: str) -> None:
        with self.database.read() as tx:
            row = effects.find_row(tx, key)
        if row is not None:
            with self.database.lead_tx(row.lead_id) as tx:
                effects.close(tx, [key], "done")


class _TakesAll:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's)
        return "250 taken"


@asynccontextmanager
async def _taking_mail() -> AsyncGenerator[str]:
    """A mail server that takes every mail and keeps none; its address."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(_TakesAll(), enable_SMTPUTF8=True), "127.0.0.1", 0)
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


# --- time passes ------------------------------------------------------------------------------------


async def _let_time_pass(
    environment: WorkflowEnvironment, house: House, everybody: Sequence[Journey], told: Callable[[int, int], None]
) -> None:
    client = environment.client
    relay = Relay(house.database, lambda lead: ring(client, lead))
    deeds = [(at, journey, deed) for journey in everybody for at, deed in _timely(journey.deeds)]
    ends = [(journey.until, journey, None) for journey in everybody]
    moments = [(at, list(one)) for at, one in groupby(sorted([*deeds, *ends], key=itemgetter(0)), key=itemgetter(0))]
    for done, (at, together) in enumerate(moments):
        told(done, len(moments))
        await go_to(environment, house.clock.real(at))
        if not await _so(lambda at=at: _on_time(house, at)):
            raise ClockError("the clock of the test server went past what was due")
        for at_once in _in_turn(together):
            busy: set[str] = set()
            for _, journey, deed in at_once:
                if deed is None:
                    _stand_still(house, journey.lead)
                else:
                    _happens(house, journey.lead, deed)
                    busy.add(journey.lead)
            await _until(lambda: _carry(relay), "the bells are rung")
            await _until(lambda busy=busy: _heard(house, busy), "every event is heard")


_Due = tuple[datetime, Journey, Deed | None]


def _in_turn(together: Sequence[_Due]) -> list[list[_Due]]:
    """What a case tells of one moment is heard in its order, each by itself; what one of a crowd does, at once."""
    turns, told = list[list[_Due]](), Counter[str]()
    for one in together:
        _, journey, _ = one
        turn = 0 if journey.at_once else told[journey.lead]
        told[journey.lead] += 1
        turns += [[] for _ in range(turn + 1 - len(turns))]
        turns[turn].append(one)
    return turns


def _timely(deeds: list[Deed]) -> Iterator[tuple[datetime, Deed]]:
    moments = sorted({deed.at for deed in deeds})
    for deed in deeds:
        yield deed.at - min(moments.index(deed.at), _MOST) * EARLY, deed


def _happens(house: House, lead: str, deed: Deed) -> None:
    if not deed.kind:
        hit = {"mail_key": deed.ref, "lead_id": lead, "kind": "open", "at": deed.at, "method": "GET"}
        with house.database.write() as tx:
            tx.execute(insert(tables.hits), hit | {"grade": "machine"})
        return
    secret = house.settings.key(SUPPRESSION)

    def keep(tx: Connection) -> None:
        house.learn(tx, lead, deed.facts, deed.at)
        add_points(tx, lead, f"{lead}/{deed.at}", deed.points, "answered", deed.at, house.world.grades)
        if deed.kind in ("bounced", "complained", "unsubscribed"):
            suppress_lead(tx, lead, "email", deed.kind, deed.at, lambda address: address_key(secret, address))

    said = Incoming(
        f"{lead}/{deed.kind}/{deed.ref}/{deed.at.isoformat()}", deed.kind, deed.at, LeadIn(id=lead), deed.data, deed.ref
    )
    house.tells(lead, said, keep)


async def _carry(relay: Relay) -> bool:
    try:
        return not await relay.carry()
    except RPCError:  # it breaks off a connection once in a while
        return False


async def _heard(house: House, leads: set[str]) -> bool:
    row = tables.leads.c
    with house.database.read() as tx:
        return tx.execute(select(row.id).where(row.id.in_(leads), row.seen < row.seq).limit(1)).first() is None


def _stand_still(house: House, lead: str) -> None:
    """The case is over. Ending its workflow from outside, in the middle of a task, would stop this server's clock."""
    with house.database.lead_tx(lead) as tx:
        hold(tx, lead, "the case is over", lead_row(tx, lead).turn)


async def _on_time(house: House, at: datetime) -> bool:
    """Has everybody done what was due before then?"""
    row = tables.leads.c
    with house.database.read() as tx:
        return tx.execute(select(row.id).where(row.wake_at < at, row.held.is_(None)).limit(1)).first() is None


async def _until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    if not await _so(true):
        raise StandsStillError(f"the server stands still: it was not so within {_SOON:.0f} s that {what}")


async def _so(true: Callable[[], Awaitable[bool]]) -> bool:
    """In a minute, at the latest."""
    deadline = time.monotonic() + _SOON
    while not await true():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True
