"""What happens when a lead comes to a step? One function per verb; the table at the end is the whole language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Literal

from msgspec.structs import replace

from kweek.flow.duration import Duration
from kweek.flow.facts import Facts
from kweek.flow.machine.acting import ACTS, Verb, send_mail
from kweek.flow.machine.asking import MOST_HOPS, ask
from kweek.flow.machine.clocks import time_out
from kweek.flow.machine.leaving import end, go
from kweek.flow.machine.moments import after, end_of_wait
from kweek.flow.machine.work import Work
from kweek.flow.plan import (
    AnyStep,
    Branch,
    Call,
    Choose,
    EndStep,
    Go,
    Handover,
    Rung,
    Send,
    Target,
    Task,
    Wait,
)
from kweek.rules.calendars import Calendar


def walk(work: Work, of: str) -> None:
    """Bring a lead that is on its way to where it has to wait, or to an end."""
    while not work.again:
        enrolment = work.enrolments[of]
        token = enrolment.token
        if enrolment.ended is not None or token is None or token.visit:
            return
        if enrolment.hops > MOST_HOPS:
            work.put(replace(enrolment, hops=0))
            ask(work, of, token.step, "circles")
            return
        step = work.step(enrolment, token.step)
        COME_TO[type(step)](work, of, step)


# --- the verbs that wait ----------------------------------------------------------------------------


def wait(work: Work, of: str, step: Wait) -> None:
    due = end_of_wait(work, work.enrolments[of], step)
    work.stand(of, step.id, deadline=due or work.now)
    if due is None or due <= work.now:  # an unknown date is `otherwise` at once, a past one is now
        time_out(work, of)


def send(work: Work, of: str, step: Send) -> None:
    key = send_mail(work, of, step)
    if step.within is None:
        go(work, of, step.next)
        return
    # the deadline counts from the moment the mail left; the half that gets `nothing` waits from now
    deadline = None if key else after(work.now, step.within, lambda: work.answers.calendar(None))
    work.stand(of, step.id, key, deadline)


def call(work: Work, of: str, step: Call) -> None:
    deadline = after(work.now, step.within, lambda: work.answers.calendar_of("call", step.queue))
    key = work.issue(
        of, step.id, "open_call_task", step.script,
        script=step.script, queue=step.queue, priority=step.priority, attempts=step.attempts,
        apart=str(step.apart) if step.apart else None, deadline=deadline.isoformat(),
    )  # fmt: skip
    work.stand(of, step.id, key, deadline)


def handover(work: Work, of: str, step: Handover) -> None:
    """Sales gets the lead with a running clock; one open handover a lead, a second joins it."""
    if (open_one := work.handover) is not None:
        work.issue(of, step.id, "join_handover", step.team, ref=open_one)
        work.stand(of, step.id, open_one)
        return
    calendar = _of(work, "handover", step.team)
    follow_up = after(work.now, step.follow_up, calendar).isoformat() if step.follow_up else None
    key = work.issue(
        of, step.id, "give_handover", step.team, team=step.team, prefer=step.prefer, follow_up_at=follow_up
    )
    work.handover = key
    work.stand(of, step.id, key, rungs=_rungs(work, step.remind, step.escalate, calendar))


def task(work: Work, of: str, step: Task) -> None:
    calendar = _of(work, "task", step.to)
    deadline = after(work.now, step.within, calendar)
    key = work.issue(
        of, step.id, "open_task", step.title,
        title=step.title, to=step.to, outcomes=list(step.outcomes), deadline=deadline.isoformat(), rests=False,
    )  # fmt: skip
    work.stand(of, step.id, key, deadline, _rungs(work, step.remind, step.escalate, calendar))


def _of(work: Work, verb: Literal["handover", "task"], whose: str | None) -> Callable[[], Calendar]:
    return lambda: work.answers.calendar_of(verb, whose)


def _rungs(
    work: Work, remind: Duration | None, escalate: tuple[Rung, ...], calendar: Callable[[], Calendar]
) -> tuple[datetime | None, ...]:
    """When the reminder and each rung are due: the reminder first, None where there is none."""
    reminder = after(work.now, remind, calendar) if remind else None
    rungs = (reminder, *(after(work.now, rung.after, calendar) for rung in escalate))
    return rungs if any(rungs) else ()


# --- the verbs that decide --------------------------------------------------------------------------


def choose(work: Work, of: str, step: Choose) -> None:
    n, target = _branch(work, of, step)
    work.note(of, "chose", step.id, row=None if n is None else f"choose:{n}")
    go(work, of, target)


def _branch(work: Work, of: str, step: Choose) -> tuple[int | None, Target | None]:
    """The first true line, counted from 1; shares add up from the top."""
    facts, drawn, share = work.answers.facts(work.enrolments[of]), work.answers.spread(step.id) * 100, 0
    for n, branch in enumerate(step.branches, 1):
        share += branch.share or 0
        if _is_it(branch, facts, drawn < share):
            return n, branch.target
    return None, step.next


def _is_it(branch: Branch, facts: Facts, drawn: bool) -> bool:
    if branch.condition is not None:
        return branch.condition.test(facts) is True
    return drawn if branch.share is not None else True


def jump(work: Work, of: str, step: Go) -> None:
    enrolment = work.enrolments[of]
    times = enrolment.went.get(step.id, 0)
    if step.at_most is not None and times >= step.at_most:
        work.note(of, "chose", step.id, row="then")
        go(work, of, step.then or step.next)
        return
    work.put(replace(enrolment, went={**enrolment.went, step.id: times + 1}))
    go(work, of, step.target)


def finish(work: Work, of: str, step: EndStep) -> None:
    end(work, of, step.result, step.because, step.id)


# --- the table --------------------------------------------------------------------------------------------------


def _and_on(do: Callable[[Work, str, Any], object]) -> Callable[[Work, str, Any], None]:
    def come_to(work: Work, of: str, step: AnyStep) -> None:
        do(work, of, step)
        go(work, of, step.next)

    return come_to


COME_TO: Final[dict[type[AnyStep], Verb]] = {
    **{verb: _and_on(do) for verb, do in ACTS.items()},
    Wait: wait,
    Send: send,
    Call: call,
    Handover: handover,
    Task: task,
    Choose: choose,
    Go: jump,
    EndStep: finish,
}
