"""Which line of a flow does an event fit? Matching only: nothing is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kweek.flow.machine.people import CALL_PASSES, TASK_PASSES
from kweek.flow.plan import AnyStep, Call, End, Handover, Plan, Send, Task, Wait, When
from kweek.flow.state import Event, Token
from kweek.flow.words import HANDOVER, LEAD_WIDE, MAIL_CLOSES

DEFAULTS: Final = {kind: When(kind, End("discard")) for kind in LEAD_WIDE}


def about_the_lead(kind: str) -> bool:
    """Own events, and what is said to all flows at once; everything else is about one mail, task or handover."""
    return "." in kind or kind in LEAD_WIDE


def of_enrolment(of: str, event: Event) -> bool:
    return event.ref is None or event.ref.startswith(f"{of}/")


# --- the waiting step ------------------------------------------------------------------------------------------


def closes(step: AnyStep, kind: str) -> bool:
    """Is this a closing event of the verb: one that ends the step, whether it is named or not?"""
    match step:
        case Send():
            return kind in MAIL_CLOSES
        case Call():
            return kind not in CALL_PASSES
        case Handover():
            return kind in HANDOVER
        case Task():
            return kind in step.outcomes and kind not in TASK_PASSES
        case _:
            return False


def line_of(step: AnyStep, token: Token, of: str, event: Event, closing: bool) -> When | None:
    if not isinstance(step, Wait | Send | Call | Handover | Task):
        return None
    about_this = about_the_lead(event.kind) or (
        of_enrolment(of, event) if isinstance(step, Wait) else event.ref is not None and event.ref == token.ref
    )
    named = (line for line in step.when if about_this and fits(line, event))
    rest = (line for line in step.when if closing and line.event == "else")
    return next(named, None) or next(rest, None)


def fits(line: When, event: Event) -> bool:
    return line.event == event.kind and line.link in (None, event.data.get("link"))


def never_left(step: AnyStep, token: Token, event: Event) -> bool:
    """The mail could not be sent at all: there is no reaction to wait for."""
    mine = event.ref is not None and event.ref == token.ref
    return isinstance(step, Send) and mine and event.kind == "undelivered" and token.deadline is None


def row(word: str, lines: Sequence[object], line: object) -> str:
    """What the journal and the picture call this line: `when:2`, counted from 1 in the order of the text."""
    return f"{word}:{next(n for n, one in enumerate(lines, 1) if one is line)}"


def when_row(step: AnyStep, line: When) -> str:
    return row("when", () if not isinstance(step, Wait | Send | Call | Handover | Task) else step.when, line)


# --- anywhere in the flow --------------------------------------------------------------------------------------


def lines_of(plan: Plan, kind: str) -> tuple[When, ...]:
    """The author's lines, then the default unless he wrote one himself (`ignore` is a line that does nothing)."""
    default = DEFAULTS.get(kind)
    return plan.whenever if default is None or names(plan, kind) else (*plan.whenever, default)


def names(plan: Plan, kind: str) -> bool:
    return any(line.event == kind for line in plan.whenever)
