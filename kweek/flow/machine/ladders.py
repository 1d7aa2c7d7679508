"""What do sales and colleagues hear while a promise is open? The reminder, and the rungs of `escalate`."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from kweek.flow.machine.moments import after
from kweek.flow.machine.work import Work
from kweek.flow.plan import Handover, Rung, Task
from kweek.flow.state import Token
from kweek.rules.calendars import Calendar


def climb(work: Work, of: str, token: Token) -> None:
    """Each rung once, or at its `every`. After an outage a rung speaks once, not for every time that it missed."""
    step = work.step(work.enrolments[of], token.step)
    if not isinstance(step, Handover | Task) or token.ref is None:
        return
    ladder = (None, *step.escalate)
    rungs = [
        at if at is None or at > work.now else _speak(work, of, step, token.ref, n, rung, at)
        for n, (rung, at) in enumerate(zip(ladder, token.rungs, strict=False))
    ]
    if tuple(rungs) != token.rungs:
        work.put_token(work.enrolments[of], replace(token, rungs=tuple(rungs)))


def _speak(
    work: Work, of: str, step: Handover | Task, ref: str, n: int, rung: Rung | None, at: datetime
) -> datetime | None:
    """Say what this rung has to say; answers when it speaks again. Rungs count from 1, 0 is the reminder."""
    if rung is None:
        work.issue(of, step.id, "remind", ref=ref)
        return None
    work.issue(of, step.id, "escalate", f"rung {n}", ref=ref, rung=n, tell=rung.tell, reassign=rung.reassign)
    if rung.every is None:
        return None
    while at <= work.now:
        at = after(at, rung.every, lambda: _calendar(work, step))
    return at


def _calendar(work: Work, step: Handover | Task) -> Calendar:
    if isinstance(step, Handover):
        return work.answers.calendar_of("handover", step.team)
    return work.answers.calendar_of("task", step.to)
