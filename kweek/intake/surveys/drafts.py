"""What was filled in before a survey was sent, and what is known to begin with? The same link goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, bindparam, delete, select

from kweek.flow.facts import Facts
from kweek.flow.surveys import Survey
from kweek.intake.surveys.answers import Given
from kweek.intake.surveys.asking import Answer
from kweek.leads import bant, tables
from kweek.leads.database import Database
from kweek.leads.rows import upsert
from kweek.rules.said import ROOT

_DRAFTS: Final = tables.survey_drafts
_DRAFT: Final = select(_DRAFTS.c.answers).where(_DRAFTS.c.mail_key == bindparam("key"))
_GONE: Final = delete(_DRAFTS).where(_DRAFTS.c.mail_key == bindparam("key"))
_ANSWERS: Final = select(tables.answers).where(
    tables.answers.c.lead_id == bindparam("lead"), tables.answers.c.survey == bindparam("survey")
)
NEVER_SHOWN: Final = ("lead.phone", "lead.email")  # a mail is passed on, and its link with it


def draft(read: Connection, mail_key: str) -> Given:
    """Question → what was filled in; nothing in it: it was seen, and left open."""
    return cast("Given", read.execute(_DRAFT, {"key": mail_key}).scalar_one_or_none() or {})


def keep_draft(db: Database, lead_id: str, mail_key: str, given: Given, now: datetime) -> None:
    answers = {name: list(values) for name, values in given.items()}
    with db.lead_tx(lead_id) as tx:
        upsert(tx, _DRAFTS, {"mail_key": mail_key, "answers": answers, "at": now})


def drop_draft(tx: Connection, mail_key: str) -> None:
    tx.execute(_GONE, {"key": mail_key})


def prefilled(read: Connection, lead_id: str, survey: Survey, known: Facts, now: datetime) -> Given:
    """What stands in the form before anything is filled in: what the lead answered to these very questions, and the
    fields that they fill. Nothing that a colleague noted, nothing that holds no longer, no address and no number."""
    found: dict[str, list[str]] = {}
    rows = known_answers(read, lead_id, survey, now)
    for question in survey.questions:
        name, fills = question.name.value, question.fills.value if question.fills else ""
        if fills.startswith("lead."):
            field = None if fills in NEVER_SHOWN else known.field(fills)
            found |= {} if field is None else {name: [str(field)]}
        elif (row := rows.get(name)) is not None and (not fills or row.how == "survey"):
            value = cast("Answer", row.value)
            found[name] = value if isinstance(value, list) else [str(value)]
    return found


def known_answers(read: Connection, lead_id: str, survey: Survey, now: datetime) -> Mapping[str, Row[Any]]:
    """Question → what is known of it, with `value` and `at`: the fact that it fills, as far as that holds, whoever
    found it out; else its own answer."""
    answers = {row.question: row for row in read.execute(_ANSWERS, {"lead": lead_id, "survey": survey.name.value})}
    facts = {f"{ROOT}{fact}": row for fact, row in bant.of_lead(read, lead_id).items() if bant.holds(row, now)}
    found: dict[str, Row[Any]] = {}
    for question in survey.questions:
        fills = question.fills.value if question.fills else ""
        row = facts.get(fills) if fills.startswith(ROOT) else answers.get(question.name.value)
        found |= {} if row is None else {question.name.value: row}
    return found
