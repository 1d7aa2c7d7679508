"""Who may be one and the same? Pairs of leads about whom a person is asked, once; and who is to be compared at all.

A lead is compared with those that share one of its keys (`Person.keys`), never with all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, or_, select, update

from kweek.leads.likeness import ENOUGH, Person, likeness
from kweek.leads.merged import merged_into
from kweek.leads.rows import insert_once
from kweek.leads.tables import companies, duplicates, leads, likeness_keys

COMPARED: Final = 200
"""Others with whom one lead is compared, at most: where more share a key, it tells little."""

_D: Final = duplicates.c
_K: Final = likeness_keys.c


def _people() -> Select[*tuple[Any, ...]]:
    columns = (leads.c.id, leads.c.name, leads.c.first_name, leads.c.last_name, leads.c.phone, leads.c.email)
    query = select(*columns, companies.c.name.label("company"))
    return query.join_from(leads, companies, companies.c.id == leads.c.company_id, isouter=True).where(
        leads.c.merged_into.is_(None)
    )


_ONE: Final = _people().where(leads.c.id == bindparam("lead"))
_OTHERS: Final = _people().where(
    leads.c.id.in_(
        select(_K.lead_id)
        .where(_K.key.in_(bindparam("keys", expanding=True)), _K.lead_id != bindparam("lead"))
        .distinct()
        .limit(COMPARED)
    )
)
_KEYS: Final = select(_K.key).where(_K.lead_id == bindparam("lead"))
_NO_KEYS: Final = delete(likeness_keys).where(_K.lead_id == bindparam("lead"))
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


# --- finding them -----------------------------------------------------------------------------------


def changed(read: Connection, lead_id: str) -> Person | None:
    """What this lead is now, if that is not what it was when it was compared last. None: no, or it was merged."""
    row = read.execute(_ONE, {"lead": lead_id}).mappings().one_or_none()
    if row is None:
        return None
    person = Person(**row)
    return person if set(person.keys()) != set(read.execute(_KEYS, {"lead": lead_id}).scalars()) else None


def look(tx: Connection, lead_id: str, now: datetime) -> int:
    """Compare this (locked) lead, if it changed, with those that share a key with it, and propose who looks alike; how
    many are new."""
    lead = changed(tx, lead_id)
    if lead is None:
        return 0
    keys = lead.keys()
    tx.execute(_NO_KEYS, {"lead": lead_id})
    if keys:
        tx.execute(insert(likeness_keys), [{"lead_id": lead_id, "key": key} for key in keys])
    others = [Person(**other) for other in tx.execute(_OTHERS, {"lead": lead_id, "keys": keys}).mappings()]
    found = [(other.id, *likeness(lead, other)) for other in others]
    return sum(propose(tx, lead_id, other, why, alike, now) for other, alike, why in found if alike >= ENOUGH)


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


# --- what a person says -----------------------------------------------------------------------------


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
