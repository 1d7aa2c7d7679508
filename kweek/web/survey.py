"""How does a lead fill in a survey? Page by page in the lead's language, without script, from a link in a mail.

What is sent is kept: whoever stops half-way goes on there, by the same link, on any machine. A form that does not say
which questions it shows holds all of the survey.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.flow.surveys import Question, Survey, say
from kweek.intake.forms import read_form
from kweek.intake.surveys.answers import AnswerFault, Given, read_answers
from kweek.intake.surveys.asking import Answer, Asked, Page, asked_on_page, may_go_on, pages
from kweek.intake.surveys.drafts import draft, keep_draft, prefilled
from kweek.intake.surveys.submit import Invitation, invitation, submit
from kweek.intake.surveys.withdrawn import LeftOpen
from kweek.web.guard import Body, HouseOf
from kweek.web.house import House, house_of
from kweek.web.problems import ProblemError
from kweek.web.public import mail_of
from kweek.web.render import page, reader_language
from kweek.web.visits import way_on

router = APIRouter()

SHOWN: Final = "@shown"  # in a form: the questions that it shows; none of them can be called so


@dataclass(frozen=True, slots=True)
class ShownOption:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question in one language. A scale shows its numbers as options."""

    id: str
    text: str
    type: str
    required: bool
    short: bool  # a profile field: one line is enough
    options: tuple[ShownOption, ...]


@dataclass(frozen=True, slots=True)
class _Sitting:
    """Somebody fills in a survey. kept: what was sent of it. known: what its form begins with besides."""

    invited: Invitation
    survey: Survey
    language: str
    now: datetime
    asked: Asked
    kept: Given
    known: Given

    def read(self, given: Given) -> tuple[dict[str, Answer], dict[str, AnswerFault]]:
        return read_answers(self.survey, given, self.asked, self.language)

    def pages(self, given: Given) -> list[Page]:
        return pages(self.survey, self.read(given)[0], given, self.asked)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page as it is shown. number: which one it is; None: it is all of the survey."""

    questions: Page
    number: int | None
    given: Given
    faults: Mapping[str, AnswerFault]


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """number: of the page that comes next."""

    given: Given
    number: int


@dataclass(frozen=True, slots=True)
class _Finished:
    answers: Mapping[str, Answer]
    left: LeftOpen


@router.get("/s/{token}")
def show_survey(token: str, request: Request, house: HouseOf) -> Response:
    with house.db.read() as read:
        sitting = _sitting(read, token, request, house)
        if sitting.invited.answered:
            return _thanks(request, sitting, before=True)
        found = sitting.pages(sitting.kept)
    number = _asked_for(request.query_params.get("page", ""), len(found))
    questions = found[number - 1] if found else ()
    return _form(request, sitting, _Shown(questions, number, {**sitting.known, **sitting.kept}, {}))


@router.head("/s/{token}")
def look_at_survey(token: str, request: Request, house: HouseOf) -> Response:
    """Scanners ask so: nothing is noted."""
    with house.db.read() as read:
        _sitting(read, token, request, house)
    return Response()


@router.post("/s/{token}")
def take_survey(token: str, request: Request, body: Body, house: HouseOf) -> Response:
    """A page of it, or all. One submission for each invitation; a second one is thanked, and changes nothing."""
    sent = read_form(body)
    with house.db.read() as read:
        sitting = _sitting(read, token, request, house)
        if sitting.invited.answered:
            return _thanks(request, sitting, before=True)
        what = _of_page(sitting, sent) if SHOWN in sent else _of_all(sitting, sent, sitting.kept)
    match what:
        case _Shown(given=given, faults=faults):
            sound = {name: said for name, said in given.items() if name not in faults}
            keep_draft(house.db, sitting.invited.lead_id, sitting.invited.mail_key, sound, sitting.now)
            return _form(request, sitting, what)
        case _Unfinished(given=given):
            keep_draft(house.db, sitting.invited.lead_id, sitting.invited.mail_key, given, sitting.now)
            return RedirectResponse(f"{request.url.path}?page={what.number}", 303)
        case _Finished(answers, left):
            rules = house.rules
            fresh = submit(
                house.db, sitting.survey, sitting.invited, answers, sitting.now, words=rules.vocabulary(),
                grades=rules.grades(), ears=rules.ears, left=left,
            )  # fmt: skip
            return _thanks(request, sitting, before=not fresh)


def _of_page(sitting: _Sitting, sent: Given) -> _Shown | _Unfinished | _Finished:
    """What was sent before stays; of this page all is new, also what was taken away."""
    names = sent[SHOWN][0].split(",")
    shown = tuple(one for one in sitting.survey.questions if one.name.value in names)
    given: Given = {**sitting.kept, **{one.name.value: sent.get(one.name.value, []) for one in shown}}
    faults = sitting.read(given)[1]
    if wrong := {name: fault for name, fault in faults.items() if name in names}:
        found = sitting.pages(sitting.kept)
        number = next((number for number, page in enumerate(found, 1) if any(one in page for one in shown)), 1)
        return _Shown(shown, number, given, wrong)
    found = sitting.pages(given)
    if any(one.name.value not in given for one in found[-1]):
        return _Unfinished(given, len(found))
    return _of_all(sitting, given, given)


def _of_all(sitting: _Sitting, given: Given, seen: Collection[str]) -> _Shown | _Finished:
    """seen: the questions that were shown, each with what was known of it."""
    answers, faults = sitting.read(given)
    if not faults:
        asked = {one.name.value: sitting.asked(one, answers) for one in sitting.survey.questions}
        emptied = [name for name in asked if name in seen and name in sitting.known and name not in answers]
        return _Finished(answers, LeftOpen(emptied, [name for name in asked if not asked[name]]))
    there = tuple(
        one for one in sitting.survey.questions if sitting.asked(one, answers) or one.name.value in given
    )  # what was filled in is not lost, though a wrong answer above it leaves open whether it is asked
    return _Shown(there, None, given, faults)


def _sitting(read: Connection, token: str, request: Request, house: House) -> _Sitting:
    """Conditions are asked while the books are open."""
    invited, now = invitation(read, mail_of(house.about("survey", token))), house.now()
    survey = house.rules.survey_of(read, invited.mail, invited.version) if invited else None
    if invited is None or survey is None:
        raise ProblemError(404, "This survey is not here any more.")
    facts = house.rules.facts_of(read, invited.lead_id, now)
    kept, known = draft(read, invited.mail_key), prefilled(read, invited.lead_id, survey, facts, now)
    language = invited.language or reader_language(request)
    return _Sitting(invited, survey, language, now, asked_on_page(survey, facts), kept, known)


def _asked_for(number: str, last: int) -> int:
    """One of the pages there are; else the last, where it goes on."""
    return int(number) if number.isascii() and number.isdecimal() and 0 < int(number[:4]) <= last else last


def _thanks(request: Request, sitting: _Sitting, *, before: bool) -> Response:
    """before: it was answered already."""
    language = sitting.language
    thanks = None if sitting.invited.answered else say(sitting.survey.thanks, language)
    on = None if before else way_on(sitting.invited.lead_id, request, house_of(request))
    return page(request, "answered.html", language=language, before=before, thanks=thanks, on=on)


def _form(request: Request, sitting: _Sitting, what: _Shown) -> Response:
    language, survey = sitting.language, sitting.survey
    names = ",".join(one.name.value for one in what.questions)
    on = what.number is not None and what.questions and may_go_on(survey, what.questions)
    return page(
        request, "survey.html", status=422 if what.faults else 200, language=language,
        title=say(survey.title, language), questions=in_words(what.questions, language), values=what.given,
        faults=what.faults, number=what.number, shown=None if what.number is None else names, on=on,
        begun=bool(sitting.kept) and not what.faults and "page" not in request.query_params,
    )  # fmt: skip


def in_words(questions: Sequence[Question], language: str) -> list[ShownQuestion]:
    return [_shown(question, language) for question in questions]


def _shown(question: Question, language: str) -> ShownQuestion:
    if question.type == "scale":
        steps = range(question.low, question.high + 1)
        options = tuple(ShownOption(str(step), str(step)) for step in steps)
    else:
        options = tuple(ShownOption(option.name.value, say(option.words, language)) for option in question.options)
    return ShownQuestion(
        question.name.value,
        say(question.text, language),
        question.type,
        question.required,
        bool(question.fills),
        options,
    )
