"""What is known of a lead? Who it is, what is open for it, where it stands, what was said and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import NoResultFound
from starlette.requests import Request
from starlette.responses import Response

from kweek.leads import publish, tables
from kweek.leads.database import NoSuchLead
from kweek.web import past, queries, story
from kweek.web.guard import HouseOf, staff_only
from kweek.web.render import page, reader_language
from kweek.web.spoken import step_words
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_MOST_MAILS = 20


@router.get("/leads/{lead_id}")
def show_lead(lead_id: str, request: Request, house: HouseOf) -> Response:
    language = reader_language(request)
    say = Tongue(language)
    with house.db.read() as read:
        try:
            lead = story.who(read, lead_id)
        except NoResultFound:
            raise NoSuchLead(lead_id) from None
        facts: dict[str, Any] = {
            "handovers": queries.open_handovers(read, lead_id).rows,
            "calls": queries.open_calls(read, lead_id).rows,
            "tasks": queries.open_tasks(read, lead_id).rows,
            "flows": [_standing(read, say, row) for row in _enrolments(read, lead_id)],
            "answers": story.answers(read, house.rules, lead_id, language),
            "remarks": story.remarks(read, lead_id),
            "mails": queries.last_mails(read, _MOST_MAILS, lead_id),
            "past": past.of_lead(read, say, lead_id),
        }
    return page(request, "lead.html", lead=lead, now=house.now(), most=past.MOST, **facts)


def _enrolments(read: Connection, lead_id: str) -> Sequence[Row[Any]]:
    """The newest first."""
    e = tables.enrolments.c
    query = select(tables.enrolments).where(e.lead_id == lead_id)
    return read.execute(query.order_by(e.started_at.desc(), e.id.desc())).all()


def _standing(read: Connection, say: Tongue, row: Row[Any]) -> dict[str, Any]:
    plan = publish.plan_in(read, row.version)
    step = plan.steps.get(row.step) if row.step else None
    return {"title": plan.title, "step": step_words(say, step) if step else row.step, "row": row}
