"""What happens when a lead comes to a step? One function per verb; the table at the end is the whole language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from kweek.flow.duration import Duration
from kweek.flow.machine.asking import MOST_HOPS, ask
from kweek.flow.machine.clocks import time_out
from kweek.flow.machine.leaving import end, go
from kweek.flow.machine.moments import after, end_of_wait
from kweek.flow.machine.work import Work
from kweek.flow.plan import (
    AnyStep, Branch, Call, Choose, EndStep, Go, Handover, Rung, Score, Send, Set, Tag, Target, Task, Tell, Untag, Wait,
    Webhook,
)  # fmt: skip
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
    if (open_one := work.state.handover) is not None:
        work.issue(of, step.id, "join_handover", step.team, ref=open_one)
        work.stand(of, step.id, open_one)
        return
    calendar = _of(work, "handover", step.team)
    follow_up = after(work.now, step.follow_up, calendar).isoformat() if step.follow_up else None
    key = work.issue(
        of, step.id, "give_handover", step.team, team=step.team, prefer=step.prefer, follow_up_at=follow_up
    )
    work.state = replace(work.state, handover=key)
    work.stand(of, step.id, key, rungs=_rungs(work, step.remind, step.escalate, calendar))


def task(work: Work, of: str, step: Task) -> None:
    calendar = _of(work, "task", step.to)
    deadline = after(work.now, step.within, calendar)
    key = work.issue(
        of, step.id, "open_task", step.title,
        title=step.title, to=step.to, outcomes=list(step.outcomes), deadline=deadline.isoformat(), rests=False,
    )  # fmt: skip
    work.stand(of, step.id, key, deadline, _rungs(work, step.remind, step.escalate, calendar))


def _of(work: Work, verb: Any, whose: str | None) -> Callable[[], Calendar]:
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
    work.note(of, "chose", step.id, line=n)
    go(work, of, target)


def _branch(work: Work, of: str, step: Choose) -> tuple[int | None, Target | None]:
    """The first true line, counted from 1; shares add up from the top."""
    facts, drawn, share = work.answers.facts(work.enrolments[of]), work.answers.spread(step.id) * 100, 0
    for n, branch in enumerate(step.branches, 1):
        share += branch.share or 0
        if _is_it(branch, drawn < share, lambda b: b.test(facts) is True):
            return n, branch.target
    return None, step.next


def _is_it(branch: Branch, drawn: bool, true: Callable[[Any], bool]) -> bool:
    if branch.condition is not None:
        return true(branch.condition)
    return drawn if branch.share is not None else True


def jump(work: Work, of: str, step: Go) -> None:
    enrolment = work.enrolments[of]
    times = enrolment.went.get(step.id, 0)
    if step.at_most is not None and times >= step.at_most:
        go(work, of, step.then or step.next)
        return
    work.put(replace(enrolment, went={**enrolment.went, step.id: times + 1}))
    go(work, of, step.target)


def finish(work: Work, of: str, step: EndStep) -> None:
    end(work, of, step.result, step.because)


# --- the verbs that act and hold nobody up ------------------------------------------------------------


def send_mail(work: Work, of: str, step: Send) -> str | None:
    """Have this lead's half of the test sent. None: it gets nothing."""
    mail = half(step.mails, work.answers.spread(step.id))
    if mail is None:
        return None
    expires = step.expires and after(work.now, step.expires, lambda: work.answers.calendar(None)).isoformat()
    return work.issue(of, step.id, "send_mail", mail, mail=mail, expires_at=expires)


def half(mails: Iterable[tuple[str | None, int]], drawn: float) -> str | None:
    """Whose share of a hundred holds this draw?"""
    share = 0
    for mail, per_cent in mails:
        share += per_cent
        if drawn * 100 < share:
            return mail
    return None


def score(work: Work, of: str, step: Score) -> None:
    work.issue(of, step.id, "add_points", points=dict(step.points), because=step.because)


def tag(work: Work, of: str, step: Tag) -> None:
    work.issue(of, step.id, "add_tags", ", ".join(step.tags), tags=list(step.tags))


def untag(work: Work, of: str, step: Untag) -> None:
    work.issue(of, step.id, "remove_tags", ", ".join(step.tags), tags=list(step.tags))


def set_fields(work: Work, of: str, step: Set) -> None:
    fields = {name: _value(work, of, value) for name, value in step.fields}
    work.issue(of, step.id, "set_fields", ", ".join(fields), fields=fields)


def _value(work: Work, of: str, value: str) -> object:
    enrolment = work.enrolments[of]
    if value == "today":
        return work.now.astimezone(work.answers.timezone(work.plan(enrolment))).date().isoformat()
    if value.startswith("event."):
        found = enrolment.start_data.get(value.removeprefix("event."))
        return found.isoformat() if isinstance(found, datetime) else found
    return value


def tell(work: Work, of: str, step: Tell) -> None:
    work.issue(of, step.id, "tell", step.to, to=step.to, text=step.text, mail=step.mail)


def webhook(work: Work, of: str, step: Webhook) -> None:
    work.issue(of, step.id, "call_webhook", step.name, name=step.name)


def act(work: Work, of: str, steps: Iterable[str]) -> None:
    """Do immediate steps for a lead that stays where it is: something passed."""
    for id in steps:
        step = work.step(work.enrolments[of], id)
        ACTS[type(step)](work, of, step)


def _and_on(do: Callable[[Work, str, Any], object]) -> Callable[[Work, str, Any], None]:
    def come_to(work: Work, of: str, step: AnyStep) -> None:
        do(work, of, step)
        go(work, of, step.next)

    return come_to


Verb = Callable[[Work, str, Any], object]

ACTS: Final[dict[type[AnyStep], Verb]] = {
    Send: send_mail,
    Score: score,
    Tag: tag,
    Untag: untag,
    Set: set_fields,
    Tell: tell,
    Webhook: webhook,
}

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
