"""What is sales ready, and does sales get that? The definition in words, and the handovers that were not ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kweek.draw.conditions import condition_words
from kweek.draw.say import field_words
from kweek.flow.catalogue import Line
from kweek.leads import definitions
from kweek.leads.judged import judged
from kweek.rulebook import InForce
from kweek.rules.said import ROOT, FactType
from kweek.web.guard import HouseOf, staff_only
from kweek.web.ready import asked_by, terms, title_of
from kweek.web.render import page, reader_tongue
from kweek.web.spoken import value_words
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])


@router.get("/sales-ready")
def show_definition(request: Request, house: HouseOf) -> Response:
    say, book = reader_tongue(request), house.rules.in_force()
    lines = book.rules.sales_ready
    with house.db.read() as read:
        version, (flows, every) = definitions.found(read, lines), judged(read)
    return page(
        request, "ready.html", version=version, flows=flows, every=every,
        needs=[_line(line, say) for line in lines.needs], out=[_line(line, say) for line in lines.disqualified],
        facts=[_fact(fact, book, say) for fact in lines.facts.values()],
    )  # fmt: skip


def _line(line: Line, say: Tongue) -> Mapping[str, Any]:
    return {"title": title_of(line, say), "condition": condition_words(say, line.condition.value)}


def _fact(fact: FactType, book: InForce, say: Tongue) -> Mapping[str, Any]:
    path = ROOT + fact.name
    title = field_words(say, path)
    return {
        "title": title[:1].upper() + title[1:],
        "values": [value_words(say, fact.name, value) for value in fact.values],
        "holds": list(terms(fact, say)),
        "asked_by": list(asked_by([path], book, say)),
    }
