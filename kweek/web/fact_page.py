"""How does a colleague write down what he found out? A page for one fact of one lead."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.draw.say import field_words
from kweek.intake.by_hand import note_fact, seen_of
from kweek.intake.outcomes import Said
from kweek.leads import bant
from kweek.rules.said import ROOT, FactType
from kweek.web import story
from kweek.web.acting import Tried, act, acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.ready import Known, terms
from kweek.web.render import page, reader_tongue
from kweek.web.spoken import value_words

router = APIRouter(dependencies=[Depends(staff_only)])


@router.get("/leads/{lead_id}/facts/{fact}")
def show_fact(lead_id: str, fact: str, request: Request, house: HouseOf) -> Response:
    return _show_fact(lead_id, fact, request, house)


@router.post("/leads/{lead_id}/facts/{fact}")
def note_it(lead_id: str, fact: str, request: Request, body: Body, house: HouseOf) -> Response:
    given = read_fields(body)
    _fact(house, fact)

    def do(said: Said) -> None:
        value, seen = given.get("value", ""), given.get("seen")
        note_fact(house.db, lead_id, fact, value, said, house.rules.vocabulary(), house.rules.ears, seen)

    tried = act(request, house, acting(request, house), given, do, back=f"/leads/{quote(lead_id)}#ready")
    return tried if isinstance(tried, Response) else _show_fact(lead_id, fact, request, house, tried)


def _show_fact(lead_id: str, fact: str, request: Request, house: House, tried: Tried | None = None) -> Response:
    say, now, kind = reader_tongue(request), house.now(), _fact(house, fact)
    with house.db.read() as read:
        if (lead := story.living_who(read, lead_id)).id != lead_id:
            return RedirectResponse(f"/leads/{quote(lead.id)}/facts/{quote(fact)}", 303)
        row = bant.of_lead(read, lead_id).get(fact)
    known = None if row is None else Known(fact, value_words(say, fact, row.value), row, not bant.holds(row, now), fact)
    return page(
        request, "fact.html", status=tried.status if tried else 200, lead=lead, title=field_words(say, f"{ROOT}{fact}"),
        values={value: value_words(say, fact, value) for value in kind.values}, known=known, now=now, tried=tried,
        seen=seen_of(row),
        acting=acting(request, house), holds=tuple(terms(kind, say)),
    )  # fmt: skip


def _fact(house: House, name: str) -> FactType:
    if (kind := house.rules.in_force().world.facts.types.get(name)) is None:
        raise ProblemError(404, f"There is no fact “{name[:60]}”.")
    return kind
