"""What happens in a flow, now? Its picture with a number on every card and row; and the leads behind each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row, select
from starlette.requests import Request
from starlette.responses import Response

from kweek.draw import Picture, lay_out, style_sheet, svg
from kweek.leads import publish, tables
from kweek.leads.export import Part
from kweek.web import as_file, behind, stream
from kweek.web.board import Snapshot
from kweek.web.files import OnFile, draft_of
from kweek.web.guard import HouseOf, staff_only
from kweek.web.house import House
from kweek.web.live import as_shown, shown
from kweek.web.pictures import picture_of
from kweek.web.problems import ProblemError
from kweek.web.queries import AnySelect
from kweek.web.render import page, reader_tongue
from kweek.words import Tongue

router = APIRouter()
staff = APIRouter(dependencies=[Depends(staff_only)])

_LINES: Final = 12
_A_PAGE: Final = 50
_SHOWN: Final = 100  # characters of what somebody asked for
_ASKED: Final = ("at", "q", "version", "after")


@router.get("/static/picture.css")
def picture_styles() -> Response:
    return Response(style_sheet("page"), media_type="text/css")


@staff.get("/flows/{name}")
def show_flow(name: str, request: Request, house: HouseOf, version: str = "") -> Response:
    """version: the number of an older one; else the published one, or the file where none is published yet."""
    say, files = reader_tongue(request), house.files.look()
    on_file, snapshot = files.flows.get(name), house.board.look()
    with house.db.read() as read:
        row = version_row(read, name, version)
        now = next((one for one in publish.published(read) if one.flow == name), None)
        stamp = files.stamp(name, now.version if now else None)
        if row is None:
            return _draft(request, house, name, on_file, stamp, say)
        picture = picture_of(read, row.hash, say)
        numbers = shown(read, snapshot, name, row.hash)
        lines = [as_shown(read, say, house.rules.zone(), line) for line in _lines(read, snapshot, name)]
    draft = draft_of(on_file, now.version if now else None)
    stale = draft == "broken"
    return page(
        request, "flow.html", name=name, title=_title(picture, name), row=row,
        current=now is not None and now.version == row.hash,
        paused=now.paused_at if now else None, stamp=stamp, draft=draft, problems=on_file.problems if on_file else (),
        picture=svg(picture, numbers, links=lambda key: _behind(name, key, version), stale=stale, theme="page"),
        numbers=numbers, ended=sorted(snapshot.ended(name)), lines=lines, slots=_LINES, now=house.now(), 
        older=[] if version else behind.older(snapshot.numbers.get(name, {}), row.hash),
    )  # fmt: skip


@staff.get("/flows/{name}/picture.svg")
def flow_picture(name: str, request: Request, house: HouseOf) -> Response:
    """The published picture alone, without numbers: small on the first page."""
    with house.db.read() as read:
        row = version_row(read, name, "")
        if row is None:
            raise no_flow(name)
        drawn = svg(picture_of(read, row.hash, reader_tongue(request)))
    policy = "default-src 'none'; style-src 'unsafe-inline'"  # it brings its own styles, and is only looked at
    return Response(drawn, media_type="image/svg+xml", headers={"Content-Security-Policy": policy})


@staff.get("/flows/{name}/leads")
def show_leads(
    name: str, request: Request, house: HouseOf, at: str = "", q: str = "", after: str = "", version: str = ""
) -> Response:
    """Those behind a number: on this step, through this row, ended so, or all who are under way."""
    say, q = reader_tongue(request), q.strip()[:_SHOWN]
    with house.db.read() as read:
        picture, numbers, words = _number(read, house, say, name, at, version)
        found = behind.leads(read, name, behind.place(picture, at), q, after, _A_PAGE)
    total = numbers.get(at or "|under way", numbers.get(f"|{at}", 0))
    asked = {"at": at, "q": q, "version": version}
    return page(
        request, "leads.html", name=name, title=_title(picture, name), at=at, q=q, words=words, found=found,
        total=total, now=house.now(), version=version, paged=bool(after), query=urlencode(asked),
        on=f"?{urlencode(asked | {'after': found.after})}" if found.after else None,
    )  # fmt: skip


@staff.get("/flows/{name}/leads.csv")
def export_leads(name: str, request: Request, house: HouseOf, at: str = "", q: str = "", version: str = "") -> Response:
    """The same list, whole."""
    as_file.refuse_slips(request, _ASKED, place=behind.place_after)
    q = q.strip()[:_SHOWN]
    with house.db.read() as read:
        picture, _, _ = _number(read, house, reader_tongue(request), name, at, version)
    place = behind.place(picture, at)

    def part(read: Connection, after: str, most: int) -> Part:
        found = behind.leads(read, name, place, q, after, most)
        return Part([(row.lead_id, row.at) for row in found.rows], found.after)

    return as_file.send(request, house, f"{name} leads", part, since=True)


def _number(
    read: Connection, house: House, say: Tongue, name: str, at: str, version: str
) -> tuple[Picture, Mapping[str, int], str]:
    """The picture, its numbers, and in words what the one at this place counts. ProblemError 404."""
    row = version_row(read, name, version)
    if row is None:
        raise no_flow(name)
    picture = picture_of(read, row.hash, say)
    numbers = shown(read, house.board.look(), name, row.hash)
    words = behind.words(say, picture, at)
    if words is None and not {at, f"|{at}"} & numbers.keys():
        told = ("absent.step", {"at": at[:_SHOWN], "flow": _title(picture, name)})
        raise ProblemError(404, "This flow has no such step.", told=told)
    return picture, numbers, words or at


router.include_router(staff)


def _lines(read: Connection, snapshot: Snapshot, name: str) -> Sequence[stream.Line]:
    """A quiet flow's are sought among older ones."""
    found = snapshot.lines_of(name)
    return found if len(found) >= _LINES else stream.last(read, name, _LINES)


def _behind(name: str, key: str, version: str) -> str:
    return f"/flows/{name}/leads?{urlencode({'at': key} | ({'version': version} if version else {}))}"


def version_row(read: Connection, name: str, number: str) -> Row[*tuple[Any, ...]] | None:
    """The version's row. ProblemError 404: this number never was."""
    v, f = tables.versions.c, tables.flows.c
    query: AnySelect = select(v.hash, v.number, v.published_at, v.published_by).where(v.flow == name)
    if number:
        known = number.isdecimal() and len(number) < 9
        row = read.execute(query.where(v.number == int(number))).one_or_none() if known else None
        if row is None:
            told = ("absent.version", {"number": number[:_SHOWN], "flow": name})
            raise ProblemError(404, "This version of the flow never was.", told=told)
        return row
    return read.execute(query.join(tables.flows, f.version == v.hash)).one_or_none()


def no_flow(name: str) -> ProblemError:
    return ProblemError(404, "There is no such flow.", told=("absent.flow", {"name": name[:_SHOWN]}))


def _draft(request: Request, house: House, name: str, on_file: OnFile | None, stamp: str, say: Tongue) -> Response:
    """A flow that nobody has published: its file as far as it can be read, and what is wrong with it."""
    if on_file is None:
        raise no_flow(name)
    picture = lay_out(on_file.flow, say) if on_file.flow else None
    broken = on_file.version is None
    return page(
        request, "flow.html", name=name, title=_title(picture, name) if picture else name, row=None, current=False,
        paused=None, stamp=stamp, draft="broken" if broken else "new", problems=on_file.problems,
        picture=svg(picture, stale=broken, theme="page") if picture else "", numbers={}, ended=[], lines=[], slots=0,
        now=house.now(),  older=[],
    )  # fmt: skip


def _title(picture: Picture, name: str) -> str:
    return " ".join(picture.heading.lines) or name
