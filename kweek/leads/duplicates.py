"""Who may be one and the same? Pairs of leads about whom a person is asked, once, and what was said of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from kweek.leads.merged import merged_into
from kweek.leads.rows import insert_once
from kweek.leads.tables import duplicates

_D: Final = duplicates.c
_DIFFERENT: Final = (
    select(_D.id)
    .where(
        or_(
            _D.first_id.in_(bindparam("ones", expanding=True)) & _D.second_id.in_(bindparam("others", expanding=True)),
            _D.first_id.in_(bindparam("others", expanding=True)) & _D.second_id.in_(bindparam("ones", expanding=True)),
        ),
        _D.status == "different",
    )
    .limit(1)
)


def propose(tx: Connection, one: str, other: str, why: str, alike: float, at: datetime) -> bool:
    """Ask a person whether these are one. False: it was asked before, or somebody said that they are two — also of
    leads that were merged into one of them."""
    ones, others = [one, *merged_into(tx, one)], [other, *merged_into(tx, other)]
    if tx.execute(_DIFFERENT, {"ones": ones, "others": others}).first() is not None:
        return False
    row = {"why": why, "likeness": round(alike, 3), "at": at, "status": "open"}
    return insert_once(tx, duplicates, {**pair(one, other), **row})


def pair(one: str, other: str) -> dict[str, str]:
    """The smaller id is the first."""
    first, second = sorted((one, other))
    return {"first_id": first, "second_id": second}


def settle_pair(
    tx: Connection, one: str, other: str, status: Literal["merged", "different"], by: str, at: datetime
) -> None:
    """Keep what was decided of these two, also where nobody had asked."""
    ids = pair(one, other)
    insert_once(tx, duplicates, {**ids, "why": "by hand", "likeness": 1.0, "at": at, "status": "open"})
    change = update(duplicates).where(_D.first_id == ids["first_id"], _D.second_id == ids["second_id"])
    tx.execute(change.values(status=status, by=by, decided_at=at))


def of_pair(read: Connection, one: str, other: str) -> Row[Any] | None:
    ids = pair(one, other)
    query = select(duplicates).where(_D.first_id == ids["first_id"], _D.second_id == ids["second_id"])
    return read.execute(query).one_or_none()
