"""Who wants to hear of this event? The flows in which the lead is, those that the event starts, and nobody else.

What nobody listens to (most page views) never reaches Temporal; what is in doubt rings: a bell too many is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError

from kweek.errors import KweekError
from kweek.flow.catalogue import Rules
from kweek.flow.conditions import Condition, ConditionError, parse_condition
from kweek.flow.facts import Fact
from kweek.flow.machine import ever_listens, listens
from kweek.flow.plan import Plan
from kweek.flow.state import Enrolment, Event, Value
from kweek.flow.words import GRADE_CHANGED
from kweek.intake.hooks import Hooks
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import AlwaysRing
from kweek.leads import enrolments, events, in_common, publish
from kweek.leads.graded import Graded, Told, grade_in, tell_grade, tell_grades
from kweek.leads.in_common import InCommon
from kweek.leads.points import Columns, set_graded
from kweek.leads.scores import settle_these
from kweek.leads.tally import versions_there

log = structlog.get_logger()

_ALWAYS: Final = ("enrol", "unenrol", "merged", "unmerged")
_HITS: Final = ("opened", "clicked")  # of all that is about an effect, only these may interest nobody
_JUDGED: Final = ("lead.persona", "lead.sales_ready")
_DEEPEST: Final = 5  # derivations of derivations: more is a circle


@dataclass(frozen=True, slots=True)
class Derivation:
    """`kind: {from: source, if: condition}` of rules/events.yaml."""

    kind: str
    source: str
    condition: Condition | None


def derivations(rules: Rules) -> Iterator[Derivation]:
    """Those that can be read; the linter says which cannot."""
    for name, event in rules.events.items():
        if event.source is None:
            continue
        try:
            condition = parse_condition(event.condition.value) if event.condition else None
        except ConditionError:
            continue
        yield Derivation(name, event.source.value, condition)


@dataclass(frozen=True, slots=True)
class FlowEars(AlwaysRing):
    """Asks the rows of the lead and the published flows, within the event's own transaction. judged: the fields of
    which personas and the definition of sales ready ask."""

    derivations: Sequence[Derivation] = ()
    hooks: Hooks = field(default_factory=Hooks)
    judged: frozenset[str] = frozenset()

    def derived(self, incoming: Incoming) -> Sequence[Incoming]:
        return list(self._derived(incoming, 0))

    def _derived(self, incoming: Incoming, depth: int) -> Iterator[Incoming]:
        facts = EventFacts(incoming.at, incoming.data)
        for rule in self.derivations:
            fits = rule.source == incoming.kind and (rule.condition is None or rule.condition.test(facts) is True)
            if fits and depth < _DEEPEST:
                identifier = f"{incoming.id}/{rule.kind}"
                lead, past = LeadIn(id=incoming.lead.id), incoming.past
                event = Incoming(identifier, rule.kind, incoming.at, lead, incoming.data, past=past)
                yield event
                yield from self._derived(event, depth + 1)

    def graded(self, tx: Connection, lead: Graded, at: datetime, now: datetime) -> Told:
        heard = GRADE_CHANGED in self.hooks.by_kind
        return tell_grade(tx, lead, self.scores.grades, self.scores.matrix, at, now, heard=heard)

    def tell(self, tx: Connection, lead_id: str, event: Event, now: datetime) -> None:
        message = f"{lead_id}/{event.seq}"
        self.hooks.tell(tx, lead_id, message, event.kind, event.at, now, ref=event.ref, data=event.data)

    def rings(self, tx: Connection, lead: Row[Any], event: Event, *, profile_changed: bool) -> bool:
        if event.kind in _ALWAYS or (event.ref is not None and event.kind not in _HITS):
            return True
        try:
            return _starts(tx, lead, event.kind) or _heard(tx, lead, event.kind, profile_changed)
        except KweekError:  # a version that cannot be read: the turn will say so, where people look
            return True

    def minds_points(self, tx: Connection) -> bool:
        """May anything follow, when nothing but points change: from a grade, or from a goal that is reached?"""
        if self.scores.matrix or GRADE_CHANGED in self.hooks.by_kind:
            return True
        plans = [publish.plan_in(tx, version) for version in publish.walked(tx)]
        return any(plan.goal is not None or ever_listens(plan, GRADE_CHANGED) for plan in plans)

    def hear_points(self, tx: Connection, moved: Mapping[str, Columns], now: datetime) -> None:
        """The points of these changed, though nothing happened: write their columns, and ring where something follows
        from a grade, or a flow seeks a goal."""
        if not moved:
            return
        if not self.minds_points(tx):
            set_graded(tx, {lead: {**columns, "graded": grade_in(columns)} for lead, columns in moved.items()})
            return
        rows = enrolments.lead_rows(tx, list(moved))
        many, heard = [Graded.of(row, columns=moved[row.id]) for row in rows], GRADE_CHANGED in self.hooks.by_kind
        told = tell_grades(tx, many, self.scores.grades, self.scores.matrix, now, heard=heard)
        now_so = {
            row.id: {"seq": row.seq, "graded": row.graded, **moved[row.id], **told[row.id].columns} for row in rows
        }
        set_graded(tx, now_so)
        bells: list[tuple[str, int]] = []
        for row in rows:
            graded = told[row.id].events
            for event in graded:
                self.tell(tx, row.id, event, now)
            rings = [one.seq for one in graded if self.rings(tx, row, one, profile_changed=False)]
            if rings or _seeks_any(tx, row):
                bells.append((row.id, max(rings, default=row.seq)))
        events.ring_all(tx, bells)

    # --- what leads have in common ----------------------------------------------------------------------

    def changed_in_common(self, tx: Connection, what: InCommon, id: str, now: datetime) -> None:
        if not self.minds(tx, what):
            return
        in_common.note(tx, what, id, now)
        some = in_common.free(tx, what, id)
        try:
            with tx.begin_nested():
                self.look_again(tx, some, now)
        except DBAPIError:
            raise
        except Exception:  # what fails on others is no matter here: whoever goes from lead to lead tells of it
            log.warning("looked at later", what=what)

    def minds(self, tx: Connection, what: InCommon) -> bool:
        """Does anything follow by itself from what a company or a campaign is: points, or a goal that is reached?"""
        root = f"{what}."
        if self.scores.asks(root):
            return True
        also = _JUDGED if any(name.startswith(root) for name in self.judged) else ()
        names = (name for version in versions_there(tx) for name in _asked_by_goal(tx, version))
        return any(name.startswith(root) or name in also for name in names)

    def look_again(self, tx: Connection, ids: Sequence[str], now: datetime) -> None:
        """What these (locked) leads have in common changed: their points follow, and a flow with a goal looks."""
        if not ids:
            return
        moved = settle_these(tx, self.scores, ids, now)
        self.hear_points(tx, moved, now)
        others = enrolments.lead_rows(tx, [lead for lead in ids if lead not in moved])
        events.ring_all(tx, [(row.id, row.seq) for row in others if _seeks_any(tx, row)])


def _starts(tx: Connection, lead: Row[Any], kind: str) -> bool:
    plans = (publish.plan_in(tx, version) for version in publish.published_with(lead))
    return any(start.event == kind for plan in plans for start in plan.start)


def _heard(tx: Connection, lead: Row[Any], kind: str, profile_changed: bool) -> bool:
    if not lead.born:  # it was never in a flow
        return False
    for enrolment in enrolments.load_state(tx, lead).enrolments:
        plan = publish.plan_in(tx, enrolment.version)
        if kind in listens(plan, enrolment):
            return True
        if profile_changed and _seeks(plan, enrolment):
            return True
    return False


def _seeks_any(tx: Connection, lead: Row[Any]) -> bool:
    walked = enrolments.load_state(tx, lead).enrolments if lead.open else ()
    return any(_seeks(publish.plan_in(tx, one.version), one) for one in walked)


def _asked_by_goal(tx: Connection, version: str) -> frozenset[str]:
    """The fields; nothing, where this version cannot be read: the turn of whoever walks it says so."""
    try:
        goal = publish.plan_in(tx, version).goal
    except KweekError:
        return frozenset()
    return frozenset() if goal is None else frozenset(goal.condition.names)


def _seeks(plan: Plan, enrolment: Enrolment) -> bool:
    """Has it a goal yet to be reached?"""
    return plan.goal is not None and enrolment.ended is None and not enrolment.goal_fired


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What a condition over one event's own data may ask; all else is unknown here."""

    at: datetime
    data: Mapping[str, Value] = field(default_factory=dict[str, Value])

    @property
    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def field(self, path: str) -> Fact | None:
        return self.data.get(path.removeprefix("event.")) if path.startswith("event.") else None

    def count(self, event: str, period: timedelta | None) -> int:
        return 0

    def last(self, event: str) -> datetime | None:
        return None

    def opened(self, mail: str) -> bool:
        return False

    def clicked(self, mail: str, link: str | None) -> bool:
        return False

    def tagged(self, tag: str) -> bool:
        return False
