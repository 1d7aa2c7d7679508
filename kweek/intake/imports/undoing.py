"""How is an import taken back? Who came by it and did nothing since goes wholly; who was changed gets back what was.

First no permission of it is in force any more, for a doubtful list must not be mailed; then who went into a flow by it
leaves that. Then from the last row to the first, some at a time, each once (`giving_back`). What cannot be taken back
is noted on its row, with the reason; so is a row on which something fails that nobody foresaw.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from kweek.intake.ears import FlowEars
from kweek.intake.imports.enrolling import enrol_id
from kweek.intake.imports.file_row import WENT_WRONG
from kweek.intake.imports.giving_back import Undoing, said
from kweek.intake.imports.permission import withdraw, withdraw_some
from kweek.intake.imports.since import still_leaving, unenrol_id
from kweek.intake.imports.taking import event_id
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import append
from kweek.leads import imports, tables
from kweek.leads.away import DatabaseAway
from kweek.leads.database import Database, NoSuchLead, lock_lead
from kweek.leads.ledger import problem

BATCH: Final = 50
_AT_ONCE: Final = 100  # rows whose leads are told to leave their flow
_FORGOTTEN: Final = 1_000  # rows that never came in, at once
_TRIES: Final = 3

_BEGAN: Final = (
    select(tables.events.c.lead_id, tables.events.c.seq)
    .where(tables.events.c.id.in_(bindparam("ids", expanding=True)), tables.events.c.merged.is_(None))
    .order_by(tables.events.c.lead_id)
)


def undo_some(db: Database, import_id: str, ears: FlowEars, now: datetime, most: int = BATCH) -> int:
    """The next rows; how many. 0: all that could be taken back is; or, as long as it is leaving, the leads that are
    left have yet to leave their flow."""
    try:
        return _undo_some(db, import_id, ears, now, most)
    except DatabaseAway:
        raise
    except Exception:  # whatever is the matter with one row is no matter to the others
        if not (some := _next(db, import_id, most)):
            raise
        return sum(_undo_one(db, import_id, number, ears, now) for number in some)


def _undo_some(db: Database, import_id: str, ears: FlowEars, now: datetime, most: int) -> int:
    missed = _missed(db, import_id, most)
    with db.write() as tx:
        row = imports.locked_with_later(tx, import_id)
        if row.status not in imports.LEAVING:
            return 0
        if row.undone_at is None:
            imports.change(tx, import_id, undone_at=now)
        if row.status == "undoing" and (allowed := _forbid_some(tx, import_id, now)):
            return allowed
        if row.enrolled:
            return _take_out_some(tx, row, ears, now)
        taken = imports.last_taken(tx, import_id, most)
        leaving = still_leaving(tx, [one.lead_id for one in taken], import_id, now)
        some = _of_different_leads([one for one in taken if one.lead_id not in leaving])
        if not some and leaving:
            return 0  # and they are looked at again
        if not some and (never := imports.rows(tx, import_id, ["waiting"], _FORGOTTEN)):
            imports.change_rows(
                tx, import_id, [{"number": one.number, "status": "forgotten", "cells": []} for one in never]
            )
            return len(never)
        if not some and missed:
            _make_up_for(tx, missed, now)
            return len(missed)
        if not some:
            over = "undone" if row.status == "undoing" else "forgotten"
            imports.change(tx, import_id, status=over, undone_at=now)
            return 0
        return Undoing(tx, row, ears, row.undone_at or now, now).undo(some)


def _forbid_some(tx: Connection, import_id: str, now: datetime) -> int:
    """Before any row is undone; after that it is looked for no more, since it is a look at all permissions."""
    begun = imports.rows(tx, import_id, ["undone", "kept"], 1)
    return 0 if begun else withdraw_some(tx, import_id, now)


# --- one by one -------------------------------------------------------------------------------------------


def _next(db: Database, import_id: str, most: int) -> list[int]:
    with db.read() as read:
        enrolled = imports.one(read, import_id).enrolled
        some = imports.last_taken(read, import_id, *((_AT_ONCE, enrolled) if enrolled else (most,)))
    return [row.number for row in some]


def _undo_one(db: Database, import_id: str, number: int, ears: FlowEars, now: datetime) -> int:
    """Some times, and then no more."""
    failure = Exception()
    for _ in range(_TRIES):
        try:
            with db.write() as tx:
                row = imports.locked_with_later(tx, import_id)
                if row.status in imports.LEAVING and row.enrolled:
                    return _take_out_some(tx, row, ears, now, 1)
                this = _if_next(tx, row, number)
                leaves = this is not None and still_leaving(tx, [this.lead_id], import_id, now)
                if this is None or leaves:
                    return 0
                return Undoing(tx, row, ears, row.undone_at or now, now).undo([this])
        except DatabaseAway:
            raise
        except Exception as error:
            failure = error
    return _give_up(db, import_id, number, failure, now)


def _if_next(tx: Connection, row: Row[Any], number: int) -> Row[Any] | None:
    some = imports.last_taken(tx, row.id, 1, number) if row.status in imports.LEAVING else ()
    return next((one for one in some if one.number == number), None)


def _give_up(db: Database, import_id: str, number: int, error: Exception, now: datetime) -> int:
    """It stays as it is, and a person hears of it."""
    with db.write() as tx:
        row = imports.locked(tx, import_id)
        this = _if_next(tx, row, number)
        if this is None:
            return 0
        problem(tx, None, event_id(import_id, number), "import", f"{type(error).__name__}: {error}", now)
        if row.enrolled:
            imports.change(tx, import_id, enrolled=number - 1)
        else:
            imports.change_rows(tx, import_id, [said(this, "kept", [WENT_WRONG])])
    return 1


# --- before, and after ------------------------------------------------------------------------------------


def _missed(db: Database, import_id: str, most: int) -> Sequence[tuple[str, str]]:
    """What is in force although its row was undone: lead and event. Looked for once all rows are, and before anybody
    has to wait: nothing but a look at all permissions finds it."""
    with db.read() as read:
        over = imports.one(read, import_id).status == "undoing" and not imports.last_taken(read, import_id, 1)
        if not over or imports.rows(read, import_id, ["waiting"], 1):
            return ()
        return imports.in_force(read, import_id, most)


def _make_up_for(tx: Connection, missed: Sequence[tuple[str, str]], now: datetime) -> None:
    for lead_id, proof in missed:
        with suppress(NoSuchLead):  # it went meanwhile
            lock_lead(tx, lead_id)
            withdraw(tx, proof, [lead_id], now)


def _of_different_leads(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    seen, some = set[str](), list[Row[Any]]()
    for row in rows:
        if row.lead_id in seen:
            break
        seen.add(row.lead_id)
        some.append(row)
    return some


def _take_out_some(tx: Connection, row: Row[Any], ears: FlowEars, now: datetime, most: int = _AT_ONCE) -> int:
    """Out of the flow into which the import put them, before they go out of the books. How many rows."""
    some = imports.last_taken(tx, row.id, most, row.enrolled)
    enrolments = {enrol_id(row.id, one.lead_id) for one in some}
    for began in tx.execute(_BEGAN, {"ids": sorted(enrolments)}):
        incoming = Incoming(
            unenrol_id(row.id, began.lead_id), "unenrol", now, LeadIn(id=began.lead_id), {"since": began.seq}, mass=True
        )
        append(tx, began.lead_id, incoming, now, ears)
    imports.change(tx, row.id, enrolled=some[-1].number - 1 if some else 0)
    return max(1, len(some))
