"""How is a line of the stream said? What set it off, what the house did about it, and where the lead is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kweek.flow.plan import AnyStep, Handover, Plan
from kweek.web.spoken import event_words, heard_words, step_words
from kweek.web.stream import Deed, Line
from kweek.words import Tongue


def words(say: Tongue, line: Line, plan: Plan | None) -> str:
    """`Filled in the survey → Handed over to sales (anna)`."""
    if line.mail is not None:
        left = say("stream.mail", subject=line.mail[1])
        return say("stream.mail.others", mail=left, count=line.others) if line.others else left
    return " → ".join(_parts(say, line, plan))


def _parts(say: Tongue, line: Line, plan: Plan | None) -> Iterable[str]:
    for cause in cause_words(say, *line.cause, plan.steps.get(line.heard) if plan else None):
        yield say("stream.by", what=cause, name=line.by) if line.by else cause
    for deed in line.deeds:
        yield _deed(say, deed)
    if line.ended is not None:
        yield say("stream.ended", result=say.maybe(f"result.{line.ended}", line.ended))
    elif line.step is not None:
        step = plan.steps.get(line.step) if plan else None
        given = isinstance(step, Handover) and any(deed.kind == "give_handover" for deed in line.deeds)
        if not given:
            yield step_words(say, step) if step is not None else line.step


def cause_words(say: Tongue, kind: str, word: str, step: AnyStep | None = None) -> Iterator[str]:
    """What set it off; nothing where that needs no words. step: that heard it."""
    match kind:
        case "started" | "reacted" | "event":
            yield heard_words(say, word or "manual", step)
        case "timed_out" if word and word != "else":
            yield say("stream.then", state=event_words(say, word))
        case "timed_out":
            yield say("stream.time")
        case "held" | "released":
            yield say(f"stream.{kind}")
        case _:
            pass


def _deed(say: Tongue, deed: Deed) -> str:
    match deed.kind:
        case "give_handover":
            given = say("event.handed over", team=deed.what)
            return say("stream.by", what=given, name=deed.who) if deed.who else given
        case "remind":
            return say("stream.remind", who=deed.who or say("past.owner"))
        case "escalate":
            told = say("past.told", who=whom(say, deed.who)) if deed.who else ""
            passed = say("past.passed", team=deed.passed) if deed.passed else ""
            return ", ".join(filter(None, (say("past.rung", number=deed.what), told, passed)))
        case "tell":
            return say("stream.tell", who=whom(say, deed.who))


def whom(say: Tongue, name: str) -> str:
    """`manager` and `owner` are whoever that is; all others by their names."""
    return say.maybe(f"past.{name}", name) if name in ("manager", "owner") else name
