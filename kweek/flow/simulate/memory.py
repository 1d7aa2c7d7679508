"""Who answers the machine where there is no database? One lead kept in memory: for tests of flows and simulations."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, tzinfo
from functools import reduce
from typing import Final, Literal, Self, cast, get_args

from kweek.flow.answers import MailState, Past
from kweek.flow.facts import Fact, Facts
from kweek.flow.plan import Limit, Plan
from kweek.flow.simulate.memory_facts import LeadFacts, fits
from kweek.flow.simulate.scored import Scored
from kweek.flow.spread import spread
from kweek.flow.state import NO_LIFE, Effect, Enrolment, Event, LeadState, Value
from kweek.flow.words import GRADE_CHANGED, LEAD_WIDE, PAGE_VIEWED
from kweek.flow.world import World
from kweek.rules.calendars import Calendar
from kweek.rules.grades import Axis, Points
from kweek.rules.said import ROOT
from kweek.rules.scoring import Did, next_monday
from kweek.rules.wall import EPOCH, zone
from kweek.rules.zones import zone_of

_TOUCHED: Final[dict[str, tuple[MailState, ...]]] = {
    "answered": ("answered", "clicked", "opened"),
    "clicked": ("clicked", "opened"),
    "opened": ("opened",),
    "undelivered": ("undelivered",),
}
_SUPPRESSES: Final = ("bounced", *LEAD_WIDE)


class Memory:
    """One lead: what is known of it, and what happened. `now` is set by whoever drives it (see `at`).

    fields: by their dotted path (`lead.country`, `bant.budget`, `survey.brochure.wish`); a computed one that is given
    (`lead.profile`) wins over what the points say. tracking: may it be seen whether this lead opens its mail?
    consent: may it have marketing mail?
    """

    def __init__(
        self,
        world: World,
        lead: str = "lead",
        fields: Mapping[str, Fact | None] | None = None,
        points: Points | None = None,
        tracking: bool = True,
        consent: bool = True,
    ) -> None:
        self.world = world
        self.lead = lead
        self.fields: dict[str, Fact | None] = dict(fields or {})
        self.expires: dict[str, datetime] = {}  # `bant.…` that will hold no longer
        self.points = points or Points()
        self.tracking = tracking
        self.consent = consent
        self.now = EPOCH
        self.events: list[Event] = []
        self.mails: dict[str, str] = {}  # key of a send → its mail
        self.tags: set[str] = set()
        self.unclear: set[str] = set()  # keys of mails that only a machine touched
        self.paused_flows: set[str] = set()
        self.suppressed: str | None = None  # why nothing may be sent to this lead any more
        self._past: dict[str, tuple[str, Past]] = {}  # enrolment → its flow and how it ended
        self.scored = Scored()
        self.graded: str | None = None  # as it was told last
        self.followed: set[int] = set()  # numbers of the events that followed from a grade
        self._workspace_zone = zone(world.timezone)

    def at(self, now: datetime) -> Memory:
        """The answers at this moment."""
        self.now = now
        return self

    def fork(self) -> Self:
        """Another lead of whom the same is known, up to now."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.fields, other.mails, other._past = dict(self.fields), dict(self.mails), dict(self._past)
        other.expires = dict(self.expires)
        other.events, other.tags, other.unclear = list(self.events), set(self.tags), set(self.unclear)
        other.paused_flows, other.followed = set(self.paused_flows), set(self.followed)
        return other

    # --- what happens -------------------------------------------------------------------------------

    def record(self, kind: str, at: datetime, ref: str | None = None, data: Mapping[str, Value] | None = None) -> Event:
        """The lead's next event, and what follows from it at once."""
        event = self._happened(kind, at, ref, data)
        if kind in _SUPPRESSES and self.suppressed is None:
            self.suppressed = kind
        if self.world.minds_grades and self.graded is None:
            self.graded = self._grade(at)
        self._score(event)
        self.tell_grade(at)
        return event

    def tell_grade(self, at: datetime) -> None:
        """Record what follows where its points bring it to another grade: that a flow hears of it, that it enters the
        one of the matrix."""
        if not self.world.minds_grades or self.graded is None or (grade := self._grade(at)) == self.graded:
            return
        before, self.graded = self.graded, grade
        if self.world.hears_grades:
            self._follows(GRADE_CHANGED, at, {"from": before, "to": grade})
        if (flow := self.world.matrix.get(grade)) in self.world.plans:
            self._follows("enrol", at, {"flow": flow, "grade": grade})

    def _follows(self, kind: str, at: datetime, data: Mapping[str, Value]) -> None:
        self.followed.add(self._happened(kind, at, data=data).seq)

    def _happened(
        self, kind: str, at: datetime, ref: str | None = None, data: Mapping[str, Value] | None = None
    ) -> Event:
        event = Event(len(self.events) + 1, kind, at, ref, dict(data or {}))
        self.events.append(event)
        return event

    def _grade(self, at: datetime) -> str:
        return self.world.grades.grade_of(self.at(at).judged())

    @property
    def stage(self) -> str:
        """How far it is: where it began, and what has happened since."""
        begun = str(self.fields.get("lead.stage") or "suspect")
        return reduce(self.world.conversions.stage_after, (one.kind for one in self.events), begun)

    def reading(self) -> list[tuple[int, datetime, str]]:
        """About what it read: how often, when last, the topic. The most comes first; of two, what it read last."""
        found: dict[str, tuple[int, datetime, str]] = {}
        for event in self.events:
            if event.kind == PAGE_VIEWED and isinstance(topic := event.data.get("topic"), str):
                times, last, _ = found.get(topic, (0, event.at, topic))
                found[topic] = (times + 1, max(last, event.at), topic)
        return sorted(found.values(), reverse=True)

    def _score(self, event: Event) -> None:
        if (worth := self.world.worth.get(event.kind)) is not None:
            self.scored = Scored(self.scored.plain + worth, self.scored.standing)
        if (rules := self.world.scored_by.get(event.kind)) is not None:
            facts, did = LeadFacts(self, event.data, None), Did(str(event.seq), event.kind, event.at)
            self.scored = self.scored.after(did, rules, lambda rule: fits(rule, facts), self._workspace_zone)

    def learn(self, facts: Mapping[str, Fact | None]) -> None:
        """More is known of it, as of now: by their dotted paths."""
        self.fields.update(facts)
        self.said(facts, self.now)
        self._judge_again()

    def said(self, facts: Mapping[str, Fact | None], at: datetime) -> None:
        """These were said at this moment: from then on counts for how long they hold."""
        for path, value in facts.items():
            if path.startswith(ROOT):
                until = self.world.facts.expires(path.removeprefix(ROOT), value, at)
                self.expires.pop(path, None)
                self.expires |= {} if until is None else {path: until}

    def _judge_again(self) -> None:
        """Something else is known of it: by that, what it did may be worth something else."""
        if self.world.judges_by_what_is_known:
            self.scored = Scored()
            for event in self.events:
                self._score(event)

    def apply(self, effect: Effect) -> None:
        """What an effect changes in what is known of the lead; others change nothing here."""
        args = effect.args
        match effect.kind:
            case "send_mail":
                self.mails[effect.key] = str(args["mail"])
            case "add_points":
                self.add_points(cast("Mapping[str, int]", args["points"]))
            case "add_tags":
                self.tags.update(cast("list[str]", args["tags"]))
                self._judge_again()
            case "remove_tags":
                self.tags.difference_update(cast("list[str]", args["tags"]))
                self._judge_again()
            case "set_fields":
                fields = self.world.as_set(cast("Mapping[str, Value]", args["fields"]))
                self.learn({name if "." in name else f"lead.{name}": value for name, value in fields.items()})
            case _:
                pass

    def keep(self, state: LeadState) -> None:
        """Remember the enrolments that have ended; the machine forgets them."""
        for enrolment in state.enrolments:
            if enrolment.ended is not None and enrolment.ended.result not in NO_LIFE:
                self._past[enrolment.id] = enrolment.flow, Past(enrolment.per, enrolment.ended.at)

    def ended(self) -> Iterable[tuple[str, Past]]:
        """Flows that it has left, the first first."""
        return self._past.values()

    def add_points(self, more: Mapping[str, int]) -> None:
        """By axis."""
        for axis in get_args(Axis):
            if axis in more:
                self.points = self.points.plus(axis, more[axis])

    def judged(self) -> Points:
        """What the grades are made of: what was given, what stands by rules, and what is known."""
        points = self.points + self.scored.at(self.now, self._workspace_zone)
        facts, traits = LeadFacts(self, {}, None), self.world.traits
        for rule in traits.others:
            if fits(rule, facts):
                points = points.plus(rule.axis, rule.points)
        return points + traits.points(self.fields, lambda rule: fits(rule, facts))

    def fades_at(self, now: datetime) -> datetime | None:
        """When do points fade next, if anything may happen by that?"""
        if not self.world.minds_fading or not self.scored.fading:
            return None
        return next_monday(now, self._workspace_zone)

    def drawn(self) -> Hashable:
        """What is known of how this lead draws; see `undrawn`."""
        return None

    # --- Answers ------------------------------------------------------------------------------------

    def plan(self, version: str) -> Plan:
        return self.world.versions[version]

    def published(self, flow: str) -> Plan | None:
        return self.world.plans.get(flow)

    def starting(self, kind: str) -> tuple[Plan, ...]:
        return self.world.started_by.get(kind, ())

    def past(self, flow: str) -> tuple[Past, ...]:
        return tuple(past for name, past in self._past.values() if name == flow)

    def hard(self, kind: str) -> bool:
        return kind in self.world.conversions.hard

    def facts(self, enrolment: Enrolment | None, event: Event | None = None) -> Facts:
        plan = self.plan(enrolment.version) if enrolment else None
        data = enrolment.start_data if enrolment else event.data if event else dict[str, Value]()
        return LeadFacts(self, data, plan)

    def mail_states(self, key: str) -> frozenset[MailState]:
        known: set[MailState] = set()
        for event in self.events:
            if event.ref == key:
                known.update(_TOUCHED.get(event.kind, ()))
        if not known and (key in self.unclear or not self.tracking):
            known.add("unclear")
        return frozenset(known)

    def grading_until(self, key: str) -> datetime | None:
        """A hit is given as what it was: nothing is graded here."""
        return None

    def calendar(self, name: str | None) -> Calendar:
        return self.world.calendar if name is None else self.world.calendars[name]

    def calendar_of(self, verb: Literal["call", "handover", "task"], whose: str | None) -> Calendar:
        owners = self.world.queues if verb == "call" else self.world.teams
        return owners.get(whose or "default", self.world.calendar)

    def timezone(self, plan: Plan) -> tzinfo:
        return self.own_zone() if plan.timezone == "lead" else zone(plan.timezone)

    def own_zone(self) -> tzinfo:
        """The lead's, else its country's if it has one, else the workspace's."""
        own, country = self.fields.get("lead.timezone"), self.fields.get("lead.country")
        return zone(str(own or zone_of(str(country) if country else None) or self.world.timezone))

    def paused(self, flow: str) -> bool:
        return flow in self.paused_flows

    def spread(self, step: str) -> float:
        return spread(self.lead, step)

    def spread_minutes(self) -> int:
        return 0

    def limit(self) -> Limit | None:
        return self.world.limit
