"""What does a task say? Its title, filled in for the lead by the same sandbox as a mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from activities.email import company_facts, lead_facts, owner_facts, sender_facts
from kweek.leads.enrolments import lead_row
from kweek.mails.context import context
from kweek.mails.render import Renderer, RenderError
from kweek.mails.template import MailTemplate
from kweek.rulebook import RulesNow


class Titles:
    def __init__(self, rules: RulesNow, renderer: Renderer) -> None:
        self.rules, self.renderer = rules, renderer

    def __call__(self, tx: Connection, lead_id: str, title: str, now: datetime) -> str:
        """As written where it is plain, or where it cannot be filled in: a task must not fail on its title."""
        if "{" not in title:
            return title
        lead, rules = lead_row(tx, lead_id), self.rules().rules
        facts = context(
            lead=lead_facts(lead, rules),
            company=company_facts(tx, lead.company_id),
            today=now.date(),
            sender=sender_facts(rules),
            owner=owner_facts(lead.owner, rules),
        )
        language = rules.settings.languages[0]
        mail = MailTemplate("task", language, "task", title, "", 1, kind="service")
        try:
            return self.renderer.render(mail, facts).subject
        except RenderError:
            return title
