"""What do people say about the lead that they hold? Sales, telemarketers, colleagues; and people come first.

Neither `whenever` nor `goal` moves a lead that a person holds: he sees the event at once, and it is judged after his
outcome. That goes for all the lead's flows, for it is one lead, and for what comes late of a withdrawn task.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kweek.flow.duration import Duration
from kweek.flow.machine.moments import as_moment
from kweek.flow.machine.work import Work
from kweek.flow.plan import Call, Handover, Task
from kweek.flow.state import Enrolment, Event, Token
from kweek.flow.words import CONTACT, HANDOVER, PASSING

TASK_PASSES: Final = ("taken", "given_back")
CALL_PASSES: Final = (*TASK_PASSES, *PASSING["call"], "call_back")
ONE_BUSINESS_DAY: Final = Duration(1, "day", business=True)

ON_ITS_OWN: Final = {
    "handover": "On its own again after a merge: its handover was withdrawn",
    "call": "On its own again after a merge: its call task was withdrawn",
    "task": "On its own again after a merge: its task was withdrawn",
    "flow": "On its own again after a merge: its flow was ended",
}
"""Titles of the task of whoever looks at a lead whose merging was undone, by what the merging took from it."""


def close_what_is_over(work: Work, event: Event) -> None:
    """Sales closed the handover, or someone answered the lead: nobody holds it for that any more."""
    if event.ref is None or event.kind in TASK_PASSES:
        return
    if event.ref == work.handover and event.kind in HANDOVER:
        work.handover = None
    elif event.ref in work.resting:
        work.resting = tuple(key for key in work.resting if key != event.ref)


def note_task(work: Work, of: str, token: Token, event: Event) -> None:
    """Keep in mind what happened to the task or handover that this token waits on, whoever reacts to it."""
    match event.kind:
        case "taken" | "given_back":
            token = replace(token, taken=event.kind == "taken")
        case "attempted":
            token = replace(token, taken=False, call_back=None, attempts=token.attempts + 1)
        case "call_back":
            token = _agree(work, of, token, event)
        case kind if kind in CONTACT and _is_handover(work, of, token):
            token = replace(token, rungs=())  # only a logged contact meets the promise
        case _:
            return
    work.put_token(work.enrolments[of], token)


def _agree(work: Work, of: str, token: Token, event: Event) -> Token:
    """An agreed call-back is kept: it is no attempt, and the task waits until one business day after it."""
    step, at = work.at(work.enrolments[of], token), as_moment(event.data.get("at"))
    if not isinstance(step, Call) or at is None:
        return token
    until = work.answers.calendar_of("call", step.queue).add(at, ONE_BUSINESS_DAY)
    deadline = until if token.deadline is None else max(token.deadline, until)
    return replace(token, taken=False, call_back=at, deadline=deadline)


def _is_handover(work: Work, of: str, token: Token) -> bool:
    return isinstance(work.at(work.enrolments[of], token), Handover)


def defer(work: Work, of: str, event: Event) -> None:
    """Keep it until the person who holds the lead has said what came of it. The same thing again adds nothing,
    whatever it says: a lead that looks at the prices every day for months waits once."""
    enrolment = work.enrolments[of]
    if any(_alike(enrolment, event, other) for other in enrolment.deferred):
        return
    work.put(replace(enrolment, deferred=(*enrolment.deferred, event)))
    work.note(of, "deferred", event=event.kind, seq=event.seq)


def _alike(enrolment: Enrolment, one: Event, other: Event) -> bool:
    """Would a line of the flow treat them alike? Only outcomes of withdrawn tasks are about one thing."""
    if one.kind != other.kind or one.data.get("link") != other.data.get("link"):
        return False
    return one.ref == other.ref or not {one.ref, other.ref} & set(enrolment.withdrawn)


def owe_an_answer(work: Work, of: str, step: str) -> None:
    """The lead wrote back: its owner answers, and until then nurture rests. One such task at a time."""
    if work.resting:
        return
    key = work.issue(
        of, step, "open_task", "Answer", title="Answer", to="owner", outcomes=["done"], deadline=None, rests=True
    )
    work.resting = (*work.resting, key)


def owe_a_look(work: Work, event: Event) -> None:
    """The lead was merged by mistake, and is itself again. What the merging ended stays ended; but whoever had the lead
    is told, once for each thing that was taken from it, for else nobody would hear of it ever again."""
    seen = set[str]()
    for enrolment in list(work.enrolments.values()):
        token = enrolment.stood
        if token is None:
            continue
        work.put(replace(enrolment, stood=None))
        if token.ref is None or token.ref not in seen:  # several flows may have had one handover
            work.note(enrolment.id, "reacted", event=event.kind, seq=event.seq)
            _look_at(work, enrolment, token)
        seen |= {token.ref} if token.ref else set()


def _look_at(work: Work, enrolment: Enrolment, token: Token) -> None:
    to, of_handover = "owner", dict[str, str | None]()
    match work.at(enrolment, token):
        case Handover(team=team):
            withdrew, to, of_handover = "handover", team, {"handover": token.ref}
        case Call():
            withdrew = "call"
        case None | Task():
            withdrew = "task"
        case _:
            withdrew = "flow"
    title = ON_ITS_OWN[withdrew]
    deadline = work.answers.calendar_of("task", to).add(work.now, ONE_BUSINESS_DAY)
    work.issue(
        enrolment.id, token.step, "open_task", title,
        title=title, to=to, outcomes=["done"], deadline=deadline.isoformat(), rests=False, **of_handover,
    )  # fmt: skip
