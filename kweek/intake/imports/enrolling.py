"""How do the leads of an import enter a flow? At a rate, never faster, so that whoever calls or answers can keep up.

Elapsed flow time counts, nights included. After a pause, whatever its cause, nothing is caught up with.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row

from kweek.intake.ears import FlowEars
from kweek.intake.imports.how import How, Rate, load_how
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import append
from kweek.leads import imports
from kweek.leads.database import Database, NoSuchLead

STEP: Final = timedelta(minutes=1)
"""Of a flow's time: whoever is due within it goes at once."""

MOST: Final = 100  # leads in one step


def enrol_id(import_id: str, lead_id: str) -> str:
    """Of the event that puts a lead into the flow."""
    return f"import:{import_id}:enrol:{lead_id}"


def at_once(rate: Rate, breath: timedelta) -> int:
    """How many go at once. breath: what passes in the flows before anybody can look again."""
    return max(1, min(MOST, int(max(STEP, breath) / rate.each)))


def enrol_some(db: Database, import_id: str, ears: FlowEars, now: datetime, breath: timedelta) -> datetime | None:
    """Those who are due; when the next are. None: all are in, or somebody stopped it."""
    with db.read() as read:
        row = imports.one(read, import_id)
        how = load_how(row.how)
        due = how.rate is None or row.next_at is None or row.next_at <= now
        most = MOST if how.rate is None else at_once(how.rate, breath)
        some = imports.rows(read, import_id, imports.TAKEN, most, row.enrolled) if due else []
    if row.status != "enrolling":
        return None
    if not due:
        return row.next_at
    for one in some:
        _enrol(db, import_id, how, one, ears, now)
    return _went(db, import_id, how.rate, some, now)


def _enrol(db: Database, import_id: str, how: How, row: Row[object], ears: FlowEars, now: datetime) -> None:
    """Once for each lead, however many rows it has. A lead that was erased meanwhile enters nothing."""
    lead_id = str(row.lead_id)
    incoming = Incoming(enrol_id(import_id, lead_id), "enrol", now, LeadIn(id=lead_id), {"flow": how.flow}, mass=True)
    try:
        with db.lead_tx(lead_id) as tx:
            append(tx, lead_id, incoming, now, ears)
    except NoSuchLead:
        return


def _went(db: Database, import_id: str, rate: Rate | None, some: list[Row[object]], now: datetime) -> datetime | None:
    with db.write() as tx:
        row = imports.locked(tx, import_id)
        if row.status != "enrolling":
            return None
        if not some:
            imports.change(tx, import_id, status="done", next_at=None)
            return None
        next_at = now if rate is None else now + rate.each * len(some)
        imports.change(tx, import_id, enrolled=some[-1].number, next_at=next_at)
        return next_at
