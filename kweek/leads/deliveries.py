"""What have other programs yet to hear? Rows that are written with the event itself, and go when they were taken.

A row is due at a moment of the world's clock, not of the flows': the other program lives there. Who brings it leases it
by moving that moment on, so that of two workers one does; a worker that dies leaves it due again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from kweek.leads.rows import insert_once
from kweek.leads.tables import deliveries

LEASE: Final = timedelta(seconds=60)
"""Longer than one POST may take."""

KEPT: Final = timedelta(days=30)
"""What was given up can be tried again for so long."""

_D: Final = deliveries.c
_DUE: Final = select(_D.hook).where(_D.due_real <= bindparam("now")).distinct()
_NEXT: Final = (
    select(deliveries)
    .where(_D.hook == bindparam("of"), _D.due_real <= bindparam("now"))
    .order_by(_D.due_real, _D.id)
    .limit(1)
)
_LEASE: Final = (
    update(deliveries)
    .where(_D.id == bindparam("of"), _D.due_real == bindparam("seen"))
    .values(due_real=bindparam("until"), attempts=_D.attempts + 1)
)
_TAKEN: Final = delete(deliveries).where(_D.id == bindparam("of"))
_NOT_TAKEN: Final = (
    update(deliveries).where(_D.id == bindparam("of")).values(due_real=bindparam("again"), why=bindparam("because"))
)
_FORGET: Final = delete(deliveries).where(_D.due_real.is_(None), _D.since_real < bindparam("before"))
_STANDING: Final = select(
    _D.hook,
    func.count(_D.due_real).label("waiting"),
    (func.count() - func.count(_D.due_real)).label("given_up"),
    func.min(_D.since_real).label("since"),
    func.max(_D.why).label("why"),
).group_by(_D.hook)
_ONCE_MORE: Final = (
    update(deliveries)
    .where(_D.hook == bindparam("of"), _D.due_real.is_(None))
    .values(due_real=bindparam("now"), since_real=bindparam("now"), attempts=0)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """since: the oldest. why: of one that was not taken."""

    waiting: int
    given_up: int
    since: datetime
    why: str | None


def write(
    tx: Connection, hook: str, message: str, lead_id: str, kind: str, body: Mapping[str, object], now: datetime
) -> None:
    """In the event's own transaction: both are there, or neither. The same message twice is one. now: real time."""
    row = {"hook": hook, "message": message, "lead_id": lead_id, "kind": kind, "body": dict(body)}
    insert_once(tx, deliveries, {**row, "since_real": now, "attempts": 0, "due_real": now})


def due(read: Connection, now: datetime) -> Sequence[str]:
    """Webhooks for which something is due. now: real time, as below."""
    return sorted(read.execute(_DUE, {"now": now}).scalars())


def lease(tx: Connection, hook: str, now: datetime) -> Row[Any] | None:
    """The one that has been due for longest, ours for a while; None: there is none, or another worker was faster."""
    row = tx.execute(_NEXT, {"of": hook, "now": now}).first()
    if row is None:
        return None
    ours = tx.execute(_LEASE, {"of": row.id, "seen": row.due_real, "until": now + LEASE}).rowcount == 1
    return row if ours else None


def taken(tx: Connection, number: int) -> None:
    tx.execute(_TAKEN, {"of": number})


def not_taken(tx: Connection, number: int, because: str, again: datetime | None) -> None:
    """again: when it is tried again; None: never."""
    tx.execute(_NOT_TAKEN, {"of": number, "because": because, "again": again})


def forget(tx: Connection, now: datetime) -> None:
    """What was given up, and is too old to be news."""
    tx.execute(_FORGET, {"before": now - KEPT})


def standing(read: Connection) -> Mapping[str, Standing]:
    """By webhook, where anything is left."""
    return {row.hook: Standing(row.waiting, row.given_up, row.since, row.why) for row in read.execute(_STANDING)}


def once_more(tx: Connection, hook: str, now: datetime) -> int:
    """Try what was given up as if it were new; how many are there?"""
    return tx.execute(_ONCE_MORE, {"of": hook, "now": now}).rowcount
