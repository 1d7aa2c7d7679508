"""What came of a call? The telemarketer takes a call task, tries, agrees another moment, or closes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from kweek.intake.incoming import Recorded
from kweek.intake.outcomes import Desk, OutcomeError, Said, at_desk
from kweek.intake.suppress import AddressKey, suppress_lead
from kweek.leads import tables
from kweek.leads.database import Database

NO_ANSWER: Final = "no answer"
CALL_BACK: Final = "call back"
CLOSING: Final = ("interested", "not interested", "appointment", "quote", "wrong person", "objected")

NextTry = Callable[[Row[Any], datetime], datetime | None]  # a call task's row and now → not before
OwnOutcomes = Callable[[Connection, Row[Any]], tuple[str, ...]]


def take_call(db: Database, key: str, said: Said) -> Recorded | None:
    """None: this person had it already. TakenError, ClosedError."""
    with at_desk(db, tables.call_tasks, key, said) as desk:
        return desk.take("call task")


def give_call_back(db: Database, key: str, said: Said) -> Recorded | None:
    with at_desk(db, tables.call_tasks, key, said) as desk:
        return desk.give_back("call task")


def log_call(
    db: Database,
    key: str,
    outcome: str,
    said: Said,
    *,
    call_back_at: datetime | None,
    own_outcomes: OwnOutcomes,
    next_try: NextTry,
    address_key: AddressKey,
) -> Recorded:
    """Log one try. `no answer` counts as an attempt, `call back` keeps the task for the agreed moment, all else closes
    it. own_outcomes: those of the task's script. OutcomeError, ClosedError, TakenError, NoSuchTaskError."""
    with at_desk(db, tables.call_tasks, key, said) as desk:
        allowed = (*CLOSING, *own_outcomes(desk.tx, desk.row), NO_ANSWER, CALL_BACK)
        if outcome not in allowed:
            raise OutcomeError(f"“{outcome}” is not an outcome of this call.", allowed)
        if said.id and (before := desk.done_before(f"outcome/{said.id}")):
            return before
        desk.may_close("call task", _closed_by(desk))
        recorded = _log(desk, outcome, call_back_at, next_try)
        if outcome == "objected":  # the right to object is kept at once, whatever the flow makes of it
            suppress_lead(desk.tx, desk.row.lead_id, "telephone", "objected", said.at, address_key)
        attempt = {"call_key": key, "at": said.at, "by": said.by, "outcome": outcome, "note": said.note}
        desk.tx.execute(insert(tables.attempts).values(**attempt))
        return recorded


def _log(desk: Desk, outcome: str, call_back_at: datetime | None, next_try: NextTry) -> Recorded:
    said, row = desk.said, desk.row
    name = f"outcome/{said.id}" if said.id else None
    if outcome == CALL_BACK:
        if call_back_at is None or not said.at < call_back_at < said.at + timedelta(days=366):
            raise OutcomeError("Say when to call back: a moment within a year from now.", field="call_back_at")
        desk.change(**_back_on_the_desk(row), call_back_at=call_back_at, not_before=call_back_at)
        return desk.tell("call_back", name or desk.once("call_back"), {"at": call_back_at})
    if outcome == NO_ANSWER:
        desk.change(**_back_on_the_desk(row), call_back_at=None, not_before=next_try(row, said.at))
        return desk.tell("attempted", name or desk.once("attempted"))
    closed = {"status": "closed", "closed_at": said.at, "outcome": outcome, "note": said.note}
    desk.change(**closed, taken_by=row.taken_by or said.by)
    return desk.tell(outcome, name or "outcome")


def _back_on_the_desk(row: Row[Any]) -> dict[str, object]:
    """After a try anyone may go on; where the flow has withdrawn the task meanwhile, that was the last of it."""
    return {"status": "withdrawn" if row.status == "withdrawn" else "open", "taken_by": None}


def _closed_by(desk: Desk) -> str | None:
    attempts = tables.attempts.c
    query = select(attempts.by).where(attempts.call_key == desk.row.key).order_by(attempts.id.desc()).limit(1)
    return desk.tx.execute(query).scalar_one_or_none()
