"""What does a mail say? The version's own template, and what may stand in it of a lead, its company and ourselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from activities.post import Post
from kweek.flow.catalogue import Rules
from kweek.leads.bant import holding
from kweek.leads.facts import read_as
from kweek.leads.mailing import Order
from kweek.leads.tables import answers, companies, versions
from kweek.mails.context import COMPANY, LEAD, context, dated
from kweek.mails.template import MailTemplate, parse_mail
from kweek.rules.zones import clock_of


def template_for(tx: Connection, order: Order, rules: Rules) -> MailTemplate | None:
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


def facts_for(tx: Connection, order: Order, rules: Rules, post: Post, language: str, now: datetime) -> dict[str, Any]:
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
        bant=holding(tx, lead.id, now),
        survey_url=post.tokens.url(base, "survey", order.key),
        unsubscribe_url=post.tokens.url(base, "unsubscribe", order.key),
    )


def lead_facts(lead: Any, rules: Rules) -> dict[str, Any]:
    """A row of `leads` as a mail sees it."""
    facts = {name: getattr(lead, name) for name in LEAD if name != "grade"}
    facts["name"] = lead.name or " ".join(part for part in (lead.first_name, lead.last_name) if part) or None
    facts["grade"] = f"{lead.profile}{lead.engagement}" if lead.profile and lead.engagement else None
    for name, own in rules.settings.fields.items():
        value = lead.fields.get(name)
        facts[name] = read_as(value, own.kind.value) if isinstance(value, str) else value
    return facts


def survey_facts(tx: Connection, lead_id: str) -> dict[str, dict[str, Any]]:
    given: dict[str, dict[str, Any]] = {}
    query = select(answers.c.survey, answers.c.question, answers.c.value).where(answers.c.lead_id == lead_id)
    for survey, question, value in tx.execute(query):
        given.setdefault(survey, {})[question] = value
    return given


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
