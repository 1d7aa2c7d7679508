"""What did the local catcher catch? Mails to read as their readers do; and to answer, to bounce, to complain about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, Final, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row, exists, or_, select
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kweek.catcher import keep
from kweek.intake.bounces import Meant
from kweek.intake.mailroom import Mailroom
from kweek.leads import tables
from kweek.leads.database import NoSuchLead
from kweek.mails.addresses import Addresses
from kweek.returned import complaint_report, delivery_report, reply
from kweek.web import past, way
from kweek.web.acting import read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.lead_stamp import lead_stamp
from kweek.web.problems import ProblemError
from kweek.web.queries import WHO, caught_to
from kweek.web.render import page, reader_tongue
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

View = Literal["html", "text", "source"]

_A_PAGE: Final = 50
_BIGGEST_ID: Final = 2**31 - 1
_LONGEST: Final = 10_000
_PICTURE: Final = re.compile(r'<img src="[^"]*/o/[^"/]+\.gif"[^>]*>')  # whose being loaded says that a mail was opened
_JUDGED: Final = {"open": "opened", "click": "clicked"}  # kind of a visit → what happened, once a person made it


@router.get("/mails")
def list_mails(request: Request, house: HouseOf, before: int | None = None, lead: str = "", to: str = "") -> Response:
    """Newest first; `before` is the id of the last one on the page above. lead: those to this lead only. to: `leads`,
    without what colleagues got."""
    with house.db.read() as read:
        listed = caught_page(read, lead, before, only=to == "leads")
    return page(request, "mails.html", list=listed, mail=None)


@router.get("/mails/{number}")
def show_mail(number: int, request: Request, house: HouseOf) -> Response:
    return _show(number, request, house)


@router.get("/mails/{number}/html")
def show_mail_html(number: int, house: HouseOf) -> Response:
    """As the lead sees it, shut in: no script, no form, nothing loaded but its own styles and our picture. The first
    look opens the mail; to look again is not to open it again."""
    row, ours = _caught(house, number)
    base = "/".join(house.settings.base_url.split("/")[:3])
    rules = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src 'self' {base} data:; form-action 'none'; frame-ancestors 'self'"
    )
    body = _body(_read(row), "html")
    if ours is not None and _is_opened(house, ours.key):
        body = _PICTURE.sub("", body)
    html = '<base target="_blank">' + body
    return HTMLResponse(html, headers={"Content-Security-Policy": rules})


@router.post("/mails/{number}")
def come_back(number: int, request: Request, body: Body, house: HouseOf) -> Response:
    """Write back, bounce or complain as its reader's world would. It comes in by the same door as real mail."""
    row, ours = _caught(house, number)
    given = read_fields(body)
    if ours is None:
        raise ProblemError(404, "Nothing can come back to what is no mail to a lead.", told=("mails.back.none", {}))
    match given.get("action"):
        case "reply":
            words = given.get("words", "")
            if not words or len(words) > _LONGEST:
                return _show(number, request, house, "mails.reply.long" if words else "mails.reply.empty", words)
            meant = _reply(house, row, words)
        case "bounce":
            meant = _report(house, row, delivery_report(row.raw, row.recipient, row.sender, at=datetime.now(UTC)))
        case "complain":
            meant = _report(house, row, complaint_report(row.raw, row.recipient, row.sender, datetime.now(UTC)))
        case _:
            raise ProblemError(422, "Reply, bounce or complain.", told=("mails.back.how", {}))
    view = request.query_params.get("view", "")  # who has read the text only has not opened it
    return RedirectResponse(f"/mails/{number}?{urlencode({'meant': meant} | ({'view': view} if view else {}))}", 303)


# --- by the door -----------------------------------------------------------------------------------


def _reply(house: House, row: Row[Any], words: str) -> Meant:
    """To the address for answers; a mailbox of the workspace's, so it is caught like all other mail of this machine."""
    to, answer = reply(row.raw, row.recipient, words, datetime.now(UTC))
    meant = _deliver(house, to, row.recipient, answer)
    keep(house.db, row.recipient, [to], answer, house.now())
    return meant


def _report(house: House, row: Row[Any], report: bytes) -> Meant:
    """To the envelope's sender, from nobody, as machines write."""
    return _deliver(house, row.sender, "", report)


def _deliver(house: House, to: str, sender: str, message: bytes) -> Meant:
    addresses = Addresses(house.settings.key, "")
    return Mailroom(house.db, house.now, addresses, house.address_key).take(to, sender, message).meant


# --- reading it ------------------------------------------------------------------------------------


def _show(number: int, request: Request, house: House, fault: str | None = None, words: str = "") -> Response:
    """fault, words: of an answer that could not be sent."""
    row, ours = _caught(house, number)
    message = _read(row)
    html, view = bool(_body(message, "html")), request.query_params.get("view")
    mail: dict[str, object] = {
        "id": row.id,
        "subject": row.subject,
        "from_": str(message.get("From", row.sender)),
        "to": row.recipient,
        "at": row.at,
        "text": _body(message, "plain"),
        "html": html,
        "source": row.raw.decode("utf-8", "replace"),
    }
    meant = request.query_params.get("meant")
    with house.db.read() as read:
        asked = request.query_params
        listed = caught_page(read, asked.get("lead", ""), None, only=asked.get("to") == "leads")
        after = _after(read, reader_tongue(request), ours) if ours else None
    return page(
        request, "mail.html", status=422 if fault else 200, mail=mail, ours=ours, fault=fault, words=words,
        list=listed, after=after,
        view=view if view in get_args(View) and (html or view != "html") else "html" if html else "text",
        meant=meant if meant in get_args(Meant) else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list. lead, who: whose mails only; only: those to leads. newest: is this the first page? top: id
    of the last caught."""

    rows: list[Row[*tuple[Any, ...]]]
    older: int | None
    newest: bool
    lead: str
    who: str | None
    only: bool
    top: int

    def at(self, path: str, **more: object) -> str:
        """The address of another page of the same list."""
        about = {"lead": self.lead, "to": "leads" if self.only else ""} | more
        said = urlencode({key: value for key, value in about.items() if value})
        return f"{path}?{said}" if said else path


def caught_page(read: Connection, lead: str, before: int | None, *, only: bool) -> Listed:
    """The newest first, from before this id. NoSuchLead."""
    caught = tables.caught.c
    query = select(caught.id, caught.subject, caught.recipient, caught.at).order_by(caught.id.desc())
    who = address = None
    if lead:
        known = read.execute(select(WHO, tables.leads.c.email).where(tables.leads.c.id == lead)).one_or_none()
        if known is None:
            raise NoSuchLead(lead)
        who, address = known.who, known.email
    query = query.where(*caught_to(address, only))
    if before is not None:
        query = query.where(caught.id < max(0, min(before, _BIGGEST_ID)))
    rows = list(read.execute(query.limit(_A_PAGE + 1)).all())
    older = rows[_A_PAGE - 1].id if len(rows) > _A_PAGE else None
    top = rows[0].id if rows and before is None else 0
    return Listed(rows[:_A_PAGE], older, before is None, lead, who, only, top)


@dataclass(frozen=True, slots=True)
class After:
    """What came of a mail: how it was looked at and what its reader did, in order of time; and where that has led.
    stamp: of the lead, as it is now."""

    lines: list[past.Happened]
    ways: list[way.Way]
    stamp: str


def _after(read: Connection, say: Tongue, ours: Row[Any]) -> After:
    ways = [one for one in way.ways(read, say, [ours.lead_id], drawn=0) if one.row.id == ours.enrolment_id]
    seen = way.seen(read, [ours]).get(ours.key, [])
    told = {_JUDGED[hit.kind] for hit in seen if hit.kind in _JUDGED}  # with how they were judged, in one line
    lines = [*(_looked(say, hit) for hit in seen), *past.of_mail(read, say, ours.lead_id, ours.key, told)]
    return After(sorted(lines, key=lambda line: line.at), ways, lead_stamp(read, ours.lead_id))


def _looked(say: Tongue, hit: way.Seen) -> past.Happened:
    what = say(f"hit.{hit.kind}") + (f" “{hit.link}”" if hit.link else "")
    return past.Happened(hit.at, f"{what[:1].upper()}{what[1:]}: {say('grade.' + (hit.grade or 'waits'))}")


def _is_opened(house: House, key: str) -> bool:
    """By a person, or by somebody who is not judged yet."""
    h = tables.hits.c
    by_somebody = or_(h.grade.is_(None), h.grade.in_(("human", "confirmed")))
    with house.db.read() as read:
        return read.execute(select(exists().where(h.mail_key == key, h.kind == "open", by_somebody))).scalar_one()


def _caught(house: House, number: int) -> tuple[Row[Any], Row[Any] | None]:
    """The mail as it was caught; and the ledger's row of it, with its lead, where Kweek sent it to one."""
    caught, mails, leads = tables.caught, tables.mails, tables.leads.c
    with house.db.read() as read:
        query = select(caught).where(caught.c.id == max(0, min(number, _BIGGEST_ID)))
        row = read.execute(query).one_or_none()
        if row is None:
            raise ProblemError(404, "This mail was not caught here.")
        about = select(mails, WHO).join(tables.leads, leads.id == mails.c.lead_id)
        ours = about.where(mails.c.message_id == row.message_id, mails.c.audience == "lead")
        return row, read.execute(ours).one_or_none() if row.message_id else None


def _read(row: Row[Any]) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(row.raw)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # a character set that nobody knows
        content = part.get_payload(decode=True)
    return content if isinstance(content, str) else repr(content)
