"""What happened to a lead since an import made it? Where that is nothing, the lead can go as it came.

A flow into which the import put it is the import's own doing, until something of it left the house or lay on a desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    not_,
    or_,
    select,
)

from kweek.flow.words import GRADE_CHANGED
from kweek.intake.merging.merge import OF_MERGING
from kweek.leads import tables
from kweek.leads.effects import IN_THE_WORLD
from kweek.leads.imports import TAKEN
from kweek.leads.tally import tallied

_LEFT_BY_IT: Final = ("events", "points", "consents", "touches", "duplicates", "replaced", "journal", "outbox", "tags")
"""Where an import, or a flow by itself, leaves rows about a lead; one elsewhere is of something that happened since."""

_NOTHING: Final = (GRADE_CHANGED, "blocked", *OF_MERGING)
"""Of our own books, and of what was kept from leaving the house. A merge that stands is found among the merges."""

_T: Final = tables
_IN_THE_WORLD: Final = _T.effects.c.kind.in_(sorted(IN_THE_WORLD.keys() - {"send_mail"}))
"""A mail has a row of its own from the moment at which it may have left."""


def _lay_on_a_desk(table: Table) -> ColumnElement[bool]:
    """Somebody took it, or said what came of it; or it lies there now."""
    never = or_(table.c.status == "withdrawn", func.coalesce(table.c.outcome, "") == "blocked")
    return or_(not_(never), table.c.taken_by.is_not(None))


_ONLY_WHERE: Final[Mapping[str, ColumnElement[bool]]] = {
    "enrolments": _T.enrolments.c.ended_at.is_(None),
    "effects": and_(_IN_THE_WORLD, _T.effects.c.status != "cancelled"),
    "mails": _T.mails.c.status != "blocked",
    "call_tasks": _lay_on_a_desk(_T.call_tasks),
    "tasks": _lay_on_a_desk(_T.tasks),
    "merges": _T.merges.c.undone_at.is_(None),
}
"""Where a flow, or a merge that was undone, leaves rows about a lead: which of them are of something that happened."""

_WORDS: Final = {"enrolments": "it walks in a flow", "effects": "something left the house", "merges": "merged"}

_PATIENCE: Final = timedelta(hours=1)
"""Of flow time. A lead that has not left its flow by then stays."""

_THESE: Final = bindparam("leads", expanding=True, type_=Text)
_EVENTS: Final = select(_T.events.c.lead_id, _T.events.c.id, _T.events.c.kind).where(_T.events.c.lead_id.in_(_THESE))
_STAND: Final = (
    select(_T.import_rows.c.lead_id, _T.import_rows.c.import_id)
    .where(_T.import_rows.c.lead_id.in_(_THESE), _T.import_rows.c.status.in_(TAKEN))
    .distinct()
)
_WALKED: Final = select(_T.enrolments.c.lead_id).where(_T.enrolments.c.lead_id.in_(_THESE)).distinct()
_LEAVING: Final = (
    select(_T.leads.c.id)
    .join(_T.events, _T.events.c.lead_id == _T.leads.c.id)
    .where(
        _T.leads.c.id.in_(_THESE),
        _T.events.c.id.in_(bindparam("ids", expanding=True)),
        _T.events.c.recorded_at > bindparam("since"),
        or_(
            _T.events.c.seq > _T.leads.c.seen,
            select(_T.effects.c.key)
            .where(_T.effects.c.lead_id == _T.leads.c.id, _T.effects.c.status == "pending", _IN_THE_WORLD)
            .exists(),
        ),
    )
)


def unenrol_id(import_id: str, lead_id: str) -> str:
    """Of the event that takes a lead out of the flow into which the import put it."""
    return f"import:{import_id}:unenrol:{lead_id}"


def still_leaving(tx: Connection, ids: Sequence[str], import_id: str, now: datetime) -> set[str]:
    """Which of these leads have yet to hear that they leave the import's flow, or wait for the world?"""
    asked = {"leads": ids, "ids": [unenrol_id(import_id, one) for one in ids], "since": now - _PATIENCE}
    return set(tx.execute(_LEAVING, asked).scalars()) if ids else set()


def happened_since(tx: Connection, ids: Sequence[str], import_id: str | None = None) -> Mapping[str, list[str]]:
    """What happened to each of these leads that is not of this import, nor of one whose rows about it are undone."""
    found: dict[str, list[str]] = {lead_id: [] for lead_id in ids}
    if not ids:
        return found
    stand = {(row.lead_id, row.import_id) for row in tx.execute(_STAND, {"leads": ids})}
    for row in tx.execute(_EVENTS, {"leads": ids}):
        kind, _, rest = row.id.partition(":")
        its = rest.partition(":")[0]
        of_import = kind == "import" and (its == import_id or (row.lead_id, its) not in stand)
        if not of_import and row.kind not in _NOTHING:
            found[row.lead_id].append(row.kind)
    for name, query in _elsewhere():
        for lead_id in tx.execute(query, {"leads": ids}).scalars():
            if not found[lead_id]:
                found[lead_id].append(_WORDS.get(name, name.replace("_", " ")))
    return found


def take_away(tx: Connection, ids: Sequence[str]) -> None:
    """All rows about these (locked) leads, then their own; and they are counted nowhere any more."""
    for lead_id in tx.execute(_WALKED, {"leads": ids}).scalars().all() if ids else ():
        with tallied(tx, lead_id) as tally:
            tally.forget(tx, lead_id)
    for query in _removals() if ids else ():
        tx.execute(query, {"leads": ids})


@cache
def _removals() -> Sequence[Delete]:
    """The rows that name others before those."""
    links = delete(_T.links).where(
        _T.links.c.mail_key.in_(select(_T.mails.c.key).where(_T.mails.c.lead_id.in_(_THESE)))
    )
    found = [links, *(delete(table).where(table.c.lead_id.in_(_THESE)) for table in (_T.problems, _T.likeness_keys))]
    for table in reversed(tables.metadata.sorted_tables):
        if table.name in _LEFT_BY_IT or table.name in _ONLY_WHERE:
            found += [delete(table).where(column.in_(_THESE)) for column in about(table, tables.leads)]
    return [*found, delete(_T.leads).where(_T.leads.c.id.in_(_THESE))]


def about(table: Table, other: Table) -> Iterator[Any]:
    """The columns of a table that name a row of another."""
    for foreign in table.foreign_keys:
        if foreign.column.table is other:
            yield foreign.parent


@cache
def _elsewhere() -> Sequence[tuple[str, Select[Any]]]:
    """The other tables that are about leads."""
    return [
        (table.name, query if (only := _ONLY_WHERE.get(table.name)) is None else query.where(only))
        for table in tables.metadata.sorted_tables
        if table.name not in _LEFT_BY_IT
        for column in about(table, tables.leads)
        for query in (select(column).where(column.in_(_THESE)).distinct(),)
    ]
