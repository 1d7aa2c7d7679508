"""What became of what a flow began: did its mail leave, was its call ever made? An event, worth what the rules say.

It rings no bell: whoever tells it has the next turn taken, and that hears it. Where no rule gives points for it, it
takes its number, and nothing is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from kweek.flow.state import Value
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import Ears, hear_grade
from kweek.leads import effects, events
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row
from kweek.leads.ledger import FINAL, Result, held_tx, note, row_of
from kweek.leads.points import set_graded


def tell_flow(
    tx: Connection,
    lead_id: str,
    key: str,
    result: Result,
    at: datetime,
    ears: Ears,
    data: Mapping[str, Value] | None = None,
    *,
    heard_at: datetime | None = None,
) -> None:
    """The result as the lead's event, and the effect done. Twice is once. at: when it happened; heard_at: where we hear
    of it later."""
    tell_fate(tx, lead_id, key, result, at, ears, data, heard_at=heard_at)
    effects.close(tx, [key], "done")


def tell_fate(
    tx: Connection,
    lead_id: str,
    key: str,
    kind: str,
    at: datetime,
    ears: Ears,
    data: Mapping[str, Value] | None = None,
    *,
    heard_at: datetime | None = None,
) -> None:
    """The same, with the effect as it is. The lead is locked."""
    id, now = f"{key}/{kind}", heard_at or at
    seq = events.append(tx, lead_id, id, kind, at, key, data or {}, recorded_at=now)
    if seq is None or not ears.counts(kind):
        return
    told = Incoming(id, kind, at, LeadIn(id=lead_id), data or {}, ref=key)
    columns = ears.scored(tx, lead_row(tx, lead_id), [told], now, profile_changed=False)
    if columns:
        set_graded(tx, {lead_id: columns})
        hear_grade(tx, lead_id, now, ears)


def drop(db: Database, key: str, by: str, now: datetime, ears: Ears) -> bool:
    """A person decides: do not send it again; the flow hears `undelivered`. False: it is not held."""
    with held_tx(db, key) as (tx, row):
        if row is None:
            return False
        give_up(tx, row.lead_id, key, f"dropped by {by}", now, ears)
        events.ring(tx, row.lead_id, 0)
        return True


def give_up(tx: Connection, lead_id: str, key: str, why: str, now: datetime, ears: Ears) -> None:
    """This mail is not going to leave. For the turn, too: when its activity has used up its time."""
    row = row_of(tx, key)
    if row is not None and row.status in FINAL:
        effects.close(tx, [key], "done")
        return
    if row is not None:
        note(tx, key, status="undelivered", why=why)
    tell_flow(tx, lead_id, key, "undelivered", now, ears, {"reason": "gave up"})
