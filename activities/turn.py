"""What does a lead do next? In one transaction: what happened, what the machine makes of it, what is to be started."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection
from temporalio import activity

from activities.desk import Desks
from kweek.flow.drive import Driven, drive
from kweek.flow.machine.work import SEEN_BY_CONDITIONS
from kweek.flow.state import Effect, Event, Token
from kweek.flow.waiting import until, waits_for
from kweek.intake.fates import give_up
from kweek.leads.answers import RowAnswers
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database, NoSuchLead
from kweek.leads.effects import IN_THE_WORLD, close, find, issue, let_go, pending, postpone
from kweek.leads.enrolments import hold, lead_row, load_state, save_state, write_journal
from kweek.leads.events import pull
from kweek.leads.ledger import problem
from kweek.leads.tally import Tally, tallied
from kweek.rules.wall import zone
from workflows.messages import TurnAnswer, TurnInput

AnswersFor = Callable[[Connection, str, datetime], RowAnswers]
MayLeave = Callable[[Connection, str, datetime], tuple[datetime | None, str] | None]
"""Key of a mail, now → None: it may leave; else until when it waits (None: a bell) and why."""


class Turns:
    """`now` comes from the workflow: a turn that is tried again an hour later decides what it would have decided."""

    def __init__(
        self, database: Database, clock: FlowTime, answers: AnswersFor, desks: Desks, may_leave: MayLeave
    ) -> None:
        self.database = database
        self.clock = clock
        self.answers = answers
        self.desks = desks
        self.may_leave = may_leave

    @activity.defn(name="turn", no_thread_cancel_exception=True)
    def turn(self, ask: TurnInput) -> dict[str, object]:
        """A TurnAnswer, in brief. Idempotent by its cursor: events after `leads.seen`, and what is due. Always runs,
        also when it is tried again after it was committed: an answer that was only read again lost a bell in the
        proof."""
        now = self.clock.flow(ask.now)
        try:
            with self.database.lead_tx(ask.lead) as tx, tallied(tx, ask.lead) as tally:
                return self._turn(tx, ask, now, tally).brief()
        except NoSuchLead:
            return TurnAnswer(ask.n, open=False).brief()

    def turn_after(self, lead_id: str, n: int, moment: datetime) -> dict[str, object] | None:
        """The turn after turn n, at the moment (real time) at which what n started was done; None: something else
        happened since, and only the workflow knows what time it is for that."""
        with self.database.lead_tx(lead_id) as tx, tallied(tx, lead_id) as tally:
            row = lead_row(tx, lead_id)
            if row.turn != n or row.seq != row.seen + 1 or row.held is not None:
                return None
            return self._turn(tx, TurnInput(lead_id, n, moment), self.clock.flow(moment), tally).brief()

    def _turn(self, tx: Connection, ask: TurnInput, now: datetime, tally: Tally) -> TurnAnswer:
        row = lead_row(tx, ask.lead)
        if row.turn < ask.n and row.held is None:
            # its turn number goes up with it, so that whoever lets the lead go lets it go on from here
            hold(tx, row.id, f"The database is older than this lead's workflow (turn {row.turn} of {ask.n})", ask.n)
            row = lead_row(tx, ask.lead)
        if row.held is not None:
            return TurnAnswer(ask.n, open=True, details=row.held)
        for key in ask.failed:
            effect = find(tx, key)
            if effect is not None and effect.kind == "send_mail":
                give_up(tx, row.id, key, "the world had its chance", now, self.desks.rules().ears)
            elif close(tx, [key], "done"):  # nobody heard of it: a problem on the page, and nothing that the lead did
                problem(tx, row.id, key, "gave up", "The world had its chance, and did not take it.", now)
        n = row.turn + 1
        events = pull(tx, row.id, row.seen)
        unmerged = any(event.kind == "unmerged" for event in events)
        before = load_state(tx, row, _written_to(events), merged=unmerged)
        news, answers = False, self.answers(tx, row.id, now)

        def apply(effect: Effect) -> None:
            nonlocal news, answers
            issue(tx, row.id, [effect], now)
            news = self.desks.apply(tx, row.id, effect, now, answers) or news
            answers = answers.fresh()  # until then nothing changes that conditions see

        driven = drive(before, now, events, lambda: answers, apply, turned=row.turned_at or row.created_at)
        if any(effect.kind in SEEN_BY_CONDITIONS for effect in driven.effects):
            news = self.desks.graded(tx, row.id, now) or news
        close(tx, driven.cancel, "cancelled")
        # beyond what was pulled there may be the past of a merged lead, which nobody is to hear
        seen = max(row.seq, events[-1].seq if events else 0)
        turned = max(now, row.turned_at or now)  # a turn that is tried again may be of before
        save_state(tx, before, driven.state, turn=n, seen=seen, wake_at=driven.wake_at, turned_at=turned)
        write_journal(tx, row.id, n, now, driven.journal)
        tally.add(before, driven.state, driven.journal)
        if news:
            after = self._turn(tx, replace(ask, failed=[]), now, tally)
            return replace(after, cancel=[*driven.cancel, *after.cancel])
        return self._answer(tx, n, driven, now, answers)

    def _answer(self, tx: Connection, n: int, driven: Driven, now: datetime, answers: RowAnswers) -> TurnAnswer:
        """Read from the rows, not remembered: whatever is pending is started, whoever asks."""
        start: list[str] = []
        wakes, waiting = [driven.wake_at], False
        for effect in pending(tx, driven.state.lead):
            if effect.kind == "send_mail" and (waits := self.may_leave(tx, effect.key, now)) is not None:
                postpone(tx, effect.key, *waits)
                wakes.append(waits[0])
                waiting = True
            else:
                if effect.waits_for is not None:
                    let_go(tx, effect.key)
                start.append(f"{IN_THE_WORLD[effect.kind]} {effect.key}")
        wake_at = min((at for at in wakes if at is not None), default=None)
        # a moment that is not after now would be due again at once, for ever
        real = None if wake_at is None else self.clock.real(max(wake_at, now + timedelta(milliseconds=1)))
        is_open = waiting or any(enrolment.ended is None for enrolment in driven.state.enrolments)
        return TurnAnswer(n, is_open, start, list(driven.cancel), real, self._details(driven, answers))

    def _details(self, driven: Driven, answers: RowAnswers) -> str:
        """For Temporal's own pages: what the lead waits for, a line for each flow; in real time, as its timers are."""
        here = zone(answers.world.timezone)

        def line(flow: str, version: str, token: Token) -> str:
            moment = until(token)
            when = f" until {self.clock.real(moment).astimezone(here):%a %-d %B %Y %-H:%M}" if moment else ""
            return f"{flow}: {waits_for(answers.plan(version).steps.get(token.step), token)}{when}"

        standing = [(one.flow, one.version, one.token) for one in driven.state.enrolments if one.ended is None]
        return "\n\n".join(line(flow, version, token) for flow, version, token in standing if token is not None)


def _written_to(events: Sequence[Event]) -> Iterator[str]:
    """Enrolments for which a person is needed though they ended: somebody wrote back to a mail of theirs."""
    for event in events:
        if event.kind == "replied" and event.ref:
            yield event.ref.rpartition("/")[0]
