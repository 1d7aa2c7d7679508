"""What rings the bell, and what is heard first?"""

from __future__ import annotations

from typing import Final

from kweek.flow.answers import Answers
from kweek.flow.machine.lines import about_the_lead, fits, names, of_enrolment
from kweek.flow.plan import Call, Handover, Plan, Send, Stay, Task, Wait, When
from kweek.flow.state import Enrolment, Event, LeadState
from kweek.flow.words import LEAD_WIDE

NEVER: Final = 1_000


def listens(plan: Plan, enrolment: Enrolment) -> frozenset[str]:
    """Which kinds of events without a ref does this enrolment react to now? Events with one always ring, and so do
    a start, a merger, and a change of score or field where a flow has a goal."""
    if enrolment.ended is not None:
        return frozenset()
    kinds = {line.event for line in _when(plan, enrolment)} | {
        line.event for line in plan.whenever if line.target != Stay(())
    }
    kinds |= {kind for kind in (*LEAD_WIDE, "replied") if not names(plan, kind)}
    return frozenset(kind for kind in kinds if kind != "else")


def ever_listens(plan: Plan, kind: str) -> bool:
    """Does the flow start by such events, or has it anywhere a line for them?"""
    steps = (step.when for step in plan.steps.values() if isinstance(step, Wait | Send | Call | Handover | Task))
    lines = (line for when in (plan.whenever, *steps) for line in when)
    return any(start.event == kind for start in plan.start) or any(line.event == kind for line in lines)


def rank(state: LeadState, event: Event, answers: Answers) -> int:
    """How high does an event stand in the `when` of a step that waits for it? 0: in its first line."""
    return min((_line_number(answers.plan(e.version), e, event) for e in state.enrolments), default=NEVER)


def _line_number(plan: Plan, enrolment: Enrolment, event: Event) -> int:
    token = enrolment.token
    mine = token is not None and (about_the_lead(event.kind) or token.ref == event.ref)
    if not (mine or of_enrolment(enrolment.id, event)):
        return NEVER
    return next((n for n, line in enumerate(_when(plan, enrolment)) if fits(line, event)), NEVER)


def _when(plan: Plan, enrolment: Enrolment) -> tuple[When, ...]:
    token = enrolment.token
    step = plan.steps.get(token.step) if token is not None and not token.asks else None
    return step.when if isinstance(step, Wait | Send | Call | Handover | Task) else ()
