"""How is a list sent as a file? Whole, with the filter and the order of its page, while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kweek.leads.export import Listing, columns, rows, undeclared
from kweek.leads.formulas import Cell
from kweek.leads.spreadsheet import BOM, as_csv, in_parts
from kweek.rules.grades import Points
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.render import reader_language

_SEPARATOR: Final = "separator"
_SEPARATORS: Final = {"nl": ";", "en": ","}  # as Excel has it where that is spoken
_LONGEST: Final = 100


def refuse_slips(
    request: Request,
    asked: Iterable[str],
    faults: Iterable[str] = (),
    place: Callable[[str], object] = lambda after: None,
) -> None:
    """A file of others than were meant is no answer to a slip. asked: what its address may say. place: what `after`
    stands for, or None; the file is the whole list all the same. ProblemError 422."""
    said, known = request.query_params, {*asked, _SEPARATOR}
    after = said.get("after", "")
    faults = [*faults, *(["after"] if after and "after" in known and place(after) is None else [])]
    found = [*faults, *(name[:_LONGEST] for name in said if name not in known)]
    found += [] if said.get(_SEPARATOR, "") in ("", *_SEPARATORS.values()) else [_SEPARATOR]
    if found:
        told = ("list.fault.export", {"field": ", ".join(found)})
        raise ProblemError(422, f"This cannot be what is meant: {', '.join(found)}.", told=told)


def send(request: Request, house: House, name: str, listing: Listing, *, since: bool = False) -> Response:
    """A list of leads. name: of the file. since: the list says of each since when it is in there."""
    fields, fresh = house.rules.own_fields(), house.rules.grades().grade_of(Points())
    own = undeclared(house.db, listing, fields)
    found = rows(house.db, listing, fresh, [*fields, *own], house.rules.zone(), since=since)
    return send_table(request, name, columns(fields, since=since, own=own), found)


def send_table(request: Request, name: str, heads: Sequence[str], lines: Iterable[Sequence[Cell]]) -> Response:
    """`?separator=`: `;` or `,`; else the one that Excel has in the reader's language."""
    separator = request.query_params.get(_SEPARATOR) or _SEPARATORS.get(reader_language(request), ",")
    text = as_csv(chain([heads], lines), separator)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.csv"}
    return StreamingResponse(in_parts(chain([BOM], text)), media_type="text/csv; charset=utf-8", headers=headers)
