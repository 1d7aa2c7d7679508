"""Which leads begin a flow now, without anything having happened? Those whose date has come, or whose weekday it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select
from temporalio import activity

from activities.turn import AnswersFor
from kweek.flow.machine.moments import start_moment
from kweek.flow.plan import Plan, Start
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database
from kweek.leads.publish import plan_in, published
from kweek.leads.tables import leads
from workflows.messages import Window

BATCH: Final = 500

Chore = Callable[[datetime, datetime, Callable[[int], object]], object]
"""Done for the time after the first moment, up to and with the second (flow time); it tells how far it is. A window
that is looked at twice must do no harm."""


class Dates:
    """chores: what else time brings about, and is done before."""

    def __init__(self, database: Database, clock: FlowTime, answers: AnswersFor, chores: Sequence[Chore]) -> None:
        self.database, self.clock, self.answers, self.chores = database, clock, answers, chores

    @activity.defn(name="start_what_is_due", no_thread_cancel_exception=True)
    def start_what_is_due(self, window: Window) -> int:
        """Record an `enrol` for every lead whose moment lies in the window; how many. Its id holds lead, flow and
        moment, so a window that is looked at twice begins nothing twice."""
        since, until = self.clock.flow(window.since), self.clock.flow(window.until)
        for chore in self.chores:
            chore(since, until, activity.heartbeat)
        with self.database.read() as read:
            plans = [plan_in(read, row.version) for row in published(read)]
        ways = [(plan, start) for plan in plans for start in plan.start if start.at or start.every]
        begun, last = 0, ""
        while ways:
            with self.database.read() as read:
                query = (
                    select(leads.c.id)
                    .where(leads.c.id > last, leads.c.merged_into.is_(None))
                    .order_by(leads.c.id)
                    .limit(BATCH)
                )
                batch = list(read.execute(query).scalars())
                due = [found for lead in batch for found in self._due(read, lead, ways, since, until)]
            for incoming in due:
                begun += record(self.database, incoming, until).fresh
            activity.heartbeat(begun)
            if len(batch) < BATCH:
                break
            last = batch[-1]
        return begun

    def _due(
        self, read: Connection, lead: str, ways: list[tuple[Plan, Start]], since: datetime, until: datetime
    ) -> Iterator[Incoming]:
        answers = self.answers(read, lead, until)
        for plan, start in ways:
            moment = start_moment(answers, plan, start, since)
            if moment is None or not since < moment <= until:
                continue
            if start.condition is None or start.condition.test(answers.facts(None)) is True:
                identifier = f"upkeep/{plan.flow}/{lead}/{moment.isoformat()}"
                yield Incoming(identifier, "enrol", moment, LeadIn(id=lead), {"flow": plan.flow})
