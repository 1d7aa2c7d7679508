"""Who answers the machine in earnest? Rows, read when they are asked for, inside the turn's own transaction.

`kweek.flow.simulate.memory` answers the same questions from memory; the two must agree, and a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, func, select

from kweek.flow.answers import MailState, Past
from kweek.flow.conditions.schema import FieldType
from kweek.flow.facts import Facts
from kweek.flow.plan import Limit, Plan
from kweek.flow.spread import spread
from kweek.flow.state import NO_LIFE, Enrolment, Event, Value
from kweek.flow.world import World
from kweek.leads.enrolments import lead_row
from kweek.leads.facts import TOUCHED, RowFacts, Rules
from kweek.leads.permission import allowed
from kweek.leads.publish import NoSuchVersionError, plan_in, published
from kweek.leads.tables import enrolments, events, hits, mails
from kweek.rules.calendars import Calendar
from kweek.rules.wall import zone
from kweek.rules.zones import clock_of

SPREAD_MINUTES: Final = 15

_PAST: Final = select(enrolments.c.per, enrolments.c.ended_at).where(
    enrolments.c.lead_id == bindparam("lead"),
    enrolments.c.flow == bindparam("flow"),
    enrolments.c.ended_at.is_not(None),
    enrolments.c.result.not_in(NO_LIFE),
)
_ABOUT: Final = select(events.c.kind).where(events.c.lead_id == bindparam("lead"), events.c.ref == bindparam("key"))
_GRADES: Final = select(hits.c.grade).where(hits.c.mail_key == bindparam("key"), hits.c.grade.is_not(None))
_GRADING: Final = select(func.max(hits.c.grade_at)).where(hits.c.mail_key == bindparam("key"))
_LEFT: Final = select(mails.c.claimed_at).where(mails.c.key == bindparam("key"))


class RowAnswers:
    """One lead at one moment, for one advance; `fresh()` for the next one of the same turn.

    tx: the turn's, with the lead locked. world: the workspace (its `plans` are not looked at: what is published is in
    the database). types: what fields hold. spread_over: minutes over which `until` a clock time spreads leads.
    """

    def __init__(
        self,
        tx: Connection,
        lead_id: str,
        now: datetime,
        world: World,
        types: Mapping[str, FieldType] | None = None,
        spread_over: int = SPREAD_MINUTES,
    ) -> None:
        self.tx, self.lead_id, self.now, self.world, self.spread_over = tx, lead_id, now, world, spread_over
        self._rules = Rules(world.grades, world.sales_ready, types or {}, world.personas)
        self._remembered: dict[object, Any] = {}
        self._published: dict[str, Row[Any]] | None = None

    def fresh(self) -> RowAnswers:
        """After effects changed what conditions see; what is published stays as this turn saw it."""
        next_one = RowAnswers(self.tx, self.lead_id, self.now, self.world, self._rules.types, self.spread_over)
        next_one._published = self._published
        return next_one

    @cached_property
    def row(self) -> Row[Any]:
        """Of `leads`, as it is now."""
        return lead_row(self.tx, self.lead_id)

    # --- plans --------------------------------------------------------------------------------------

    def plan(self, version: str) -> Plan:
        try:
            return plan_in(self.tx, version)
        except NoSuchVersionError as error:
            raise KeyError(version) from error

    def published(self, flow: str) -> Plan | None:
        row = self._flows().get(flow)
        return None if row is None else self.plan(row.version)

    def starting(self, kind: str) -> tuple[Plan, ...]:
        plans = [self.plan(row.version) for row in self._flows().values()]
        return tuple(plan for plan in plans if any(start.event == kind for start in plan.start))

    def paused(self, flow: str) -> bool:
        row = self._flows().get(flow)
        return row is not None and row.paused_at is not None

    def _flows(self) -> dict[str, Row[Any]]:
        """By name, in their order."""
        if self._published is None:
            self._published = {row.flow: row for row in published(self.tx)}
        return self._published

    # --- the lead -------------------------------------------------------------------------------------

    def past(self, flow: str) -> tuple[Past, ...]:
        rows = self.tx.execute(_PAST, {"lead": self.lead_id, "flow": flow})
        return tuple(Past(row.per, row.ended_at) for row in rows)

    def facts(self, enrolment: Enrolment | None, event: Event | None = None) -> Facts:
        where = self.timezone(self.plan(enrolment.version)) if enrolment else self._own_zone
        data = enrolment.start_data if enrolment else event.data if event else dict[str, Value]()
        return RowFacts(self.tx, self.row, self.now.astimezone(where), data, self._rules, self._remembered)

    def mail_states(self, key: str) -> frozenset[MailState]:
        kinds = set(self.tx.execute(_ABOUT, {"lead": self.lead_id, "key": key}).scalars())
        states: dict[MailState, bool] = {
            "answered": not kinds.isdisjoint(TOUCHED["answered"]),
            "clicked": not kinds.isdisjoint(TOUCHED["clicked"]),
            "opened": not kinds.isdisjoint(TOUCHED["opened"]),
            "undelivered": "undelivered" in kinds,
        }
        known: set[MailState] = {state for state, true in states.items() if true}
        if not known and self._nobody_knows(key):
            known.add("unclear")
        return frozenset(known)

    def grading_until(self, key: str) -> datetime | None:
        return self.tx.execute(_GRADING, {"key": key}).scalar_one()

    def _nobody_knows(self, key: str) -> bool:
        """Only a machine touched it; or this lead's mail may not tell us that it was opened."""
        if self.tx.execute(_GRADES, {"key": key}).first() is not None:
            return True
        left = self.tx.execute(_LEFT, {"key": key}).scalar_one_or_none() or self.now
        return not allowed(self.tx, self.lead_id, "open tracking", left)

    # --- time and rules -------------------------------------------------------------------------------

    def calendar(self, name: str | None) -> Calendar:
        return self.world.calendar if name is None else self.world.calendars.get(name, self.world.calendar)

    def calendar_of(self, verb: Literal["call", "handover", "task"], whose: str | None) -> Calendar:
        owners = self.world.queues if verb == "call" else self.world.teams
        return owners.get(whose or "default", self.world.calendar)

    def timezone(self, plan: Plan) -> tzinfo:
        return self._own_zone if plan.timezone == "lead" else zone(plan.timezone)

    @cached_property
    def _own_zone(self) -> tzinfo:
        return clock_of(self.row.timezone, self.row.country, self.world.timezone)

    def hard(self, kind: str) -> bool:
        return kind in self.world.conversions.hard

    def spread(self, step: str) -> float:
        return spread(self.lead_id, step)

    def spread_minutes(self) -> int:
        return self.spread_over

    def limit(self) -> Limit | None:
        return self.world.limit
