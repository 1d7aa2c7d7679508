"""How does a flow's mail reach a lead? The gate, the version's own template, and the ledger; the result is an event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select
from temporalio.exceptions import ApplicationError

from activities.post import Post, UnfitError, Verdict
from kweek.flow.catalogue import Rules
from kweek.flow.gate import Later, Mailing, gate
from kweek.intake.bounces import SOFT_REASONS, count_soft
from kweek.intake.suppress import SUPPRESSION, suppress
from kweek.leads import ledger
from kweek.leads.ledger import Draft
from kweek.leads.mailing import Order, order_of, overtakes, standing_of
from kweek.leads.permission import address_key, allowed
from kweek.leads.tables import answers, bant, companies, effects, versions
from kweek.mails.context import COMPANY, LEAD, context, dated
from kweek.mails.render import Renderer, RenderError
from kweek.mails.template import MailTemplate, parse_mail
from kweek.rulebook import RulesNow
from kweek.rules.zones import clock_of

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
        template = _template(tx, order, rules)
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
        template = _template(tx, order, self.email.rules().rules)
        if not isinstance(verdict, Later) and overtakes(tx, order, template.kind if template else "marketing"):
            # Temporal comes back; the first is trying too. Steadily: with pauses that grow as the relay's do, the third
            # and fourth mail of a lead left a quarter of an hour after the one that they waited for.
            raise ApplicationError("earlier_mail", type="earlier_mail", next_retry_delay=_BEHIND)
        return verdict

    def gather(self, tx: Connection, now: datetime) -> Callable[[], Draft]:
        order = order_of(tx, self.key)
        assert order is not None
        rules = self.email.rules().rules
        template = _template(tx, order, rules)
        if template is None:
            raise UnfitError("no such mail", f"version {order.version} has no mail “{order.mail}” that can be read")
        facts = _facts(tx, order, rules, self.email.post, template.language, now)
        may = (allowed(tx, self.lead_id, "open tracking", now), allowed(tx, self.lead_id, "click tracking", now))
        return lambda: self.email.compose(order, template, facts, may)

    def ended(self, tx: Connection, result: ledger.Result, reason: str | None, at: datetime) -> None:
        ledger.tell_flow(tx, self.lead_id, self.key, result, at, {"reason": reason} if reason else None)
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


# --- what the mail says -------------------------------------------------------------------------------


def _template(tx: Connection, order: Order, rules: Rules) -> MailTemplate | None:
    """In the lead's language, else the workspace's first that there is."""
    languages = (order.lead.language or "", (order.lead.language or "").split("-")[0], *rules.settings.languages)
    return template_of(tx, order.version, order.mail, languages)


def template_of(tx: Connection, version: str, mail: str, languages: tuple[str, ...]) -> MailTemplate | None:
    found = _templates(version)
    if found is None:
        source = tx.execute(select(versions.c.source).where(versions.c.hash == version)).scalar_one()
        found = _remember(version, source)
    same = found.get(mail, {})
    return next((same[language] for language in languages if language in same), next(iter(same.values()), None))


_MOST: Final = 200
_read: Final[dict[str, dict[str, dict[str, MailTemplate]]]] = {}


def _templates(version: str) -> dict[str, dict[str, MailTemplate]] | None:
    return _read.get(version)


def _remember(version: str, source: Mapping[str, str]) -> dict[str, dict[str, MailTemplate]]:
    """A version never changes: its mails are read once in each process."""
    found: dict[str, dict[str, MailTemplate]] = {}
    for path, text in sorted(source.items()):
        if path.endswith(".md") and (mail := parse_mail(path, text)[0]) is not None:
            found.setdefault(mail.name, {})[mail.language] = mail
    if len(_read) >= _MOST:
        _read.pop(next(iter(_read)), None)
    _read[version] = found
    return found


def _facts(tx: Connection, order: Order, rules: Rules, post: Post, language: str, now: datetime) -> dict[str, Any]:
    lead, base = order.lead, post.settings.base_url
    clock = clock_of(lead.timezone, lead.country, rules.settings.timezone)
    return context(
        lead=lead_facts(lead, rules),
        company=company_facts(tx, lead.company_id),
        today=now.date(),
        sender=sender_facts(rules),
        owner=owner_facts(lead.owner, rules),
        event=dated(order.enrolment.state.get("start_data") or {}, clock),
        survey=survey_facts(tx, lead.id),
        bant=bant_facts(tx, lead.id),
        survey_url=post.tokens.url(base, "survey", order.key),
        unsubscribe_url=post.tokens.url(base, "unsubscribe", order.key),
    )


def lead_facts(lead: Any, rules: Rules) -> dict[str, Any]:
    """A row of `leads` as a mail sees it."""
    facts = {name: getattr(lead, name) for name in LEAD if name != "grade"}
    facts["name"] = lead.name or " ".join(part for part in (lead.first_name, lead.last_name) if part) or None
    facts["grade"] = f"{lead.profile}{lead.engagement}" if lead.profile and lead.engagement else None
    for name, word in rules.settings.fields.items():
        value = lead.fields.get(name)
        facts[name] = _typed(value, word.value) if isinstance(value, str) else value
    return facts


def survey_facts(tx: Connection, lead_id: str) -> dict[str, dict[str, Any]]:
    given: dict[str, dict[str, Any]] = {}
    query = select(answers.c.survey, answers.c.question, answers.c.value).where(answers.c.lead_id == lead_id)
    for survey, question, value in tx.execute(query):
        given.setdefault(survey, {})[question] = value
    return given


def bant_facts(tx: Connection, lead_id: str) -> dict[str, Any]:
    known = tx.execute(select(bant.c.fact, bant.c.value).where(bant.c.lead_id == lead_id))
    return {row.fact: row.value for row in known}


def company_facts(tx: Connection, company_id: str | None) -> dict[str, Any]:
    if company_id is None:
        return {}
    row = tx.execute(select(companies).where(companies.c.id == company_id)).one()
    return {name: getattr(row, name) for name in COMPANY}


def sender_facts(rules: Rules) -> dict[str, Any]:
    sender = rules.settings.sender
    if sender is None:
        return {"name": rules.settings.name}
    return {
        "name": sender.name, "address": sender.address, "reply_to": sender.reply_to,
        "postal_address": sender.postal_address,
    }  # fmt: skip


def owner_facts(owner: str | None, rules: Rules) -> dict[str, Any]:
    person = next((one for one in rules.teams.people() if one.name.value == owner), None)
    return {"name": owner} if person is None else {"name": person.name.value, "email": person.email.value}


def _typed(text: str, word: str) -> Any:
    try:
        match word:
            case "date":
                return date.fromisoformat(text[:10])
            case "moment":
                return datetime.fromisoformat(text)
            case _:
                return text
    except ValueError:
        return text
