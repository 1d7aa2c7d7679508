"""Which `go` did a lead pass? Nothing happens there, so the journal tells of none; its lines say what led to one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kweek.flow.plan import (
    AnyStep,
    At,
    Branch,
    Call,
    Choose,
    Go,
    Handover,
    Otherwise,
    Plan,
    Send,
    Stay,
    Target,
    Task,
    Wait,
    When,
)
from kweek.flow.rows import GOAL
from kweek.flow.state import Entry


def passed(plan: Plan, journal: Iterable[Entry]) -> frozenset[str]:
    """The steps. journal: of one enrolment, in the order written."""
    lines = [*journal, None]
    found: set[str] = set()
    for line, after in pairwise(lines):
        assert line is not None
        found.update(_on(plan, _target(plan, line), after))
    return frozenset(found)


def _on(plan: Plan, target: Target | Stay | None, after: Entry | None) -> Iterator[str]:
    """From here through one `go` after the other. after: the line that follows, which says where one had been taken
    often enough."""
    known: set[str] = set()
    while isinstance(target, At) and isinstance(go := plan.steps.get(target.step), Go) and go.id not in known:
        if after is not None and (after.kind, after.step) == ("chose", go.id):
            return
        known.add(go.id)
        yield go.id
        target = go.target


def _target(plan: Plan, line: Entry) -> Target | Stay | None:
    """Where this line of the journal sends the lead."""
    step, row = plan.steps.get(line.step or ""), str(line.detail.get("row") or "")
    if line.kind == "started":
        return At(plan.entry)
    if row == GOAL:
        return plan.goal and plan.goal.target
    word, _, number = row.partition(":")
    lines = plan.whenever if word == "whenever" else _lines(step, word)
    if number.isdecimal() and line.kind != "drew":
        return lines[int(number) - 1].target if int(number) <= len(lines) else None
    match line.kind, step:
        case "chose", Go(then=then) if then is not None:
            return then
        case "drew" | "effect", Wait() | Call() | Handover() | Task():
            return None  # it waits there
        case "drew" | "effect", Send(within=within) if within is not None:
            return None
        case (("chose" | "drew" | "timed_out" | "effect"), _) if step is not None:
            return step.next
        case _:
            return None


def _lines(step: AnyStep | None, word: str) -> Sequence[Branch | When | Otherwise]:
    match step, word:
        case Choose(), "choose":
            return step.branches
        case ((Wait() | Send() | Call() | Handover() | Task()), "when"):
            return step.when
        case ((Wait() | Send() | Call() | Task()), "otherwise"):
            return step.otherwise
        case _:
            return ()
