"""What does a lead take back, that sends a survey in anew? An answer that it emptied, and what is not asked any more.

With the answer goes what rests on it alone: its fact, and its field as long as that still says so. What somebody else
said since stays; so does what a colleague heard on the telephone, unless the lead saw it and emptied it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, exists, select

from kweek.flow.surveys import Question, Survey
from kweek.intake.incoming import LeadIn
from kweek.intake.surveys.drafts import NEVER_SHOWN
from kweek.leads import bant, tables
from kweek.leads.enrolments import lead_row
from kweek.leads.said_at import is_late
from kweek.leads.traits import kept
from kweek.rules.said import ROOT

Withdrawn = Sequence[tuple[Question, Row[Any]]]
"""Each with its answer as it was: `value`, `source`, `at`."""

_A: Final = tables.answers.c
_ITS: Final = (
    _A.lead_id == bindparam("lead"), _A.survey == bindparam("survey"), _A.question == bindparam("question"),
)  # fmt: skip
_WRITTEN: Final = exists().where(tables.mails.c.key == _A.source)
_SAID: Final = select(tables.answers, _WRITTEN.label("written")).where(*_ITS)
_GONE: Final = delete(tables.answers).where(*_ITS)


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """Names of questions. emptied: shown with an answer of the lead's own, and sent in without. unasked: these answers
    do not lead there."""

    emptied: Collection[str] = ()
    unasked: Collection[str] = ()


def withdraw(tx: Connection, lead_id: str, survey: Survey, left: LeftOpen, source: str, now: datetime) -> Withdrawn:
    """Take back the answers of this (locked) lead, and the facts that rest on them. Their points and fields are the
    caller's matter. source: key of the mail or the call task."""
    found: list[tuple[Question, Row[Any]]] = []
    for question in survey.questions:
        name = question.name.value
        if name not in left.emptied and name not in left.unasked:
            continue
        its = {"lead": lead_id, "survey": survey.name.value, "question": name}
        was = tx.execute(_SAID, its).one_or_none()
        if was is None or was.at > now or not (was.written or name in left.emptied):
            continue
        tx.execute(_GONE, its)
        if question.fills and question.fills.value.startswith(ROOT):
            bant.withdraw(tx, lead_id, question.fills.value.removeprefix(ROOT), was.source, "survey", source, now)
        found.append((question, was))
    return found


def forgets(
    tx: Connection, lead_id: str, withdrawn: Withdrawn, filled: Callable[[Iterable[tuple[Question, Any]]], LeadIn]
) -> frozenset[str]:
    """The fields that still hold what these answers filled, and of which nobody has said anything since. filled: what
    of the profile an answer fills. A number stays: nobody was shown it."""
    row, found = lead_row(tx, lead_id), set[str]()
    for question, was in withdrawn:
        if question.fills and question.fills.value not in NEVER_SHOWN:
            lead = filled([(question, was.value)])
            said = {**lead.profile, **{name: kept(value) for name, value in lead.fields.items()}}
            there = {**row.fields, **{name: getattr(row, name) for name in lead.profile}}
            found |= {
                name
                for name, value in said.items()
                if there.get(name) == value and not is_late(row.said_at, name, was.at)
            }
    return frozenset(found)
