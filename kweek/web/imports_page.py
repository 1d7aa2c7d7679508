"""How do people take a file in on a page? They send it, see what would become of its rows, say how, and look on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends
from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.columns import LEAVE_OUT, formed, propose
from kweek.intake.imports.csv_file import SEPARATORS, read_csv, sign_of
from kweek.intake.imports.file_row import Refusal, RowReader
from kweek.intake.imports.how import Column, How, load_how
from kweek.intake.imports.letters import ENCODINGS
from kweek.intake.imports.refused import refused_of
from kweek.intake.imports.said import FileError, HowError
from kweek.intake.imports.stored_file import StoredFile
from kweek.intake.imports.trying import Outcome, Tried, try_rows
from kweek.leads import imports
from kweek.leads.imports import NoSuchImportError, NotNowError
from kweek.leads.spreadsheet import BOM, in_parts
from kweek.web.acting import acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.imports_shown import columns_shown, going_of, how_words
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_tongue
from kweek.web.spoken import refusal_words
from kweek.web.uploads import read_upload

router = APIRouter(dependencies=[Depends(staff_only)])

TRIED: Final = 2_000  # rows that are tried before a page is shown
_SHOWN: Final = 50  # rows in a list


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody sent, with what is wrong with it: field → a sentence."""

    given: Mapping[str, str] = field(default_factory=dict[str, str])
    faults: Mapping[str, str] = field(default_factory=dict[str, str])


@router.get("/imports")
def list_imports(request: Request, house: HouseOf) -> Response:
    return _list(request, house)


@router.post("/imports")
def send_file(request: Request, body: Body, house: HouseOf) -> Response:
    """Stored and tried; nothing is taken in before somebody says so."""
    given, name, data = read_upload(body, request.headers.get("content-type", ""))
    say = reader_tongue(request)
    if not name:
        return _list(request, house, say("file.missing"))
    try:
        sheet = read_csv(
            data,
            encoding=given.get("encoding") or None,
            separator=sign_of(given.get("separator", "")),
            named=not given.get("no_headings"),
        )
    except FileError as error:
        return _list(request, house, error.say(say))
    words = house.rules.vocabulary()
    how = How(
        formed(sheet, propose(sheet, words), words),
        sheet.encoding,
        sheet.separator,
        skipped=sheet.skipped,
        broken=sheet.broken,
    )
    lines = ((line.number, line.cells) for line in sheet.lines())
    by = acting(request, house).name
    import_id = imports.store(house.db, name, how.dump(), lines, house.now(), by=by, tried=True)
    return RedirectResponse(f"/imports/{import_id}", 303)


@router.get("/imports/{import_id}")
def show_import(import_id: str, request: Request, house: HouseOf) -> Response:
    row = _row(house, import_id)
    return _ask(request, house, row, Form()) if row.status == "tried" else _show(request, house, row)


@router.post("/imports/{import_id}")
def decide(import_id: str, request: Request, body: Body, house: HouseOf) -> Response:
    given, row = read_fields(body), _row(house, import_id)
    try:
        match given.get("action"):
            case "look" | "begin" as action:
                return _decide(request, house, row, given, begins=action == "begin")
            case "stop":
                imports.stop(house.db, import_id)
            case "go-on":
                imports.go_on(house.db, import_id)
            case "undo":
                imports.undo(house.db, import_id)
            case _:
                raise ProblemError(422, "Say what shall be done with it: begin, stop, go on or undo.")
    except NotNowError:
        pass  # somebody was quicker: the page shows how it stands
    return RedirectResponse(f"/imports/{import_id}", 303)


@router.get("/imports/{import_id}/refused.csv")
def refused_rows(import_id: str, request: Request, house: HouseOf) -> Response:
    name, say = f"refused {_row(house, import_id).file}", reader_tongue(request)

    def worded(refusal: Refusal) -> str:
        return refusal.told(refusal_words(say, refusal))

    file = refused_of(house.db, import_id, worded, say("import.refused.reason"))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return StreamingResponse(in_parts(chain([BOM], file)), 200, headers, "text/csv; charset=utf-8")


# --- before -----------------------------------------------------------------------------------------------


def _decide(request: Request, house: House, row: Row[Any], given: Mapping[str, str], *, begins: bool) -> Response:
    if row.status != "tried":
        raise NotNowError(f"import {row.id} was begun")
    file, words = StoredFile(house.db, row.id, load_how(row.how)), house.rules.vocabulary()
    proposed = propose(file, words)
    try:
        how = how_of(file, file, _asked(given, proposed), words, trying=not begins, proposed=proposed)
    except HowError as error:
        return _ask(request, house, row, Form(given, {error.field: how_words(reader_tongue(request), error)}))
    imports.decide(house.db, row.id, how.dump())
    if not begins:
        return _ask(request, house, _row(house, row.id), Form(given))
    imports.begin(house.db, row.id, house.now())
    return RedirectResponse(f"/imports/{row.id}", 303)


def _asked(given: Mapping[str, str], proposed: tuple[Column, ...]) -> Asked:
    """A field that stands as it was proposed was not said by anybody, unless it stands twice."""
    chosen = {n: said for n in range(len(proposed)) if (said := given.get(f"map.{n}")) is not None}
    times = Counter(chosen.values())
    fields = {
        proposed[n].heading: said
        for n, said in chosen.items()
        if said != (proposed[n].target or LEAVE_OUT) or (times[said] > 1 and said != LEAVE_OUT)
    }
    dates = given.get("dates")
    return Asked(
        fields=fields,
        dates=dates if dates == "dmy" or dates == "mdy" else None,
        consent=given.get("consent", ""),
        purpose=given.get("purpose", ""),
        no_consent="no_consent" in given,
        campaign=given.get("campaign", ""),
        keeps="keeps" in given,
        row_ids="row_ids" in given,
        moves="moves" in given,
        flow=given.get("flow", ""),
        rate=given.get("rate", ""),
    )


def _ask(request: Request, house: House, row: Row[Any], form: Form) -> Response:
    how, words = load_how(row.how), house.rules.vocabulary()
    file = StoredFile(house.db, row.id, how)
    sums, refused = _tried(house, row, how, file)
    return page(
        request, "import_ask.html", status=422 if form.faults else 200, row=row, how=how, form=form,
        given=form.given or _given(how), columns=columns_shown(reader_tongue(request), file, how, words),
        sums=sums, refused=refused, most=TRIED, flows=sorted(words.flows()), purposes=sorted(words.purposes()),
    )  # fmt: skip


def _given(how: How) -> dict[str, str]:
    """The fields of the form, as was decided last."""
    given = {"campaign": how.campaign or "", "flow": how.flow or "", "rate": str(how.rate or "")}
    if how.permission is not None:
        given |= {"consent": how.permission.words, "purpose": how.permission.purpose}
    return given | {name: "yes" for name in ("keeps", "row_ids", "moves") if getattr(how, name)}


def _tried(house: House, row: Row[Any], how: How, file: StoredFile) -> tuple[Tried, list[Outcome]]:
    """The first rows."""
    reader = RowReader(how, row.file, house.rules.vocabulary(), house.rules.zone(), house.now())
    sums, refused = Tried(), list[Outcome]()
    for _, outcome in try_rows(house.db, reader, islice(file.lines(), TRIED)):
        sums.add(outcome)
        if outcome.becomes == "refused" and len(refused) < _SHOWN:
            refused.append(outcome)
    return sums, refused


# --- and then ---------------------------------------------------------------------------------------------


def _list(request: Request, house: House, fault: str | None = None) -> Response:
    with house.db.read() as read:
        found = [(row, imports.progress(read, row.id)) for row in imports.latest(read)]
    return page(
        request, "imports.html", status=422 if fault else 200, found=found, fault=fault, encodings=ENCODINGS,
        separators=SEPARATORS,
    )  # fmt: skip


def _show(request: Request, house: House, row: Row[Any]) -> Response:
    with house.db.read() as read:
        refused = imports.rows(read, row.id, ["refused"], _SHOWN)
        left = imports.left(read, row.id, _SHOWN)
        took_back, theirs = imports.took_back(read, row.id, _SHOWN)
        so_far = imports.progress(read, row.id)
        going = going_of(read, row, so_far, house.now(), house.tempo())
    return page(
        request, "import.html", row=row, how=load_how(row.how), refused=refused, left=left, so_far=so_far, going=going,
        took_back=took_back, theirs=theirs,
    )  # fmt: skip


def _row(house: House, import_id: str) -> Row[Any]:
    with house.db.read() as read:
        try:
            return imports.one(read, import_id)
        except NoSuchImportError as error:
            raise ProblemError(404, str(error), told=("absent.import", {})) from None
