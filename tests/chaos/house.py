"""A house in which things die: real servers and processes, a course of five mails, and books to be read afterwards."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from temporalio.client import Client

from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import enrolments, tables
from kweek.leads.clock import Clock, flow_clock
from kweek.leads.database import Database, DatabaseAway, open_database
from kweek.leads.migrate import migrate
from kweek.leads.publish import publish
from kweek.workspace import read_workspace, source_of
from tests.engine.servers import DevServer

WORKSPACE = Path(__file__).parent / "workspace"
TEMPO = 2_880.0  # a day in half a minute
LESSONS = 5
FULL = bool(os.environ.get("KWEEK_FULL_CHAOS"))
"""The promise's own numbers; without it the same tests, smaller."""


def wait_for(what: str, true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


@dataclass
class House:
    folder: Path
    database_url: str
    database: Database
    clock: Clock
    server: DevServer
    smtp_url: str
    when_unsure: str = "resend"
    worker: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "KWEEK_WORKSPACE": str(WORKSPACE), "KWEEK_DATA": str(self.folder), "KWEEK_DATABASE_URL": self.database_url,
            "KWEEK_TEMPORAL_ADDRESS": self.server.address, "KWEEK_SMTP_URL": self.smtp_url,
            "KWEEK_WHEN_UNSURE": self.when_unsure, "KWEEK_BASE_URL": "http://127.0.0.1:1",
        }  # fmt: skip

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{command[0]}.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "kweek", *command], env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip

    # --- who dies -------------------------------------------------------------------------------------

    def start_worker(self) -> None:
        self.worker = self.run("worker")

    def kill_worker(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()

    def stop_worker(self) -> None:
        if self.worker is not None and self.worker.poll() is None:
            self.worker.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.worker.wait(40)
            self.kill_worker()

    # --- what happens ---------------------------------------------------------------------------------

    def begin(self, leads: int) -> None:
        now = self.clock.flow(datetime.now(UTC))
        for n in range(leads):
            who = LeadIn(email=f"lead{n}@there.example", profile={"name": f"Lead {n}"})
            record(self.database, Incoming(f"begin-{n}", "course.started", now, who), now)

    # --- the books ------------------------------------------------------------------------------------

    def count(self, query: Any) -> int:
        with self.database.read() as tx:
            return int(tx.execute(select(func.count()).select_from(query.subquery())).scalar_one())

    def open_leads(self) -> int:
        return self.count(select(tables.leads.c.id).where(tables.leads.c.open))

    def walked_through(self, leads: int) -> bool:
        """Every lead has been in the flow and left it."""
        with suppress(DatabaseAway):
            ended = select(tables.enrolments.c.id).where(tables.enrolments.c.ended_at.is_not(None))
            return self.count(ended) == leads and self.open_leads() == 0
        return False

    def ledger(self) -> Mapping[str, Any]:
        """Message-ID → its row."""
        with self.database.read() as tx:
            return {row.message_id: row for row in tx.execute(select(tables.mails))}

    def caught(self) -> Mapping[str, int]:
        """Message-ID → how often the catcher got it."""
        c = tables.caught.c
        with self.database.read() as tx:
            rows = tx.execute(select(c.message_id, func.count()).group_by(c.message_id)).all()
        return {row[0]: row[1] for row in rows}

    def books_agree(self) -> None:
        """Positions folded from the journal equal the stored tokens, and nothing is left to be rung."""
        with self.database.read() as tx:
            for lead in tx.execute(select(tables.leads.c.id)).scalars():
                assert enrolments.fold(enrolments.read_journal(tx, lead)) == enrolments.positions(tx, lead)
        assert self.count(select(tables.outbox.c.id)) == 0

    async def running(self) -> int:
        client: Client = await self.server.client()
        found = await client.count_workflows("WorkflowType = 'lead' AND ExecutionStatus = 'Running'")
        del client
        return found.count

    def nobody_runs(self, seconds: float = 60) -> None:
        """At rest, leads with an open enrolment and running workflows are equally many: none."""
        wait_for("no workflow of a lead runs", lambda: asyncio.run(self.running()) == self.open_leads(), seconds)


@contextmanager
def house(folder: Path, database_url: str, smtp_url: str, when_unsure: str = "resend") -> Iterator[House]:
    """A Temporal server, a database with the course published, and nobody at work yet."""
    database = open_database(database_url)
    server = DevServer(folder)
    made = House(folder, database_url, database, Clock(), server, smtp_url, when_unsure)
    try:
        migrate(database.engine)
        made.clock = flow_clock(database, TEMPO)
        workspace = read_workspace(WORKSPACE)
        publish(database, source_of(workspace, "five-mails"), "five-mails", "test", made.clock.flow(datetime.now(UTC)))
        server.start()
        asyncio.run(made.running())
        yield made
    finally:
        made.stop_worker()
        server.stop()
        database.close()
