"""What goes through all leads, a file or the calendar for days: its recorded histories replay under the release that
runs tomorrow. `KWEEK_RECORD_HISTORIES=1` writes down those that are missing; a file that is there stays as it is.

The workflows are the real ones on a real server; what they call answers as if it had worked.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker, WorkflowRunner

import worker
from tests.engine.house import until
from tests.engine.servers import DevServer, dev_server
from tests.engine.test_histories import without_machine
from workflows.importing import Importing
from workflows.messages import Imported, Rescored, Window
from workflows.rescoring import Rescoring
from workflows.upkeep import Upkeep

FOLDER = Path(__file__).parents[1] / "histories" / "long_work"
RECORD = os.environ.get("KWEEK_RECORD_HISTORIES") == "1"
WORKFLOWS: dict[str, type] = {"rescoring": Rescoring, "importing": Importing, "upkeep": Upkeep}
QUEUE = "long-work"
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)
recorded = pytest.mark.parametrize("name", WORKFLOWS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    with dev_server(tmp_path_factory.mktemp("temporal")) as running:
        yield running


class Answers:
    """What the worker's activities would say."""

    def __init__(self) -> None:
        self.rounds = 0
        self.resting = False

    @activity.defn(name="rescore_some")
    async def rescore_some(self, so_far: Rescored) -> Rescored:
        self.rounds += 1
        if self.rounds == 2:
            raise ApplicationError("the database is away")
        leads = so_far.leads + 200
        return Rescored(f"l{leads}", "rules", leads, 600, leads // 2, 0, done=leads == 600)

    @activity.defn(name="import_some")
    async def import_some(self, import_id: str) -> Imported:
        self.rounds += 1
        if self.rounds == 2:
            return Imported(wait=0.2)
        self.resting = self.rounds == 4
        return Imported(wait=3_600) if self.resting else Imported(done=self.rounds > 5)

    @activity.defn(name="start_what_is_due")
    async def start_what_is_due(self, window: Window) -> None:
        self.rounds += 1


async def rescored(client: Client, answers: Answers) -> WorkflowHandle[Any, Any]:
    handle = await client.start_workflow(Rescoring.run, Rescored(), id="rescoring", task_queue=QUEUE)
    assert (await handle.result()).leads == 600
    return handle


async def imported(client: Client, answers: Answers) -> WorkflowHandle[Any, Any]:
    handle = await client.start_workflow(Importing.run, "i1", id="importing", task_queue=QUEUE)
    await until(lambda: answers.resting, what="it waits for the next hour")
    await handle.signal(Importing.bell)
    await handle.result()
    return handle


async def kept_up(client: Client, answers: Answers) -> WorkflowHandle[Any, Any]:
    handle = await client.start_workflow(Upkeep.run, Window(BEGUN, BEGUN, 0.001), id="upkeep", task_queue=QUEUE)
    await until(lambda: answers.rounds >= 4, what="it looked a few times")
    await handle.terminate()
    return handle


LIVES: dict[str, Callable[[Client, Answers], Awaitable[WorkflowHandle[Any, Any]]]] = {
    "rescoring": rescored, "importing": imported, "upkeep": kept_up,
}  # fmt: skip


@recorded
async def test_it_comes_to_its_end(name: str, server: DevServer) -> None:
    client, answers = await server.client(), Answers()
    does = [answers.rescore_some, answers.import_some, answers.start_what_is_due]
    async with Worker(
        client, task_queue=QUEUE, workflows=[*WORKFLOWS.values()], activities=does, workflow_runner=worker.RUNNER
    ):
        history = await (await LIVES[name](client, answers)).fetch_history()
    path = FOLDER / f"{name}.json"
    if RECORD and not path.exists():
        FOLDER.mkdir(exist_ok=True)
        path.write_text(without_machine(history), "utf-8")
    assert len(history.events) > 10


async def _replay(name: str, definition: type, runner: WorkflowRunner) -> Exception | None:
    history = WorkflowHistory.from_json(name, (FOLDER / f"{name}.json").read_text("utf-8"))
    replayer = Replayer(workflows=[definition], workflow_runner=runner)
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure


@recorded
async def test_what_was_recorded_replays(name: str) -> None:
    assert await _replay(name, WORKFLOWS[name], worker.RUNNER) is None


@workflow.defn(name="rescoring")
class OtherRescoring:
    @workflow.run
    async def run(self, so_far: Rescored) -> None:
        await workflow.execute_activity("rescore_more", so_far, start_to_close_timeout=timedelta(minutes=5))


@workflow.defn(name="importing")
class OtherImporting:
    @workflow.signal
    def bell(self) -> None: ...

    @workflow.run
    async def run(self, import_id: str) -> None:
        await workflow.sleep(1)


@workflow.defn(name="upkeep")
class OtherUpkeep:
    @workflow.run
    async def run(self, last: Window) -> None:
        await workflow.execute_activity("start_it", last, start_to_close_timeout=timedelta(hours=1))


CARELESS: dict[str, type] = {"rescoring": OtherRescoring, "importing": OtherImporting, "upkeep": OtherUpkeep}


@recorded
async def test_a_careless_change_is_caught(name: str) -> None:
    failure = await _replay(name, CARELESS[name], UnsandboxedWorkflowRunner())
    assert failure is not None
    assert "Nondeterminism" in str(failure) or "TMPRL1100" in str(failure), failure
