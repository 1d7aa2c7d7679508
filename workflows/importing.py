"""How does a file get into the books? One durable workflow for each, which does the next of it, and waits where it may.

What there is to do stands in the books: the workflow asks no more than when to look again. A bell says that somebody
began, stopped or undid it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.messages import Imported

ROUNDS = 200
"""Before it starts anew, so that its history stays short."""

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10))
"""What is done stays done, so that a worker that died often is no reason to let the next one wait longer and longer."""


@workflow.defn(name="importing")
class Importing:
    """Whatever dies, the next goes on with the rows that wait; twice is once."""

    def __init__(self) -> None:
        self.rung = False

    @workflow.signal
    def bell(self) -> None:
        self.rung = True

    @workflow.run
    async def run(self, import_id: str) -> None:
        for _ in range(ROUNDS):
            self.rung = False
            next_one = await workflow.execute_activity(
                "import_some",
                import_id,
                result_type=Imported,
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=timedelta(seconds=30),
                retry_policy=_RETRY,
            )
            if next_one.done and not self.rung:
                return
            if next_one.wait and not self.rung:
                await self._rest(timedelta(seconds=next_one.wait))
        workflow.continue_as_new(import_id)

    async def _rest(self, span: timedelta) -> None:
        try:
            await workflow.wait_condition(lambda: self.rung, timeout=span)
        except asyncio.TimeoutError:  # noqa: UP041  Temporal's own, in every version of Python
            return
