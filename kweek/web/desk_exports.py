"""What of the first page can be taken along as a file? What waits for somebody, what stands still, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row
from starlette.requests import Request
from starlette.responses import Response

from kweek.leads.formulas import Cell
from kweek.leads.spreadsheet import moment_cell
from kweek.web import as_file, queries
from kweek.web.guard import HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.render import reader_tongue
from kweek.web.spoken import title_of_task
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_AT_ONCE: Final = 1_000
_ITS: Final = {"lead_id": "lead_id", "lead": "who"}
_WAITING: Final[Mapping[str, Mapping[str, str]]] = {
    "handovers": _ITS | {name: name for name in (
        "team", "owner", "status", "given_at", "contacted_at", "follow_up_at", "rungs")},
    "tasks": _ITS | {name: name for name in ("title", "assignee", "taken_by", "opened_at", "taken_at", "due_at")},
    "calls": _ITS | {name: name for name in (
        "script", "taken_by", "taken_at", "opened_at", "not_before", "tried", "attempts_allowed")},
}  # fmt: skip
_HELD: Final[Mapping[str, Mapping[str, str]]] = {
    "leads": {"lead_id": "id", "lead": "who", "why": "held"},
    "mails": {
        "lead_id": "lead_id", "mail": "mail", "subject": "subject", "recipient": "recipient", "at": "claimed_at",
        "why": "why",
    },
}  # fmt: skip
"""By the name of the list: heading → column."""
_MOMENTS: Final = ("_at", "not_before")  # ends of the names of columns that hold one


@router.get("/waiting/{name}.csv")
def export_waiting(name: str, request: Request, house: HouseOf) -> Response:
    """`handovers`, `tasks` or `calls`, in the order of the first page."""
    return _send(request, house, name, _WAITING, queries.all_waiting, name)


@router.get("/held/{name}.csv")
def export_held(name: str, request: Request, house: HouseOf) -> Response:
    """`leads` or `mails`: what stands still until a person has decided."""
    return _send(request, house, name, _HELD, queries.all_held, f"held {name}")


def _send(
    request: Request,
    house: House,
    name: str,
    lists: Mapping[str, Mapping[str, str]],
    rows_of: Callable[[Connection, str], Sequence[Row[Any]]],
    file: str,
) -> Response:
    if name not in lists:
        raise ProblemError(404, f"There are {', '.join(lists)}.")
    as_file.refuse_slips(request, ())
    with house.db.read() as read:
        rows, say = rows_of(read, name), reader_tongue(request)
    lines = ([_cell(house, say, row, column) for column in lists[name].values()] for row in rows)
    return as_file.send_table(request, file, tuple(lists[name]), lines)


def _cell(house: House, say: Tongue, row: Row[Any], column: str) -> Cell:
    value = getattr(row, column)
    if column == "title":
        return title_of_task(say, value)
    return moment_cell(value, house.rules.zone()) if column.endswith(_MOMENTS) else value


@router.get("/problems.csv")
def export_problems(request: Request, house: HouseOf) -> Response:
    """What went wrong, the last first; `times`: so often, the last time then."""
    as_file.refuse_slips(request, ())

    def lines() -> Iterator[Sequence[Cell]]:
        before: Row[Any] | None = None
        while True:
            with house.db.read() as read:
                some = queries.last_problems(read, _AT_ONCE, before)
            for row in some:
                yield moment_cell(row.at, house.rules.zone()), row.lead_id, row.who, row.code, row.words, row.times
            if len(some) < _AT_ONCE:
                return
            before = some[-1]

    return as_file.send_table(request, "problems", ("at", "lead_id", "lead", "code", "words", "times"), lines())
