"""What becomes of promises and waits when a calendar is edited? What was left of them is reckoned anew.

Deadlines and rungs are moments, and say nothing of the calendar by which they were reckoned. So the first turn after an
edit moves them, before it looks at anything else; a clock that stands on a page is moved with them.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from kweek.flow.duration import Duration
from kweek.flow.machine.people import ONE_BUSINESS_DAY
from kweek.flow.machine.work import Work
from kweek.flow.plan import AnyStep, Call, Handover, Rung, Send, Task, Wait
from kweek.flow.state import Enrolment, Token
from kweek.rules.calendars import Calendar


def follow_edits(work: Work, turned: datetime) -> None:
    """turned: when this lead was last looked at; what stands was reckoned by the calendars of then."""
    for enrolment, token in work.standing():
        step = work.at(enrolment, token)
        calendar = None if step is None else _calendar_of(work, step)
        if step is None or calendar is None or calendar.since is None or calendar.since <= turned:
            continue
        moved = replace(
            token,
            deadline=_moved(calendar, token.deadline, turned, _waits(step, token)),
            rungs=_rungs(calendar, step, token, turned),
        )
        if moved != token:
            work.put_token(enrolment, moved)
        _move_clock(work, enrolment, step, token, turned)


def _calendar_of(work: Work, step: AnyStep) -> Calendar | None:
    match step:
        case Wait() | Send():
            return work.answers.calendar(None)
        case Call():
            return work.answers.calendar_of("call", step.queue)
        case Handover():
            return work.answers.calendar_of("handover", step.team)
        case Task():
            return work.answers.calendar_of("task", step.to)
        case _:
            return None


def _waits(step: AnyStep, token: Token) -> Duration | None:
    """By what its deadline was reckoned."""
    match step:
        case Wait():
            return step.until.within
        case Call() if token.call_back is not None:
            return ONE_BUSINESS_DAY
        case Send() | Call() | Task():
            return step.within
        case _:
            return None


def _rungs(calendar: Calendar, step: AnyStep, token: Token, turned: datetime) -> tuple[datetime | None, ...]:
    if not token.rungs or not isinstance(step, Handover | Task):
        return token.rungs
    reminder, *rungs = token.rungs
    return (
        _moved(calendar, reminder, turned, step.remind),
        *(
            _moved(calendar, at, turned, _next(calendar, rung, token, at))
            for at, rung in zip(rungs, step.escalate, strict=True)
        ),
    )


def _next(calendar: Calendar, rung: Rung, token: Token, at: datetime | None) -> Duration:
    """Does it speak for the first time then, or again?"""
    if rung.every is None or calendar.was is None or not rung.after.business:
        return rung.after
    return rung.after if calendar.was.add(token.entered_at, rung.after) == at else rung.every


def _moved(calendar: Calendar, at: datetime | None, turned: datetime, lasts: Duration | None) -> datetime | None:
    return at if at is None or lasts is None else calendar.moved(at, turned, lasts)


def _move_clock(work: Work, enrolment: Enrolment, step: AnyStep, token: Token, turned: datetime) -> None:
    """What colleagues see. Of a handover that another enrolment joined, its own moves it."""
    if not isinstance(step, Handover | Task) or token.ref is None or token.ref.rpartition("/")[0] != enrolment.id:
        return
    lasts = step.follow_up if isinstance(step, Handover) else step.within
    if lasts is not None and lasts.business:
        work.issue(
            enrolment.id, step.id, "move_clock", ref=token.ref, lasts=str(lasts), turned=turned.isoformat(),
            whose=step.team if isinstance(step, Handover) else step.to,
        )  # fmt: skip
