"""What can sales do with a handover? Its page: who, why now, what was said, its clock and rungs, and a button each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row, select
from starlette.requests import Request
from starlette.responses import Response

from kweek.flow.reasons import reasons_of
from kweek.intake.handovers import CLOSING, PASSING, act_on_handover
from kweek.intake.outcomes import OutcomeError, Said
from kweek.leads import publish, tables
from kweek.web import past, queries, story
from kweek.web.acting import Tried, act, acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.ready import checklist
from kweek.web.render import page, reader_tongue
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_DONE: Final = PASSING | CLOSING
"""Action → what is then noted."""


@router.get("/handovers/{key:path}")
def show_handover(key: str, request: Request, house: HouseOf) -> Response:
    return _show(key, request, house)


@router.post("/handovers/{key:path}")
def act_on_it(key: str, request: Request, body: Body, house: HouseOf) -> Response:
    """One of the buttons; `action` says which."""
    given = read_fields(body)

    def do(said: Said) -> None:
        later_on = _day(given.get("later_on", "")) if given.get("action") == "later" else None
        reason = given.get("reason") or None
        act_on_handover(
            house.db,
            key,
            given.get("action", ""),
            said,
            house.rules.ears,
            people=house.rules.people(),
            reason=reason,
            later_on=later_on,
        )

    tried = act(request, house, acting(request, house, _owner(house, key)), given, do)
    return tried if isinstance(tried, Response) else _show(key, request, house, tried)


def _show(key: str, request: Request, house: House, tried: Tried | None = None) -> Response:
    say = reader_tongue(request)
    with house.db.read() as read:
        row = _row(read, key)
        facts = _facts(read, house, row, say)
    return page(
        request, "handover.html", status=tried.status if tried else 200, row=row, **facts, now=house.now(),
        acting=acting(request, house, row.owner), tried=tried, done=_DONE.get(request.query_params.get("done", "")),
    )  # fmt: skip


def _facts(read: Connection, house: House, row: Row[Any], say: Tongue) -> Mapping[str, Any]:
    lead, mailbox = story.who(read, row.lead_id), house.rules.mailbox()
    return {
        "lead": lead,
        "mailbox": mailbox,
        "reply": story.last_reply(read, lead, mailbox),
        "why": story.why(read, row.key, row.enrolment_id),
        "answers": story.answers(read, house.rules, row.lead_id, say.language),
        "remarks": story.remarks(read, row.lead_id),
        "ready": checklist(read, house, say, row.lead_id),
        "past": past.of_handover(read, say, row),
        "reasons": _reasons(read, row),
    }


def _row(read: Connection, key: str) -> Row[Any]:
    row = read.execute(queries.handovers().where(tables.handovers.c.key == key)).one_or_none()
    if row is None:
        words = "There is no such handover; it may have been erased with its lead."
        raise ProblemError(404, words, told=("absent.handover", {}))
    return row


def _owner(house: House, key: str) -> str | None:
    with house.db.read() as read:
        return _row(read, key).owner


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OutcomeError("This is not a date.", field="later_on") from None


# --- reasons ----------------------------------------------------------------------------------------


def _reasons(read: Connection, row: Row[Any]) -> list[str]:
    """The reasons that the lead's own flow knows what to do with; any other may be written too."""
    enrolments = tables.enrolments.c
    version = read.execute(select(enrolments.version).where(enrolments.id == row.enrolment_id)).scalar()
    return reasons_of(publish.plan_in(read, version)) if version else []
