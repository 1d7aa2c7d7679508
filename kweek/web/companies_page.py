"""Which companies are there? For colleagues: by name, each with what it is, part of what, and how many leads it has."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kweek.leads import companies_listed
from kweek.web.guard import HouseOf, staff_only
from kweek.web.render import page

router = APIRouter(dependencies=[Depends(staff_only)])

_A_PAGE: Final = 50
_LONGEST: Final = 200


def said(text: str) -> str:
    return text.strip()[:_LONGEST]


@router.get("/companies")
def show_companies(request: Request, house: HouseOf, q: str = "", after: str = "") -> Response:
    """q: how a name begins."""
    wanted = said(q)
    with house.db.read() as read:
        found = companies_listed.page(read, wanted, said(after), _A_PAGE)
        total = companies_listed.count(read, wanted)
    here = {"q": wanted} if wanted else {}
    return page(
        request, "companies.html", found=found, total=total, q=wanted, query=urlencode(here),
        first=urlencode(here) if after else None,
        on=urlencode(here | {"after": found.after}) if found.after else None,
    )  # fmt: skip
