"""The lives that `tests/histories/` holds, lived on a real server; `KWEEK_RECORD_HISTORIES=1` writes them down anew.

Do that only for lives that are not recorded yet, or before the first release: a file is a promise to the installations
that run the release which wrote it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHistory

import workflows.lead
from tests.engine.house import ROOT, until
from tests.engine.servers import DevServer, dev_server
from tests.engine.smtp_server import Told
from tests.engine.test_workflow import Room, _fail, _falls_back, _run_of, room

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[1] / "histories"
RECORD = os.environ.get("KWEEK_RECORD_HISTORIES") == "1"
A_WEEK_A_SECOND = 604_800


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    with dev_server(tmp_path_factory.mktemp("temporal")) as running:
        yield running


async def _keep(at: Room, lead: str, name: str, run: str | None = None) -> set[str]:
    """The kinds of events of this life; written down if that was asked for."""
    history = await at.client.get_workflow_handle(f"lead-{lead}", run_id=run).fetch_history()
    if RECORD:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.json").write_text(without_machine(history), "utf-8")
    assert b"there.example" not in b"".join(event.SerializeToString() for event in history.events)
    return {event.WhichOneof("attributes").removesuffix("_event_attributes") for event in history.events}


def without_machine(history: WorkflowHistory) -> str:
    """As JSON, without who worked, this machine's name in that of a sticky queue, and a stack's paths."""
    events = json.loads(history.to_json())["events"]
    for event in events:
        for attributes in event.values():
            if isinstance(attributes, dict):
                attributes.pop("identity", None)
    text = json.dumps({"events": events}, separators=(",", ":"))
    for there in (*(path.rstrip("/") + "/" for path in (sysconfig.get_path("purelib"), str(ROOT))), sys.base_prefix):
        text = text.replace(there, "")
    return text.replace(socket.gethostname(), "example") + "\n"


async def test_from_a_brochure_to_sales(server: DevServer, tmp_path: Path, migrated_sqlite: Path) -> None:
    async with _shipped(server, tmp_path, migrated_sqlite) as at:
        lead = at.house.lead("brochure-to-handover")
        await at.happens(lead, "brochure.requested")
        await until(lambda: at.relay.got, 30, "the survey left")
        key = at.house.mails(lead)[0].key
        await until(lambda: at.house.mails(lead)[0].status == "sent")
        await at.happens(lead, "opened", key)
        await at.happens(lead, "quote.requested")
        await until(lambda: at.house.step(lead) == "sales/handover-sales", what="sales has it")
        given = [entry for _, entry in at.house.journal(lead) if entry.detail.get("effect") == "give_handover"]
        await at.happens(lead, "contacted", str(given[0].detail["key"]))
        await at.happens(lead, "won", str(given[0].detail["key"]))
        await until(lambda: at.ended(lead))
        kinds = await _keep(at, lead, "brochure-to-handover")
        assert {"timer_started", "timer_fired", "activity_task_completed", "workflow_execution_completed"} <= kinds


async def test_a_bounce(server: DevServer, tmp_path: Path, migrated_sqlite: Path) -> None:
    told = Told(say={"rcpt": b"550 5.1.1 there is no robin@there.example here"})
    async with room(server, tmp_path, migrated_sqlite, told=told) as at:
        lead = at.house.lead("bounce")
        await at.happens(lead, "talk.asked")
        await until(lambda: at.ended(lead))
        assert at.house.mails(lead)[0].status == "bounced"
        await _keep(at, lead, "bounce")


async def test_a_mail_that_is_cancelled(server: DevServer, tmp_path: Path, migrated_sqlite: Path) -> None:
    async with room(server, tmp_path, migrated_sqlite, told=Told(say={"rcpt": b"451 4.3.0 not now"})) as at:
        lead = at.house.lead("cancelled-mail")
        await at.happens(lead, "talk.asked")
        await until(lambda: [mail for mail in at.house.mails(lead) if mail.why == "451 4.3.0"])
        await at.happens(lead, "talk.refused")
        await until(lambda: at.ended(lead), 60)
        assert "activity_task_cancel_requested" in await _keep(at, lead, "cancelled-mail")


async def test_a_turn_that_falls_back(server: DevServer, tmp_path: Path, migrated_sqlite: Path) -> None:
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead, cured = at.house.lead("fallback-turn"), False
        _fail(at.hands, [lead], lambda: not cured)
        await at.happens(lead, "talk.asked")
        await until(lambda: _falls_back(at, lead))
        cured = True
        await until(lambda: at.ended(lead), 60)
        assert "activity_task_scheduled" in await _keep(at, lead, "fallback-turn")


async def test_a_life_that_continues_as_new(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Once only, and with the length that production has: a history that was cut earlier would not replay.
    async with room(server, tmp_path, migrated_sqlite) as at:
        lead = at.house.lead("continued-as-new")
        await at.happens(lead, "ear.lent")
        first = await until(lambda: _run_of(at, lead))
        handle = at.client.get_workflow_handle(f"lead-{lead}", run_id=first)

        async def continued() -> bool:
            await at.ring(lead)
            return (await handle.describe()).status == WorkflowExecutionStatus.CONTINUED_AS_NEW

        await until(continued, 120, f"longer than {workflows.lead.LONG_HISTORY} events", each=0.02)
        await at.happens(lead, "talk.refused")
        await until(lambda: at.ended(lead))
        assert "workflow_execution_continued_as_new" in await _keep(at, lead, "continued-as-new", first)
        await _keep(at, lead, "after-continue-as-new")


def _shipped(server: DevServer, folder: Path, migrated: Path) -> Any:
    return room(server, folder, migrated, workspace=ROOT, tempo=A_WEEK_A_SECOND / 3)
