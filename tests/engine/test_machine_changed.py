"""The machine is mended while leads sleep: who began with the old one wakes with the new one, and goes on as it says.

On a real server. The first worker ends while its leads wait: for time, for an event, for nothing at all, for a mail
that the relay has refused so far. The second knows none of them, so it replays each from its first event on; and its
machine cuts waits short, writes another line in the journal, has something else done in the world, and stores what it
remembers under another name. A workflow that asked the machine in its own code could not go on: that is shown as well,
with one that does.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from temporalio import activity, workflow
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

import worker
from kweek.flow import stored
from kweek.flow.drive import drive
from kweek.flow.machine import clocks, entering
from kweek.flow.machine.work import Work
from kweek.flow.plan import Wait
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Enrolment, LeadState, Token
from kweek.flow.world import World
from kweek.leads import enrolments, tables
from kweek.leads.clock import Clock
from tests.engine.house import House, build, until
from tests.engine.servers import DevServer, dev_server
from tests.engine.smtp_server import Told, serving
from tests.engine.test_workflow import TEMPO, WORKSPACE, Room
from tests.stories import plan_of
from worker import hands_of, part_quietly, workers
from workflows.lead import Lead

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
LISTEN = """\
start: ear.lent
steps:
  - wait: 500 weeks
    id: first
    when:
      word.said: next
  - wait: 500 weeks
    id: second
  - end: done
"""
SLEEP = """\
start: talk.refused
steps:
  - wait: 5 hours
    id: first
  - wait: 500 weeks
    id: second
  - end: done
"""
WRITE = """\
start: talk.asked
steps:
  - send: note
    within: 1 hour
    when:
      bounced: discard
      blocked: discard
    otherwise: next
  - wait: 500 weeks
    id: second
  - end: done
"""
FLOWS = {"listen": LISTEN, "sleep": SLEEP, "write": WRITE}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    with dev_server(tmp_path_factory.mktemp("temporal")) as running:
        yield running


# --- another machine ------------------------------------------------------------------------------------------


def change_the_machine(patch: pytest.MonkeyPatch) -> None:
    """An hour of waiting is enough; whoever comes to wait is noted, and the boss hears of it; `visits` is `been`."""
    when_up, come_to_wait = clocks.when_up, entering.COME_TO[Wait]

    def sooner(work: Work, enrolment: Enrolment, token: Token) -> datetime | None:
        due = when_up(work, enrolment, token)
        waits = due is not None and isinstance(work.at(enrolment, token), Wait)
        return token.entered_at + HOUR if waits else due

    def noted(work: Work, of: str, step: Wait) -> None:
        come_to_wait(work, of, step)
        work.note(of, "noted", step.id)
        work.issue(of, step.id, "tell", "boss", to="boss@own.example", text="One waits.", mail=None)

    patch.setattr(clocks, "when_up", sooner)
    patch.setitem(entering.COME_TO, Wait, noted)
    patch.setattr(enrolments, "dump_enrolment", _dump)
    patch.setattr(enrolments, "load_enrolment", _load)


def _dump(enrolment: Enrolment) -> dict[str, object]:
    dumped = stored.dump_enrolment(enrolment)
    return {{"visits": "been"}.get(name, name): value for name, value in dumped.items()}


def _load(dumped: Mapping[str, Any]) -> Enrolment:
    return stored.load_enrolment({"visits": dumped.get("been", {}), **dumped})


# --- leads ----------------------------------------------------------------------------------------------------


async def test_leads_go_on_with_another_machine(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(Told(say={"rcpt": b"451 4.3.0 not now"})) as relay, house(server, tmp_path, relay) as at_home:
        async with at_work(server, at_home, relay) as at:
            for lead, begins in LEADS.items():
                at.house.lead(lead)
                await at.happens(lead, begins)
            for lead in ("listener", "poked", "sleeper"):
                await until(lambda lead=lead: at.house.step(lead) == "first", what=f"{lead} waits")
            await until(lambda: [mail.why for mail in at.house.mails("writer")] == ["451 4.3.0"], what="refused once")
            for lead in LEADS:
                await more_turns(at, lead)
            taken = {lead: at.house.row(lead).turn for lead in LEADS}
            assert [at.house.step(lead) for lead in LEADS] == ["first", "first", "first", "steps/send-note"]
        assert relay.got == []

        change_the_machine(monkeypatch)
        replayed = watch_replays(monkeypatch)
        relay.say.clear()
        async with at_work(server, at_home, relay) as at:
            await at.happens("listener", "word.said")
            await at.ring("poked")  # nothing has happened: but its wait is over now
            for lead in LEADS:
                await until(lambda lead=lead: at.ended(lead), 60, f"{lead} goes on to its end")
            for lead in LEADS:
                history = await at.history(lead)
                assert "WORKFLOW_TASK_FAILED" not in history, lead
                assert "ACTIVITY_TASK_COMPLETED" in history, "the boss was told"
                assert replayed[lead] == taken[lead], "its turns came out of the history"
                assert {"been", "id"} <= at.house.rows(_state_of(lead))[0].state.keys()
            assert at.kinds("listener") == [*OLD, "reacted", "left", *NEW, *LAST]
            assert at.kinds("poked") == at.kinds("sleeper") == [*OLD, "timed_out", "left", *NEW, *LAST]
            assert at.kinds("writer").count("noted") == 1
            assert at.house.misplaced() == []
        assert sum(b"boss@own.example" in mail for mail in relay.got) == len(LEADS)


async def more_turns(at: Room, lead: str) -> None:
    """Bells in vain, for a history that is worth replaying."""
    for _ in range(3):
        before = at.house.row(lead).turn
        await at.ring(lead)
        await until(lambda before=before: at.house.row(lead).turn > before, what=f"{lead} looks")


LEADS = {"listener": "ear.lent", "poked": "ear.lent", "sleeper": "talk.refused", "writer": "talk.asked"}
OLD = ["started", "entered"]
NEW = ["entered", "noted", "effect"]
LAST = ["timed_out", "left", "ended"]


def _state_of(lead: str) -> Any:
    return select(tables.enrolments.c.state).where(tables.enrolments.c.lead_id == lead)


def watch_replays(patch: pytest.MonkeyPatch) -> Counter[str]:
    """How many turns of each lead were taken once more from its history."""
    replayed, turn = Counter[str](), Lead.turn

    async def watched(self: Lead) -> Any:
        replayed[self.lead] += workflow.unsafe.is_replaying()
        return await turn(self)

    patch.setattr(Lead, "turn", watched)
    return replayed


@asynccontextmanager
async def house(server: DevServer, folder: Path, relay: Told) -> AsyncIterator[House]:
    workspace, now = folder / "workspace", datetime.now(UTC)
    shutil.copytree(WORKSPACE, workspace)
    shutil.rmtree(workspace / "flows")
    for name, body in FLOWS.items():
        (workspace / "flows").mkdir(exist_ok=True)
        (workspace / "flows" / f"{name}.yaml").write_text(f"flow: {name}\ntitle: {name}\n{body}", "utf-8")
    smtp = f"smtp://127.0.0.1:{relay.port}?tls=off"
    built = build(folder / "data", workspace, clock=Clock(TEMPO, now, now), temporal=server.address, smtp=smtp)
    assert not built.workspace.problems
    try:
        yield built
    finally:
        built.close()


@asynccontextmanager
async def at_work(server: DevServer, at_home: House, relay: Told) -> AsyncIterator[Room]:
    """A worker that knows nothing of those before it: whom it wakes, it replays from the first event on."""
    client, hands = await server.client(), hands_of(at_home.settings)
    try:
        async with workers(client, hands):
            yield Room(at_home, hands, client, relay)
    finally:
        hands.close()
        del client
        await part_quietly()


# --- what Kweek does not do -------------------------------------------------------------------------------------


@workflow.defn(name="rival")
class Rival:
    """Asks the machine in its own code, so that replay asks the machine of another day."""

    def __init__(self) -> None:
        self.said: list[str] = ["ear.lent"]

    @workflow.signal
    def hear(self, kind: str) -> None:
        self.said.append(kind)

    @workflow.run
    async def run(self, lead: str) -> None:
        memory, state = Memory(World({PLAN.flow: PLAN}), lead), LeadState(lead)
        while True:
            now = workflow.now()
            events = [memory.record(kind, now) for kind in self.said]
            self.said.clear()
            driven = drive(state, now, events, lambda now=now: memory.at(now), memory.apply)
            state = driven.state
            for effect in driven.effects:
                await workflow.execute_activity("carry_out", effect.key, start_to_close_timeout=HOUR)
            if driven.wake_at is None:
                return
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: bool(self.said), timeout=driven.wake_at - now)


PLAN = plan_of("listen", LISTEN)


@activity.defn
async def carry_out(key: str) -> None:
    pass


@asynccontextmanager
async def rivals(client: Client) -> AsyncIterator[None]:
    definitions: dict[str, Any] = {"workflows": [Rival], "activities": [carry_out], "workflow_runner": worker.RUNNER}
    async with Worker(client, task_queue="rivals", **definitions):
        yield


async def test_a_workflow_that_asks_the_machine_itself_cannot_go_on(
    server: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await server.client()
    await _meets_another_machine(client, monkeypatch)
    del client
    await part_quietly()


async def _meets_another_machine(client: Client, patch: pytest.MonkeyPatch) -> None:
    async with rivals(client):
        rival = await client.start_workflow(Rival.run, "lead", id="rival", task_queue="rivals")
        await until(lambda: _timers(rival, 1), what="it waits")
    async with rivals(client):  # another worker with the same machine: it is not that
        await rival.signal(Rival.hear, "word.said")
        await until(lambda: _timers(rival, 2), what="it waits at the next step")
        assert await _failures(rival) == []
    change_the_machine(patch)
    async with rivals(client):
        await rival.signal(Rival.hear, "word.said")
        await until(lambda: _failures(rival), what="its history does not fit the machine of today")
    assert await _failures(rival) == ["WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR"]
    await rival.terminate()


async def _timers(rival: WorkflowHandle[Any, Any], many: int) -> bool:
    events = (await rival.fetch_history()).events
    return sum(event.HasField("timer_started_event_attributes") for event in events) == many


async def _failures(rival: WorkflowHandle[Any, Any]) -> list[str]:
    events = (await rival.fetch_history()).events
    failed = [event for event in events if event.HasField("workflow_task_failed_event_attributes")]
    return [WorkflowTaskFailedCause.Name(one.workflow_task_failed_event_attributes.cause) for one in failed]
