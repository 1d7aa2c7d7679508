"""Which surveys did a lead begin, and has not sent in? What it filled in so far, for whoever looks or calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Connection, bindparam, select

from kweek.flow.surveys import say
from kweek.intake.surveys.answers import Given, read_answers
from kweek.intake.surveys.asking import asked_on_page
from kweek.intake.surveys.submit import invitation
from kweek.leads import tables
from kweek.leads.merged import merged_into
from kweek.web.house import House
from kweek.web.story import answer_words

_DRAFTS, _MAILS = tables.survey_drafts, tables.mails
_ITS: Final = (
    select(_DRAFTS)
    .join(_MAILS, _MAILS.c.key == _DRAFTS.c.mail_key)
    .where(_MAILS.c.lead_id.in_(bindparam("family", expanding=True)))
    .order_by(_DRAFTS.c.at.desc())
)


@dataclass(frozen=True, slots=True)
class Begun:
    """at: when it sent a page of it last. answers: in words, by the question."""

    title: str
    at: datetime
    answers: Mapping[str, str]


def begun(read: Connection, house: House, lead_id: str, language: str) -> Sequence[Begun]:
    """The last one first. What is not asked after its other answers is left out."""
    found: list[Begun] = []
    for row in read.execute(_ITS, {"family": [lead_id, *merged_into(read, lead_id)]}).all():
        invited = invitation(read, row.mail_key)
        survey = house.rules.survey_of(read, invited.mail, invited.version) if invited else None
        if invited is None or survey is None or invited.answered:
            continue
        asked = asked_on_page(survey, house.rules.facts_of(read, lead_id, house.now()))
        answers, _ = read_answers(survey, cast("Given", row.answers), asked, invited.language)
        said = {
            say(one.text, language): answer_words(one, answers[one.name.value], language)
            for one in survey.questions
            if one.name.value in answers
        }
        found.append(Begun(say(survey.title, language), row.at, said))
    return found
