"""How does a lead live through months? As one durable workflow: a turn, what the turn says, a rest, the next turn."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

from workflows.effects import EFFECTS
from workflows.messages import LeadStart, TurnAnswer, TurnInput

# A local activity that retries keeps its slot: eight leads with a slow database held all eight, and a healthy
# ninth stood still for 150 s. One short attempt, then the same turn as a regular activity: 0.04 s.
LOCAL_TURN = timedelta(seconds=3)
TURN = timedelta(seconds=30)
TURN_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))

# Replaying a long history after a restart must stay far below the deadlock detector's fixed 2 s.
LONG_HISTORY = 400


@workflow.defn(name="lead")
class Lead:
    """Owns the clock and the to-do list of one lead. What it is about is in the database, where every turn reads it."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        self.lead = start.lead
        self.n = start.n
        self.open = True
        self.rung = False
        self.failed: list[str] = []
        self.told: TurnAnswer | None = None
        self.flying: dict[str, asyncio.Task[None]] = {}
        self.timer: asyncio.Task[None] | None = None
        self.wake_at: datetime | None = None

    @workflow.signal
    def bell(self) -> None:
        """Something was recorded. Twice or late does no harm: the turn pulls what is committed."""
        self.rung = True

    @workflow.run
    async def run(self, start: LeadStart) -> None:
        while True:
            answer = await self.next()
            self.n, self.open = answer.n, answer.open
            for order in answer.start:
                activity, key = order.split(" ", 1)
                if key not in self.flying:
                    self.flying[key] = asyncio.create_task(self.effect(activity, key))
            for key in answer.cancel:
                if key in self.flying:
                    self.flying[key].cancel()
            self.arm(answer.wake_at)
            workflow.set_current_details(answer.details)
            await workflow.wait_condition(lambda: self.has_news() or self.may_leave())
            if self.has_news():
                continue
            if not self.open:
                return
            workflow.continue_as_new(LeadStart(self.lead, self.n))

    def has_news(self) -> bool:
        return self.rung or self.told is not None

    def may_leave(self) -> bool:
        """At rest, and done or grown long. Nothing may be in flight: its end would find nobody."""
        if self.flying:
            return False
        return not self.open or workflow.info().get_current_history_length() > LONG_HISTORY

    async def next(self) -> TurnAnswer:
        """The turn that was taken where a mail left, if none came between; else one of our own."""
        told, self.told = self.told, None
        if told is not None and told.n == self.n + 1:
            return told
        self.rung = False  # before the turn: who rings while it runs may have committed too late for it
        return await self.turn()

    async def turn(self) -> TurnAnswer:
        failed, self.failed = self.failed, []
        ask = TurnInput(self.lead, self.n, workflow.now(), failed)
        # A local activity that raises gives a bare ApplicationError, one that times out an ActivityError.
        try:
            return await workflow.execute_local_activity(
                "turn",
                ask,
                result_type=TurnAnswer,
                schedule_to_close_timeout=LOCAL_TURN,
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            return await workflow.execute_activity(
                "turn", ask, result_type=TurnAnswer, start_to_close_timeout=TURN, retry_policy=TURN_RETRY
            )

    async def effect(self, activity: str, key: str) -> None:
        """Have the world do one thing. Its result is an event in the database; here only its end counts."""
        way = EFFECTS[activity]
        told: TurnAnswer | None = None
        try:
            told = await workflow.execute_activity(
                activity,
                args=[key, self.n] if way.news else [key],
                result_type=TurnAnswer,  # or null
                task_queue=way.task_queue,
                start_to_close_timeout=way.start_to_close,
                schedule_to_close_timeout=way.schedule_to_close,
                heartbeat_timeout=way.heartbeat,
                retry_policy=way.retry,
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                priority=way.priority,
            )
        except FailureError as error:
            # Whatever became of it, the next turn reads it from the row; only giving up has to be told.
            if not is_cancelled_exception(error):
                self.failed.append(key)
            self.rung = True
        finally:
            del self.flying[key]
        self.told = told or self.told
        self.rung = self.rung or (way.news and told is None)

    def arm(self, wake_at: datetime | None) -> None:
        """Absolute, and left alone while it stays the same: a timer that every bell re-arms is paid for every time."""
        if wake_at == self.wake_at and self.timer is not None and not self.timer.done():
            return
        if self.timer is not None:
            self.timer.cancel()
        self.wake_at = wake_at
        self.timer = None if wake_at is None else asyncio.create_task(self.ring_at(wake_at))

    async def ring_at(self, moment: datetime) -> None:
        await workflow.sleep(max(timedelta(0), moment - workflow.now()))
        self.rung = True
