"""What comes of a filled-in survey? Answers, profile fields, BANT facts, points and events, in one transaction, once.

An invitation is a mail: it takes one submission. On the telephone the survey is the script of the call. The events that
an answer raises are recorded before `answered` and before the call's outcome, at the same moment: of those that the
waiting step names, the upper line wins; what it names, goes before what the flow listens to anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from kweek.flow.state import Value
from kweek.flow.surveys import Question, Survey
from kweek.intake.answers import Answer
from kweek.intake.check import check_profile
from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import BadEventError, Incoming, LeadIn
from kweek.intake.record import Ears, append
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row
from kweek.leads.merged import living_tx
from kweek.leads.points import add_points, set_graded
from kweek.leads.rows import upsert
from kweek.rules.grades import Axis, Grades

_CHOICES: Final = ("choice", "several", "scale")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A mail that asked this lead to fill in this survey."""

    mail_key: str
    lead_id: str
    mail: str  # the template, which names the survey
    language: str | None
    version: str | None  # of the flow, which holds the survey as it was when the lead entered
    answered: bool


def invitation(db: Database, mail_key: str) -> Invitation | None:
    mails, enrolments, events = tables.mails.c, tables.enrolments.c, tables.events.c
    query = (
        select(mails.lead_id, mails.mail, mails.language, enrolments.version)
        .join_from(tables.mails, tables.enrolments, mails.enrolment_id == enrolments.id, isouter=True)
        .where(mails.key == mail_key, mails.audience == "lead")
    )
    with db.read() as read:
        row = read.execute(query).one_or_none()
        done = read.execute(select(events.seq).where(events.id == _answered(mail_key))).first() is not None
    return None if row is None else Invitation(mail_key, row.lead_id, row.mail, row.language, row.version, done)


def submit(
    db: Database,
    survey: Survey,
    invited: Invitation,
    answers: Mapping[str, Answer],
    now: datetime,
    *,
    words: Vocabulary,
    grades: Grades,
    ears: Ears,
) -> bool:
    """Keep it all; False: this invitation was answered before, and nothing changes."""
    key = invited.mail_key
    with living_tx(db, invited.lead_id) as (tx, lead_id):
        events = tables.events.c
        if tx.execute(select(events.seq).where(events.id == _answered(key))).first() is not None:
            return False
        lead = keep_answers(tx, lead_id, survey, answers, key, now, words=words, grades=grades, ears=ears)
        append(
            tx,
            lead_id,
            Incoming(_answered(key), "answered", now, lead, {"survey": survey.name.value}, ref=key),
            now,
            ears,
        )
    return True


def keep_answers(
    tx: Connection,
    lead_id: str,
    survey: Survey,
    answers: Mapping[str, Answer],
    key: str,
    now: datetime,
    *,
    words: Vocabulary,
    grades: Grades,
    ears: Ears,
) -> LeadIn:
    """Keep the answers of this (locked) lead with all that follows from them, but for its profile: that is the answer
    here, to go with the event that ends it. key: of the mail or the call task."""
    questions = [
        (question, answers[question.name.value]) for question in survey.questions if question.name.value in answers
    ]
    for question, answer in questions:
        _keep(tx, lead_id, survey.name.value, question, answer, key, now)
        _give_points(tx, lead_id, survey.name.value, question, answer, key, now, grades)
    if questions and (columns := ears.scored(tx, lead_row(tx, lead_id), (), now, profile_changed=True)):
        set_graded(tx, {lead_id: columns})
    for kind in _raised(questions):
        append(tx, lead_id, Incoming(f"{key}/raised/{kind}", kind, now, LeadIn(id=lead_id)), now, ears)
    return _profile(lead_id, questions, words, now)


def _answered(mail_key: str) -> str:
    return f"{mail_key}/answered"


def _keep(
    tx: Connection, lead_id: str, survey: str, question: Question, answer: Answer, source: str, now: datetime
) -> None:
    row = {
        "lead_id": lead_id,
        "survey": survey,
        "question": question.name.value,
        "value": answer,
        "source": source,
        "at": now,
    }
    upsert(tx, tables.answers, row)
    if question.fills and question.fills.value.startswith("bant."):
        fact = question.fills.value.removeprefix("bant.")
        upsert(
            tx, tables.bant, {"lead_id": lead_id, "fact": fact, "value": answer, "source": source, "at": now}
        )  # what was known before is written over: the lead's own last word counts


def _give_points(
    tx: Connection,
    lead_id: str,
    survey: str,
    question: Question,
    answer: Answer,
    key: str,
    now: datetime,
    grades: Grades,
) -> None:
    for option in _chosen(question, answer):
        given: Mapping[Axis, int] = question.points.get(option, {})
        if given:
            source = f"{key}/answered/{question.name.value}/{option}"
            add_points(tx, lead_id, source, given, f"survey {survey}: {question.name.value} = {option}", now, grades)


def _raised(questions: list[tuple[Question, Answer]]) -> list[str]:
    """In the order of the survey, each once."""
    kinds = [
        question.raises[option].value
        for question, answer in questions
        for option in _chosen(question, answer)
        if option in question.raises
    ]
    return list(dict.fromkeys(kinds))


def _chosen(question: Question, answer: Answer) -> list[str]:
    if question.type not in _CHOICES:
        return []
    return answer if isinstance(answer, list) else [str(answer)]


def _profile(lead_id: str, questions: list[tuple[Question, Answer]], words: Vocabulary, now: datetime) -> LeadIn:
    """The profile fields that the answers fill. What a field cannot hold stays an answer, and is not lost."""
    profile: dict[str, str] = {}
    fields: dict[str, Value] = {}
    company = None
    for question, answer in questions:
        if not question.fills or not question.fills.value.startswith("lead."):
            continue
        name = question.fills.value.removeprefix("lead.")
        try:
            lead = check_profile({name: ", ".join(answer) if isinstance(answer, list) else answer}, words, now)
        except BadEventError:
            continue
        profile |= lead.profile
        fields |= lead.fields
        company = lead.company or company
    return LeadIn(id=lead_id, profile=profile, fields=fields, company=company)
