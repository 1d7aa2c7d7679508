"""What does a flow itself say to colleagues? Titles of tasks, texts of `tell`: filled in by the same sandbox as a mail.

Not in the turn: a process that renders may take seconds, and the turn holds the lead. The row of a task has the title
as the author wrote it until whoever tells of the task has filled it in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, select, update

from activities.contents import company_facts, lead_facts, owner_facts, sender_facts, survey_facts
from kweek.leads.bant import holding
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row
from kweek.leads.tables import effects, enrolments, tasks
from kweek.mails.context import context, dated
from kweek.mails.render import Renderer, RenderError
from kweek.mails.template import MailTemplate
from kweek.mails.words import words
from kweek.rulebook import RulesNow
from kweek.rules.zones import clock_of


class Titles:
    def __init__(self, database: Database, rules: RulesNow, renderer: Renderer) -> None:
        self.database, self.rules, self.renderer = database, rules, renderer

    def fill_in(self, key: str, today: date) -> None:
        """The task of this effect. From the effect's template and never from the row: what a lead typed is no template.
        It stays as written where it is plain, or cannot be filled in: a task must not fail on its title."""
        with self.database.read() as tx:
            found = tx.execute(select(effects).where(effects.c.key == key, effects.c.kind == "open_task")).one_or_none()
            if found is None:
                return
            title = str(found.args["title"])
            facts = self.facts(tx, title, found.lead_id, found.enrolment_id, today)
        filled = self._own(title) if facts is None else self.filled(title, facts)
        if filled == title:
            return
        with self.database.lead_tx(found.lead_id) as tx:
            tx.execute(update(tasks).where(tasks.c.key == key).values(title=filled))

    def _own(self, title: str) -> str:
        """Those that the machine itself gives, in the workspace's first language."""
        return words(self.rules().rules.settings.languages[0]).tasks.get(title, title)

    def facts(self, tx: Connection, said: str, lead_id: str, enrolment: str, today: date) -> dict[str, Any] | None:
        """What these words may show; None: they show nothing."""
        if "{" not in said:
            return None
        lead, rules = lead_row(tx, lead_id), self.rules().rules
        state = tx.execute(select(enrolments.c.state).where(enrolments.c.id == enrolment)).scalar_one()
        return context(
            lead=lead_facts(lead, rules),
            company=company_facts(tx, lead.company_id),
            today=today,
            sender=sender_facts(rules),
            owner=owner_facts(lead.owner, rules),
            event=dated(state.get("start_data") or {}, clock_of(lead.timezone, lead.country, rules.settings.timezone)),
            survey=survey_facts(tx, lead_id),
            bant=holding(tx, lead_id, datetime.combine(today, time(), UTC)),
        )

    def filled(self, said: str, facts: dict[str, Any]) -> str:
        """As written, where it cannot be."""
        language = self.rules().rules.settings.languages[0]
        mail = MailTemplate("words", language, "words", said, "", 1, kind="service")
        try:
            return self.renderer.render(mail, facts).subject
        except RenderError:
            return said
