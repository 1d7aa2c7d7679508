"""A house that things die in: a real Temporal server, a real worker process, a mail server that counts."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select
from temporalio.client import Client
from temporalio.service import RPCError

from kweek.catcher import Catcher
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Entry
from kweek.intake.fates import drop
from kweek.intake.record import AlwaysRing
from kweek.leads import ledger, tables
from kweek.leads.clock import Clock
from kweek.leads.database import DatabaseAway
from tests.chaos.planted import FAMILY, HOST, NAME, PHONE, found_in
from tests.engine.house import Away, House, build, until
from tests.engine.servers import DevServer, dev_server

WORKSPACE = Path(__file__).parent / "workspace"
TEMPO = 1_200  # an hour of the flow is three seconds

Mode = Literal["look-up", "resend", "hold"]
HOUR = timedelta(hours=1)


@dataclass
class CountingServer:
    """A relay that takes every mail and that nobody can ask; slow enough to be killed in the middle."""

    arrived: Counter[str] = field(default_factory=Counter[str])  # by Message-ID
    seconds: tuple[float, float] = (0.05, 0.05)  # before the mail counts, and before the answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        before, after = self.seconds
        await asyncio.sleep(before)
        self.arrived[str(message_from_bytes(envelope.original_content or b"")["Message-ID"])] += 1
        await asyncio.sleep(after)
        return "250 2.0.0 queued"


class SlowCatcher(Catcher):
    """As the house's own, but slow enough to be killed in the middle."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(0.05)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.05)
        return answer


@dataclass
class Town:
    """One lead database, one Temporal server, one worker process, one mail server."""

    house: House
    temporal: DevServer
    client: Client
    mode: Mode
    counting: CountingServer
    catcher: Catcher
    worker: subprocess.Popen[bytes] | None = None
    ready: Path = Path()
    in_flight: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])  # sends: a mail, and its how-manieth
    kills: int = 0

    # --- the worker -----------------------------------------------------------------------------------

    def start_worker(self) -> None:
        self.ready.unlink(missing_ok=True)
        chosen = self.house.settings
        environment = {
            "KWEEK_WORKSPACE": str(chosen.workspace), "KWEEK_DATA": str(chosen.data),
            "KWEEK_DATABASE_URL": chosen.database_url, "KWEEK_TEMPORAL_ADDRESS": chosen.temporal_address,
            "KWEEK_SMTP_URL": chosen.smtp_url, "KWEEK_BASE_URL": chosen.base_url,
            "KWEEK_WHEN_UNSURE": "hold" if self.mode == "hold" else "resend",
        }  # fmt: skip
        with (self.house.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "kweek", "worker", "--ready", str(self.ready)], cwd=self.house.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **environment},
            )  # fmt: skip

    async def worker_works(self) -> None:
        def works() -> bool:
            assert self.worker is not None
            if self.worker.poll() is not None:  # as `kweek up` would
                self.start_worker()
            return self.ready.exists()

        await until(works, 60, "the worker is ready")

    def kill_worker(self) -> None:
        """Without a word, and note what it was handing over. A mail may be struck again: each is a send of its own."""
        assert self.worker is not None
        self.worker.send_signal(signal.SIGKILL)
        self.worker.wait()
        m = tables.mails.c
        query = select(m.key, m.attempts).where(m.status == "claimed", m.lease_until_real.is_not(None))
        self.in_flight |= {(row.key, row.attempts) for row in self.house.rows(query)}
        self.kills += 1

    def stop_worker(self) -> None:
        if self.worker is not None and self.worker.poll() is None:
            self.worker.terminate()
            try:
                self.worker.wait(40)
            except subprocess.TimeoutExpired:
                self.worker.kill()
                self.worker.wait()

    # --- the local mail catcher -----------------------------------------------------------------------

    async def stop_relay(self) -> None:
        await self.catcher.stop()

    async def start_relay(self) -> None:
        """At the same address."""
        await self.catcher.start(port=int(self.house.settings.smtp_url.rpartition(":")[2]))

    # --- what is to be done ---------------------------------------------------------------------------

    def people(self, ids: list[str]) -> None:
        """Put them in, each with a name, an address and a number that nobody else must hear of."""
        for lead in ids:
            address = f"{lead}@{HOST}"
            self.house.lead(lead, first_name=NAME, last_name=FAMILY, phone=PHONE, email=address, email_key=address)

    async def people_come(self, leads: list[str], kind: str, seconds: float) -> None:
        """Their start events, spread over so many seconds; an event that cannot be taken now is sent again."""
        for lead in leads:
            while True:
                try:
                    await asyncio.to_thread(self.house.happens, lead, kind, id=f"{lead}/{kind}")
                    break
                except DatabaseAway:
                    await asyncio.sleep(0.2)
            await asyncio.sleep(seconds / len(leads))

    def still_to_come(self, parked: int) -> dict[str, Any]:
        """What is not at rest; nothing, once everybody has arrived. What waits for a person rests, as the parked do."""
        leads, effects, mails = tables.leads.c, tables.effects.c, tables.mails.c
        try:
            held = {row.key for row in self.house.rows(select(mails.key).where(mails.status == "held"))}
            pending = {row.key for row in self.house.rows(select(effects.key).where(effects.status == "pending"))}
            found = {
                "mails": sorted(pending - held),
                "unheard": self.house.count(select(leads.id).where(leads.seen < leads.seq)),
                "bells": self.house.count(select(tables.outbox.c.id)),
                "on the way": self.house.count(select(leads.id).where(leads.open)) - parked,
            }
        except DatabaseAway as error:
            raise Away from error
        return {what: count for what, count in found.items() if count}

    async def rest(self, parked: int, seconds: float) -> None:
        """Until everybody has arrived; else say what has not."""
        try:
            await until(lambda: not self.still_to_come(parked), seconds, "everybody has arrived", each=0.5)
        except AssertionError as error:
            keys = self.still_to_come(parked).get("mails", ())
            rows = [(row.key, row.status, row.why, row.attempts) for row in self.house.mails() if row.key in keys]
            raise AssertionError(f"{error}: {self.still_to_come(parked)}; {rows}") from None

    async def running(self) -> int:
        """How many leads Temporal counts as running."""
        try:
            query = "WorkflowType = 'lead' AND ExecutionStatus = 'Running'"
            return (await self.client.count_workflows(query)).count
        except RPCError as error:
            raise Away from error

    async def running_or_none(self) -> bool:
        """Does the server answer?"""
        return await self.running() >= 0

    def arrived(self) -> Counter[str]:
        """Message-ID → how often it came in."""
        if self.mode != "look-up":
            return self.counting.arrived
        return Counter(row.message_id for row in self.house.rows(select(tables.caught.c.message_id)))

    def decide_held(self) -> int:
        """Someone looks through the held mails and drops them; how many there were."""
        with self.house.database.read() as tx:
            keys = [row.key for row in ledger.held(tx)]
        for key in keys:
            assert drop(self.house.database, key, "anna", self.house.now, AlwaysRing())
        return len(keys)


@asynccontextmanager
async def town(folder: Path, mode: Mode, migrated: Path, url: str | None = None) -> AsyncIterator[Town]:
    counting = CountingServer()
    with dev_server(folder) as temporal:
        client = await temporal.client()
        now = datetime.now(UTC)
        house, server, smtp = None, None, ""
        loop = asyncio.get_running_loop()
        try:
            if mode != "look-up":
                server = await loop.create_server(lambda: SMTP(counting, hostname="relay.example"), "127.0.0.1", 0)
                smtp = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            else:
                smtp = "catcher://127.0.0.1:1"
            house = build(
                folder / "data", WORKSPACE, clock=Clock(TEMPO, now, now), temporal=temporal.address, smtp=smtp,
                migrated=migrated, url=url,
            )  # fmt: skip
            catcher = SlowCatcher(house.database)
            if mode == "look-up":
                smtp = f"catcher://127.0.0.1:{await catcher.start()}"
                house.settings = replace(house.settings, smtp_url=smtp)
            one = Town(house, temporal, client, mode, counting, catcher, ready=folder / "worker.ready")
            try:
                yield one
            finally:
                one.stop_worker()
                await catcher.stop()
        finally:
            if server is not None:
                server.close()
            if house is not None:
                house.close()
            del client


# --- what must hold in the end ------------------------------------------------------------------------


async def check_all_but_mail(one: Town, leads: list[str], flow: str, parked: list[str]) -> None:
    """Positions, ends, counts, journals: whatever died, all is as if nothing had; and nobody is told who they are."""
    house = one.house
    assert house.misplaced() == []
    e = tables.enrolments.c
    ended = house.rows(select(e.lead_id, e.result).where(e.flow == flow))
    assert sorted((row.lead_id, row.result) for row in ended) == sorted((lead, "done") for lead in leads)
    await until(lambda: _equals(one, len(parked)), 60, "leads with an open enrolment = running workflows")
    assert house.count(select(tables.leads.c.id).where(tables.leads.c.held.is_not(None))) == 0
    for lead in leads:
        assert [entry for _, entry in house.journal(lead)] == pure(house, lead, flow), lead
    if house.database.sqlite:
        check_file(house.folder / "kweek.db")
    outside = [*house.folder.parent.glob("temporal*"), house.folder / "worker.log"]
    assert any(path.name == "temporal.db" for path in outside)
    assert [(path.name, what) for path in outside for what in found_in(path.read_bytes())] == []


def check_file(file: Path) -> None:
    """SQLite's own look at every page of it."""
    books = sqlite3.connect(file)
    try:
        assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        books.close()


async def _equals(one: Town, expected: int) -> bool:
    return await one.running() == expected


def pure(house: House, lead: str, flow: str) -> list[Entry]:
    """What the pure machine makes of the same lead."""
    life = Life(Memory(house.world, lead), house.clock.anchor_flow)
    life.hear(life.now, f"{flow}.asked")
    life.run(life.now + 24 * HOUR)
    return [entry for _, entry in life.journal]


def check_mails(one: Town, leads: list[str], each: int) -> dict[str, int]:
    """0 lost; how often each arrived is what its row in the ledger says. Figures, for the report."""
    arrived, rows = one.arrived(), one.house.mails()
    ids = [row.message_id for row in rows]
    assert len(ids) == len(set(ids)) == len(leads) * each
    assert set(arrived) <= set(ids)
    twice = {row.key for row in rows if arrived[row.message_id] > 1}
    lost = {row.key for row in rows if not arrived[row.message_id]}
    marked = {row.key for row in rows if row.repeats}
    figures = {
        "mails": len(rows), "kills": one.kills, "in flight at kills": len(one.in_flight), "lost": len(lost),
        "arrived twice": sum(arrived[row.message_id] - 1 for row in rows if arrived[row.message_id] > 1),
        "marked as repeated": sum(row.repeats for row in rows),
        "written off": sum(row.status == "undelivered" for row in rows),
    }  # fmt: skip
    print(one.mode, figures)
    struck = Counter(key for key, _ in one.in_flight)
    assert twice <= marked, "arrived twice, and the ledger does not say so"
    assert all(row.repeats <= struck[row.key] for row in rows), "repeated without having been in flight at a kill"
    assert all(arrived[row.message_id] <= 1 + row.repeats for row in rows), "arrived more often than the ledger says"
    return figures


async def strike(times: int, seconds: tuple[float, float], blow: Callable[[], Awaitable[None]], seed: int = 7) -> None:
    """Strike so often, with pauses of between so many seconds."""
    chance = random.Random(seed)
    for _ in range(times):
        await asyncio.sleep(chance.uniform(*seconds))
        await blow()
