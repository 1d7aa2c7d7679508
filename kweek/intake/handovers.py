"""What did sales do with a lead? Every answer to a handover: from accepting it to won, lost or back to marketing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import insert

from kweek.flow.state import Value
from kweek.intake.incoming import Recorded
from kweek.intake.outcomes import ClosedError, Desk, OutcomeError, Said, TakenError, at_desk
from kweek.leads import tables
from kweek.leads.database import Database

PASSING: Final = {"accept": "accepted", "contact": "contacted", "appointment": "appointment", "quote": "quoted"}
CLOSING: Final = {"reject": "rejected", "later": "later", "won": "won", "lost": "lost"}
ACTIONS: Final = (*PASSING, *CLOSING)
_LONGEST_REASON: Final = 200


def act_on_handover(
    db: Database, key: str, action: str, said: Said, *, reason: str | None = None, later_on: date | None = None
) -> Recorded:
    """Do one of ACTIONS. OutcomeError says what is missing; ClosedError who closed it; TakenError who accepted it."""
    if action not in ACTIONS:
        raise OutcomeError(f"“{action}” cannot be done with a handover.", ACTIONS, field="action")
    with at_desk(db, tables.handovers, key, said) as desk:
        kind = PASSING.get(action) or CLOSING[action]
        name = f"{kind}/{said.id}" if said.id else kind if action in CLOSING else desk.once(kind)
        if said.id and (before := desk.done_before(name)):
            return before
        row = desk.row
        if row.status == "closed":
            raise ClosedError("handover", row.owner, row.closed_at, row.outcome)
        if action == "accept" and row.status == "accepted" and row.owner not in (None, said.by):
            raise TakenError("handover", row.owner)
        if action in CLOSING:
            return _close(desk, kind, name, reason, later_on)
        return _pass(desk, kind, name)


def _pass(desk: Desk, kind: str, name: str) -> Recorded:
    said, row = desk.said, desk.row
    contact = {"handover_key": row.key, "kind": kind, "at": said.at, "by": said.by, "note": said.note}
    desk.tx.execute(insert(tables.contacts).values(**contact))
    if kind == "accepted":
        desk.change(status="accepted", owner=said.by)
    elif row.contacted_at is None:  # who has an appointment or a quote has spoken with the lead: the promise is met
        desk.change(contacted_at=said.at)
    return desk.tell(kind, name)


def _close(desk: Desk, kind: str, name: str, reason: str | None, later_on: date | None) -> Recorded:
    said, row = desk.said, desk.row
    data: dict[str, Value] = {}
    if kind == "rejected" and not reason:
        raise OutcomeError("Say why: marketing goes on with this lead from your reason.", field="reason")
    if reason and len(reason) > _LONGEST_REASON:
        raise OutcomeError(f"A reason has at most {_LONGEST_REASON} characters; the rest is a note.", field="reason")
    if reason:
        data["reason"] = reason
    if kind == "later":
        today = said.at.date()
        if later_on is None or not today < later_on < today + timedelta(days=3 * 366):
            raise OutcomeError("Say from which day the lead wants to hear of us again.", field="later_on")
        data["later_on"] = later_on
    desk.change(
        status="closed", closed_at=said.at, outcome=kind, reason=reason, owner=row.owner or said.by,
        later_on=None if later_on is None else datetime.combine(later_on, time(), UTC),
    )  # fmt: skip
    return desk.tell(kind, name, data)
