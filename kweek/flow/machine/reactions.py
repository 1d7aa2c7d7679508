"""Who wants this event? It is offered to the waiting step's `when`, then to `whenever`, then to `goal`.

What none of them wants is recorded, scores, and changes nothing. Events come one at a time, in the order in which they
were recorded; where one event fits two lines, the upper line wins. Only a reply is never nobody's: see `_answer`.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kweek.flow.machine.acting import act
from kweek.flow.machine.asking import CARRY_ON, LEAVE, flow_asked
from kweek.flow.machine.clocks import time_out
from kweek.flow.machine.leaving import go
from kweek.flow.machine.lines import (
    about_the_lead,
    closes,
    fits,
    line_of,
    lines_of,
    names,
    never_left,
    of_enrolment,
    row,
    when_row,
)
from kweek.flow.machine.moments import after
from kweek.flow.machine.people import (
    CALL_PASSES,
    defer,
    note_task,
    owe_an_answer,
)
from kweek.flow.machine.work import Work
from kweek.flow.plan import AnyStep, At, Call, End, Send, Stay, ToFlow, When
from kweek.flow.state import Enrolment, Event, Token
from kweek.flow.words import MAIL_CLOSES

MAIL_IS_AWAY: Final = ("sent", "undelivered", *MAIL_CLOSES)


def offer(work: Work, event: Event) -> None:
    """To every enrolment that was there before it, the oldest first."""
    to_the_past = event.kind == "replied" and not any(of_enrolment(one.id, event) for one, _ in work.open())
    for enrolment in list(work.enrolments.values()):
        if enrolment.live and event.seq > enrolment.since:
            _offer_to(work, enrolment.id, event)
    if to_the_past:
        _answer(work, event)


def _offer_to(work: Work, of: str, event: Event) -> None:
    if _late_outcome(work, of, event):
        return
    enrolment = work.enrolments[of]
    if enrolment.ended is not None or enrolment.token is None:
        return
    _note(work, of, event)
    if not _when(work, of, event):
        whenever(work, of, event)


# --- the waiting step ---------------------------------------------------------------------------------


def _note(work: Work, of: str, event: Event) -> None:
    """What the token remembers of an event, whoever wants it."""
    enrolment = work.enrolments[of]
    if event.ref in enrolment.unsent and event.kind in MAIL_IS_AWAY:
        enrolment = work.put(replace(enrolment, unsent=tuple(k for k in enrolment.unsent if k != event.ref)))
    token = enrolment.token
    if token is None or not token.visit or event.ref is None or event.ref != token.ref:
        return
    step = work.at(enrolment, token)
    if not isinstance(step, Send):
        note_task(work, of, token, event)
    elif event.kind == "sent" and token.deadline is None and step.within is not None:
        deadline = after(event.at, step.within, lambda: work.answers.calendar(None))
        held = token.held_since and max(token.held_since, event.at)
        work.put_token(enrolment, replace(token, deadline=deadline, held_since=held))


def _when(work: Work, of: str, event: Event) -> bool:
    """Does the step that it waits at want this event?"""
    enrolment = work.enrolments[of]
    token = enrolment.token
    if token is None or not token.visit:
        return False
    step = work.at(enrolment, token)
    if step is None:
        return _told(work, of, token, event)
    closing = event.ref is not None and event.ref == token.ref and closes(step, event.kind)
    line = line_of(step, token, of, event, closing)
    if line is not None:
        _react(work, of, line, when_row(step, line), event, closed=closing)
    elif event.kind in MAIL_CLOSES and _leads_away(work, enrolment, event):
        return False
    elif closing or never_left(step, token, event):
        if event.kind in MAIL_CLOSES:
            whenever(work, of, event)  # which only notes it
        lost = frozenset({"undelivered"} if event.kind == "undelivered" else ())
        work.note(of, "reacted", step.id, token.visit, event=event.kind, seq=event.seq)
        time_out(work, of, lost, closed=closing)
    return _tried_enough(work, of, event) or line is not None or closing


def _tried_enough(work: Work, of: str, event: Event) -> bool:
    """After the last attempt the machine itself concludes that this lead is unreachable, and closes the task."""
    enrolment = work.enrolments[of]
    token = enrolment.token
    if event.kind != "attempted" or token is None or token.ref is None or token.ref != event.ref:
        return False
    step = work.at(enrolment, token)
    if not isinstance(step, Call) or token.attempts < step.attempts:
        return False
    unreachable = replace(event, kind="unreachable")
    line = line_of(step, token, of, unreachable, closing=True)
    if line is None:
        time_out(work, of)
    else:
        _react(work, of, line, when_row(step, line), unreachable)
    return True


def _react(work: Work, of: str, line: When, row: str, event: Event, closed: bool = False, late: str = "") -> None:
    """late: the step whose task had been withdrawn, where that is what the outcome is of."""
    token = work.enrolments[of].token
    where = (late, None) if late else (token.step, token.visit) if token is not None else (None, None)
    work.note(of, "reacted", *where, event=event.kind, seq=event.seq, row=row)
    match line.target:
        case Stay(steps):
            act(work, of, steps)
        case _:  # also where a line leads nowhere: what it closed is over, and a person is asked how to go on
            go(work, of, line.target, event.kind, closed)


def _told(work: Work, of: str, token: Token, event: Event) -> bool:
    """A person says how to go on, where the machine did not know."""
    if event.ref is None or event.ref != token.ref or event.kind not in (CARRY_ON, LEAVE):
        return False
    work.note(of, "reacted", token.step, token.visit, event=event.kind, seq=event.seq)
    flow = flow_asked(token)
    if event.kind == LEAVE:
        go(work, of, End("done", token.asks), closed=True)
    elif flow is None:
        go(work, of, At(token.step), closed=True)
    else:
        work.moves = ()
        go(work, of, ToFlow(flow), closed=True)
    return True


def _late_outcome(work: Work, of: str, event: Event) -> bool:
    """The outcome of someone who had taken a task before it was withdrawn: it still counts. But a lead that stands
    already where it leads (sales has it meanwhile) is not sent there once more."""
    enrolment = work.enrolments[of]
    step = enrolment.withdrawn.get(event.ref) if event.ref is not None else None
    if step is None or event.kind in ("taken", "call_back"):
        return step is not None
    was = work.step(enrolment, step)
    line = None if event.kind in CALL_PASSES else _line_as_it_stood(work, of, was, event)
    acts = line is not None and line.target != _stands_at(enrolment)
    if acts and work.with_a_person:
        defer(work, of, event)
        return True
    left = {key: at for key, at in enrolment.withdrawn.items() if key != event.ref}
    work.put(replace(enrolment, withdrawn=left))
    if line is not None and acts:
        _react(work, of, line, when_row(was, line), event, late=step)
    return True


def _stands_at(enrolment: Enrolment) -> At | None:
    token = enrolment.token
    return At(token.step) if token is not None and token.visit else None


def _line_as_it_stood(work: Work, of: str, step: AnyStep, event: Event) -> When | None:
    as_it_stood = Token(step.id, 1, work.now, ref=event.ref)
    return line_of(step, as_it_stood, of, event, closes(step, event.kind))


# --- anywhere in the flow -------------------------------------------------------------------------------


def whenever(work: Work, of: str, event: Event, given: bool = False) -> bool:
    """Does the flow want this event, wherever its lead stands? given: though it may be of another enrolment — what was
    deferred moves with the lead, and a reply to the past is somebody's."""
    enrolment = work.enrolments[of]
    token = enrolment.token
    if enrolment.ended is not None or token is None:
        return False
    if not (given or about_the_lead(event.kind) or of_enrolment(of, event)):
        return False
    line = _line_anywhere(work, enrolment, event)
    foreign = not of_enrolment(of, event)
    answer = event.kind == "replied" and (foreign or not names(work.plan(enrolment), "replied"))
    if line is None and not answer:
        return False
    if line is not None and isinstance(line.target, Stay):
        if line.target.steps:
            _react(work, of, line, _row_anywhere(work, enrolment, line), event)
    elif work.with_a_person:
        defer(work, of, event)
    elif line is not None:
        _react(work, of, line, _row_anywhere(work, enrolment, line), event)
    else:
        work.note(of, "reacted", token.step, token.visit, event=event.kind, seq=event.seq)
        owe_an_answer(work, of, token.step)
    return True


def _answer(work: Work, event: Event) -> None:
    """The lead replied to a mail whose enrolment has ended. No line is about that any more: the flow that wrote the
    mail moves nobody now, and `replied` in another flow is about that one's own mails. But whoever writes is heard: the
    default holds, once for the lead and not once a flow, unless the mail's own flow had taken it away. It is given to
    the oldest enrolment that is open; where the lead walks nowhere, to the one that wrote.
    """
    author = next((one for one in work.enrolments.values() if of_enrolment(one.id, event)), None)
    if author is not None and When("replied", Stay(())) in work.plan(author).whenever:
        return
    for walking, _ in work.open():
        whenever(work, walking.id, event, given=True)
        return
    if author is not None:
        work.note(author.id, "reacted", event=event.kind, seq=event.seq)
        owe_an_answer(work, author.id, [work.plan(author).entry, *author.visits][-1])


def _line_anywhere(work: Work, enrolment: Enrolment, event: Event) -> When | None:
    if event.kind == "replied" and not of_enrolment(enrolment.id, event):
        return None
    return next((line for line in lines_of(work.plan(enrolment), event.kind) if fits(line, event)), None)


def _leads_away(work: Work, enrolment: Enrolment, event: Event) -> bool:
    """What the flow says for everywhere goes before what a step does with an event that it does not name."""
    line = _line_anywhere(work, enrolment, event)
    return line is not None and not isinstance(line.target, Stay)


def _row_anywhere(work: Work, enrolment: Enrolment, line: When) -> str:
    return row("whenever", lines_of(work.plan(enrolment), line.event), line)


def judge_deferred(work: Work) -> bool:
    """The person is done: judge what waited for that in the order in which it came, one event at a time, for it may
    move the lead to a person. What would have led to the same place has led there with it: a quote and an appointment
    asked for during one call are one handover, not two."""
    kept = [enrolment for enrolment in work.enrolments.values() if enrolment.deferred]
    if not kept or work.with_a_person:
        return False
    waiting = min(kept, key=lambda enrolment: enrolment.deferred[0].seq)
    event, *others = waiting.deferred
    line = _line_anywhere(work, waiting, event)
    if line is not None:
        others = [other for other in others if not _leads_there(work, waiting, other, line)]
    work.put(replace(waiting, deferred=tuple(others)))
    if not _late_outcome(work, waiting.id, event):
        whenever(work, waiting.id, event, given=True)
    return True


def _leads_there(work: Work, enrolment: Enrolment, event: Event, there: When) -> bool:
    line = None if event.ref in enrolment.withdrawn else _line_anywhere(work, enrolment, event)
    return line is not None and line.target == there.target


def judge_goals(work: Work) -> bool:
    seeking = [enrolment.id for enrolment, _ in work.open() if work.plan(enrolment).goal is not None]
    return any(judge_goal(work, of) for of in seeking)


def judge_goal(work: Work, of: str) -> bool:
    """Once an enrolment, on entry and whenever something may have changed."""
    enrolment = work.enrolments[of]
    goal = work.plan(enrolment).goal
    if goal is None or enrolment.goal_fired or enrolment.token is None or work.with_a_person:
        return False
    if goal.condition.test(work.answers.facts(enrolment)) is not True:
        return False
    work.put(replace(enrolment, goal_fired=True))
    work.note(of, "reacted", enrolment.token.step, enrolment.token.visit, event="goal", row="goal")
    go(work, of, goal.target, "goal")
    return True
