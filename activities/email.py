"""How does a flow's mail reach a lead? The gate, the version's own template, and the ledger; the result is an event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select
from temporalio.exceptions import ApplicationError

from activities.contents import facts_for, template_for
from activities.correspondence import UnfitError, Verdict
from activities.post import Post
from kweek.flow.gate import Later, Mailing, gate
from kweek.flow.state import Value
from kweek.intake.bounces import SOFT_REASONS, count_soft
from kweek.intake.fates import tell_flow
from kweek.intake.suppress import SUPPRESSION, suppress
from kweek.leads import ledger
from kweek.leads.ledger import Draft
from kweek.leads.mailing import Order, order_of, overtakes, standing_of
from kweek.leads.permission import address_key, allowed
from kweek.leads.tables import effects
from kweek.mails.render import Renderer, RenderError
from kweek.mails.template import MailTemplate
from kweek.rulebook import RulesNow

_BEHIND: Final = timedelta(seconds=30)


class Email:
    """`rules`: the workspace's, as it is now; the template is that of the lead's own version."""

    def __init__(self, post: Post, rules: RulesNow, renderer: Renderer) -> None:
        self.post, self.rules, self.renderer = post, rules, renderer

    async def send_mail(self, key: str) -> str | None:
        """Have the mail of this effect leave, once, if the gate lets it; whose it is. Asynchronous, for SMTP is; what
        reads or writes rows runs in threads."""
        lead_id = await asyncio.to_thread(self._lead_of, key)
        if lead_id is not None:
            await self.post.leave(key, _ToLead(self, key, lead_id))
        return lead_id

    def may_leave(self, tx: Connection, key: str, now: datetime) -> tuple[datetime | None, str] | None:
        """For the turn: until when this mail waits, and why; None: start `send_mail`."""
        order = order_of(tx, key)
        if order is None:
            return None
        row = ledger.row_of(tx, key)
        if row is not None and row.status == "held":
            until = row.claimed_at + ledger.HOLD
            return (until, "a person") if now < until else None
        verdict = self.ask(tx, order, now)
        return (verdict.until, verdict.why) if isinstance(verdict, Later) else None

    def _lead_of(self, key: str) -> str | None:
        with self.post.database.read() as tx:
            return tx.execute(select(effects.c.lead_id).where(effects.c.key == key)).scalar()

    def ask(self, tx: Connection, order: Order, now: datetime) -> Verdict:
        """The gate, with all that it needs to know."""
        in_force = self.rules()
        rules, world = in_force.rules, in_force.world
        template = template_for(tx, order, rules)
        kind, purpose = (template.kind, template.purpose) if template else ("marketing", None)
        mailing = Mailing(kind, purpose, order.expires_at)
        capacity = {name: queue.capacity for name, queue in rules.teams.queues.items() if queue.capacity}
        secret = self.post.settings.key(SUPPRESSION)
        return gate(mailing, standing_of(tx, order, mailing, world, secret, capacity, now), now)

    def compose(self, order: Order, template: MailTemplate, facts: Mapping[str, Any], may: tuple[bool, bool]) -> Draft:
        """Render it, and follow its links only where the lead allowed that. may: see opens, see clicks."""
        post, base = self.post, self.post.settings.base_url
        try:
            rendered = self.renderer.render(template, facts)
        except RenderError as error:
            raise UnfitError(error.code, f"{template.file}:{error.line}: {error}") from None
        opens, clicks = may
        targets = [
            post.tokens.url(base, "click", order.key, position)
            if clicks and link.name != "unsubscribe" and link.target.startswith(("http://", "https://"))
            else link.target
            for position, link in enumerate(rendered.links)
        ]
        pixel = post.tokens.url(base, "open", order.key) + ".gif" if opens else None
        text, page = rendered.finish(targets, pixel)
        return Draft(
            order.lead.id, order.enrolment.id, "lead", order.mail, template.language, template.kind, order.lead.email,
            rendered.subject, text, page, post.addresses().message_id(order.key),
            [(link.name, link.target) for link in rendered.links],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _ToLead:
    """One effect's mail; `Correspondent` says what each does."""

    email: Email
    key: str
    lead_id: str

    def ask(self, tx: Connection, now: datetime) -> Verdict | None:
        order = order_of(tx, self.key)
        if order is None:
            return None
        verdict = self.email.ask(tx, order, now)
        template = template_for(tx, order, self.email.rules().rules)
        if not isinstance(verdict, Later) and overtakes(tx, order, template.kind if template else "marketing"):
            # Temporal comes back; the first is trying too. Steadily: with pauses that grow as the relay's do, the third
            # and fourth mail of a lead left a quarter of an hour after the one that they waited for.
            raise ApplicationError("earlier_mail", type="earlier_mail", next_retry_delay=_BEHIND)
        return verdict

    def gather(self, tx: Connection, now: datetime) -> Callable[[], Draft]:
        order = order_of(tx, self.key)
        assert order is not None
        rules = self.email.rules().rules
        template = template_for(tx, order, rules)
        if template is None:
            raise UnfitError("no such mail", f"version {order.version} has no mail “{order.mail}” that can be read")
        facts = facts_for(tx, order, rules, self.email.post, template.language, now)
        may = (allowed(tx, self.lead_id, "open tracking", now), allowed(tx, self.lead_id, "click tracking", now))
        return lambda: self.email.compose(order, template, facts, may)

    def ended(
        self, tx: Connection, result: ledger.Result, reason: str | None, at: datetime, now: datetime | None = None
    ) -> None:
        data: dict[str, Value] = {"reason": reason} if reason else {}
        tell_flow(tx, self.lead_id, self.key, result, at, self.email.rules().ears, data, heard_at=now)
        row = ledger.row_of(tx, self.key)
        if result == "bounced" and row is not None and row.recipient:
            secret = self.email.post.settings.key(SUPPRESSION)
            suppress(tx, "email", row.recipient, "bounced", at, lambda address: address_key(secret, address))
        if result == "undelivered" and reason in SOFT_REASONS and row is not None:
            secret = self.email.post.settings.key(SUPPRESSION)
            count_soft(tx, row.recipient, at, lambda address: address_key(secret, address))

    def wrote_off(self, tx: Connection, status: str, why: str, at: datetime) -> None:
        effect = tx.execute(select(effects).where(effects.c.key == self.key)).one()
        ledger.write_off(
            tx, self.key, status, why, at,
            lead_id=self.lead_id, enrolment_id=effect.enrolment_id, mail=str(effect.args["mail"]),
        )  # fmt: skip
