"""How is a row written that may be there already? The one statement that SQLite and PostgreSQL say alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(tx: Connection, table: Table, row: Mapping[str, object], key: str | None = None) -> bool:
    """Insert, unless a unique key of it is taken; was it new? Of two at once, the second waits for the first.

    key: the only column whose being taken is expected; any other clash is a mistake (IntegrityError).
    """
    return tx.execute(_insert_once(table, tx.dialect.name, key), row).rowcount == 1


def upsert(tx: Connection, table: Table, row: Mapping[str, object]) -> None:
    """Insert, or overwrite the row with the same primary key."""
    tx.execute(_upsert(table, tx.dialect.name, tuple(row)), row)


@cache
def _insert_once(table: Table, dialect: str, key: str | None) -> Executable:
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    once = statement.on_conflict_do_nothing(index_elements=None if key is None else [key])
    return once.execution_options(preserve_rowcount=True)  # for inserts psycopg's count is thrown away otherwise


@cache
def _upsert(table: Table, dialect: str, names: tuple[str, ...]) -> Executable:
    keys = [column.name for column in table.primary_key]
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    rest = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)
