"""Which company is part of which? A tree by their parents, in which nobody is part of itself."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from kweek.leads.tables import companies

_ROW: Final = select(companies).where(companies.c.id == bindparam("company"))
_LOCK: Final = _ROW.with_for_update()
_PARTS: Final = select(companies).where(companies.c.parent_id == bindparam("company")).order_by(companies.c.name)


def put_under(tx: Connection, company_id: str, parent_id: str | None) -> bool:
    """Make it part of this one (None: of nobody). False: that one is part of it, or is it itself.

    The way up is locked, so that of two who do this at once none closes a circle that the other cannot see."""
    tx.execute(_LOCK, {"company": company_id})
    up = parent_id
    while up is not None:
        if up == company_id:
            return False
        up = tx.execute(_LOCK, {"company": up}).one().parent_id
    tx.execute(update(companies).where(companies.c.id == company_id).values(parent_id=parent_id))
    return True


def above(read: Connection, company: Row[Any]) -> list[Row[Any]]:
    """The companies that it is part of, the nearest first."""
    found: list[Row[Any]] = []
    while company.parent_id is not None:
        company = read.execute(_ROW, {"company": company.parent_id}).one()
        found.append(company)
    return found


def parts_of(read: Connection, company_id: str) -> list[Row[Any]]:
    """The companies that are directly part of it."""
    return list(read.execute(_PARTS, {"company": company_id}).all())
