"""Who looks at the website? The script that it puts in, and what that script tells, of those who agreed to it.

Websites of the workspace only (`websites:` in rules/workspace.yaml); no cookie of ours is set or read.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kweek.intake.grading import is_robot
from kweek.intake.incoming import BadEventError
from kweek.intake.visit_in import LARGEST, Viewed, read_message
from kweek.intake.visits import Website, take
from kweek.leads.database import DatabaseAway
from kweek.web.guard import Body, HouseOf
from kweek.web.house import House
from kweek.web.problems import ProblemError, problem_json, problem_of
from kweek.web.render import STATIC

router = APIRouter()

WHO: Final = "kweek"
"""The parameter by which a link in a mail says to the website whose it is."""

_AN_HOUR: Final = "public, max-age=3600"


def served(source: str) -> str:
    """The script as a browser gets it: without what is for people who read it."""
    lines = (re.sub(r"^\s*(//.*)?", "", line) for line in source.splitlines())
    return "\n".join(line for line in lines if line)


SCRIPT: Final = served((STATIC / "visits.js").read_text("utf-8"))


@router.get("/v.js")
def script() -> Response:
    headers = {"Cache-Control": _AN_HOUR, "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(SCRIPT, media_type="text/javascript", headers=headers)


@router.post("/v")
def take_visit(request: Request, body: Body, house: HouseOf) -> Response:
    """204: go on. 200: `{"visitor": …}` is who this browser is from now on, or null: nobody follows it."""
    origin = request.headers.get("origin", "")
    if origin not in house.rules.websites():
        return problem_json(ProblemError(403, "This website is none of `websites` in rules/workspace.yaml."))
    try:
        answer = _take(request, body, house)
    except (ProblemError, BadEventError, DatabaseAway) as error:
        answer = problem_json(problem_of(error))
    answer.headers["Access-Control-Allow-Origin"] = origin
    answer.headers["Vary"] = "Origin"
    return answer


def _take(request: Request, body: bytes, house: House) -> Response:
    if len(body) > LARGEST:
        raise ProblemError(413, f"A visit is told in {LARGEST} bytes.")
    if not house.visit_rate.allows(house.network(request.client.host if request.client else None) or ""):
        raise ProblemError(429, "That is a lot in a minute.", headers={"Retry-After": "60"})
    message = read_message(body)
    if is_robot(request.headers.get("user-agent", "")) or not wants_to_be_followed(request):
        return Response(status_code=204)
    origin, events = request.headers["origin"], house.rules.vocabulary().events
    site = Website(house.db, origin, house.rules.ears, events, house.left_early)
    lead = _whose(message.who, house) if isinstance(message, Viewed) else None
    visitor = take(site, message, house.now(), lead)
    return Response(status_code=204) if visitor == message.visitor else JSONResponse({"visitor": visitor})


def wants_to_be_followed(request: Request) -> bool:
    """Global Privacy Control, and Do Not Track."""
    return request.headers.get("sec-gpc") != "1" and request.headers.get("dnt") != "1"


def _whose(token: str | None, house: House) -> str | None:
    """The lead in whose mail the link stood."""
    match house.about("visit", token or ""):
        case (str() as lead,):
            return lead
        case _:
            return None


def with_who(target: str, lead: str | None, request: Request, house: House) -> str:
    """The address of a page of ours, which is told whose browser this is; any other stays as it is."""
    parts = urlsplit(target)
    ours = f"{parts.scheme}://{parts.netloc}" in house.rules.websites()
    if lead is None or not ours or not wants_to_be_followed(request):
        return target
    token = f"{WHO}={house.tokens.issue('visit', lead)}"
    return urlunsplit(parts._replace(query=f"{parts.query}&{token}" if parts.query else token))


def way_on(lead: str, request: Request, house: House) -> str | None:
    """To the first of our websites, for a lead that has done what it was asked; None: we have none."""
    return next((with_who(f"{one}/", lead, request, house) for one in house.rules.websites()), None)
