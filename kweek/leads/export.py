"""What does a list of leads take along when it leaves the house?

Whichever list it is, the file has the same columns, and the leads in the order of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, NamedTuple

import phonenumbers
from sqlalchemy import Connection, Row, bindparam, select

from kweek.leads import imports, listed
from kweek.leads.database import Database
from kweek.leads.formulas import Cell
from kweek.leads.listed import By, Wanted
from kweek.leads.spreadsheet import moment_cell
from kweek.leads.tables import leads

_LISTED_AT_ONCE: Final = 100_000
"""Who is in it, and no more: who moves up or down in the list meanwhile is neither left out nor there twice."""
_READ_AT_ONCE: Final = 1_000
_MOST_NAMES: Final = 100  # of texts that nobody declared: as many columns more has the file at most

_FIELDS: Final = select(leads.c.fields).where(leads.c.id.in_(bindparam("leads", expanding=True)))

_ID: Final = "kweek_id"
"""Says above its column whose id it is: an import finds the lead by it."""
_OWN: Final = (
    "external_id", "email", "name", "first_name", "last_name", "phone", "job_title", "language", "country",
    "timezone", "company",
)  # fmt: skip
_OURS: Final = ("points_profile", "points_intent", "points_interest", "stage", "campaign", "last_campaign", "owner")
RECKONED: Final = ("grade", *_OURS, "flows", "created_at")
"""What Kweek made of a lead, and no file says."""
SINCE: Final = "since"
"""In the file of a list that says of each since when it is in there."""


class Part(NamedTuple):
    """Of a list. leads: the id of each, and since when it is in there, where the list says so. after: what the next
    part goes on from; None: this is the last."""

    leads: Sequence[tuple[str, datetime | None]]
    after: str | None


Listing = Callable[[Connection, str, int], Part]
"""Asked for so many leads after those of the part before; "": from the beginning."""


def everybody(wanted: Wanted, fresh: str, by: By = "newest") -> Listing:
    """The list of all leads."""

    def part(read: Connection, after: str, most: int) -> Part:
        ids, on = listed.ids_of(read, listed.which(read, wanted, fresh, by), by, after, most)
        return Part([(one, None) for one in ids], on)

    return part


def undeclared(db: Database, listing: Listing, fields: Collection[str]) -> list[str]:
    """The names of texts that nobody declared and somebody of this list has. Only imports keep such texts: the names
    that they said are few, and of the list no more is read than until somebody is found for each."""
    with db.read() as read:
        names = [name for name in imports.own_names(read) if name not in fields][:_MOST_NAMES]
    missing = set(names)
    after: str | None = ""
    while missing and after is not None:
        with db.read() as read:
            part = listing(read, after, _LISTED_AT_ONCE)
        for begin in range(0, len(part.leads), _READ_AT_ONCE):
            some = [lead for lead, _ in part.leads[begin : begin + _READ_AT_ONCE]]
            with db.read() as read:
                missing -= _said_of(read, some) if missing else set()
        after = part.after
    return [name for name in names if name not in missing]


def _said_of(read: Connection, some: Sequence[str]) -> set[str]:
    found = read.execute(_FIELDS, {"leads": some}).scalars()
    return {name for fields in found for name, value in fields.items() if value not in (None, "")}


def columns(fields: Iterable[str], *, since: bool = False, own: Iterable[str] = ()) -> list[str]:
    """fields: the workspace's own. own: texts that nobody declared, under the names that an import knows them by."""
    return [_ID, *_OWN, *RECKONED, *([SINCE] if since else []), *fields, *(f"{imports.OWN}{name}" for name in own)]


def rows(
    db: Database, listing: Listing, fresh: str, fields: Sequence[str], zone: tzinfo, *, since: bool = False
) -> Iterator[list[Cell]]:
    """A thousand are read at a time, for others write, too; who came after the list was made is not in it. fields:
    all that is kept besides, declared or not."""
    after: str | None = ""
    while after is not None:
        with db.read() as read:
            part = listing(read, after, _LISTED_AT_ONCE)
        for begin in range(0, len(part.leads), _READ_AT_ONCE):
            some = part.leads[begin : begin + _READ_AT_ONCE]
            with db.read() as read:
                found, flows = listed.in_full(read, list(dict.fromkeys(lead for lead, _ in some)))
            for lead, at in some:
                if (row := found.get(lead)) is not None:
                    moment = [moment_cell(at, zone)] if since else []
                    yield _cells(row, flows.get(lead, []), moment, fresh, fields, zone)
        after = part.after


def _cells(
    row: Row[Any], flows: Sequence[str], since: Sequence[Cell], fresh: str, fields: Sequence[str], zone: tzinfo
) -> list[Cell]:
    grade = f"{row.profile}{row.engagement}" if row.profile else fresh
    return [
        row.id,
        *(_readable(row.phone) if name == "phone" else getattr(row, name) for name in _OWN),
        grade,
        *(getattr(row, name) for name in _OURS),
        " ".join(flows),
        moment_cell(row.created_at, zone),
        *since,
        *(_value(row.fields.get(name)) for name in fields),
    ]


def _readable(phone: str | None) -> str | None:
    """+31 20 123 4567: without its blanks a spreadsheet would reckon with it, and show 3,12E+10."""
    try:
        number = phonenumbers.parse(phone or "")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _value(value: object) -> Cell:
    match value:
        case bool():
            return "yes" if value else "no"
        case str() | int() | float() | None:
            return value
        case _:
            return str(value)
