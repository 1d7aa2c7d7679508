"""What joins workflows and activities to Temporal? Two workers in one process: the leads', and the mails'."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.worker import Interceptor, PollerBehaviorAutoscaling, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.effects import LEADS, MAIL
from workflows.lead import Lead
from workflows.messages import LeadStart

THREADS: Final = 16
WORKFLOW_TASKS: Final = 8
"""At once. The deadlock detector is fixed at 2 s: after a restart, slots × replay time must stay far below it."""

CACHED: Final = 1_000
"""Workflows kept in memory, 58 kB each; the others are replayed when they wake, 13 ms instead of 6."""

_RUNNER: Final = SandboxedWorkflowRunner(
    # Rebuilding our modules for every run took 43.9 ms of CPU and 343 kB; passed through it takes 8.5 ms and 58 kB.
    # The tests also run the default sandbox.
    restrictions=SandboxRestrictions.default.with_passthrough_all_modules()
)


def _pollers() -> PollerBehaviorAutoscaling:
    """The default number of pollers let a no-op wait 5.3 s at p99; scaled by need it is 1.9 s, and 1.1 s on one
    partition."""
    return PollerBehaviorAutoscaling(minimum=1, initial=4, maximum=32)


@asynccontextmanager
async def workers(
    client: Client,
    turns: Sequence[Any],
    mails: Sequence[Any],
    interceptors: Sequence[Interceptor],
    runner: SandboxedWorkflowRunner = _RUNNER,
) -> AsyncGenerator[None]:
    """Work while the context is open; then finish what is in hand and end. turns, mails: bound activities."""
    with ThreadPoolExecutor(THREADS, "turn") as for_turns, ThreadPoolExecutor(THREADS, "mail") as for_mails:
        leads = Worker(
            client,
            task_queue=LEADS,
            workflows=[Lead],
            activities=turns,
            activity_executor=for_turns,
            workflow_runner=runner,
            interceptors=interceptors,
            max_concurrent_workflow_tasks=WORKFLOW_TASKS,
            max_concurrent_activities=THREADS,
            max_concurrent_local_activities=THREADS,
            max_cached_workflows=CACHED,
            workflow_task_poller_behavior=_pollers(),
            activity_task_poller_behavior=_pollers(),
            graceful_shutdown_timeout=timedelta(seconds=10),
        )
        post = Worker(
            client,
            task_queue=MAIL,
            activities=mails,
            activity_executor=for_mails,
            interceptors=interceptors,
            max_concurrent_activities=THREADS,
            activity_task_poller_behavior=_pollers(),
            # a cancelled send must not hear of it a minute late
            max_heartbeat_throttle_interval=timedelta(seconds=5),
            default_heartbeat_throttle_interval=timedelta(seconds=5),
            graceful_shutdown_timeout=timedelta(seconds=20),
        )
        async with leads, post:
            yield


async def ring(client: Client, lead_id: str) -> None:
    """The doorbell: signal the lead's workflow, and start it where it does not run. Twice does no harm."""
    await client.start_workflow(
        Lead.run,
        LeadStart(lead_id),
        id=f"lead-{lead_id}",
        task_queue=LEADS,
        start_signal="bell",
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=f"Lead {lead_id}",
    )


async def part_quietly() -> None:
    """A client with calls in flight at exit hung in 12 of 12 runs; collected and given a breath, in none."""
    gc.collect()
    await asyncio.sleep(0.2)
