"""Who works in the race? One worker process, Kweek's or the hand-written one: the same options, nothing else in it.

SIGUSR1 writes what it holds in memory to its report, SIGTERM ends it gracefully.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

import worker
from activities.failures import Failures
from bench.byhand import ByHand
from bench.handwritten import BY_HAND, BY_HAND_MAIL, Brochure
from kweek.config import Settings, settings
from workflows.lead import Lead


@asynccontextmanager
async def by_hand(client: Client, hands: worker.Hands) -> AsyncGenerator[None]:
    """As `worker.workers`, with the other workflow."""
    own = ByHand(hands)
    failures = [Failures(hands.database, hands.clock)]
    with ThreadPoolExecutor(worker.THREADS, "activity") as threads:
        flows = Worker(
            client,
            task_queue=BY_HAND,
            workflows=[Brochure],
            activities=[own.record_start, own.facts, own.open_call_task, own.give_handover, own.climb, own.record_end],
            activity_executor=threads,
            workflow_runner=worker.RUNNER,
            interceptors=failures,
            max_concurrent_workflow_tasks=worker.WORKFLOW_TASKS,
            max_concurrent_activities=worker.THREADS,
            max_concurrent_local_activities=worker.THREADS,
            max_cached_workflows=worker.CACHED,
            workflow_task_poller_behavior=worker.pollers(),
            activity_task_poller_behavior=worker.pollers(),
            graceful_shutdown_timeout=timedelta(seconds=10),
        )
        mail = Worker(
            client,
            task_queue=BY_HAND_MAIL,
            activities=[own.send_survey, hands.notify.tell],
            interceptors=failures,
            max_concurrent_activities=worker.THREADS,
            activity_task_poller_behavior=worker.pollers(),
            max_heartbeat_throttle_interval=timedelta(seconds=5),
            default_heartbeat_throttle_interval=timedelta(seconds=5),
            graceful_shutdown_timeout=timedelta(seconds=20),
        )
        async with flows, mail:
            yield


async def work(which: str, chosen: Settings, report: Path, cached: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, tell_memory, report)
    client = await Client.connect(chosen.temporal_address)
    hands = await asyncio.to_thread(worker.hands_of, chosen)
    try:
        async with worker.workers(client, hands, cached=cached) if which == "kweek" else by_hand(client, hands):
            tell_memory(report)
            await stop.wait()
    finally:
        hands.close()
        del client, hands
        await worker.part_quietly()


def tell_memory(report: Path) -> None:
    """Workflows that are objects in this process, and its resident memory in kB (proc(5): statm, 2)."""
    gc.collect()
    flows = sum(isinstance(one, Lead | Brochure) for one in gc.get_objects())
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    draft = report.with_suffix(".new")
    draft.write_text(json.dumps({"flows": flows, "kB": pages * os.sysconf("SC_PAGE_SIZE") // 1024}))
    draft.rename(report)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=["kweek", "by-hand"])
    parser.add_argument("report", type=Path)
    parser.add_argument("--cached", type=int, default=worker.CACHED, help="workflows that Kweek's keeps in memory")
    args = parser.parse_args()
    asyncio.run(work(args.which, settings(), args.report, args.cached))


if __name__ == "__main__":
    main()
