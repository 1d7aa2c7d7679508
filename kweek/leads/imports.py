"""Which files were taken in, how far is each, and what became of its rows?

Nothing but these rows says what is to be done: whoever wants an import begun, stopped or undone changes its status, and
a worker that looks sees it. So any page and any command can, whether Temporal answers at that moment or not.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, bindparam, func, insert, null, or_, select, update

from kweek.errors import KweekError
from kweek.leads.bulk import update_rows
from kweek.leads.database import Database
from kweek.leads.tables import consents, import_rows, imports, touches

OWN: Final = "own."
"""Before the name of a text that a file says and nobody declared."""
LEAVING: Final = ("undoing", "forgetting")
"""What was taken in goes back; a file of which nothing was, is let go."""
AT_WORK: Final = ("running", "enrolling", *LEAVING)
TAKEN: Final = ("made", "changed", "same")
"""Rows that became a lead."""

_EVERY: Final = 2**31 - 1  # no row has a greater number
_STORED_AT_ONCE: Final = 1_000  # rows in one transaction: others wait for it
_ONE: Final = select(imports).where(imports.c.id == bindparam("import_id"))
_LOCKED: Final = _ONE.with_for_update()
_BEGAN: Final = select(imports.c.at).where(imports.c.id == bindparam("import_id")).scalar_subquery()
_NOT_OVER_BEFORE: Final = or_(imports.c.ended_at.is_(None), imports.c.ended_at >= _BEGAN)
_LOCKED_WITH_LATER: Final = (
    select(imports)
    .where(or_(imports.c.id == bindparam("import_id"), _NOT_OVER_BEFORE))
    .order_by(imports.c.id)
    .with_for_update()
)
_KEPT: Final = select(import_rows).where(
    import_rows.c.lead_id.in_(bindparam("leads", expanding=True, type_=Text)),
    import_rows.c.status == "kept",
    import_rows.c.before.is_not(null()),
)
_KEPT_AGAIN: Final = (
    update(import_rows)
    .where(
        import_rows.c.import_id == bindparam("of_import"),
        import_rows.c.status == "kept",
        import_rows.c.before.is_not(null()),
    )
    .values(status="made")
)
_COUNTS: Final = (
    select(import_rows.c.status, func.count().label("rows"))
    .where(import_rows.c.import_id == bindparam("import_id"))
    .group_by(import_rows.c.status)
)
_FIRST: Final = select(func.min(import_rows.c.number)).where(
    import_rows.c.import_id == bindparam("import_id"),
    import_rows.c.lead_id == bindparam("lead_id"),
    import_rows.c.status.in_(TAKEN),
)
_LATEST: Final = select(imports).order_by(imports.c.at.desc(), imports.c.id)
_AT_WORK: Final = select(imports.c.id, imports.c.status).where(imports.c.status.in_((*AT_WORK, "stopped")))
_OF_STATUS: Final = select(import_rows).where(
    import_rows.c.import_id == bindparam("import_id"), import_rows.c.status == bindparam("status")
)
_ROWS: Final = (
    _OF_STATUS.where(import_rows.c.number > bindparam("after")).order_by(import_rows.c.number).limit(bindparam("most"))
)
_LAST: Final = (
    _OF_STATUS.where(import_rows.c.number <= bindparam("until"))
    .order_by(import_rows.c.number.desc())
    .limit(bindparam("most"))
)
_OF_IMPORT: Final = import_rows.c.import_id == bindparam("import_id")
_LEFT: Final = (
    select(import_rows)
    .where(_OF_IMPORT, import_rows.c.status.in_(("undone", "kept")), import_rows.c.why.is_not(None))
    .where(import_rows.c.number > bindparam("after"))
    .order_by(import_rows.c.number)
    .limit(bindparam("most"))
)
_ENTERED: Final = (
    select(func.count())
    .select_from(import_rows)
    .where(_OF_IMPORT, import_rows.c.status.in_(TAKEN), import_rows.c.number <= bindparam("until"))
)
_IN_FORCE: Final = (
    select(consents.c.lead_id, consents.c.proof)
    .where(consents.c.proof.like(bindparam("events")), consents.c.withdrawn_at.is_(None))
    .union(select(touches.c.lead_id, touches.c.event_id).where(touches.c.event_id.like(bindparam("events"))))
    .order_by("lead_id")
    .limit(bindparam("most"))
)
_GAVE_NONE: Final = (_OF_IMPORT, import_rows.c.status.in_(TAKEN), import_rows.c.why.is_not(None))
_TOOK_BACK: Final = select(func.count()).select_from(import_rows).where(*_GAVE_NONE)
_THEIRS: Final = select(import_rows).where(*_GAVE_NONE).order_by(import_rows.c.number).limit(bindparam("most"))
_HOW: Final = _LATEST.with_only_columns(imports.c.how).where(imports.c.status.not_in(("storing", "tried"))).limit(1_000)
_SET: Final = update(imports).where(imports.c.id == bindparam("import_id"))


class NoSuchImportError(KweekError):
    """There is no import with this id."""

    exit_code = 2


class NotNowError(KweekError):
    """An import as it stands cannot be begun, stopped or undone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """rows: of the file. counts: by what became of them."""

    status: str
    rows: int
    counts: Mapping[str, int]

    @property
    def done(self) -> int:
        return self.rows - self.counts.get("waiting", 0)

    @property
    def taken(self) -> int:
        return sum(self.counts.get(status, 0) for status in TAKEN)


def store(
    db: Database,
    file: str,
    how: Mapping[str, object],
    lines: Iterable[tuple[int, Sequence[str]]],
    now: datetime,
    *,
    by: str | None = None,
    tried: bool = False,
    told: Callable[[int], None] = lambda stored: None,
) -> str:
    """Keep a file whole, some rows at a time, and answer its id; it is begun as soon as all of it stands here. tried:
    not yet, somebody decides first. told: how many rows are stored."""
    import_id = secrets.token_hex(6)
    row = {"id": import_id, "file": file, "how": how, "status": "storing", "rows": 0, "by": by, "at": now}
    with db.write() as tx:
        tx.execute(insert(imports), row)
    stored, some = 0, list[dict[str, object]]()

    def keep() -> None:
        with db.write() as tx:
            tx.execute(insert(import_rows), some)

    for number, cells in lines:
        some.append({"import_id": import_id, "number": number, "cells": list(cells), "status": "waiting"})
        if len(some) == _STORED_AT_ONCE:
            keep()
            told(stored := stored + len(some))
            some.clear()
    if some:
        keep()
    with db.write() as tx:
        change(tx, import_id, rows=stored + len(some), status="tried" if tried else "running")
    return import_id


# --- what is there ----------------------------------------------------------------------------------------


def one(read: Connection, import_id: str) -> Row[Any]:
    """NoSuchImportError."""
    return _there(read.execute(_ONE, {"import_id": import_id}).one_or_none(), import_id)


def latest(read: Connection, most: int | None = 100) -> list[Row[Any]]:
    """The newest first. most: None: all of them."""
    return list(read.execute(_LATEST.limit(most)).all())


def own_names(read: Connection) -> list[str]:
    """Under which names the last thousand imports kept texts that nobody declared: `color` of `own.color`."""
    columns = (column for (how,) in read.execute(_HOW) for column in how.get("columns", ()))
    targets = dict.fromkeys(column["target"] or "" for column in columns)
    return sorted(target.removeprefix(OWN) for target in targets if target.startswith(OWN))


def progress(read: Connection, import_id: str) -> Progress:
    """NoSuchImportError."""
    row = one(read, import_id)
    counts = {one.status: one.rows for one in read.execute(_COUNTS, {"import_id": import_id})}
    return Progress(row.status, row.rows, counts)


def at_work(read: Connection) -> Mapping[str, str]:
    """Those that a worker has, or should have, in hand, and those that were stopped: id → status."""
    return {row.id: row.status for row in read.execute(_AT_WORK)}


def rows(read: Connection, import_id: str, statuses: Sequence[str], most: int, after: int = 0) -> list[Row[Any]]:
    """In the order of the file. Asked for status by status: an index has each of them in order."""
    asked = {"import_id": import_id, "most": most, "after": after}
    found = (row for status in statuses for row in read.execute(_ROWS, {**asked, "status": status}))
    return sorted(found, key=lambda row: row.number)[:most]


def last_taken(read: Connection, import_id: str, most: int, until: int = _EVERY) -> list[Row[Any]]:
    """Those up to this number that became a lead, the last one first."""
    asked = {"import_id": import_id, "most": most, "until": until}
    found = (row for status in TAKEN for row in read.execute(_LAST, {**asked, "status": status}))
    return sorted(found, key=lambda row: -row.number)[:most]


def left(read: Connection, import_id: str, most: int, after: int = 0) -> list[Row[Any]]:
    """Rows of which an undo could not take everything back, in the order of the file."""
    return list(read.execute(_LEFT, {"import_id": import_id, "most": most, "after": after}).all())


def first_of(read: Connection, import_id: str, lead_id: str) -> int | None:
    """The first row by which this lead came in, or was changed."""
    return read.execute(_FIRST, {"import_id": import_id, "lead_id": lead_id}).scalar()


def took_back(read: Connection, import_id: str, most: int) -> tuple[int, list[Row[Any]]]:
    """How many rows are about somebody whom the file gave no permission, since he took it back before; and the first of
    them. All rows are looked at for it."""
    if one(read, import_id).how.get("permission") is None:
        return 0, []
    count = read.execute(_TOOK_BACK, {"import_id": import_id}).scalar_one()
    return count, list(read.execute(_THEIRS, {"import_id": import_id, "most": most}).all()) if count else []


def in_force(read: Connection, import_id: str, most: int) -> list[tuple[str, str]]:
    """Permissions and touches that its rows gave: of which lead, by which event."""
    asked = {"events": f"import:{import_id}:%", "most": most}
    return [(row[0], row[1]) for row in read.execute(_IN_FORCE, asked)]


def kept_for(read: Connection, leads: Sequence[str]) -> list[Row[Any]]:
    """The rows that made these leads, undone, where the leads stayed."""
    return list(read.execute(_KEPT, {"leads": leads}).all()) if leads else []


def entered(read: Connection, import_id: str, until: int) -> int:
    """How many rows up to this one became leads."""
    return read.execute(_ENTERED, {"import_id": import_id, "until": until}).scalar_one()


# --- what becomes of it -----------------------------------------------------------------------------------


def locked(tx: Connection, import_id: str) -> Row[Any]:
    """Nobody else works on it until the transaction ends. NoSuchImportError."""
    return _there(tx.execute(_LOCKED, {"import_id": import_id}).one_or_none(), import_id)


def locked_with_later(tx: Connection, import_id: str) -> Row[Any]:
    """The same, and nobody works on one that was not over when it began: what they remember may change.
    NoSuchImportError."""
    found = tx.execute(_LOCKED_WITH_LATER, {"import_id": import_id}).all()
    return _there(next((row for row in found if row.id == import_id), None), import_id)


def change(tx: Connection, import_id: str, **values: object) -> None:
    tx.execute(_SET, {"import_id": import_id, **values})


def change_rows(tx: Connection, import_id: str, changes: Sequence[Mapping[str, object]]) -> None:
    """changes: with the `number` of each."""
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for one in changes:
        alike.setdefault(tuple(one), []).append({"import_id": import_id, **one})
    for some in alike.values():  # all with the same columns
        update_rows(tx, import_rows, some, keys=("import_id", "number"))


def decide(db: Database, import_id: str, how: Mapping[str, object]) -> None:
    """How it shall be taken in, as long as it only is tried. NotNowError."""
    with db.write() as tx:
        _only(locked(tx, import_id), "tried")
        change(tx, import_id, how=how)


def begin(db: Database, import_id: str, now: datetime) -> None:
    """Have it taken in. NotNowError."""
    with db.write() as tx:
        _only(locked(tx, import_id), "tried")
        change(tx, import_id, status="running", at=now)


def go_on(db: Database, import_id: str) -> None:
    """After a stop. NotNowError."""
    with db.write() as tx:
        _only(locked(tx, import_id), "stopped")
        change(tx, import_id, status="running")


def stop(db: Database, import_id: str) -> None:
    """What is in stays; `go_on` goes on. NotNowError."""
    with db.write() as tx:
        _only(locked(tx, import_id), "running", "enrolling")
        change(tx, import_id, status="stopped")


def undo(db: Database, import_id: str) -> None:
    """Have all taken back that can be, or the file let go where nobody took it in. Twice is once, unless the first time
    left something in force, or leads: they are looked at again, for what kept them may be undone."""
    with db.read() as read:
        missed = one(read, import_id).status == "undone" and bool(in_force(read, import_id, 1))
    with db.write() as tx:
        row = locked(tx, import_id)
        if row.status in ("storing", "tried"):
            change(tx, import_id, status="forgetting")
        elif row.status == "undone":
            again = tx.execute(_KEPT_AGAIN, {"of_import": import_id}).rowcount
            if again or missed:
                change(tx, import_id, status="undoing")
        elif row.status not in (*LEAVING, "undone", "forgotten"):
            change(tx, import_id, status="undoing", enrolled=_EVERY if row.how.get("flow") else 0, next_at=None)


def _only(row: Row[Any], *statuses: str) -> None:
    if row.status not in statuses:
        raise NotNowError(f"import {row.id} of {row.file} is {row.status}, not {' or '.join(statuses)}")


def _there(row: Row[Any] | None, import_id: str) -> Row[Any]:
    if row is None:
        raise NoSuchImportError(f"there is no import “{import_id[:60]}”; kweek imports lists them")
    return row
