"""What is the same for every lead? The workspace, as far as the machine asks for it: in the engine, and in memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from kweek.flow.conditions.schema import FieldType, parse_value
from kweek.flow.machine.hearing import ever_listens
from kweek.flow.plan import Limit, Plan
from kweek.flow.state import Value
from kweek.flow.surveys import Survey
from kweek.flow.words import GRADE_CHANGED
from kweek.rules.calendars import Calendar
from kweek.rules.grades import Grades, Points
from kweek.rules.matrix import Matrix
from kweek.rules.personas import Persona
from kweek.rules.qualification import SalesReady
from kweek.rules.said import FactTypes
from kweek.rules.scoring import Rule
from kweek.rules.stages import Conversions
from kweek.rules.traits import Traits


class World(Struct, frozen=True, dict=True):
    """A workspace.

    plans: what is published, by flow. calendar: the workspace's own. queues, teams: their calendars. conversions: the
    hard ones bring a discarded lead back. send_hours: name of the calendar for marketing mail (None: at any time).
    service: the mails that are not marketing. surveys: mail → the survey it asks for. fills: what an answer fills as
    well (`survey.brochure.budget` → `bant.budget`). asked: the surveys by name. links: mail → its links that have a
    name. facts: what can be found out, and for how long it holds. own: the workspace's fields of every lead, by name.
    """

    plans: Mapping[str, Plan]
    calendar: Calendar = field(default_factory=Calendar.always)
    calendars: Mapping[str, Calendar] = {}
    queues: Mapping[str, Calendar] = {}
    teams: Mapping[str, Calendar] = {}
    conversions: Conversions = field(default_factory=Conversions)
    timezone: str = "UTC"
    limit: Limit | None = None
    send_hours: str | None = None
    service: frozenset[str] = frozenset()
    surveys: Mapping[str, str] = {}
    fills: Mapping[str, str] = {}
    asked: Mapping[str, Survey] = {}
    links: Mapping[str, tuple[str, ...]] = {}
    grades: Grades = field(default_factory=Grades)
    scoring: tuple[Rule, ...] = ()
    personas: tuple[Persona, ...] = ()
    matrix: Matrix = {}
    sales_ready: SalesReady = field(default_factory=SalesReady)
    facts: FactTypes = field(default_factory=FactTypes)
    own: Mapping[str, FieldType] = {}

    def as_set(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        """What a flow sets: a text that can be what its field holds is that."""
        return {name: self._as(name.removeprefix("lead."), value) for name, value in fields.items()}

    def _as(self, name: str, value: Value) -> Value:
        if not isinstance(value, str) or name not in self.own:
            return value
        if value == "" and self.own[name].kind != "text":
            return None  # emptied
        try:
            return parse_value(value, self.own[name])
        except ValueError:
            return value  # the linter tells of it before it is published

    @cached_property
    def versions(self) -> Mapping[str, Plan]:
        """The same plans by what enrolments call them."""
        return {plan.version: plan for plan in self.plans.values()}

    @cached_property
    def worth(self) -> Mapping[str, Points]:
        """What every event of a kind is worth, whatever else is so."""
        found: dict[str, Points] = {}
        for rule in filter(_always_gives, self.scoring):
            found[rule.event or ""] = found.get(rule.event or "", Points()).plus(rule.axis, rule.points)
        return found

    @cached_property
    def scored_by(self) -> Mapping[str, tuple[Rule, ...]]:
        """The other rules that give points for an event of a kind."""
        asking = [rule for rule in self.scoring if rule.event is not None and not _always_gives(rule)]
        kinds = dict.fromkeys(rule.event or "" for rule in asking)
        return {kind: tuple(rule for rule in asking if rule.event == kind) for kind in kinds}

    @cached_property
    def traits(self) -> Traits:
        """The rules about what is known."""
        return Traits.of([rule for rule in self.scoring if rule.event is None])

    @cached_property
    def hears_grades(self) -> bool:
        """Is any flow told of another grade?"""
        return any(ever_listens(plan, GRADE_CHANGED) for plan in self.plans.values())

    @cached_property
    def minds_grades(self) -> bool:
        """Does anything follow from another grade?"""
        return self.hears_grades or any(flow in self.plans for flow in self.matrix.values())

    @cached_property
    def minds_fading(self) -> bool:
        """May anything happen because points fade?"""
        fades = any(rule.fades for rule in self.scoring)
        return fades and (self.minds_grades or any(plan.goal is not None for plan in self.plans.values()))

    @cached_property
    def judges_by_what_is_known(self) -> bool:
        """Does any rule about an event ask for more than the event says?"""
        asked = (rule.condition for rule in self.scoring if rule.event is not None and rule.condition is not None)
        return any(
            one.functions & {"tagged"} or any(not name.startswith("event.") for name in one.names) for one in asked
        )

    @cached_property
    def started_by(self) -> Mapping[str, tuple[Plan, ...]]:
        """The plans that an event of a kind may start, by flow name."""
        plans = sorted(self.plans.values(), key=lambda plan: plan.flow)
        kinds = {start.event for plan in plans for start in plan.start if start.event is not None}
        return {
            kind: tuple(plan for plan in plans if any(start.event == kind for start in plan.start)) for kind in kinds
        }


def _always_gives(rule: Rule) -> bool:
    return rule.event is not None and rule.plain and rule.condition is None
