"""How many leads have which grade, and what follows from it? The matrix of rules/scoring.yaml, each number to open."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kweek.leads import listed, publish
from kweek.rules.grades import ENGAGEMENTS, PROFILES, Points
from kweek.web.guard import HouseOf, staff_only
from kweek.web.render import page

router = APIRouter(dependencies=[Depends(staff_only)])


@dataclass(frozen=True, slots=True)
class Cell:
    """flow: that a lead enters here; None: it rests. title: None where it is not published, so that nobody can."""

    grade: str
    leads: int
    flow: str | None
    title: str | None


@router.get("/matrix")
def show_matrix(request: Request, house: HouseOf) -> Response:
    grades, matrix = house.rules.grades(), house.rules.matrix()
    fresh = grades.grade_of(Points())
    with house.db.read() as read:
        counts = listed.cells(read, fresh)
        titles = {row.flow: publish.plan_in(read, row.version).title for row in publish.published(read)}

    def cell(grade: str) -> Cell:
        flow = matrix.get(grade)
        return Cell(grade, counts[grade], flow, titles.get(flow or ""))

    rows = [(letter, [cell(f"{letter}{digit}") for digit in ENGAGEMENTS]) for letter in PROFILES]
    limits = dict(zip("ABC123", (*grades.profile, *grades.engagement), strict=True))
    return page(
        request, "matrix.html", rows=rows, digits=list(map(str, ENGAGEMENTS)), limits=limits, fresh=fresh,
        total=sum(counts.values()), told=bool(matrix),
    )  # fmt: skip
