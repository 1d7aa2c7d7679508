"""Which leads begin a flow now, without anything having happened? Those whose date has come, or whose weekday it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection, select
from temporalio import activity

from activities.failures import failure
from activities.turn import AnswersFor
from kweek.errors import KweekError
from kweek.flow.machine.moments import start_moment
from kweek.flow.plan import Plan, Start
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database, DatabaseAway
from kweek.leads.ledger import problem
from kweek.leads.publish import plan_in, published
from kweek.leads.tables import leads
from workflows.messages import Window

BATCH: Final = 500

log = structlog.get_logger()

Ways = Sequence[tuple[Plan, Start]]

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
        moment, so a window that is looked at twice begins nothing twice. A lead or a chore that fails is written down
        and stops nobody; after a chore that failed Temporal tries again. KweekError."""
        since, until = self.clock.flow(window.since), self.clock.flow(_end(window))
        undone = [chore for chore in self.chores if not self._done(chore, since, until)]
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
            for incoming in self._due(batch, ways, since, until):
                begun += self._begun(incoming, until)
            activity.heartbeat(begun)
            if len(batch) < BATCH:
                break
            last = batch[-1]
        if undone:
            raise failure("chores_undone")
        return begun

    def _done(self, chore: Chore, since: datetime, until: datetime) -> bool:
        """False: it failed, and was written down; no start waits for it. DatabaseAway."""
        try:
            chore(since, until, activity.heartbeat)
        except DatabaseAway:
            raise
        except Exception as error:
            self._note(None, getattr(chore, "__qualname__", "chore"), error, until)
            return False
        return True

    def _due(self, batch: Sequence[str], ways: Ways, since: datetime, until: datetime) -> Iterable[Incoming]:
        """Whoever is due of these; who cannot be told is written down, and keeps nobody else. KweekError."""
        try:
            with self.database.read() as read:
                return [found for lead in batch for found in self._of(read, lead, ways, since, until)]
        except KweekError:
            raise
        except Exception:  # whose it was is told by asking one by one; and an error may have ended the transaction
            activity.heartbeat()
            return self._one_by_one(batch, ways, since, until)

    def _one_by_one(self, batch: Sequence[str], ways: Ways, since: datetime, until: datetime) -> Iterator[Incoming]:
        for lead in batch:
            try:
                with self.database.read() as read:
                    found = list(self._of(read, lead, ways, since, until))
            except KweekError:
                raise
            except Exception as error:
                self._note(lead, lead, error, until)
            else:
                yield from found

    def _begun(self, incoming: Incoming, until: datetime) -> bool:
        try:
            return record(self.database, incoming, until).fresh
        except KweekError:
            raise
        except Exception as error:
            self._note(incoming.lead.id, str(incoming.lead.id), error, until)
            return False

    def _note(self, lead: str | None, what: str, error: Exception, at: datetime) -> None:
        code = type(error).__name__
        log.warning("upkeep: skipped", code=code)
        with self.database.write() as tx:
            problem(tx, lead, f"upkeep/{what}", code, str(error) if isinstance(error, KweekError) else repr(error), at)

    def _of(self, read: Connection, lead: str, ways: Ways, since: datetime, until: datetime) -> Iterator[Incoming]:
        answers = self.answers(read, lead, until)
        for plan, start in ways:
            moment = start_moment(answers, plan, start, since)
            if moment is None or not since < moment <= until:
                continue
            if start.condition is None or start.condition.test(answers.facts(None)) is True:
                identifier = f"upkeep/{plan.flow}/{lead}/{moment.isoformat()}"
                yield Incoming(identifier, "enrol", moment, LeadIn(id=lead), {"flow": plan.flow}, mass=True)


def _end(window: Window) -> datetime:
    """Real time. Whoever tries again for long looks up to now: what came due meanwhile waits for no chore."""
    about = activity.info()
    return window.until if about.attempt == 1 else max(window.until, about.started_time)
