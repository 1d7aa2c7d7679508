"""What came of a call? The telemarketer takes a call task, tries, agrees another moment, or closes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from kweek.flow.state import Value
from kweek.intake.incoming import Recorded
from kweek.intake.outcomes import Desk, OutcomeError, Said, at_desk
from kweek.intake.suppress import AddressKey, suppress_lead
from kweek.leads import tables
from kweek.leads.database import Database

NO_ANSWER: Final = "no answer"
CALL_BACK: Final = "call back"
CLOSING: Final = ("interested", "not interested", "appointment", "quote", "wrong person", "objected")
_EVENT_OF: Final = {NO_ANSWER: "attempted", CALL_BACK: "call_back"}  # all else is its own event
_FURTHEST: Final = timedelta(days=366)

NextTry = Callable[[Row[Any], datetime], datetime | None]  # a call task's row and now → not before
OwnOutcomes = Callable[[Connection, Row[Any]], tuple[str, ...]]


def take_call(db: Database, key: str, said: Said) -> Recorded | None:
    """None: this person had it already. TakenError, ClosedError."""
    with at_desk(db, tables.call_tasks, key, said, "call task") as desk:
        return desk.take()


def give_call_back(db: Database, key: str, said: Said) -> Recorded | None:
    with at_desk(db, tables.call_tasks, key, said, "call task") as desk:
        return desk.give_back()


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
    with at_desk(db, tables.call_tasks, key, said, "call task") as desk:
        allowed = (*CLOSING, *own_outcomes(desk.tx, desk.row), NO_ANSWER, CALL_BACK)
        if outcome not in allowed:
            raise OutcomeError(f"“{outcome}” is not an outcome of this call.", allowed)
        if call_back_at is not None and outcome != CALL_BACK:
            raise OutcomeError("A moment is agreed with “call back” only.", field="call_back_at")
        kind = _EVENT_OF.get(outcome, outcome)
        data: dict[str, Value] = {} if call_back_at is None else {"at": call_back_at}
        if before := desk.done_before(kind, data):
            return before
        desk.may_close()
        desk.change(**_after(desk, outcome, call_back_at, next_try))
        if outcome == "objected":  # the right to object is kept at once, whatever the flow makes of it
            suppress_lead(desk.tx, desk.row.lead_id, "telephone", "objected", said.at, address_key)
        return desk.tell(kind, data)


def _after(desk: Desk, outcome: str, call_back_at: datetime | None, next_try: NextTry) -> dict[str, object]:
    """What the task then is. After a try anyone may go on; where the flow has withdrawn it, that was the last of it."""
    said, row = desk.said, desk.row
    back = {"status": "withdrawn" if row.status == "withdrawn" else "open", "taken_by": None}
    if outcome == CALL_BACK:
        if call_back_at is None or not said.at < call_back_at < said.at + _FURTHEST:
            raise OutcomeError("Say when to call back: a moment within a year from now.", field="call_back_at")
        return {**back, "call_back_at": call_back_at, "not_before": call_back_at}
    if outcome == NO_ANSWER:
        return {**back, "call_back_at": None, "not_before": next_try(row, said.at)}
    closed = {"status": "closed", "closed_at": said.at, "outcome": outcome}
    return {**closed, "taken_by": row.taken_by or said.by}
