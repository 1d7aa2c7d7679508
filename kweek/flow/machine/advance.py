"""In which order? One advance: an event, or the passing of time, and all that follows from it."""

from __future__ import annotations

from datetime import datetime

from kweek.flow.answers import Answers
from kweek.flow.machine.clocks import follow_dates, ring, wake_at
from kweek.flow.machine.edits import follow_edits
from kweek.flow.machine.entering import walk
from kweek.flow.machine.leaving import end_all, sweep, take_out
from kweek.flow.machine.people import close_what_is_over, owe_a_look
from kweek.flow.machine.reactions import judge_deferred, judge_goal, judge_goals, offer
from kweek.flow.machine.resting import rest
from kweek.flow.machine.starting import begin, is_open, starts
from kweek.flow.machine.work import Work
from kweek.flow.state import Advance, Event, LeadState


def advance(state: LeadState, now: datetime, event: Event | None, answers: Answers) -> Advance:
    """What this lead does next. Pure.

    With an event: what it brings about. Without: what time brings about — or, after an advance that said `again`,
    the rest of what that one began, on fresh answers. Committed before the turn counts: whoever has events and time
    at once gives the events first (`kweek.flow.drive` does).
    """
    work = Work.on(state, now, answers)
    if event is not None:
        hear(work, event)
    elif state.unsettled:
        judge_goals(work)
    else:
        follow_dates(work)
        rest(work)
        ring(work)
    settle(work)
    if event is not None or work.journal:
        rest(work)
    return work.done(wake_at(work))


def catch_up(state: LeadState, now: datetime, turned: datetime, answers: Answers) -> Advance:
    """What has to be known before anything else is looked at: calendars that were edited since this lead's last turn.
    turned: when that was. Pure."""
    work = Work.on(state, now, answers)
    work.again = state.unsettled
    follow_edits(work, turned)
    return work.done(wake_at(work))


def hear(work: Work, event: Event) -> None:
    """Offer an event to whoever walks, then let it begin what it begins."""
    work.seen = max(work.seen, event.seq)
    if event.kind == "merged":
        end_all(work, "merged")
        return
    if event.kind == "unmerged":
        owe_a_look(work, event)
        return
    if event.kind == "unenrol":
        take_out(work, event.data.get("since"))
        return
    begins = starts(work, event)
    close_what_is_over(work, event)
    offer(work, event)
    for plan, per in begins:
        if not is_open(work, plan, per):  # or another flow has just sent it there
            id = begin(work, plan, per, event.kind, event.data, since=event.seq)
            work.begun.add(id)
            judge_goal(work, id)


def settle(work: Work) -> None:
    """Let everyone walk until all wait, ended, or until conditions have to see what was done. Whom a discard takes
    out takes no other step first."""
    while True:
        for of in list(work.enrolments):
            if work.ends and any(ended.result == "discard" for _, ended in work.ends):
                sweep(work)
            walk(work, of)
        if work.ends:
            sweep(work)
        if work.again or not (_on_the_way(work) or judge_deferred(work) or judge_goals(work)):
            return


def _on_the_way(work: Work) -> bool:
    return any(not token.visit for _, token in work.open())
