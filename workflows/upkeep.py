"""Who begins a flow at a date, or every Monday? One durable workflow that looks, again and again, at what came due."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.messages import Window

UPKEEP = "upkeep"
"""The id of the one that runs."""

LOOKS = 100
"""Before it starts anew, so that its history stays short."""

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=5))


@workflow.defn(name="upkeep")
class Upkeep:
    """Windows touch and never overlap: what was due while nothing ran is found by the next look."""

    @workflow.run
    async def run(self, last: Window) -> None:
        for _ in range(LOOKS):
            await workflow.sleep(last.every)
            window = Window(last.until, workflow.now(), last.every)
            await workflow.execute_activity(
                "start_what_is_due",
                window,
                start_to_close_timeout=timedelta(hours=1),
                heartbeat_timeout=timedelta(minutes=1),
                retry_policy=_RETRY,
            )
            last = window
        workflow.continue_as_new(last)
