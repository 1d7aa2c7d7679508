"""What comes of a filled-in survey? Answers, profile fields, facts, points and events, in one transaction, once.

An invitation is a mail: it takes one submission. On the telephone the survey is the script of the call. The events that
an answer raises are recorded before `answered` and before the call's outcome, at the same moment: of those that the
waiting step names, the upper line wins; what it names, goes before what the flow listens to anywhere. The lead comes to
its grade once, by all of it: a student with a budget is no hot lead for a moment, and no program hears that it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, select

from kweek.flow.state import Event, Value
from kweek.flow.surveys import Question, Survey, say
from kweek.intake.check import check_profile
from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import BadEventError, Incoming, LeadIn
from kweek.intake.record import Ears, append
from kweek.intake.surveys.asking import Answer
from kweek.intake.surveys.drafts import drop_draft
from kweek.intake.surveys.withdrawn import LeftOpen, forgets, withdraw
from kweek.intake.surveys.worth import bring_to, options_of
from kweek.leads import bant, tables
from kweek.leads.bant import Found
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row
from kweek.leads.merged import living_tx
from kweek.leads.points import grade, set_graded
from kweek.leads.rows import upsert
from kweek.rules.grades import Grades
from kweek.rules.said import ROOT, FactTypes

_CHOICES: Final = ("choice", "several", "scale")


@dataclass(frozen=True, slots=True)
class Heard:
    """Where answers were heard. key: of the mail or the call task. language: in which the questions were asked. by,
    note: the colleague who asked them, and what he noted."""

    key: str
    how: Literal["survey", "call"]
    language: str | None
    at: datetime
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A mail that asked this lead to fill in this survey."""

    mail_key: str
    lead_id: str
    mail: str  # the template, which names the survey
    language: str | None
    version: str | None  # of the flow, which holds the survey as it was when the lead entered
    answered: bool


class Kept(NamedTuple):
    """What goes with the event that ends it. lead: its profile. untold: what was raised, as `append` has it."""

    lead: LeadIn
    untold: Sequence[Event]


_MAILS: Final = tables.mails.c
_INVITED: Final = (
    select(_MAILS.lead_id, _MAILS.mail, _MAILS.language, tables.enrolments.c.version)
    .join_from(tables.mails, tables.enrolments, _MAILS.enrolment_id == tables.enrolments.c.id, isouter=True)
    .where(_MAILS.key == bindparam("key"), _MAILS.audience == "lead")
)
_DONE: Final = select(tables.events.c.seq).where(tables.events.c.id == bindparam("id"))
_ANSWERS: Final = tables.answers.c
_SAID: Final = select(_ANSWERS.at).where(
    _ANSWERS.lead_id == bindparam("lead_id"),
    _ANSWERS.survey == bindparam("survey"),
    _ANSWERS.question == bindparam("question"),
)


def invitation(read: Connection, mail_key: str) -> Invitation | None:
    row = read.execute(_INVITED, {"key": mail_key}).one_or_none()
    done = read.execute(_DONE, {"id": _answered(mail_key)}).first() is not None
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
    left: LeftOpen | None = None,
) -> bool:
    """Keep it all. left: questions whose earlier answers count no more. False: this invitation was answered before,
    and nothing changes."""
    key = invited.mail_key
    with living_tx(db, invited.lead_id) as (tx, lead_id):
        if tx.execute(_DONE, {"id": _answered(key)}).first() is not None:
            return False
        heard = Heard(key, "survey", invited.language, now)
        kept = keep_answers(tx, lead_id, survey, answers, heard, words=words, grades=grades, ears=ears, left=left)
        drop_draft(tx, key)
        append(
            tx,
            lead_id,
            Incoming(_answered(key), "answered", now, kept.lead, {"survey": survey.name.value}, ref=key),
            now,
            ears,
            untold=kept.untold,
        )
    return True


def keep_answers(
    tx: Connection,
    lead_id: str,
    survey: Survey,
    answers: Mapping[str, Answer],
    heard: Heard,
    *,
    words: Vocabulary,
    grades: Grades,
    ears: Ears,
    left: LeftOpen | None = None,
) -> Kept:
    """Keep the answers of this (locked) lead with all that follows from them, but for what goes with the event that
    ends it: that is the answer here."""
    key, now = heard.key, heard.at
    questions = [
        (question, answers[question.name.value]) for question in survey.questions if question.name.value in answers
    ]
    worth = {
        question.name.value: {option: question.points.get(option, {}) for option in _chosen(question, answer)}
        for question, answer in questions
        if _keep(tx, lead_id, survey.name.value, question, answer, key, now)
    }
    bant.keep(tx, lead_id, _found_out(questions, heard, words.facts), key, now)
    gone = withdraw(tx, lead_id, survey, left or LeftOpen(), key, now)
    worth |= {question.name.value: {} for question, _ in gone}
    if bring_to(tx, lead_id, survey.name.value, worth, key, now):
        grade(tx, lead_id, grades)
    if (questions or gone) and (columns := ears.scored(tx, lead_row(tx, lead_id), (), now, profile_changed=True)):
        set_graded(tx, {lead_id: columns})
    untold: list[Event] = []
    for kind in _raised(questions):
        raised = Incoming(f"{key}/raised/{kind}", kind, now, LeadIn(id=lead_id))
        untold += append(tx, lead_id, raised, now, ears, last=False).untold
    profile = _profile(lead_id, questions, words, now)
    taken_away = forgets(tx, lead_id, gone, lambda said: _profile(lead_id, said, words, now))
    return Kept(replace(profile, forgets=taken_away - {*profile.profile, *profile.fields}), untold)


def _answered(mail_key: str) -> str:
    return f"{mail_key}/answered"


def _keep(
    tx: Connection, lead_id: str, survey: str, question: Question, answer: Answer, source: str, now: datetime
) -> bool:
    """False: what is heard late does not write over what was said after it."""
    row = {"lead_id": lead_id, "survey": survey, "question": question.name.value}
    said = tx.execute(_SAID, row).scalar()
    if said is not None and said > now:
        return False
    upsert(tx, tables.answers, {**row, "value": answer, "source": source, "at": now})
    return True


def _found_out(questions: list[tuple[Question, Answer]], heard: Heard, facts: FactTypes) -> Iterator[Found]:
    """The facts that the answers fill, each with the question and the answer in words."""
    for question, answer in questions:
        if question.fills and question.fills.value.startswith(ROOT):
            fact = question.fills.value.removeprefix(ROOT)
            said = f"{say(question.text, heard.language)} {answer_in_words(question, answer, heard.language)}"
            evidence = "\n".join(filter(None, (said, heard.note)))
            yield Found(fact, answer, heard.how, facts.expires(fact, answer, heard.at), evidence, heard.by)


def answer_in_words(question: Question | None, answer: object, language: str | None) -> str:
    """As its options say it; of a question that is gone, as it was kept."""
    options = {option.name.value: say(option.words, language) for option in question.options} if question else {}
    return ", ".join(options.get(one, one) for one in options_of(answer))


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
    return options_of(answer)


def _profile(lead_id: str, questions: Iterable[tuple[Question, Answer]], words: Vocabulary, now: datetime) -> LeadIn:
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
