"""How does a form come to a website? A colleague chooses what it asks and copies its HTML; or links to a page of ours
that shows the very same form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import BadEventError, Fault
from kweek.web.form_choice import (
    OF_LEAD,
    Choice,
    Form,
    form_of,
    is_signed,
    label_of,
    of_facts,
    read_choice,
    signed_path,
    usual,
)
from kweek.web.guard import HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.public import own_target
from kweek.web.render import macros, page, reader_language
from kweek.words import LANGUAGES, Tongue

router = APIRouter()
staff = APIRouter(dependencies=[Depends(staff_only)])

_SHOWN: Final = 60


@staff.get("/forms")
def list_forms(request: Request, house: HouseOf) -> Response:
    return page(request, "forms.html", events=sorted(house.rules.conversions()))


@staff.get("/forms/{event}")
def make_form(event: str, request: Request, house: HouseOf) -> Response:
    """The query says what was chosen; without one, the usual is."""
    words, asked = _words(event, house), request.query_params.multi_items()
    choice = read_choice(event, asked, words) if asked else _usual(event, words, request, house)
    if choice.redirect and own_target(house, choice.redirect) is None:
        raise BadEventError([Fault("redirect", "this is no page of Kweek or of one of the `websites`")], "form")
    say, base = _tongue(choice.language, house), house.settings.base_url
    path = signed_path(choice, house.settings)
    form = form_of(choice, words, f"{base}/forms/{quote(event)}", say)
    asked_of = (*OF_LEAD, *words.fields, *words.events[event], *of_facts(words))
    known: dict[str, Any] = {
        "usual": OF_LEAD,
        "of_lead": [*OF_LEAD, *(name for name in words.fields if name not in words.events[event])],
        "of_event": list(words.events[event]),
        "of_facts": of_facts(words),
        "purposes": sorted(words.purposes()),
        "languages": LANGUAGES,
        "called": {name: label_of(name, event, words, say) for name in asked_of},
    }
    html = str(_html(form, say, house))
    return page(request, "form.html", choice=choice, html=html, shown=path, address=f"{base}{path}", **known)


@router.get("/f/{event}")
def show_form(event: str, request: Request, house: HouseOf) -> Response:
    """For who has no website, and for a frame in one of the workspace's `websites`."""
    words, asked = _words(event, house), request.query_params.multi_items()
    choice = read_choice(event, asked, words) if asked else _usual(event, words, request, house)
    if asked and not is_signed(choice, request.query_params.get("sign", ""), house.settings):
        raise ProblemError(404, "This form is not known here.")
    request.state.framed_by = house.rules.websites()
    say = _tongue(choice.language, house)
    form = form_of(choice, words, f"/forms/{quote(event)}", say)
    form = replace(form, hidden={**form.hidden, "id": str(uuid4())})  # sent twice, it is one
    title = choice.title or say("form.title.usual")
    return page(request, "hosted_form.html", language=choice.language, title=title, form=_html(form, say, house))


def _words(event: str, house: House) -> Vocabulary:
    if event not in house.rules.conversions():
        raise ProblemError(404, "There is no such form here.", told=("absent.form", {"name": event[:_SHOWN]}))
    return house.rules.vocabulary()


def _usual(event: str, words: Vocabulary, request: Request, house: House) -> Choice:
    language = reader_language(request)
    return usual(event, language, words, _tongue(language, house), house.rules.company())


def _tongue(language: str, house: House) -> Tongue:
    return Tongue(language, house.rules.words(language))


def _html(form: Form, say: Tongue, house: House) -> object:
    return macros("_form.html", say, house.rules.zone()).html(form)


router.include_router(staff)
