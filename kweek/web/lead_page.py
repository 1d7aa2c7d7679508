"""What is known of a lead? Who it is, what is open for it, where it stands, what was said and what happened."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.leads import cannot_go_on
from kweek.leads.merged import merged_into
from kweek.web import company_page, course, points, queries, same_as, story, topics, way
from kweek.web.begun import begun
from kweek.web.guard import HouseOf, staff_only
from kweek.web.lead_stamp import lead_stamp
from kweek.web.mail_titles import titles
from kweek.web.ready import checklist
from kweek.web.render import page, reader_tongue
from kweek.web.sources import sources

router = APIRouter(dependencies=[Depends(staff_only)])

_MOST_MAILS = 20


@router.get("/leads/{lead_id}")
def show_lead(lead_id: str, request: Request, house: HouseOf) -> Response:
    say, asked, before = (
        reader_tongue(request),
        request.query_params.get("only"),
        request.query_params.get("before", ""),
    )
    drawn = request.query_params.getlist("way")
    only, now = asked if asked in course.SORTS else None, house.now()
    with house.db.read() as read:
        if (lead := story.living_who(read, lead_id)).id != lead_id:
            return RedirectResponse(f"/leads/{quote(lead.id)}", 303)
        family = [lead_id, *merged_into(read, lead_id)]
        facts: dict[str, Any] = {
            "stamp": lead_stamp(read, lead_id),
            "handovers": queries.open_handovers(read, lead_id).rows,
            "calls": queries.open_calls(read, lead_id).rows,
            "tasks": queries.open_tasks(read, lead_id).rows,
            "ways": (ways := way.ways(read, say, family, asked=drawn)),
            "answers": story.answers(read, house.rules, lead_id, say.language),
            "begun": begun(read, house, lead_id, say.language),
            "remarks": story.remarks(read, lead_id),
            "mails": (mails := queries.last_mails(read, _MOST_MAILS, family)),
            "called": titles(read, house.rules, mails, say.language),
            "seen": way.seen(read, mails),
            "caught": way.caught(read, [mail.key for mail in mails]),
            "persona": house.rules.persona(read, lead, now, say.language),
            "points": list(points.columns(read, lead_id)),
            "sources": sources(read, lead),
            "ready": checklist(read, house, say, lead_id),
            "reads": topics.reads(read, lead_id),
            "past": course.of_lead(read, say, lead_id, house.rules, family[1:], only, before),
            "stuck": cannot_go_on.of_lead(read, lead_id, now - cannot_go_on.LATELY * house.tempo(), now),
            "employer": company_page.of_lead(read, lead),
            "same": same_as.of_lead(read, lead_id),
        }
    shown = {"only": only, "sorts": course.SORTS, "which": [one.row.id for one in ways if one.row.id in drawn]}
    return page(request, "lead.html", lead=lead, now=now, **shown, **facts)
