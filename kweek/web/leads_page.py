"""Who are all our leads? The list, filtered and paged in the database; and the same as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response

from kweek.flow.lint.names import STAGES
from kweek.intake.values import near_to
from kweek.leads import listed, publish, tables
from kweek.leads.absent import absent
from kweek.leads.export import everybody
from kweek.leads.listed import By, Wanted
from kweek.rules.grades import PROFILES, Points
from kweek.rules.matrix import GRADES
from kweek.web import as_file
from kweek.web.guard import HouseOf, staff_only
from kweek.web.render import page, reader_tongue
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_A_PAGE: Final = 50
_LONGEST: Final = 100
_MOST_CAMPAIGNS: Final = 200
_ORDERS: Final[tuple[By, ...]] = ("newest", "points")


def _wanted(
    grade: str = "", stage: str = "", campaign: str = "", flow: str = "", company: str = "", q: str = ""
) -> Wanted:
    said = (grade, stage, campaign, flow, company, q)
    return Wanted(*(one.strip()[:_LONGEST] for one in said))


_ASKED: Final = (*Wanted.__dataclass_fields__, "by", "after")
WantedOf = Annotated[Wanted, Depends(_wanted)]


@router.get("/leads")
def show_leads(request: Request, house: HouseOf, wanted: WantedOf, by: str = "newest", after: str = "") -> Response:
    strange = [name[:_LONGEST] for name in request.query_params if name not in _ASKED]
    order = _order(by)
    fresh = house.rules.grades().grade_of(Points())
    with house.db.read() as read:
        titles, nearest = _titles(read), _faults(read, wanted, by)
        faults = [*nearest, *strange]
        found, total, counted = listed.Page((), {}, None), 0, 0
        if not faults:
            which = listed.which(read, wanted, fresh, order)
            found, total = listed.page(read, which, order, after, _A_PAGE), listed.count(read, which)
            counted = which.counted
        campaigns = _campaigns(read)
    filters = {name: said for name, said in asdict(wanted).items() if said}
    here = filters | ({"by": order} if order != "newest" else {})
    return page(
        request, "list.html", status=422 if faults else 200, wanted=wanted, by=order, faults=faults, strange=strange,
        nearest=nearest, found=found,
        said=asdict(wanted) | {"by": by},
        total=min(total, counted), beyond=total > counted, fresh=fresh, titles=titles,
        campaigns=campaigns, choices=_choices(reader_tongue(request)) | {"flow": list(titles.items())},
        filtered=bool(filters),
        query=urlencode(here), first=urlencode(here) if after else None,
        on=urlencode(here | {"after": found.after}) if found.after else None,
    )  # fmt: skip


@router.get("/leads.csv")
def export_leads(request: Request, house: HouseOf, wanted: WantedOf, by: str = "newest") -> Response:
    """The same list, whole."""
    with house.db.read() as read:
        as_file.refuse_slips(
            request, _ASKED, _faults(read, wanted, by), lambda after: listed.bounds_of(_order(by), after)
        )
    fresh = house.rules.grades().grade_of(Points())
    return as_file.send(request, house, "leads", everybody(wanted, fresh, _order(by)))


def _order(by: str) -> By:
    return "points" if by == "points" else "newest"


def _faults(read: Connection, wanted: Wanted, by: str) -> dict[str, str | None]:
    """The filters that say what there is not, each with the nearest that there is. A company may simply have none."""
    known: dict[str, Sequence[str]] = {"grade": ("", *PROFILES, *GRADES), "stage": ("", *STAGES), "by": _ORDERS}
    said = asdict(wanted) | {"by": by}
    there = {**{name: some for name, some in known.items() if said[name] not in some}, **absent(read, wanted)}
    return {name: near_to(said[name], tuple(some)) for name, some in there.items()}


def _choices(say: Tongue) -> dict[str, list[tuple[str, str]]]:
    letters = [(letter, say("list.letter", letter=letter)) for letter in PROFILES]
    return {
        "grade": [*letters, *((grade, grade) for grade in GRADES)],
        "stage": [(stage, say.maybe(f"stage.{stage}", stage)) for stage in STAGES],
    }


def _titles(read: Connection) -> dict[str, str]:
    """Of the flows that are published."""
    return {row.flow: publish.plan_in(read, row.version).title for row in publish.published(read)}


def _campaigns(read: Connection) -> list[str]:
    c = tables.campaigns.c
    return list(read.execute(select(c.id).order_by(c.id).limit(_MOST_CAMPAIGNS)).scalars())
