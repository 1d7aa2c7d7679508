"""Who are all our leads? The list, filtered and paged in the database; and the same as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kweek.flow.lint.names import STAGES
from kweek.intake.values import near_to
from kweek.leads import listed, publish, tables
from kweek.leads.absent import absent
from kweek.leads.export import BOM, as_csv, columns, in_parts, rows
from kweek.leads.listed import By, Wanted
from kweek.rules.grades import PROFILES, Points
from kweek.rules.matrix import GRADES
from kweek.web.guard import HouseOf, staff_only
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_language, reader_tongue
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_A_PAGE: Final = 50
_LONGEST: Final = 100
_MOST_CAMPAIGNS: Final = 200
_ORDERS: Final[tuple[By, ...]] = ("newest", "points")
_SEPARATORS: Final = {"nl": ";", "en": ","}  # as Excel has it where that is spoken


def _wanted(
    grade: str = "", stage: str = "", campaign: str = "", flow: str = "", company: str = "", q: str = ""
) -> Wanted:
    said = (grade, stage, campaign, flow, company, q)
    return Wanted(*(one.replace("\0", "").strip()[:_LONGEST] for one in said))  # PostgreSQL has no text with NUL


_ASKED: Final = (*Wanted.__dataclass_fields__, "by", "after")
WantedOf = Annotated[Wanted, Depends(_wanted)]


@router.get("/leads")
def show_leads(request: Request, house: HouseOf, wanted: WantedOf, by: str = "newest", after: str = "") -> Response:
    strange = [name[:_LONGEST] for name in request.query_params if name not in _ASKED]
    order: By = "points" if by == "points" else "newest"
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
        query=urlencode(filters), first=urlencode(here) if after else None,
        on=urlencode(here | {"after": found.after}) if found.after else None,
    )  # fmt: skip


@router.get("/leads.csv")
def export_leads(request: Request, house: HouseOf, wanted: WantedOf, separator: str = "") -> Response:
    """The same list, whole. separator: `;` or `,`; else the one that Excel has in the reader's language."""
    strange = [name[:_LONGEST] for name in request.query_params if name not in (*_ASKED, "separator")]
    with house.db.read() as read:
        faults = [*_faults(read, wanted), *strange]
    faults += [] if separator in ("", ";", ",") else ["separator"]
    if faults:
        told = ("list.fault.export", {"field": ", ".join(faults)})
        raise ProblemError(422, f"This cannot be what is meant: {', '.join(faults)}.", told=told)
    fields, fresh = house.rules.own_fields(), house.rules.grades().grade_of(Points())
    found = rows(house.db, wanted, fresh, fields, house.rules.zone())
    lines = as_csv(chain([columns(fields)], found), separator or _SEPARATORS.get(reader_language(request), ","))
    headers = {"Content-Disposition": 'attachment; filename="leads.csv"'}
    return StreamingResponse(in_parts(chain([BOM], lines)), media_type="text/csv; charset=utf-8", headers=headers)


def _faults(read: Connection, wanted: Wanted, by: str = "newest") -> dict[str, str | None]:
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
