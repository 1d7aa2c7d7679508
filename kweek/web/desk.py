"""What do colleagues see first? The overview; with a session only, which a link from the terminal opens."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.intake.fates import drop
from kweek.intake.outcomes import ClosedError, OutcomeError, Said
from kweek.leads.ledger import release
from kweek.web.acting import act, acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.overview import overview
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_tongue
from kweek.web.session import open_session, use_link

router = APIRouter()
staff = APIRouter(dependencies=[Depends(staff_only)])


@router.get("/login/{token}")
def login(token: str, request: Request, house: HouseOf) -> Response:
    """The link that the terminal printed, once."""
    if "prefetch" in request.headers.get("sec-purpose", "") or not use_link(house.settings, house.db, token):
        raise ProblemError(401, "This link was used before, or is too old.")
    response = RedirectResponse("/", 303)
    open_session(house.settings, response)
    return response


@staff.get("/")
def home(request: Request, house: HouseOf) -> Response:
    seen = overview(house, reader_tongue(request))
    return page(request, "home.html", acting=acting(request, house), **seen)


@staff.post("/held/{key:path}")
def decide_on_held(key: str, request: Request, body: Body, house: HouseOf) -> Response:
    """A mail of which nobody knows whether it left: send it (again), or not."""
    given = read_fields(body)

    def do(said: Said) -> None:
        match given.get("action"):
            case "send":
                done = release(house.db, key, said.by, said.at)
            case "drop":
                done = drop(house.db, key, said.by, said.at, house.rules.ears)
            case _:
                raise OutcomeError("Send it or drop it.", ("send", "drop"), "action")
        if not done:
            raise ClosedError("mail", None, None, None)

    tried = act(request, house, acting(request, house), given, do, back="/#held")
    return tried if isinstance(tried, Response) else RedirectResponse("/#held", 303)


router.include_router(staff)
