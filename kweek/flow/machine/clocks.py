"""What is due, and when is the next thing? Deadlines, what `otherwise` says then, and dates that move."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kweek.flow.machine.asking import ask
from kweek.flow.machine.ladders import climb
from kweek.flow.machine.leaving import go, leave_step
from kweek.flow.machine.lines import row
from kweek.flow.machine.moments import date_of
from kweek.flow.machine.work import Work
from kweek.flow.plan import Call, Otherwise, Send, Task, Wait
from kweek.flow.state import Enrolment, Token

ARRIVED: Final[frozenset[str]] = frozenset({"answered", "clicked", "opened"})


# --- time is up ---------------------------------------------------------------------------------------


def ring(work: Work) -> None:
    """Do everything that is due now: what sales and colleagues promised, and what leads waited for."""
    for enrolment, token in work.standing():
        if token.rungs:
            climb(work, enrolment.id, token)
        due = when_up(work, enrolment, token)
        if due is not None and due <= work.now:
            time_out(work, enrolment.id)


def when_up(work: Work, enrolment: Enrolment, token: Token) -> datetime | None:
    """When `otherwise` speaks. Never while nurture rests, or for a task that someone has taken; and not while a hit
    on the mail is still being graded."""
    if not token.visit or token.deadline is None or token.held_since is not None or token.taken or token.asks:
        return None
    if token.ref is not None and token.deadline <= work.now and isinstance(work.at(enrolment, token), Send):
        graded = work.answers.grading_until(token.ref)
        if graded is not None and graded > work.now:
            return graded
    return token.deadline


def time_out(work: Work, of: str, extra: frozenset[str] = frozenset(), closed: bool = False) -> None:
    """`otherwise` speaks: the first line whose state is true; without any, carry on below. closed: what it waited for
    is over by itself."""
    enrolment = work.enrolments[of]
    token = enrolment.token
    if token is None:
        return
    match step := work.step(enrolment, token.step):
        case Wait() | Send() | Call() | Task():
            lines = step.otherwise
        case _:
            lines = ()
    states = _states(work, token, extra) if isinstance(step, Send) else frozenset[str]()
    if isinstance(step, Call) and token.attempts:
        states = frozenset({"attempted"})
    lost = "undelivered" in states and not states & ARRIVED
    line = _speaks(lines, states, lost)
    state = line.state if line else "undelivered" if lost else None
    target = line.target if line else step.next
    spoke = row("otherwise", lines, line) if line else None
    work.note(of, "timed_out", step.id, token.visit, state=state, row=spoke)
    if target is None and lost:  # and nobody said what to do then
        leave_step(work, of, None, closed=True)
        ask(work, of, step.id, "undelivered")
    else:
        go(work, of, target, "timed out" if state in (None, "else") else state, closed)


def _speaks(lines: tuple[Otherwise, ...], states: frozenset[str], lost: bool) -> Otherwise | None:
    """A mail that was lost by our own fault is never `else`: it must not discard a lead."""
    return next((line for line in lines if line.state in states or (line.state == "else" and not lost)), None)


def _states(work: Work, token: Token, extra: frozenset[str]) -> frozenset[str]:
    """What is known of the mail by now. Who answered has clicked, who clicked has opened."""
    states = set[str](extra)
    if token.ref is not None:
        states |= work.answers.mail_states(token.ref)
    if "answered" in states:
        states.add("clicked")
    if "clicked" in states:
        states.add("opened")
    return frozenset(states)


def follow_dates(work: Work) -> None:
    """A date that changed moves the wait for it; one that is no longer known ends it."""
    for enrolment, token in work.standing():
        step = work.at(enrolment, token)
        if isinstance(step, Wait) and step.until.date_field is not None:
            due = date_of(work, enrolment, step) or min(work.now, token.deadline or work.now)
            if due != token.deadline:
                work.put_token(enrolment, replace(token, deadline=due))


# --- when to look again ----------------------------------------------------------------------------------


def wake_at(work: Work) -> datetime | None:
    """The earliest moment at which something is due; None: only a bell wakes this lead."""
    moments = [work.now] if work.again else []
    for enrolment, token in work.standing():
        due = when_up(work, enrolment, token)
        if due is not None:
            moments.append(due)
        if token.rungs:
            moments += [at for at in token.rungs if at is not None]
    return min(moments, default=None)
