"""How are many rows written at once? On PostgreSQL as one value, which it takes apart itself: one statement for all.

SQLite takes them one by one in the same process, which is as quick. The rows of one call have the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Connection,
    Executable,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]
_ROWS: Final = "rows"


def insert_rows(tx: Connection, table: Table, rows: Sequence[Row], *, once: bool = False) -> None:
    """once: only those whose unique keys are free; else a key that is taken is a mistake (IntegrityError)."""
    if rows and tx.dialect.name == "postgresql":
        tx.execute(_insert(table, tuple(rows[0]), once), {_ROWS: _in_one(rows)})
    elif rows:
        tx.execute(_insert_one(table, once), rows)


def update_rows(tx: Connection, table: Table, rows: Sequence[Row], *, keys: Sequence[str] = ("id",)) -> None:
    """Where these columns are a row's, the others become its, too."""
    if rows and tx.dialect.name == "postgresql":
        tx.execute(_update(table, tuple(rows[0]), tuple(keys)), {_ROWS: _in_one(rows)})
    elif rows:
        names = tuple(rows[0])
        tx.execute(_update_one(table, names, tuple(keys)), [{_its(name): row[name] for name in names} for row in rows])


# --- PostgreSQL -------------------------------------------------------------------------------------------


def _in_one(rows: Sequence[Row]) -> str:
    return msgspec.json.encode(rows).decode()


@cache
def _insert(table: Table, names: tuple[str, ...], once: bool) -> Executable:
    rows = _apart(table, names)
    statement = postgresql.insert(table).from_select(names, select(*(rows.c[name] for name in names)))
    return statement.on_conflict_do_nothing() if once else statement


@cache
def _update(table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> Executable:
    rows = _apart(table, names)
    same = (table.c[key] == rows.c[key] for key in keys)
    return update(table).where(*same).values({name: rows.c[name] for name in names if name not in keys})


def _apart(table: Table, names: tuple[str, ...]) -> TableValuedAlias:
    """The rows in the one value, as a table with these columns."""
    one = cast(bindparam(_ROWS, type_=Text), postgresql.JSON)
    columns = (column(name, table.c[name].type) for name in names)
    return func.json_to_recordset(one).table_valued(*columns).render_derived("r", with_types=True)


# --- SQLite -----------------------------------------------------------------------------------------------


@cache
def _insert_one(table: Table, once: bool) -> Executable:
    return sqlite.insert(table).on_conflict_do_nothing() if once else insert(table)


@cache
def _update_one(table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> Executable:
    its = {name: bindparam(_its(name), type_=table.c[name].type) for name in names}
    same = (table.c[key] == its[key] for key in keys)
    return update(table).where(*same).values({name: its[name] for name in names if name not in keys})


def _its(name: str) -> str:
    return f"its_{name}"
