"""What happened to a lead? Its events, numbered without gaps, and the bells that they ring.

The lead is locked by whoever calls (`Database.lead_tx`): that is what keeps the numbers whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from kweek.flow.state import Event, Value
from kweek.flow.stored import dump_event, load_event
from kweek.leads.bulk import insert_rows
from kweek.leads.rows import insert_once
from kweek.leads.tables import events, leads, outbox

_BY_ID: Final = select(events).where(events.c.id == bindparam("id"))
_KNOWN: Final = select(events.c.id).where(events.c.id.in_(bindparam("ids", expanding=True)))
_NEXT: Final = update(leads).where(leads.c.id == bindparam("lead")).values(seq=leads.c.seq + 1).returning(leads.c.seq)
_BACK: Final = update(leads).where(leads.c.id == bindparam("lead")).values(seq=leads.c.seq - 1)
_RING: Final = insert(outbox).inline()  # nobody asks for its number
_AFTER: Final = (
    select(events)
    .where(events.c.lead_id == bindparam("lead"), events.c.seq > bindparam("after"), events.c.merged.is_(None))
    .order_by(events.c.seq)
)


def append(
    tx: Connection,
    lead_id: str,
    id: str,
    kind: str,
    at: datetime,
    ref: str | None = None,
    data: Mapping[str, Value] | None = None,
    *,
    recorded_at: datetime,
    by: str | None = None,
    note: str | None = None,
) -> int | None:
    """Give the event the lead's next number; None: an event with this id is known, and nothing was done.

    at, recorded_at: flow time, when it happened and when we heard of it. by, note: of the colleague who did it.
    """
    event = Event(tx.execute(_NEXT, {"lead": lead_id}).scalar_one(), kind, at, ref, data or {})
    if put(tx, row_of(lead_id, id, event, recorded_at=recorded_at, by=by, note=note)):
        return event.seq
    tx.execute(_BACK, {"lead": lead_id})  # no gap in our numbers for that
    return None


def put(tx: Connection, row: Mapping[str, object]) -> bool:
    """The same under a number that the caller gives, who has to write that into the lead's row. False: it is known.
    row: by `row_of`."""
    return insert_once(tx, events, row, key="id")


def put_all(tx: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """The same for many that nobody knows (IntegrityError: somebody does)."""
    insert_rows(tx, events, rows)


def known(tx: Connection, ids: Sequence[str]) -> set[str]:
    """Those of them that an event has."""
    return set(tx.execute(_KNOWN, {"ids": ids}).scalars()) if ids else set()


def row_of(
    lead_id: str,
    id: str,
    event: Event,
    *,
    recorded_at: datetime,
    by: str | None = None,
    note: str | None = None,
    came_as: str | None = None,
    past: bool = False,
) -> dict[str, object]:
    """As it stands in our books. came_as: by `kweek.leads.named`. past: no flow hears of it."""
    return {
        "lead_id": lead_id, "seq": event.seq, "id": id, "kind": event.kind, "at": event.at, "recorded_at": recorded_at,
        "ref": event.ref, "data": dump_event(event).get("data", {}), "by": by, "note": note,
        "came_as": came_as, "merged": past or None,
    }  # fmt: skip


def find(tx: Connection, id: str) -> tuple[Event, str | None, str | None] | None:
    """The event with this id, who did it, and his note."""
    row = tx.execute(_BY_ID, {"id": id}).one_or_none()
    return None if row is None else (_event(row), row.by, row.note)


def ring(tx: Connection, lead_id: str, seq: int, *, mass: bool = False) -> None:
    """Have the relay ring for this event. In the event's own transaction: both are there, or neither. mass: it is one
    of many that somebody did, or time brought about, at once: whoever does something alone does not wait for them."""
    tx.execute(_RING, {"lead_id": lead_id, "seq": seq, "mass": mass or None})


def ring_all(tx: Connection, bells: Sequence[tuple[str, int]]) -> None:
    """The same for the many leads of a mass deed, each with the number of its event."""
    insert_rows(tx, outbox, [{"lead_id": lead_id, "seq": seq, "mass": True} for lead_id, seq in bells])


def pull(tx: Connection, lead_id: str, after: int) -> list[Event]:
    """The lead's events from number `after` + 1 on, in order; without those that are its past, or another lead's."""
    return [_event(row) for row in tx.execute(_AFTER, {"lead": lead_id, "after": after})]


def _event(row: Row[tuple[object, ...]]) -> Event:
    if not row.data:  # most events
        return Event(row.seq, row.kind, row.at, row.ref)
    dumped = {"seq": row.seq, "kind": row.kind, "at": row.at.isoformat(), "ref": row.ref, "data": row.data}
    return load_event(dumped)
