"""Recorded histories replay, in our sandbox and in the default one: the release that runs tomorrow must be able to go
on with the lives that began yesterday. They hold no plan and no machine, so both may change under them.

A change of `workflows/lead.py` that breaks this needs `workflow.patched`. New kinds of lives are recorded with
`KWEEK_RECORD_HISTORIES=1 pytest tests/engine/test_histories.py`; the old files stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

import kweek.flow.drive
import kweek.flow.machine
import worker
from workflows.lead import LOCAL_TURN, Lead
from workflows.messages import LeadStart, TurnAnswer, TurnInput

HISTORIES = sorted((Path(__file__).parents[1] / "histories").glob("*.json"))
RUNNERS = {"our sandbox": worker.RUNNER, "the default sandbox": SandboxedWorkflowRunner()}


async def _replay(path: Path, runner: WorkflowRunner, definition: type = Lead) -> Exception | None:
    replayer = Replayer(workflows=[definition], workflow_runner=runner)
    history = WorkflowHistory.from_json(f"lead-{path.stem}", path.read_text("utf-8"))
    found = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    return found.replay_failure


def test_the_lives_that_matter_are_recorded() -> None:
    assert {path.stem for path in HISTORIES} >= {
        "brochure-to-handover", "bounce", "cancelled-mail", "fallback-turn",
        "continued-as-new", "after-continue-as-new",
    }  # fmt: skip


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
async def test_a_recorded_life_replays(path: Path, runner: WorkflowRunner) -> None:
    assert await _replay(path, runner) is None


@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
async def test_a_recorded_life_replays_after_the_machine_was_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_machine(*_: object, **__: object) -> Any:
        raise AssertionError("the workflow asked the machine")

    monkeypatch.setattr(kweek.flow.machine, "advance", other_machine)
    monkeypatch.setattr(kweek.flow.drive, "advance", other_machine)
    monkeypatch.setattr(kweek.flow.drive, "drive", other_machine)
    assert await _replay(path, worker.RUNNER) is None


@workflow.defn(name="lead")
class OtherLead(Lead):
    """A careless change: the turn has another name."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        super().__init__(start)

    @workflow.signal
    def bell(self) -> None:
        super().bell()

    @workflow.run
    async def run(self, start: LeadStart) -> None:
        await super().run(start)

    async def turn(self) -> TurnAnswer:
        ask = TurnInput(self.lead, self.n, workflow.now(), [])
        return await workflow.execute_local_activity(
            "another-turn", ask, result_type=TurnAnswer, schedule_to_close_timeout=LOCAL_TURN
        )


@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
async def test_a_careless_change_of_the_workflow_is_caught(path: Path) -> None:
    failure = await _replay(path, worker.RUNNER, OtherLead)
    assert failure is not None
    assert "another-turn" in str(failure) or "Nondeterminism" in str(failure) or "TMPRL1100" in str(failure), failure


@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
def test_a_recorded_history_holds_nobody(path: Path) -> None:
    text = path.read_text("utf-8").lower()
    assert "there.example" not in text
    assert "robin" not in text
