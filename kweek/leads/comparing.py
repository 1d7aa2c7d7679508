"""Who looks like this lead? It is compared with those that share one of its keys (`Person.keys`), never with all."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select

from kweek.leads.duplicates import propose
from kweek.leads.likeness import ENOUGH, Person, likeness
from kweek.leads.tables import companies, leads, likeness_keys

COMPARED: Final = 200
"""Others with whom one lead is compared, at most: those that share the most keys with it."""

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
        .group_by(_K.lead_id)
        .order_by(func.count().desc(), _K.lead_id)
        .limit(COMPARED)
    )
)
_KEYS: Final = select(_K.key).where(_K.lead_id == bindparam("lead"))
_NO_KEYS: Final = delete(likeness_keys).where(_K.lead_id == bindparam("lead"))


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
