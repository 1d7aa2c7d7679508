"""What do the hand-written workflow's activities do? They write Kweek's rows, with Kweek's own functions."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace
from temporalio import activity

from bench.handwritten import End, Facts, Order
from kweek.flow.state import Effect, EffectKind, Ended, Enrolment, LeadState, Token
from kweek.leads import ledger
from kweek.leads.effects import find, issue
from kweek.leads.enrolments import lead_row, load_state, save_state
from kweek.leads.publish import published
from worker import Hands

FLOW: Final = "brochure-request"
HANDOVER: Final = "sales/handover-sales"


class ByHand:
    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.database, self.turns = hands.database, hands.turns

    @property
    def now(self) -> datetime:
        return self.hands.clock.flow(activity.info().started_time)

    @activity.defn(name="record_start", no_thread_cancel_exception=True)
    def record_start(self, lead: str) -> str:
        """The enrolment, and the order for its mail, which Kweek's `send_mail` reads."""
        now, enrolment = self.now, f"{lead}-1"
        with self.database.lead_tx(lead) as tx:
            row = lead_row(tx, lead)
            if row.born == 0:
                version = next(one.version for one in published(tx) if one.flow == FLOW)
                entered = Enrolment(enrolment, FLOW, version, now, row.seq, Token("steps/wait-1", 1, now))
                state = LeadState(lead, born=1, enrolments=(entered,))
                save_state(tx, LeadState(lead), state, turn=0, seen=0, wake_at=None)
                args = {"mail": "survey", "expires_at": None}
                issue(tx, lead, [Effect(f"{enrolment}/1", "send_mail", enrolment, "steps/send-survey", args)], now)
        return enrolment

    @activity.defn(name="send_survey")
    async def send_survey(self, order: Order) -> str:
        """Kweek's own `send_mail`; what came of it."""
        await self.hands.email.send_mail(order.key)
        return await asyncio.to_thread(self._status, order.key)

    def _status(self, key: str) -> str:
        with self.database.read() as tx:
            row = ledger.row_of(tx, key)
            return "undelivered" if row is None else str(row.status)

    @activity.defn(name="facts", no_thread_cancel_exception=True)
    def facts(self, about: Order) -> Facts:
        with self.database.read() as tx:
            answers = self.turns.answers(tx, about.lead, self.now)
            lead = answers.facts(None)
            mail = answers.mail_states(f"{about.enrolment}/1")
            profile, wish, reason = (
                lead.field(name) for name in ("lead.profile", "survey.brochure.wish", "handover.reason")
            )
            return Facts(
                sales_ready=lead.field("lead.sales_ready") is True,
                profile=profile if isinstance(profile, str) else None,
                wish=wish if isinstance(wish, str) else None,
                touched=not mail.isdisjoint({"opened", "unclear", "undelivered"}),
                reason=reason if isinstance(reason, str) else None,
            )

    @activity.defn(name="open_call_task", no_thread_cancel_exception=True)
    def open_call_task(self, order: Order) -> bool:
        """May the lead be called?"""
        args = {"script": "brochure", "queue": None, "priority": None, "attempts": 3, "apart": "1 business day"}
        return not self._write(order, "open_call_task", "call/call-brochure", args | {"deadline": None})

    @activity.defn(name="give_handover", no_thread_cancel_exception=True)
    def give_handover(self, order: Order) -> None:
        due = (self.now + timedelta(hours=24)).isoformat()
        self._write(order, "give_handover", HANDOVER, {"team": "sales", "prefer": None, "follow_up_at": due})

    @activity.defn(name="climb", no_thread_cancel_exception=True)
    def climb(self, rung: Order) -> None:
        """The fourth effect reminds, those after it escalate; whom `tell` then tells, the effect's row says."""
        ref = {"ref": f"{rung.enrolment}/3"}
        if rung.key.endswith("/4"):
            self._write(rung, "remind", HANDOVER, ref)
        else:
            self._write(rung, "escalate", HANDOVER, ref | {"rung": 0, "tell": "manager", "reassign": None})

    @activity.defn(name="record_end", no_thread_cancel_exception=True)
    def record_end(self, end: End) -> None:
        now = self.now
        with self.database.lead_tx(end.lead) as tx:
            row = lead_row(tx, end.lead)
            before = load_state(tx, row)
            result = "moved" if end.result == "long-term" else end.result
            after = replace(
                before,
                enrolments=tuple(replace(one, token=None, ended=Ended(result, None, now)) for one in before.enrolments),
            )
            save_state(tx, before, after, turn=row.turn, seen=row.seq, wake_at=None)

    def _write(self, order: Order, kind: EffectKind, step: str, args: dict[str, Any]) -> bool:
        """The effect and what Kweek writes for it; nothing where this activity ran before. Did that make news?"""
        now, effect = self.now, Effect(order.key, kind, order.enrolment, step, args)
        with self.database.lead_tx(order.lead) as tx:
            if find(tx, order.key) is None:
                issue(tx, order.lead, [effect], now)
                return self.turns.desks.apply(tx, order.lead, effect, now, self.turns.answers(tx, order.lead, now))
        return False
