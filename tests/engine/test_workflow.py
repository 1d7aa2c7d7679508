"""What a lead's workflow promises: bells, turns that fail, mails that are cancelled, long lives, backups put back."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

import worker
import workflows.lead
from kweek.flow.state import Entry
from kweek.leads import cannot_go_on, tables
from kweek.leads.clock import Clock
from kweek.leads.database import DatabaseAway
from kweek.leads.enrolments import release
from tests.engine.house import House, build, until
from tests.engine.servers import DevServer, dev_server
from tests.engine.smtp_server import Told, serving
from worker import Hands, hands_of, part_quietly, ring, workers

pytestmark = pytest.mark.slow

WORKSPACE = Path(__file__).parent / "workspace"
TEMPO = 1_200  # an hour of the flow is three seconds
PLANTED = "planted.person@secret.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    with dev_server(tmp_path_factory.mktemp("temporal")) as running:
        yield running


@dataclass
class Room:
    """A worker in this process. ring: as the relay rings."""

    house: House
    hands: Hands
    client: Client
    relay: Told

    async def ring(self, lead: str) -> None:
        await ring(self.client, lead)

    async def happens(self, lead: str, kind: str, ref: str | None = None, **data: Any) -> None:
        self.house.happens(lead, kind, ref=ref, data=data)
        await self.ring(lead)

    async def status(self, lead: str) -> WorkflowExecutionStatus | None:
        return (await self.client.get_workflow_handle(f"lead-{lead}").describe()).status

    async def ended(self, lead: str) -> bool:
        return await self.status(lead) == WorkflowExecutionStatus.COMPLETED

    async def history(self, lead: str) -> list[str]:
        """Of its last run, in Temporal's words."""
        found = await self.client.get_workflow_handle(f"lead-{lead}").fetch_history()
        return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in found.events]

    def kinds(self, lead: str) -> list[str]:
        return [entry.kind for _, entry in self.house.journal(lead)]


@asynccontextmanager
async def room(
    server: DevServer, folder: Path, migrated: Path, runner: WorkflowRunner | None = None, told: Told | None = None,
    workspace: Path = WORKSPACE, tempo: float = TEMPO, relay_options: str = "tls=off",
) -> AsyncIterator[Room]:  # fmt: skip
    client = await server.client()
    now = datetime.now(UTC)
    async with serving(told or Told()) as relay:
        clock, smtp = Clock(tempo, now, now), f"smtp://127.0.0.1:{relay.port}?{relay_options}"
        house = build(folder, workspace, clock=clock, temporal=server.address, smtp=smtp, migrated=migrated)
        hands = hands_of(house.settings)
        try:
            async with workers(client, hands, runner or worker.RUNNER):
                yield Room(house, hands, client, relay)
        finally:
            hands.close()
            house.close()
            del client
            await part_quietly()


# --- bells ------------------------------------------------------------------------------------------


async def test_a_bell_that_rings_twice_early_or_late_does_no_harm(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        one, other = at.house.lead("bell-once"), at.house.lead("bell-often")
        await at.ring(other)  # nothing has happened yet
        await until(lambda: at.ended(other), what="nobody is in a flow, so its workflow ends")
        for lead in (one, other):
            await at.happens(lead, "talk.asked")
        await asyncio.gather(*(at.ring(other) for _ in range(5)))
        await until(lambda: at.house.step(one) and at.house.step(other), what="both in the flow")
        for lead in (one, other):
            await until(lambda lead=lead: at.ended(lead), what="out of the flow again")
        for _ in range(3):
            await at.ring(other)  # long over
        await until(lambda: at.ended(other))
        assert _shape(at.house.journal(one)) == _shape(at.house.journal(other))
        assert len(at.relay.got) == 2


def _shape(journal: list[tuple[datetime, Entry]]) -> list[tuple[str, str | None, int | None]]:
    return [(entry.kind, entry.step, entry.visit) for _, entry in journal]


async def test_a_workflow_ends_with_its_last_enrolment_and_a_later_start_begins_a_new_run(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead = at.house.lead("comes-back")
        await at.happens(lead, "talk.asked")
        first = await until(lambda: _run_of(at, lead))
        await until(lambda: at.ended(lead))
        turn = at.house.row(lead).turn
        await at.happens(lead, "talk.asked")
        await until(lambda: _run_of(at, lead, other_than=first), what="a new run")
        await until(lambda: at.ended(lead))
        assert at.kinds(lead).count("started") == 2
        assert at.house.row(lead).turn > turn
        assert len(at.relay.got) == 2


async def _run_of(at: Room, lead: str, other_than: str | None = None) -> str | None:
    run = (await at.client.get_workflow_handle(f"lead-{lead}").describe()).run_id
    return None if run == other_than else run


async def test_the_default_sandbox_runs_it_as_well(server: DevServer, tmp_path: Path, migrated_sqlite: Path) -> None:
    async with room(server, tmp_path, migrated_sqlite, SandboxedWorkflowRunner()) as at:
        lead = at.house.lead("strict-sandbox")
        await at.happens(lead, "talk.asked")
        await until(lambda: at.ended(lead))
        assert at.kinds(lead)[-1] == "ended"
        assert len(at.relay.got) == 1


# --- turns that fail ----------------------------------------------------------------------------------


async def test_a_local_turn_that_fails_goes_on_as_a_regular_activity_and_delays_no_healthy_neighbour(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        sick, well = [f"sick{n}" for n in range(10)], "healthy"
        at.house.leads([*sick, well])
        cured = False

        def fails() -> bool:
            return not cured

        _fail(at.hands, sick, fails)
        for lead in sick:
            await at.happens(lead, "ear.lent")
        await until(lambda: _falls_back(at, sick[0]), what="the turn is tried as a regular activity")
        since = time.monotonic()
        await at.happens(well, "ear.lent")
        await until(lambda: at.house.step(well) == "steps/ear" or at.house.step(well) == "ear", 10)
        assert time.monotonic() - since < 5
        cured = True
        for lead in sick:
            await until(lambda lead=lead: at.house.step(lead), 90, "the sick ones go on")
        assert [at.kinds(lead) for lead in sick] == [at.kinds(well)] * len(sick)


async def _falls_back(at: Room, lead: str) -> bool:
    return "ACTIVITY_TASK_SCHEDULED" in await at.history(lead)


def _fail(hands: Hands, leads: list[str], fails: Callable[[], bool], words: str = "away") -> None:
    """Whatever these leads' turns do, it fails; as a local one and as a regular one."""
    turn = hands.turns._turn

    def failing(tx: Any, ask: Any, *more: Any) -> Any:
        if ask.lead in leads and fails():
            raise DatabaseAway(words)
        return turn(tx, ask, *more)

    object.__setattr__(hands.turns, "_turn", failing)


async def test_a_lead_whose_turns_fail_is_told_of_until_it_goes_on(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead, broken = at.house.lead("stands-still"), True

        def stuck() -> cannot_go_on.Stuck | None:
            now = at.house.now
            with at.house.database.read() as read:
                return cannot_go_on.of_lead(read, lead, now - cannot_go_on.LATELY, now)

        _fail(at.hands, [lead], lambda: broken, "no way on")
        await at.happens(lead, "ear.lent")
        await until(lambda: (found := stuck()) and found.times > 1, 20, "it is told of")
        found = stuck()
        assert found
        assert found.words == "no way on"
        assert found.since <= found.at
        broken = False
        await until(lambda: at.house.step(lead) and stuck() is None, 60, "it goes on, and nobody is alarmed")


async def test_a_database_that_is_away_during_a_turn_is_waited_for(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead = at.house.lead("waits-for-rows")
        at.house.happens(lead, "ear.lent")
        lock = sqlite3.connect(tmp_path / "kweek.db", isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        await at.ring(lead)
        await until(lambda: _falls_back(at, lead), 20, "the local turn gave up")
        lock.execute("ROLLBACK")
        lock.close()
        await until(lambda: at.house.step(lead), 40, "the turn was taken")
        assert at.kinds(lead) == ["started", "entered"]


async def test_what_fails_leaves_a_code_in_the_history_and_its_words_in_our_own_books(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead, failures = at.house.lead("tells-nobody"), 2

        def fails() -> bool:
            nonlocal failures
            failures -= 1
            return failures >= 0

        _fail(at.hands, [lead], fails, f"nothing to be done for {PLANTED}")
        await at.happens(lead, "ear.lent")
        await until(lambda: at.house.step(lead), 60)
        found = await at.client.get_workflow_handle(f"lead-{lead}").fetch_history()
        assert b"DatabaseAway" in b"".join(event.SerializeToString() for event in found.events)
        assert all(PLANTED.encode() not in event.SerializeToString() for event in found.events)
        [problem] = at.house.rows(select(tables.problems))
        assert PLANTED in problem.words
        assert "Completing activity as failed" not in caplog.text, "we say it ourselves, in one line"
        assert (problem.lead_id, problem.key, problem.times) == (lead, f"lead-{lead}/turn", 2)


# --- mails ---------------------------------------------------------------------------------------------


async def test_a_mail_that_has_not_left_is_cancelled_when_the_lead_moves_on(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    told = Told(say={"rcpt": b"451 4.3.0 not now"})
    async with room(server, tmp_path, migrated_sqlite, told=told) as at:
        lead = at.house.lead("changes-its-mind")
        await at.happens(lead, "talk.asked")
        await until(lambda: [mail for mail in at.house.mails(lead) if mail.why == "451 4.3.0"], what="refused once")
        await at.happens(lead, "talk.refused")
        await until(lambda: at.ended(lead), 60, "the lead is out, and so is its mail")
        assert "ACTIVITY_TASK_CANCELED" in await at.history(lead)
        told.say.clear()
        effects = at.house.rows(select(tables.effects.c.status).where(tables.effects.c.lead_id == lead))
        assert [row.status for row in effects] == ["cancelled"]
        assert told.got == []


# --- long lives, and backups ------------------------------------------------------------------------------


async def test_a_long_life_continues_as_new_and_nothing_is_missed(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflows.lead, "LONG_HISTORY", 40)
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead = at.house.lead("lives-long")
        await at.happens(lead, "ear.lent")
        first = await until(lambda: _run_of(at, lead))
        for n in range(12):
            await until(lambda: at.house.step(lead) in _EARS, what=f"waits for word {n}")
            await at.happens(lead, "word.said")
            await until(lambda: at.house.row(lead).seen == at.house.row(lead).seq)
        runs = [run async for run in at.client.list_workflows(f"WorkflowId = 'lead-{lead}'")]
        assert len([run for run in runs if run.status == WorkflowExecutionStatus.CONTINUED_AS_NEW]) >= 2
        assert await _run_of(at, lead) != first
        assert at.kinds(lead).count("reacted") == 12
        await until(lambda: at.house.step(lead) in _EARS)
        await at.happens(lead, "talk.refused")
        await until(lambda: at.ended(lead))


_EARS = ("ear", "other-ear", "steps/ear", "steps/other-ear")


async def test_a_long_life_does_not_continue_as_new_while_a_mail_is_in_flight(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflows.lead, "LONG_HISTORY", 5)
    told = Told(say={"rcpt": b"stall"})
    async with room(server, tmp_path, migrated_sqlite, told=told) as at:
        lead = at.house.lead("in-flight")
        await at.happens(lead, "ear.lent")
        await at.happens(lead, "talk.asked")
        await until(lambda: [mail for mail in at.house.mails(lead) if mail.status == "claimed"], what="in the middle")
        run = await _run_of(at, lead)
        for _ in range(4):
            await at.happens(lead, "word.said")
            await until(lambda: at.house.row(lead).seen == at.house.row(lead).seq)
        assert await _run_of(at, lead) == run
        assert at.relay.got == []
        told.wake.set()
        await until(lambda: _run_of(at, lead, other_than=run), 40, "at rest it does")
        assert len(at.relay.got) == 1


async def test_a_lead_whose_row_is_older_than_its_workflow_stands_still_until_it_is_let_go(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead = at.house.lead("from-a-backup")
        await at.happens(lead, "ear.lent")
        await until(lambda: at.house.step(lead))
        backup = at.house.row(lead)
        await at.ring(lead)
        await until(lambda: at.house.row(lead).turn > backup.turn)
        with at.house.database.write() as tx:  # a backup is put back
            tx.execute(update(tables.leads).where(tables.leads.c.id == lead).values(turn=backup.turn))
        await at.happens(lead, "word.said")
        await until(lambda: at.house.row(lead).held, what="it is seen, and said")
        assert at.kinds(lead).count("reacted") == 0
        with at.house.database.write() as tx:
            assert release(tx) == 1
        await at.ring(lead)
        await until(lambda: at.kinds(lead).count("reacted") == 1, what="let go, it hears what was said")
        assert at.house.misplaced() == []
