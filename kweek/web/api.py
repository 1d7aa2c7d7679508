"""What may a program tell us? `POST /api/events`: one event, or a list with an answer for each."""

from __future__ import annotations

import json
from typing import Final, NoReturn, cast

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.responses import JSONResponse

from kweek.errors import KweekError
from kweek.intake.check import check
from kweek.intake.incoming import Recorded
from kweek.intake.record import record
from kweek.intake.suppress import suppress_lead
from kweek.intake.values import shown
from kweek.leads.database import DatabaseAway
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.limits import BODY
from kweek.web.problems import ProblemError, problem_of

router = APIRouter(prefix="/api", dependencies=[Depends(staff_only)])

MOST: Final = 500


@router.post("/events")
def post_events(body: Body, house: HouseOf) -> JSONResponse:
    """201 for a new event, 200 for one that was here already; a list answers 200 with `results` in its own order."""
    raw = read_json(body)
    if not isinstance(raw, list):
        if len(body) > BODY:
            raise ProblemError(413, f"One event has at most {BODY // 1024} KiB; a list may have more.")
        status, answer = _take(raw, house)
        return JSONResponse(answer, status)
    events = cast("list[object]", raw)
    if len(events) > MOST:
        raise ProblemError(413, f"A list has at most {MOST} events; send the rest in the next one.")
    return JSONResponse({"results": [_take_one_of_many(one, house) for one in events]})


def _take(raw: object, house: House) -> tuple[int, dict[str, object]]:
    now = house.now()
    incoming = check(raw, house.rules.vocabulary(), now)

    def also(tx: Connection, recorded: Recorded) -> None:
        if incoming.kind == "unsubscribed":
            suppress_lead(tx, recorded.lead_id, "email", "unsubscribed", now, house.address_key)

    recorded = record(house.db, incoming, now, house.rules, also)
    answer: dict[str, object] = {"id": incoming.id, "lead_id": recorded.lead_id, "seq": recorded.seq}
    return (201 if recorded.fresh else 200), answer


def _take_one_of_many(raw: object, house: House) -> dict[str, object]:
    try:
        status, answer = _take(raw, house)
    except DatabaseAway:  # refuses the whole list: what was recorded of it already will be the same event again
        raise
    except KweekError as error:
        problem = problem_of(error)
        return {"status": problem.status, "detail": problem.detail, "errors": list(problem.errors)}
    return {"status": status, **answer}


def read_json(body: bytes) -> object:
    """The body as JSON. ProblemError 400 says where it stops being JSON."""
    try:
        return json.loads(body, parse_constant=_no_constant, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        raise ProblemError(400, f"This is not JSON: line {error.lineno}, column {error.colno}.") from None
    except _TwiceError as error:
        raise ProblemError(400, f"“{error}” stands twice in one object: which of them is meant?") from None
    except (ValueError, RecursionError):  # not UTF-8, NaN, a number without end, brackets without end
        raise ProblemError(400, "This is not JSON that can be read.") from None


class _TwiceError(Exception):
    """A key that an object has twice."""


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """RFC 8259, 4, leaves open what a name that comes twice means; we do not guess."""
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(shown(next(name for name in names if names.count(name) > 1)))
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
