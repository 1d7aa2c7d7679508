"""What answers on the web? All routes of one house, behind the limits, with the handlers of what goes wrong."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from kweek.web import (
    api,
    call_page,
    campaigns_page,
    changes_page,
    desk,
    flow_page,
    handover_page,
    imports_page,
    lead_page,
    live,
    mails,
    public,
    spot,
    survey,
    task_page,
    tasks,
)
from kweek.web.house import House
from kweek.web.limits import Limits
from kweek.web.problems import add_handlers
from kweek.web.render import STATIC


def make_app(house: House) -> FastAPI:
    """The ASGI application. No interactive documentation: it would be a page of its own to guard."""
    app = FastAPI(title="Kweek", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house = house
    pages = (desk, flow_page, changes_page, live, mails, handover_page, call_page, task_page, lead_page, spot)
    for part in (public, survey, api, tasks, campaigns_page, imports_page, *pages):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    add_handlers(app)
    app.add_middleware(Limits)
    return app
