"""What is looked at on the website? For colleagues: how many looked, at which pages, about what, and from where."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kweek.leads.looked_at import lists, sums
from kweek.web.guard import HouseOf, staff_only
from kweek.web.house import House
from kweek.web.render import page

router = APIRouter(dependencies=[Depends(staff_only)])

PERIODS: Final = (7, 30, 90, 365)  # days
_USUAL: Final = 30


@router.get("/visitors")
def show_visitors(request: Request, house: HouseOf) -> Response:
    """`?days=`: of so many."""
    days, first = since(request, house)
    with house.db.read() as read:
        seen = {"sums": sums(read, first), **lists(read, first)}
    script = {"websites": house.rules.websites(), "base_url": house.settings.base_url}
    return page(request, "visitors.html", days=days, periods=PERIODS, seen=seen, script=script)


def since(request: Request, house: House) -> tuple[int, datetime]:
    """Of how many days, and so since when."""
    asked = request.query_params.get("days", "")
    days = next((one for one in PERIODS if str(one) == asked), _USUAL)
    return days, house.now() - timedelta(days=days)
