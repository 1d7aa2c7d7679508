"""What answers on the web? All routes of one house, behind the limits, with the handlers of what goes wrong."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from kweek.web import (
    api,
    call_page,
    campaigns_page,
    changes_page,
    companies_page,
    company_page,
    desk,
    desk_exports,
    duplicates_page,
    exports,
    fact_page,
    flow_page,
    form_page,
    handover_page,
    imports_page,
    known_page,
    lead_page,
    leads_page,
    live,
    mails,
    matrix_page,
    public,
    ready_page,
    rescoring_page,
    spot,
    survey,
    task_page,
    tasks,
    visitors_page,
    visits,
)
from kweek.web.house import House
from kweek.web.limits import Limits
from kweek.web.nul import WithoutNul
from kweek.web.problems import add_handlers
from kweek.web.render import STATIC


def make_app(house: House) -> FastAPI:
    """The ASGI application. No interactive documentation: it would be a page of its own to guard."""
    app = FastAPI(title="Kweek", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    work = (handover_page, call_page, task_page, lead_page, company_page, fact_page, known_page, spot)
    numbers = (ready_page, campaigns_page, visitors_page)
    lists = (leads_page, matrix_page, rescoring_page, duplicates_page, companies_page, imports_page, form_page)
    pages = (desk, flow_page, changes_page, live, mails, *work, *numbers, *lists)
    for part in (public, survey, visits, api, tasks, exports, desk_exports, *pages):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    add_handlers(app)
    app.add_middleware(WithoutNul)
    app.add_middleware(Limits)  # before all else
    return app
