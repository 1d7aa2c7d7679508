"""Which steps does a lead pass without standing there? The journal tells of no `go`: its lines say what led to one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from kweek.flow.plan import AnyStep, At, Call, Go, Handover, Plan, Send, Stay, Target, Task, Wait
from kweek.flow.rows import GOAL, leads_to, line_at
from kweek.flow.state import Entry


def passed_in(plan: Plan, journal: Sequence[Entry]) -> frozenset[str]:
    """All of them. journal: of one enrolment, in the order written."""
    return frozenset(step for n, entry in enumerate(journal) for step in passed(plan, entry, journal[n + 1 :]))


def passed(plan: Plan, entry: Entry, after: Iterable[Entry]) -> Iterator[str]:
    """Those behind what this line says. after: what was written after it, as far as it matters."""
    target, known = _target(plan, entry), set[str]()
    while isinstance(target, At) and isinstance(go := plan.steps.get(target.step), Go) and go.id not in known:
        if _had_enough(go, entry, after):
            return
        known.add(go.id)
        yield go.id
        target = go.target


def _had_enough(go: Go, entry: Entry, after: Iterable[Entry]) -> bool:
    """Had it passed here `at_most` times, so that it took `then`? That is written before it comes to a step again."""
    if go.at_most is None:
        return False
    own = (one for one in after if one.enrolment == entry.enrolment)
    return any((one.kind, one.step) == ("chose", go.id) for one in takewhile(lambda one: one.kind != "entered", own))


def _target(plan: Plan, entry: Entry) -> Target | Stay | None:
    """Where it goes on from what was noted; None: nowhere that has to be followed."""
    step, row = plan.steps.get(entry.step or ""), str(entry.detail.get("row") or "")
    match entry.kind:
        case "started":
            return At(plan.entry)
        case "timed_out" if not row:
            return step.next if step else None
        case "drew" | "effect":
            return step.next if step is not None and holds_nobody(step, entry) else None
        case _ if row == GOAL:
            return plan.goal and plan.goal.target
        case _ if row.startswith("whenever:"):
            return plan.whenever[int(row.removeprefix("whenever:")) - 1].target
        case _:
            line = line_at(step, row) if row else None
            return leads_to(line) if line is not None else None


def holds_nobody(step: AnyStep, entry: Entry) -> bool:
    """Does this line say that a lead came to a step where nobody waits? Of a test it is the draw, for `nothing` is a
    half as well."""
    drawn = isinstance(step, Send) and len(step.mails) > 1
    return not stands(step) and entry.kind == ("drew" if drawn else "effect")


def stands(step: AnyStep) -> bool:
    """Does a lead wait here? Then the journal says `entered` and `left`."""
    match step:
        case Wait() | Call() | Handover() | Task():
            return True
        case Send():
            return step.within is not None
        case _:
            return False
