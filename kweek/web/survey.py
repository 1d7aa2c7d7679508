"""How does a lead fill in a survey? One page in the lead's language, without script, from a link in a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kweek.flow.surveys import Question, Survey, say
from kweek.intake.answers import AnswerFault, Given, read_answers
from kweek.intake.forms import read_form
from kweek.intake.surveys import Invitation, invitation, submit
from kweek.web.guard import Body, HouseOf
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.public import mail_of
from kweek.web.render import page, reader_language
from kweek.web.visits import way_on

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ShownOption:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question in one language. A scale shows its numbers as options; a question with an `if` may be left open."""

    id: str
    text: str
    type: str
    required: bool
    short: bool  # a profile field: one line is enough
    options: tuple[ShownOption, ...]


@router.get("/s/{token}")
def show_survey(token: str, request: Request, house: HouseOf) -> Response:
    invited, survey = _invited(token, house)
    language = invited.language or reader_language(request)
    if invited.answered:
        return page(request, "answered.html", language=language, before=True, thanks=None)
    return _form(request, survey, language)


@router.head("/s/{token}")
def look_at_survey(token: str) -> Response:
    return Response()


@router.post("/s/{token}")
def take_survey(token: str, request: Request, body: Body, house: HouseOf) -> Response:
    """One submission for each invitation; a second one is thanked, and changes nothing."""
    invited, survey = _invited(token, house)
    language = invited.language or reader_language(request)
    if invited.answered:
        return page(request, "answered.html", language=language, before=True, thanks=None)
    now = house.now()
    given = read_form(body)
    answers, faults = read_answers(survey, given, now)
    if faults:
        return _form(request, survey, language, given=given, faults=faults, status=422)
    rules = house.rules
    words, grades = rules.vocabulary(), rules.grades()
    fresh = submit(house.db, survey, invited, answers, now, words=words, grades=grades, ears=rules)
    thanks = say(survey.thanks, language)
    on = way_on(invited.lead_id, request, house)
    return page(request, "answered.html", language=language, before=not fresh, thanks=thanks, on=on)


def _invited(token: str, house: House) -> tuple[Invitation, Survey]:
    invited = invitation(house.db, mail_of(house.about("survey", token)))
    survey = None
    if invited is not None:
        with house.db.read() as read:
            survey = house.rules.survey_of(read, invited.mail, invited.version)
    if invited is None or survey is None:
        raise ProblemError(404, "This survey is not here any more.")
    return invited, survey


def _form(
    request: Request,
    survey: Survey,
    language: str,
    *,
    given: Given | None = None,
    faults: Mapping[str, AnswerFault] | None = None,
    status: int = 200,
) -> Response:
    asked = {
        "title": say(survey.title, language),
        "questions": [shown(question, language) for question in survey.questions],
    }
    return page(
        request, "survey.html", status=status, language=language, survey=asked, values=given or {}, faults=faults or {}
    )


def shown(question: Question, language: str) -> ShownQuestion:
    if question.type == "scale":
        steps = range(question.low, question.high + 1)
        options = tuple(ShownOption(str(step), str(step)) for step in steps)
    else:
        options = tuple(ShownOption(option.name.value, say(option.words, language)) for option in question.options)
    required = question.required and question.condition is None
    return ShownQuestion(
        question.name.value, say(question.text, language), question.type, required, bool(question.fills), options
    )
