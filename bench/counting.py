"""What did it cost? Processor time, Temporal's events and bytes, and what Temporal Cloud would bill."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, Interceptor, OutboundInterceptor, SignalWorkflowInput, StartWorkflowInput

HOW: Final = """Billable actions, as docs.temporal.io/cloud/actions counts them: each workflow start, each signal, each
signal-with-start (whether it starts or not) and each timer 1; each activity 1, and 1 for each retry; all local
activities of one workflow task together 1. Starts and signals are counted where the client calls, all else in the
histories. Heartbeats are billed as well; they are those of the same mails for both, and left out. The line below it
counts a signal-with-start as two."""

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_VISIBILITY: Final = ("executions_visibility", "custom_search_attributes")


@dataclass
class Calls(Interceptor):
    """What the client asked of the server and got."""

    started: int = 0
    signalled: int = 0
    both: int = 0
    ids: list[str] = field(default_factory=list[str])

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Counted(next, self)

    @property
    def actions(self) -> int:
        return self.started + self.signalled + self.both


class _Counted(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, calls: Calls) -> None:
        super().__init__(next)
        self.calls = calls

    async def start_workflow(self, input: StartWorkflowInput) -> Any:
        handle = await super().start_workflow(input)
        if input.start_signal:
            self.calls.both += 1
        else:
            self.calls.started += 1
        return handle

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:
        await super().signal_workflow(input)
        self.calls.signalled += 1


# --- the server -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class History:
    events: int
    size: int
    """Bytes, as the server reckons them."""
    timers: int
    activities: int
    batches: int
    """Workflow tasks with local activities."""
    tasks: int
    running: bool

    @property
    def actions(self) -> int:
        return self.timers + self.activities + self.batches


async def histories(client: Client, ids: Iterable[str]) -> list[History]:
    slots = asyncio.Semaphore(8)

    async def one(name: str) -> History:
        async with slots:
            handle = client.get_workflow_handle(name)
            described = (await handle.describe()).raw_description.workflow_execution_info
            history = await handle.fetch_history()
            return _counted(history.events, described.history_size_bytes)

    return list(await asyncio.gather(*(one(name) for name in ids)))


def _counted(events: Iterable[HistoryEvent], size: int) -> History:
    events = list(events)
    timers, activities, batches = 0, 0, set[int]()
    for event in events:
        match event.event_type:
            case EventType.EVENT_TYPE_TIMER_STARTED:
                timers += 1
            case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                activities += event.activity_task_started_event_attributes.attempt
            case EventType.EVENT_TYPE_MARKER_RECORDED:
                marker = event.marker_recorded_event_attributes
                if marker.marker_name == "core_local_activity":
                    batches.add(marker.workflow_task_completed_event_id)
            case _:
                pass
    tasks = sum(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED for event in events)
    running = events[-1].event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
    return History(len(events), size, timers, activities, len(batches), tasks, running)


def stored(file: Path) -> tuple[int, int]:
    """Bytes in the server's SQLite file: what executions hold, and the indexes by which they are listed."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30) as database:
        rows = database.execute(
            "SELECT s.tbl_name, sum(d.payload) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name GROUP BY 1"
        ).fetchall()
    listed = sum(size for name, size in rows if name.startswith(_VISIBILITY))
    return sum(size for _, size in rows) - listed, listed


# --- processes ------------------------------------------------------------------------------------


def processor_time(pid: int) -> float:
    """Seconds of processor that a process and its children have used (proc(5): stat, 14 and 15)."""
    total = 0
    for one in _family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def _family(pid: int) -> list[int]:
    family = [pid]
    for one in family:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                family += map(int, children.read_text().split())
            except OSError:
                continue
    return family
