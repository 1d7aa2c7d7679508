"""What do colleagues see? The overview, and the mails that the local catcher caught; with a session only."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kweek.leads import tables
from kweek.web.guard import HouseOf, staff_only
from kweek.web.house import House
from kweek.web.overview import overview
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_language
from kweek.web.session import open_session, use_link
from kweek.web.words import Tongue

router = APIRouter()
staff = APIRouter(dependencies=[Depends(staff_only)])

_A_PAGE: Final = 50
_BIGGEST_ID: Final = 2**31 - 1


@router.get("/login/{token}")
def login(token: str, request: Request, house: HouseOf) -> Response:
    """The link that the terminal printed, once."""
    if "prefetch" in request.headers.get("sec-purpose", "") or not use_link(house.settings, token):
        raise ProblemError(401, "This link was used before, or is too old.")
    response = RedirectResponse("/", 303)
    open_session(house.settings, response)
    return response


@staff.get("/")
def home(request: Request, house: HouseOf) -> Response:
    return page(request, "home.html", zone=house.rules.zone(), **overview(house, Tongue(reader_language(request))))


@staff.get("/mails")
def list_mails(request: Request, house: HouseOf, before: int | None = None) -> Response:
    """Newest first; `before` is the id of the last one on the page above."""
    caught = tables.caught.c
    query = select(caught.id, caught.subject, caught.recipient, caught.at).order_by(caught.id.desc())
    if before is not None:
        query = query.where(caught.id < max(0, min(before, _BIGGEST_ID)))
    with house.db.read() as read:
        rows = read.execute(query.limit(_A_PAGE + 1)).all()
    older = rows[_A_PAGE - 1].id if len(rows) > _A_PAGE else None
    zone = house.rules.zone()
    return page(request, "mails.html", mails=rows[:_A_PAGE], older=older, newest=before is None, zone=zone)


@staff.get("/mails/{number}")
def show_mail(number: int, request: Request, house: HouseOf) -> Response:
    row, message = _caught(house, number)
    mail: dict[str, object] = {
        "id": row.id,
        "subject": row.subject,
        "from_": str(message.get("From", row.sender)),
        "to": row.recipient,
        "at": row.at,
        "text": _body(message, "plain"),
        "html": bool(_body(message, "html")),
        "headers": "\n".join(f"{name}: {value}" for name, value in message.items()),
    }
    return page(request, "mail.html", mail=mail, zone=house.rules.zone())


@staff.get("/mails/{number}/html")
def show_mail_html(number: int, house: HouseOf) -> Response:
    """As the lead sees it, shut in: no script, no form, nothing loaded but its own styles and our picture."""
    _, message = _caught(house, number)
    base = "/".join(house.settings.base_url.split("/")[:3])
    rules = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src 'self' {base} data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    html = '<base target="_blank">' + _body(message, "html")
    return HTMLResponse(html, headers={"Content-Security-Policy": rules.replace("base-uri 'none'; ", "")})


def _caught(house: House, number: int) -> tuple[Any, EmailMessage]:
    caught = tables.caught
    with house.db.read() as read:
        query = select(caught).where(caught.c.id == max(0, min(number, _BIGGEST_ID)))
        row = read.execute(query).one_or_none()
    if row is None:
        raise ProblemError(404, "This mail was not caught here.")
    return row, BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(row.raw)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # a character set that nobody knows
        content = part.get_payload(decode=True)
    return content if isinstance(content, str) else repr(content)


router.include_router(staff)
