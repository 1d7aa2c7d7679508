"""What happens in a case? One lead lives through it on the pure machine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.cases.asked import path_of, survey_of, unasked
from kweek.flow.cases.case import Case, Given
from kweek.flow.cases.read import ASKED, HANDOVER_WORDS
from kweek.flow.cases.read_answers import CALL_WORDS
from kweek.flow.plan import Plan
from kweek.flow.rows import walked
from kweek.flow.simulate.life import Life, Opened, Verb
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.mix import MAIL_WORDS
from kweek.flow.simulate.story import Story, tell
from kweek.flow.state import Value
from kweek.flow.words import LEAD_WIDE
from kweek.flow.world import World

INSTANT: Final = timedelta(microseconds=1)
PATIENCE: Final = timedelta(days=90)
_NEEDS: Final = {"send": "mail had left", "call": "call task was there", "handover": "handover was there"}


class Ran(Struct, frozen=True):
    """What came of one life. trouble: what the case gave that could not happen. rows: those of the flow that it
    walked."""

    story: Story
    trouble: tuple[str, ...] = ()
    rows: frozenset[str] = frozenset()


def run_case(plan: Plan, case: Case, world: World) -> Ran:
    """Live through a case with one lead. The plan need not be published in that world."""
    life, trouble = give_all(plan, case, world)
    limit = life.now + PATIENCE + timedelta(days=case.last_day)
    while life.busy(plan.flow) and (due := life.due) is not None and due < limit:
        life.run(due + INSTANT)
    return ran_of(life, plan, trouble)


def give_all(plan: Plan, case: Case, world: World) -> tuple[Life, tuple[str, ...]]:
    """The life up to the last that the case gives, and what of that could not happen."""
    life = begin(plan, case, world)
    trouble = list[str]()
    zone = life.memory.timezone(plan)
    for given in sorted(case.given, key=lambda one: one.when.after(life.start, zone)):
        fault = give(life, given, plan)
        if fault is not None:
            trouble.append(fault)
    return life, tuple(trouble)


def begin(plan: Plan, case: Case, world: World, lead: str = "lead") -> Life:
    """The lead of this case, at the moment after the start event."""
    who = case.lead
    if world.plans.get(plan.flow) is not plan:
        world = replace(world, plans={**world.plans, plan.flow: plan})
    memory = Memory(world, lead, who.fields, who.points_by(world.grades), who.tracking, who.consent)
    memory.tags |= set(who.tags)
    life = Life(memory, case.starts.replace(tzinfo=memory.timezone(plan)).astimezone(UTC))
    event = case.start or next((start.event for start in plan.start if start.event), None)
    if event is None:
        life.hear(life.start, "enrol", data={"flow": plan.flow})
    else:
        life.hear(life.start, event, data=case.data)
    return life


def ran_of(life: Life, plan: Plan, trouble: Iterable[str] = ()) -> Ran:
    return Ran(story_of(life, plan), tuple(trouble), walked(plan.flow, life.journal))


def story_of(life: Life, plan: Plan) -> Story:
    return tell(plan.flow, life.memory.timezone(plan), life.start, life.journal, life.memory.events)


def give(life: Life, given: Given, plan: Plan) -> str | None:
    """Let it happen; else say why it cannot."""
    zone = life.memory.timezone(plan)
    at = given.when.after(life.start, zone)
    life.run(at)
    about = find(life, given.kind, given.what, plan.flow)
    if about is None and not ("." in given.kind or given.kind in LEAD_WIDE):
        verb = next(iter(verbs_of(given.kind)), "task")
        return f"{given.when}: {given.kind} — no {given.what or _NEEDS.get(verb, 'task was there')} by then"
    if about is not None:
        survey = survey_of(about, life.memory.world)
        if fault := unasked(life.memory.world, survey, given):
            return f"{given.when}: {given.kind} — {fault}"
        learn(life.memory.at(at), survey, given)
    ref = about.key if about else None
    if given.kind == "unclear":
        life.memory.unclear.add(ref or "")
        return None
    data: dict[str, Value] = dict(given.data)
    if given.call_back is not None:
        data["at"] = given.call_back.after(life.start, zone).isoformat()
    life.hear(at, given.kind, ref, data)
    return None


def learn(memory: Memory, survey: str | None, given: Given) -> None:
    """Answers fill what their questions fill."""
    for name, value in given.facts.items():
        path = path_of(survey, name)
        filled = memory.world.fills.get(path)
        memory.learn({path: value} if filled is None else {path: value, filled: value})


def surveys_at(plan: Plan, case: Case, world: World) -> tuple[str | None, ...]:
    """What is asked at each thing that the case gives: the survey of the mail that is answered, the script of the call
    that ends in an outcome."""
    life = begin(plan, case, world)
    zone = life.memory.timezone(plan)
    asked: list[str | None] = [None] * len(case.given)
    for n, given in sorted(enumerate(case.given), key=lambda one: one[1].when.after(life.start, zone)):
        life.run(given.when.after(life.start, zone))
        about = find(life, given.kind, given.what, plan.flow)
        if about is not None and (given.kind == "answered" or about.verb == "call"):
            asked[n] = survey_of(about, world)
        give(life, given, plan)
    return tuple(asked)


def find(life: Life, kind: str, what: str | None = None, flow: str | None = None) -> Opened | None:
    """What a word is about: the last thing to which it can happen. what: the mail, where the case names it. flow: the
    one under test: what it opened comes before what other flows opened since, as long as the lead is in it."""
    verbs = verbs_of(kind)
    fits = [one for one in life.opened if (one.verb in verbs or kind in one.outcomes) and what in (None, one.what)]
    if flow is not None and life.in_flow(flow):
        fits = [one for one in fits if life.plan_of(one.effect.enrolment).flow == flow] or fits
    return fits[-1] if fits else None


def verbs_of(kind: str) -> tuple[Verb, ...]:
    """To what can it happen? An own outcome of a script or a task is told by the task itself; else it is a call's."""
    if "." in kind:
        return ()
    if kind in ("taken", "given_back"):
        return "call", "task"
    verbs: dict[Verb, bool] = {
        "send": kind in MAIL_WORDS,
        "call": kind in CALL_WORDS,
        "handover": kind in HANDOVER_WORDS,
    }
    known: tuple[Verb, ...] = tuple(verb for verb, fits in verbs.items() if fits)
    return known or (("task",) if kind in ASKED else ("call",))


def at_end_of(day: int, start: datetime) -> datetime:
    """A moment at which that day is over, wherever the lead is."""
    return start + timedelta(days=day + 1)
