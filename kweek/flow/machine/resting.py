"""When does nurture rest, and how do deadlines shift by that?"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from kweek.flow.machine.work import Work
from kweek.flow.plan import Handover, Send, Wait
from kweek.flow.state import Enrolment, Token


def rest(work: Work) -> None:
    """Hold what shall rest and release what need not any more."""
    for enrolment, token in work.standing():
        why = _rests(work, enrolment, token)
        if why is not None and token.held_since is None:
            work.put_token(enrolment, replace(token, held_since=work.now))
            work.note(enrolment.id, "held", token.step, token.visit, because=why)
        elif why is None and token.held_since is not None:
            work.put_token(enrolment, replace(token, held_since=None, deadline=_shifted(work, enrolment, token)))
            work.note(enrolment.id, "released", token.step, token.visit)


def _rests(work: Work, enrolment: Enrolment, token: Token) -> str | None:
    """Pause freezes the time that is left, but never what people promised: rungs do not ask. While sales holds the
    lead, or someone owes it an answer, its mails and waits rest, in all its flows."""
    step = work.at(enrolment, token)
    if step is None or isinstance(step, Handover):
        return None
    if work.answers.paused(enrolment.flow):
        return "paused"
    if isinstance(step, Send | Wait):
        if work.handover is not None:
            return "handover"
        if work.resting:
            return "answer"
    return None


def _shifted(work: Work, enrolment: Enrolment, token: Token) -> datetime | None:
    """A length of time goes on where it stopped. A moment in the calendar does not move: what is past is now."""
    step = work.at(enrolment, token)
    if token.deadline is None or token.held_since is None:
        return token.deadline
    if isinstance(step, Wait) and step.until.within is None:
        return token.deadline
    return token.deadline + (work.now - token.held_since)
