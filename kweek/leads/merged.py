"""Who is it now? A lead that was merged is the one that goes on in its place, for whatever still comes under its name.

Mails, tasks and enrolments keep the lead for which they were made; whoever takes an id from one of them asks here
before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Text, bindparam, select

from kweek.leads.database import Database, NoSuchLead
from kweek.leads.tables import leads

_INTO: Final = select(leads.c.merged_into).where(leads.c.id == bindparam("lead"))
_MERGED: Final = select(leads.c.id).where(
    leads.c.id.in_(bindparam("leads", expanding=True, type_=Text)), leads.c.merged_into.is_not(None)
)
_WENT: Final = select(leads.c.id, leads.c.merged_into).where(
    leads.c.id.in_(bindparam("leads", expanding=True, type_=Text)), leads.c.merged_into.is_not(None)
)
_LOCKED: Final = _INTO.with_for_update()
_GONE: Final = select(leads.c.id).where(leads.c.merged_into == bindparam("lead")).order_by(leads.c.id)
_CAME: Final = select(leads.c.id).where(leads.c.merged_into.in_(bindparam("leads", expanding=True, type_=Text)))

_BOTH: Final = (
    select(leads.c.id)
    .where(leads.c.id.in_(bindparam("leads", expanding=True, type_=Text)))
    .order_by(leads.c.id)
    .with_for_update()
)


def lock_both(tx: Connection, one: str, other: str) -> None:
    """Until the transaction ends; whoever locks two, has the smaller id first. NoSuchLead."""
    found = set(tx.execute(_BOTH, {"leads": [one, other]}).scalars())
    for lead_id in (one, other):
        if lead_id not in found:
            raise NoSuchLead(f"There is no lead {lead_id}")


def living(read: Connection, lead_id: str) -> str:
    """The lead that it is now: itself, where nobody merged it."""
    while (into := read.execute(_INTO, {"lead": lead_id}).scalar_one_or_none()) is not None:
        lead_id = into
    return lead_id


def all_living(read: Connection, ids: Sequence[str]) -> list[str]:
    """The same of many, each once, in their order."""
    merged = set(read.execute(_MERGED, {"leads": ids}).scalars()) if ids else set[str]()
    return list(dict.fromkeys(living(read, one) if one in merged else one for one in ids))


def in_its_place(read: Connection, ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Each of these with all that went on in its place, one after another; the last is the one that it is now."""
    into, look = dict[str, str](), set(ids)
    while went := read.execute(_WENT, {"leads": sorted(look)}).all() if look else ():
        into |= {row.id: row.merged_into for row in went}
        look = {row.merged_into for row in went}
    found = {one: [one] for one in ids}
    for places in found.values():
        while (after := into.get(places[-1])) is not None:
            places.append(after)
    return found


def came_into(read: Connection, ids: Collection[str]) -> Sequence[str]:
    """Whoever was merged into one of these."""
    return read.execute(_CAME, {"leads": sorted(ids)}).scalars().all() if ids else ()


def lock_living(tx: Connection, lead_id: str) -> str:
    """The same, locked until the transaction ends: until then nobody merges it, or undoes that. NoSuchLead."""
    while True:
        lead_id = living(tx, lead_id)  # who was merged is not held: two who lock both would wait for each other
        row = tx.execute(_LOCKED, {"lead": lead_id}).one_or_none()
        if row is None:
            raise NoSuchLead(f"There is no lead {lead_id}")
        if row.merged_into is None:
            return lead_id


@contextmanager
def living_tx(db: Database, lead_id: str) -> Generator[tuple[Connection, str]]:
    """A write transaction that holds the lead that this one is now, and its id. NoSuchLead."""
    with db.write() as tx:
        yield tx, lock_living(tx, lead_id)


def merged_into(read: Connection, lead_id: str) -> list[str]:
    """All leads whose place it took, also through others."""
    found, look = list[str](), [lead_id]
    while look:
        look = [gone for one in look for gone in read.execute(_GONE, {"lead": one}).scalars()]
        found += look
    return found
