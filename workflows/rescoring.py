"""How do all leads come by the points of other rules? One durable workflow goes from lead to lead, some at a time."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.messages import Rescored

RESCORING = "rescoring"
"""The id of the one that runs."""

ROUNDS = 200
"""Before it starts anew, so that its history stays short."""

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10))
"""What is done stays done, so that a worker that died often is no reason to let the next one wait longer and longer."""


@workflow.defn(name="rescoring")
class Rescoring:
    """Whatever dies, the next goes on behind the last lead that is known to be done; twice is once."""

    @workflow.init
    def __init__(self, so_far: Rescored) -> None:
        self.so_far = so_far

    @workflow.query
    def progress(self) -> Rescored:
        return self.so_far

    @workflow.run
    async def run(self, so_far: Rescored) -> Rescored:
        for _ in range(ROUNDS):
            self.so_far = await workflow.execute_activity(
                "rescore_some",
                self.so_far,
                result_type=Rescored,
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=timedelta(seconds=30),
                retry_policy=_RETRY,
            )
            if self.so_far.done:
                break
            workflow.set_current_details(f"{self.so_far.leads} of {self.so_far.of} leads")
        if not self.so_far.done:
            workflow.continue_as_new(self.so_far)
        return self.so_far
