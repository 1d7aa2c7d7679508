"""Which companies are there? By name, and paged in the database: a page costs the same at a hundred thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, select

from kweek.leads.listed import begins
from kweek.leads.tables import companies, leads

_UP: Final = companies.alias("up")
_LEADS: Final = (
    select(func.count())
    .where(leads.c.company_id == companies.c.id, leads.c.merged_into.is_(None))
    .scalar_subquery()
    .label("leads")
)
_ROWS: Final = select(companies, _UP.c.id.label("up_id"), _UP.c.name.label("parent"), _LEADS).join_from(
    companies, _UP, _UP.c.id == companies.c.parent_id, isouter=True
)


@dataclass(frozen=True, slots=True)
class Page:
    """rows: of `companies`, with parent (its name), up_id and leads (how many). after: what the next page goes on
    from; None: this is the last."""

    rows: Sequence[Row[Any]]
    after: str | None


def page(read: Connection, q: str, after: str, most: int) -> Page:
    """q: how a name begins. after: of the page before; "": from the beginning."""
    key = companies.c.name_key
    beyond = [key > after] if after else []
    rows = read.execute(_ROWS.where(*_named(read, q), *beyond).order_by(key).limit(most + 1)).all()
    return Page(rows[:most], rows[most - 1].name_key if len(rows) > most else None)


def count(read: Connection, q: str) -> int:
    return read.execute(select(func.count()).select_from(companies).where(*_named(read, q))).scalar_one()


def _named(read: Connection, q: str) -> list[ColumnElement[bool]]:
    return [begins(read, companies.c.name_key, q.casefold())] if q else []
