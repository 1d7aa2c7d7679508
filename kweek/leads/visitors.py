"""Which browser is whose? Visitors and what they looked at, until and after they say who they are.

A visitor belongs to one lead for good. A browser that turns out to be another lead's as well (a shared computer) goes
on as another visitor: nothing that one of them did is ever the other's. The lead is locked before the visitor.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, select, update

from kweek.leads.rows import insert_once
from kweek.leads.tables import leads, visitors, visits

OF_A_DAY: Final = 300
"""Visits of one visitor that are kept of a day: a page may be asked for for ever, our books are not."""

HISTORY: Final = 1_000
"""Of what somebody did before he said who he is, so much becomes his: the last."""

_HOPS: Final = 20
_BATCH: Final = 500

AnyRow = Row[*tuple[Any, ...]]

_VISITOR: Final = select(visitors).where(visitors.c.id == bindparam("id"))
_LOCKED: Final = _VISITOR.with_for_update()
_MERGED: Final = select(leads.c.id, leads.c.merged_into).where(leads.c.id == bindparam("lead"))
_JOINED: Final = (
    update(visitors)
    .where(visitors.c.id == bindparam("visitor"))
    .values(lead_id=bindparam("lead"), joined_at=bindparam("now"))
)
_GOES_ON: Final = update(visitors).where(visitors.c.id == bindparam("visitor")).values(next_id=bindparam("next"))
_WITHDRAWN: Final = (
    update(visitors)
    .where(visitors.c.id == bindparam("visitor"), visitors.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("now"))
)
_SINCE: Final = select(func.count()).where(
    visits.c.visitor_id == bindparam("visitor"), visits.c.at > bindparam("since")
)
_HISTORY: Final = (
    select(visits)
    .where(visits.c.visitor_id == bindparam("visitor"), visits.c.event_id.is_(None))
    .order_by(visits.c.at.desc(), visits.c.id.desc())
    .limit(HISTORY)
)
_LEFT: Final = (
    update(visits)
    .where(visits.c.id == bindparam("visit"), visits.c.visitor_id == bindparam("visitor"))
    .values(seconds=bindparam("for"), depth=bindparam("down"))
    .returning(visits)
)
_RECORDED: Final = update(visits).where(visits.c.id == bindparam("visit")).values(event_id=bindparam("event"))
_OLD: Final = delete(visits).where(
    visits.c.id.in_(select(visits.c.id).where(visits.c.at < bindparam("before")).limit(_BATCH))
)
_GONE: Final = delete(visitors).where(
    visitors.c.id.in_(
        select(visitors.c.id)
        .where(
            visitors.c.at < bindparam("before"),
            visitors.c.lead_id.is_(None),
            ~exists().where(visits.c.visitor_id == visitors.c.id),
        )
        .limit(_BATCH)
    )
)


def find(tx: Connection, visitor: str, *, lock: bool = False) -> AnyRow | None:
    """The visitor that this browser is by now, whatever it still calls itself."""
    row: AnyRow | None = None
    wanted: str | None = visitor
    for _ in range(_HOPS):
        if wanted is None:
            break
        row = tx.execute(_LOCKED if lock else _VISITOR, {"id": wanted}).one_or_none()
        wanted = None if row is None else row.next_id
    return row


def make(tx: Connection, visitor: str, consent: str, now: datetime, lead: str | None = None) -> None:
    """consent: exactly the words that were agreed to."""
    row = {"id": visitor, "consent": consent, "at": now, "lead_id": lead, "joined_at": None if lead is None else now}
    insert_once(tx, visitors, row)


def join(tx: Connection, visitor: AnyRow, lead: str, now: datetime) -> tuple[str, Sequence[AnyRow]]:
    """This (locked) visitor is this (locked) lead. Answers the visitor that it goes on as, and the visits that are the
    lead's from now on, the first of them first."""
    if visitor.lead_id is not None and goes_on(tx, visitor.lead_id) == lead:
        return visitor.id, ()
    if visitor.lead_id is None:
        tx.execute(_JOINED, {"visitor": visitor.id, "lead": lead, "now": now})
        return visitor.id, list(reversed(tx.execute(_HISTORY, {"visitor": visitor.id}).all()))
    other = secrets.token_hex(16)
    make(tx, other, visitor.consent, visitor.at, lead)
    tx.execute(_GOES_ON, {"visitor": visitor.id, "next": other})
    return other, ()


def goes_on(tx: Connection, lead: str | None) -> str | None:
    """The lead, or the one that goes on in its place; None: there is none (any more)."""
    for _ in range(_HOPS):
        row = None if lead is None else tx.execute(_MERGED, {"lead": lead}).one_or_none()
        if row is None or row.merged_into is None:
            return None if row is None else row.id
        lead = row.merged_into
    return None


def withdraw(tx: Connection, visitor: AnyRow, now: datetime) -> None:
    """Nobody follows this (locked) visitor any more. Of one who is nobody nothing stays; of a lead, what it had agreed
    to, and until when."""
    if visitor.lead_id is not None:
        tx.execute(_WITHDRAWN, {"visitor": visitor.id, "now": now})
        return
    tx.execute(delete(visits).where(visits.c.visitor_id == visitor.id))
    tx.execute(delete(visitors).where(visitors.c.id == visitor.id))


# --- visits ---------------------------------------------------------------------------------------------


def enough(tx: Connection, visitor: str, since: datetime) -> bool:
    """Is more than anybody looks at kept of this visitor since then?"""
    return tx.execute(_SINCE, {"visitor": visitor, "since": since}).scalar_one() >= OF_A_DAY


def keep(tx: Connection, visit: dict[str, object]) -> AnyRow | None:
    """None: it is kept already."""
    if not insert_once(tx, visits, visit):
        return None
    return tx.execute(select(visits).where(visits.c.id == visit["id"])).one()


def left(tx: Connection, visit: str, visitor: str, seconds: int, depth: int) -> AnyRow | None:
    """The page was left after so long. None: this visitor did not open it."""
    told = {"visit": visit, "visitor": visitor, "for": seconds, "down": depth}
    return tx.execute(_LEFT, told).one_or_none()


def recorded(tx: Connection, events: Sequence[tuple[str, str]]) -> None:
    """visit → the event that it became."""
    if events:
        tx.execute(_RECORDED, [{"visit": visit, "event": event} for visit, event in events])


def delete_old(tx: Connection, before: datetime) -> int:
    """Some of the visits of before then, and of the visitors who are nobody and of whom nothing is left; how many."""
    return sum(tx.execute(each, {"before": before}).rowcount for each in (_OLD, _GONE))
