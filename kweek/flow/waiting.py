"""What does a lead wait for? In half a sentence, in the words of its flow; mails, scripts and teams by name."""

from __future__ import annotations

from datetime import datetime

from kweek.flow.plan import Call, Handover, Send, Step, Task, Wait
from kweek.flow.state import Token


def waits_for(step: Step | None, token: Token) -> str:
    """`waits for a reaction to *survey*`. step: where the token stands; None: its version has it no more."""
    if token.asks is not None:
        return f"a person was asked how to go on after {token.step}"
    match step:
        case Send(mails=mails):
            names = " or ".join(f"*{name}*" for name, _ in mails if name is not None)
            return f"waits for a reaction to {names}" if token.deadline else f"{names} is on its way"
        case Call(script=script):
            return f"somebody calls about *{script}*" if token.taken else f"waits for a call about *{script}*"
        case Handover(team=team):
            return f"is with *{team}*"
        case Task(title=title):
            return f"waits for the task “{title}”"
        case Wait(when=when):
            heard = dict.fromkeys(line.event for line in when)
            return " or ".join(("rests", *heard))
        case _:
            return f"stands on {token.step}"


def until(token: Token) -> datetime | None:
    """When that ends by itself, or the next rung is due. None: only a person or an event ends it."""
    due = (token.deadline, token.call_back, *token.rungs)
    return min((at for at in due if at is not None), default=None)
