"""What may a program tell us, and ask? Events and leads, one or a list with an answer for each; and a lead by its id,
its address or the program's own id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, cast

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse

from kweek.errors import KweekError
from kweek.intake.check import check
from kweek.intake.incoming import BadEventError, Fault, Recorded, told_by
from kweek.intake.received import check_received, receive
from kweek.intake.record import record
from kweek.intake.suppress import suppress_lead
from kweek.intake.values import printable, shown
from kweek.leads.database import DatabaseAway, NoSuchLead
from kweek.leads.lookup import who_goes_by
from kweek.leads.merged import living
from kweek.web import why
from kweek.web.guard import Body, HouseOf, may, needs
from kweek.web.house import House
from kweek.web.json_body import read_json
from kweek.web.known import known_of
from kweek.web.limits import BODY, MOST
from kweek.web.openapi import openapi
from kweek.web.problems import ProblemError, problem_of
from kweek.web.qualified import qualified
from kweek.web.render import reader_tongue

router = APIRouter(prefix="/api")

Taken = tuple[int, dict[str, object]]
"""A status, and what is answered with it."""


_MAY_TELL_EVENTS, _MAY_TELL_LEADS = may("events:write"), may("leads:write")


@router.post("/events", dependencies=[Depends(_MAY_TELL_EVENTS)])
def post_events(
    request: Request, body: Body, house: HouseOf, key: Annotated[str | None, Depends(_MAY_TELL_EVENTS)]
) -> JSONResponse:
    """201 for a new event, 200 for one that was here already; a list answers 200 with `results` in its own order."""
    return _one_or_many(body, lambda raw: _take_event(raw, request, house, key))


@router.post("/leads", dependencies=[Depends(_MAY_TELL_LEADS)])
def post_leads(body: Body, house: HouseOf, key: Annotated[str | None, Depends(_MAY_TELL_LEADS)]) -> JSONResponse:
    """The same for leads of whom no event is told."""
    return _one_or_many(body, lambda raw: _take_lead(raw, house, key))


@router.get("/leads", dependencies=[Depends(may("leads:read"))])
def find_leads(
    request: Request, house: HouseOf, email: str | None = None, external_id: str | None = None
) -> JSONResponse:
    """None where nobody has this address or id; two where the one is one lead's and the other another's."""
    if not (email or external_id) or not all(printable(one) for one in (email, external_id) if one):
        raise BadEventError([Fault("email", "say whom you ask for: ?email=… or ?external_id=…")], "question")
    with house.db.read() as read:
        named = who_goes_by(read, email or None, external_id or None)
        found = [_known(read, lead_id, request, house) for lead_id in named.values()]
    return JSONResponse({"leads": found})


@router.get("/leads/{lead_id}", dependencies=[Depends(may("leads:read"))])
def ask_for_lead(lead_id: str, request: Request, house: HouseOf) -> JSONResponse:
    """Who was merged is who goes on, and `merged_from` says whom the program asked for."""
    with house.db.read() as read:
        known = _known(read, lead_id, request, house) if printable(lead_id) else None
    if known is None:
        raise NoSuchLead(f"There is no lead {shown(lead_id)}")
    return JSONResponse(known)


@router.get("/leads/{lead_id}/why", dependencies=[Depends(may("leads:read"))])
def ask_why(lead_id: str, house: HouseOf, before: str = "") -> JSONResponse:
    """Each row of its ledger of points; `before`: `older` of the answer that came first."""
    if before and not (before.isascii() and before.isdecimal() and len(before) <= 10):
        raise BadEventError([Fault("before", "say `older` of the answer before: a number")], "question")
    with house.db.read() as read:
        now = living(read, lead_id) if printable(lead_id) else lead_id
        if not printable(lead_id) or known_of(read, now, house.rules.grades()) is None:
            raise NoSuchLead(f"There is no lead {shown(lead_id)}")
        rows = why.why(read, now, min(int(before or why.BIGGEST), why.BIGGEST))
    return JSONResponse({"lead_id": now, "merged_from": _merged_from(lead_id, now), **rows})


@router.get("/openapi.json", dependencies=[Depends(may(None))])
def describe(house: HouseOf) -> JSONResponse:
    """OpenAPI 3.1, of this workspace: its own events and fields are in it."""
    return JSONResponse(openapi(house.rules.vocabulary(), house.settings.base_url))


def _known(read: Connection, lead_id: str, request: Request, house: House) -> Mapping[str, object] | None:
    known = known_of(read, now := living(read, lead_id), house.rules.grades())
    from_whom = {"merged_from": _merged_from(lead_id, now)}
    return known and {**known, **from_whom, **qualified(read, house, reader_tongue(request), now)}


def _merged_from(asked: str, now: str) -> str | None:
    return asked if asked != now else None


def _one_or_many(body: bytes, take: Callable[[object], Taken]) -> JSONResponse:
    raw = read_json(body)
    if not isinstance(raw, list):
        if len(body) > BODY:
            raise ProblemError(413, f"One of them has at most {BODY // 1024} KiB; a list may have more.")
        status, answer = take(raw)
        return JSONResponse(answer, status)
    many = cast("list[object]", raw)
    if len(many) > MOST:
        raise ProblemError(413, f"A list has at most {MOST} of them; send the rest in the next one.")
    return JSONResponse({"results": [_one_of_many(one, take) for one in many]})


def _one_of_many(raw: object, take: Callable[[object], Taken]) -> dict[str, object]:
    try:
        status, answer = take(raw)
    except DatabaseAway:  # refuses the whole list: what was recorded of it already will be the same event again
        raise
    except (KweekError, ProblemError) as error:
        problem = problem_of(error)
        return {"status": problem.status, "detail": problem.detail, "errors": list(problem.errors)}
    return {"status": status, **answer}


def _take_event(raw: object, request: Request, house: House, key: str | None) -> Taken:
    now = house.now()
    incoming = told_by(check(raw, house.rules.vocabulary(), now), key)
    if incoming.kind == "enrol":
        needs(request, house, "leads:write")

    def also(tx: Connection, recorded: Recorded) -> None:
        if incoming.kind == "unsubscribed":
            suppress_lead(tx, recorded.lead_id, "email", "unsubscribed", now, house.address_key)

    return _taken(record(house.db, incoming, now, house.rules.ears, also), incoming.id)


def _take_lead(raw: object, house: House, key: str | None) -> Taken:
    now = house.now()
    received = check_received(raw, house.rules.vocabulary(), now)
    return _taken(*receive(house.db, received, now, house.rules.ears, key))


def _taken(recorded: Recorded, identifier: str) -> Taken:
    answer: dict[str, object] = {"id": identifier, "lead_id": recorded.lead_id, "seq": recorded.seq}
    return (201 if recorded.fresh else 200), answer
