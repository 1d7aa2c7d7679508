"""How does another program hear of a lead? By a signed POST (standardwebhooks.com), tried again until it is taken.

It may be taken twice, where its answer was lost: then `webhook-id`, the effect's key, is the same. It never holds the
lead: what is not taken is a row in `problems`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select
from temporalio import activity

from activities.failures import failure
from activities.turn import AnswersFor
from kweek.config import Settings
from kweek.flow.catalogue import Hook
from kweek.leads import effects, ledger
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row
from kweek.leads.tables import enrolments
from kweek.outgoing.body import body, text
from kweek.outgoing.post import post
from kweek.outgoing.signature import signed
from kweek.rulebook import RulesNow
from kweek.smtp import Outcome

EVENT: Final = "step.reached"


@dataclass(frozen=True, slots=True)
class _Call:
    lead_id: str
    name: str
    url: str
    body: str


class Webhooks:
    def __init__(
        self, database: Database, clock: FlowTime, settings: Settings, rules: RulesNow, answers: AnswersFor
    ) -> None:
        self.database, self.clock, self.settings, self.rules, self.answers = database, clock, settings, rules, answers

    @activity.defn(name="call_webhook")
    async def call_webhook(self, key: str) -> None:
        now = self.clock.flow(activity.info().started_time)
        call = await asyncio.to_thread(self._call, key, now)
        if call is None:
            return
        headers = signed(self.settings, call.name, key, call.body, datetime.now(UTC))
        outcome = await post(call.url, call.body.encode(), headers, self.settings.outgoing_allow)
        again = outcome.kind in ("temporary", "unknown")
        await asyncio.to_thread(self._keep, key, call, outcome, again, now)
        if again:
            raise failure("webhook_not_taken", outcome.pause)

    def _call(self, key: str, now: datetime) -> _Call | None:
        """What to send; None: nothing any more. A name that is gone from the file is said at once."""
        with self.database.read() as tx:
            effect = effects.find_row(tx, key)
            if effect is None or effect.status != "pending":
                return None
            name = str(effect.args["name"])
            hook = self.rules().rules.settings.webhooks.get(name)
            if hook is not None:
                return _Call(effect.lead_id, name, hook.url, text(self._body(tx, effect, hook, now)))
        gone = Outcome("undelivered", "no such webhook", f"rules/workspace.yaml has no webhook “{name}”.")
        self._keep(key, _Call(effect.lead_id, name, "", ""), gone, False, now)
        return None

    def _body(self, tx: Connection, effect: Row[Any], hook: Hook, now: datetime) -> dict[str, Any]:
        flow = tx.execute(select(enrolments.c.flow).where(enrolments.c.id == effect.enrolment_id)).scalar_one()
        lead = lead_row(tx, effect.lead_id)
        facts = self.answers(tx, effect.lead_id, now).facts(None)
        where = {"flow": flow, "step": effect.step, "enrolment": effect.enrolment_id}
        return body(EVENT, effect.issued_at, where, lead, hook, facts)

    def _keep(self, key: str, call: _Call, outcome: Outcome, again: bool, now: datetime) -> None:
        """What came of it."""
        with self.database.lead_tx(call.lead_id) as tx:
            if outcome.kind != "accepted":
                words = f"The webhook “{call.name}” was not taken ({outcome.code}). {outcome.words}".strip()
                ledger.problem(tx, call.lead_id, key, outcome.code, words, now)
            if not again:
                effects.close(tx, [key], "done")
