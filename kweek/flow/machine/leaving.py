"""How does a lead get from one step to the next, out of a flow, into another? And what is left tidy behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from kweek.flow.machine.asking import ask
from kweek.flow.machine.starting import begin, refuses
from kweek.flow.machine.work import Work
from kweek.flow.plan import At, Call, End, Handover, Send, Target, Task, ToFlow
from kweek.flow.state import Ended, Enrolment, Result, Token, Value

MOST_MOVES: Final = 20
MOVES_COUNT: Final = timedelta(days=30)


def go(work: Work, of: str, target: Target | None, cause: str | None = None, closed: bool = False) -> None:
    """Send a lead on its way to a target. cause: what moves it. closed: what it waited for is over by itself."""
    enrolment, token = leave_step(work, of, cause, closed)
    rested = token.visit > 0 and token.entered_at < work.now
    hops = 0 if rested else enrolment.hops + 1
    on_its_way = Token(target.step if isinstance(target, At) else token.step, 0, work.now)
    work.put(replace(enrolment, token=on_its_way, cause=cause or enrolment.cause, hops=hops, ended=None))
    match target:
        case At():
            pass
        case None:
            ask(work, of, token.step, "nowhere")
        case End(result, because):
            end(work, of, result, because)
        case ToFlow():
            to_flow(work, of, target, token.step)


def end(work: Work, of: str, result: Result, because: str | None = None, step: str | None = None) -> None:
    """It leaves this flow. step: the `end` that it came to. A discard leaves all flows, a win ends the others: see
    `sweep`."""
    enrolment = work.enrolments[of]
    ended = Ended(result, because or (enrolment.cause if result == "discard" else None), work.now)
    deferred = tuple(event for event in enrolment.deferred if event.ref in enrolment.withdrawn)
    work.put(replace(enrolment, token=None, ended=ended, deferred=deferred, hops=0))
    work.note(of, "ended", step, result=result, because=ended.because)
    if result in ("discard", "won"):
        work.ends.append((of, ended))


def sweep(work: Work) -> None:
    """A discard takes the lead out of all flows, with its reason; a win ends what else went on, `done`.

    Not out of sales' hands: an enrolment that stands on the open handover stays until sales closes it, whose word is
    then the newer one. Nor out of a flow that the same event began: a hard conversion brings the lead back.
    """
    for by, ended in work.ends:
        for enrolment, token in work.open():
            if enrolment.id == by or enrolment.id in work.begun or stands_on_handover(work, token):
                continue
            leave_step(work, enrolment.id, ended.because or ended.result)
            cancel_unsent(work, enrolment.id)
            if ended.result == "discard":
                end_quietly(work, enrolment.id, "discard", ended.because)
            else:
                end_quietly(work, enrolment.id, "done", "won")
        if ended.result == "discard":
            back = any(work.enrolments[of].ended is None for of in work.begun)
            work.discarded = not back
    work.ends.clear()


def end_quietly(work: Work, of: str, result: Result, because: str | None) -> None:
    """End it without others hearing of it."""
    told = list(work.ends)
    end(work, of, result, because)
    work.ends[:] = told


def end_all(work: Work, result: Result) -> None:
    """The lead itself is gone: it was merged into another."""
    for enrolment, token in work.open():
        leave_step(work, enrolment.id, result)
        cancel_unsent(work, enrolment.id)
        end_quietly(work, enrolment.id, result, None)
        work.put(replace(work.enrolments[enrolment.id], stood=token))
    for enrolment in work.enrolments.values():  # nor does a late outcome bring it back
        work.put(replace(enrolment, withdrawn={}, deferred=()))
    work.handover, work.resting = None, ()


def take_out(work: Work, since: Value) -> None:
    """It should not have been put into this flow, by the event with this seq. Not out of sales' hands, though."""
    for enrolment, token in work.open():
        if enrolment.since == since and not stands_on_handover(work, token):
            leave_step(work, enrolment.id, "unenrol")
            cancel_unsent(work, enrolment.id)
            end_quietly(work, enrolment.id, "unenrolled", None)


def to_flow(work: Work, of: str, target: ToFlow, step: str) -> None:
    """Leave this flow for another. Where that one's `reentry` refuses, `then` decides; a lead that already walks in
    it is where it should be."""
    enrolment = work.enrolments[of]
    plan = work.answers.published(target.flow)
    per = None if plan is None else _per(work, enrolment, plan.reentry.per)
    here_already = plan is not None and any(
        other.id != of and (other.flow, other.per) == (plan.flow, per) for other, _ in work.open()
    )
    if plan is None or (not here_already and refuses(work, plan, per, leaving=enrolment)):
        go(work, of, target.then)
        return
    moves = tuple(at for at in work.moves if at > work.now - MOVES_COUNT)
    if len(moves) >= MOST_MOVES:
        ask(work, of, step, f"flow {target.flow}")
        return
    work.moves = (*moves, work.now)
    deferred = tuple(event for event in enrolment.deferred if event.ref not in enrolment.withdrawn)
    end(work, of, "moved", target.flow)
    if not here_already:
        begin(work, plan, per, f"flow {enrolment.flow}", enrolment.start_data, deferred=deferred)


def leave_step(work: Work, of: str, because: str | None, closed: bool = False) -> tuple[Enrolment, Token]:
    """Leave where it stands; what it waited for is withdrawn or cancelled. Answers the token that it had, which
    whoever calls replaces."""
    enrolment = work.enrolments[of]
    token = enrolment.token or Token("", 0, work.now)
    if not token.visit:
        return enrolment, token
    work.note(of, "left", token.step, token.visit)
    if token.ref is not None and not closed:
        _drop(work, of, token, token.ref, because)
    return work.enrolments[of], token


def _drop(work: Work, of: str, token: Token, ref: str, because: str | None) -> None:
    enrolment = work.enrolments[of]
    match work.at(enrolment, token):
        case Send():
            if ref in enrolment.unsent:
                _cancel(work, of, ref)
        case Handover():
            _take_back(work, of, token, ref, because)
        case Call() | Task():
            work.issue(of, token.step, "withdraw", ref=ref, because=because)
            if token.taken:  # whoever is on the telephone may yet say what came of it
                enrolment = work.enrolments[of]
                work.put(replace(enrolment, withdrawn={**enrolment.withdrawn, ref: token.step}))
        case _:
            work.issue(of, token.step, "withdraw", ref=ref, because=because)


def _take_back(work: Work, of: str, token: Token, ref: str, because: str | None) -> None:
    """A handover that the lead walks away from, by the author's own `when`. Who joined it gets one of his own; but
    where the one who joined walks away, sales keeps it, and its clock runs on."""
    others = [(other.id, stands.step) for other, stands in work.standing() if stands.ref == ref and other.id != of]
    joined = bool(others) and not ref.startswith(f"{of}/")
    if work.handover != ref or joined:
        return
    work.handover = None
    work.issue(of, token.step, "withdraw", ref=ref, because=because)
    for other, step in others:
        go(work, other, At(step), because, closed=True)


def cancel_unsent(work: Work, of: str) -> None:
    """Put out of a flow from outside, its mails that have not left need not leave any more."""
    for key in work.enrolments[of].unsent:
        _cancel(work, of, key)


def _cancel(work: Work, of: str, key: str) -> None:
    enrolment = work.enrolments[of]
    work.put(replace(enrolment, unsent=tuple(other for other in enrolment.unsent if other != key)))
    work.cancel.append(key)


def stands_on_handover(work: Work, token: Token) -> bool:
    return token.ref is not None and token.ref == work.handover


def _per(work: Work, enrolment: Enrolment, field: str | None) -> str | None:
    value = None if field is None else work.answers.facts(enrolment).field(field)
    return None if value is None else str(value)
