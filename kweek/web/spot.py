"""How does a lead get in that stands before us? One short page for a telephone; it waits where there is no network.

Without script the form is sent as it is. With it, what cannot be sent is kept in the telephone, and goes out once there
is a way: every form has its own id, so that it counts once however often it is sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from kweek.intake.incoming import BadEventError, OtherEventError
from kweek.intake.record import record
from kweek.intake.spot import CONSENT, DATA, typed_in
from kweek.leads.database import NoSuchLead
from kweek.web import story
from kweek.web.acting import acting, back_to, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import problem_of
from kweek.web.render import STATIC, page, reader_tongue
from kweek.web.spoken import event_words

router = APIRouter(dependencies=[Depends(staff_only)])

_OF_THE_LEAD: Final = {"lead.email": "email", "lead.phone": "phone", "lead": "who"}
_MOST_KEPT: Final = 100  # characters of what stands in the next form as well
_NAMES: Final = ("who", "email", "phone", "data", "other", "409", "413", "refused")
_WRONG: Final = {"by": "wrong.by"} | {name: f"spot.wrong.{name}" for name in _NAMES}
"""What may be wrong (a field, or the status of a refusal) → key of what is said there."""
_INPUTS: Final = {"number": "number", "date": "date", "moment": "datetime-local"}


@router.get("/spot")
def show_spot(request: Request, house: HouseOf) -> Response:
    return _show(request, house, dict(request.query_params))


@router.get("/spot/worker.js")
def worker() -> Response:
    """What keeps the page in the telephone."""
    headers = {"Service-Worker-Allowed": "/spot", "Cache-Control": "no-cache"}
    return FileResponse(STATIC / "spot-worker.js", media_type="text/javascript", headers=headers)


@router.post("/spot")
def take_spot(request: Request, body: Body, house: HouseOf) -> Response:
    """303 to an empty form that keeps the event, its facts and the campaign; a script is answered in JSON."""
    given, now = read_fields(body), house.now()
    plain = "application/json" not in request.headers.get("accept", "")
    by, people = given.get("by", ""), house.rules.people()
    if not by or (people and by not in people):
        words = {"by": _WRONG["by"]}
        return _show(request, house, given, words) if plain else JSONResponse({"faults": list(words)}, 422)
    try:
        incoming = typed_in(given, house.rules.vocabulary(), by, now)
        recorded = record(house.db, incoming, now, house.rules.ears)
    except BadEventError as error:
        faults = _faults(error)
        return _show(request, house, given, faults) if plain else JSONResponse({"faults": list(faults)}, 422)
    except OtherEventError:
        if not plain:
            raise
        return _show(request, house, given | {"id": ""}, {"other": _WRONG["409"]}, 409)
    except NoSuchLead as error:
        if plain:
            raise
        return JSONResponse({"faults": ["who"], "detail": problem_of(error).detail}, 422)
    house.board.look_again()
    if not plain:
        return JSONResponse({"lead_id": recorded.lead_id}, 201 if recorded.fresh else 200)
    return back_to(f"/spot?{urlencode({**_kept(given), 'done': recorded.lead_id})}", by, house)


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    """What holds for whoever comes next as well: the event, which fair it is, the campaign."""
    stays = ("kind", "campaign", *(name for name in given if name.startswith(DATA) and name != f"{DATA}note"))
    return {name: given[name] for name in stays if 0 < len(given.get(name, "")) <= _MOST_KEPT}


def _faults(error: BadEventError) -> dict[str, str]:
    """Field of the form → key of what is said there."""
    found: dict[str, str] = {}
    for fault in error.faults:
        name = _OF_THE_LEAD.get(fault.field) or (fault.field if fault.field.startswith(DATA) else "other")
        found[name] = _WRONG["data" if name.startswith(DATA) else name]
    return found


def _show(
    request: Request, house: House, given: Mapping[str, str], faults: Mapping[str, str] | None = None, status: int = 422
) -> Response:
    """faults: what is wrong with what was sent, which is answered with this status."""
    tongue, words = reader_tongue(request), house.rules.vocabulary()
    kinds = list(house.rules.conversions())
    kind = given["kind"] if given.get("kind") in kinds else next(iter(kinds), "")
    facts = {
        each: {f"{DATA}{name}": _INPUTS.get(type_, "text") for name, type_ in words.events.get(each, {}).items()}
        for each in kinds
    }
    may = {
        f"{CONSENT}email.{purpose}": tongue("spot.consent.email", purpose=purpose)
        for purpose in sorted(words.purposes())
    }
    may[f"{CONSENT}telephone"] = tongue("spot.consent.telephone")
    return page(
        request, "spot.html", status=status if faults else 200, given=given, faults=faults or {}, kind=kind,
        kinds={name: event_words(tongue, name) for name in kinds}, facts=facts, may=may,
        lead=_lead(house, given.get("lead")), done=_lead(house, given.get("done")),
        acting=acting(request, house), why={name: tongue(key) for name, key in _WRONG.items()},
        id=(given.get("id") if faults else None) or secrets.token_hex(8),
    )  # fmt: skip


def _lead(house: House, lead_id: str | None) -> Any:
    if not lead_id:
        return None
    with house.db.read() as read:
        try:
            return story.living_who(read, lead_id)
        except NoSuchLead:
            return None
