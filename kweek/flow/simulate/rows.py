"""Which steps does a lead pass without standing there, and where does a row of a card lead?

The journal notes what was waited for, decided and done, and where it ended. What only passes a lead on (`go`) it does
not: that follows from the row that was taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from kweek.flow.plan import (
    AnyStep,
    At,
    Call,
    Choose,
    Go,
    Handover,
    Plan,
    Send,
    Stay,
    Target,
    Task,
    Wait,
)
from kweek.flow.state import Entry


def rows_of(plan: Plan) -> Iterator[str]:
    """All rows of a flow: `<step id> <row>`, and those of the whole flow."""
    yield from (f"whenever:{n}" for n, _ in enumerate(plan.whenever, 1))
    if plan.goal is not None:
        yield "goal"
    for step in plan.steps.values():
        yield from (f"{step.id} {row}" for row in _rows(step))


def _rows(step: AnyStep) -> Iterator[str]:
    match step:
        case Wait() | Send() | Call() | Task():
            yield from (f"when:{n}" for n, _ in enumerate(step.when, 1))
            yield from (f"otherwise:{n}" for n, _ in enumerate(step.otherwise, 1))
        case Handover():
            yield from (f"when:{n}" for n, _ in enumerate(step.when, 1))
        case Choose():
            yield from (f"choose:{n}" for n, _ in enumerate(step.branches, 1))
        case Go(then=then) if then is not None:
            yield "then"
        case _:
            pass


def passed(plan: Plan, entry: Entry, after: Sequence[tuple[datetime, Entry]]) -> Iterator[str]:
    """The steps that only pass a lead on, behind what this entry says. after: what the same turn noted after it."""
    target = _target(plan, entry)
    for _ in plan.steps:
        step = plan.steps.get(target.step) if isinstance(target, At) else None
        match step:
            case Go() if not _had_enough(step, entry, after):
                yield step.id
                target = step.target
            case _:
                return


def _had_enough(step: Go, entry: Entry, after: Iterable[tuple[datetime, Entry]]) -> bool:
    """Had it passed here `at_most` times, so that it took `then`?"""
    return any(
        one.step == step.id and one.detail.get("row") == "then" and one.enrolment == entry.enrolment for _, one in after
    )


def _target(plan: Plan, entry: Entry) -> Target | Stay | None:
    """Where it goes on from what was noted; None: nowhere that has to be followed."""
    step = plan.steps.get(entry.step or "")
    row = str(entry.detail.get("row") or "")
    word, _, number = row.partition(":")
    if entry.kind == "started":
        return At(plan.entry)
    if entry.kind == "timed_out" and not row:
        return step.next if step else None
    if entry.kind in ("drew", "effect"):
        return step.next if step is not None and holds_nobody(step, entry) else None
    match word, step:
        case "whenever", _:
            return plan.whenever[int(number) - 1].target
        case "goal", _:
            return plan.goal.target if plan.goal else None
        case "when", Wait() | Send() | Call() | Handover() | Task():
            return step.when[int(number) - 1].target
        case "otherwise", Wait() | Send() | Call() | Task():
            return step.otherwise[int(number) - 1].target
        case "choose", Choose():
            return step.branches[int(number) - 1].target
        case "then", Go():
            return step.then
        case _:
            return None


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
