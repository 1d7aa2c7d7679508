"""What did sales do with a lead? Every answer to a handover: from accepting it to won, lost or back to marketing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import update

from kweek.flow.state import Value
from kweek.intake.incoming import Recorded
from kweek.intake.outcomes import Desk, OutcomeError, Said, TakenError, at_desk
from kweek.intake.record import Ears
from kweek.intake.values import longest_of
from kweek.leads import tables
from kweek.leads.database import Database

PASSING: Final = {"accept": "accepted", "contact": "contacted", "appointment": "appointment", "quote": "quoted"}
CLOSING: Final = {"reject": "rejected", "later": "later", "won": "won", "lost": "lost"}
ACTIONS: Final = (*PASSING, *CLOSING)
_LONGEST_REASON: Final = longest_of("reason")
_FURTHEST: Final = timedelta(days=3 * 366)


def act_on_handover(
    db: Database,
    key: str,
    action: str,
    said: Said,
    ears: Ears | None = None,
    *,
    people: Collection[str] = (),
    reason: str | None = None,
    later_on: date | None = None,
) -> Recorded:
    """Do one of ACTIONS. people: the colleagues; whichever of them has the handover now is the lead's owner, too.

    OutcomeError says what is missing; ClosedError who closed it; TakenError who accepted it.
    """
    if action not in ACTIONS:
        raise OutcomeError(f"“{action}” cannot be done with a handover.", ACTIONS, field="action")
    if reason is not None and action not in CLOSING:
        raise OutcomeError("A reason goes with reject, later, won or lost; write a note.", field="reason")
    if later_on is not None and action != "later":
        raise OutcomeError("A day goes with “later” only.", field="later_on")
    with at_desk(db, tables.handovers, key, said, "handover", ears) as desk:
        kind = PASSING.get(action) or CLOSING[action]
        given: dict[str, Value] = {"reason": reason, "later_on": later_on}
        data = {name: value for name, value in given.items() if value is not None}
        if before := desk.done_before(kind, data):
            return before
        row = desk.row
        if row.status == "closed":
            raise desk.closed()
        if action == "accept" and row.status == "accepted" and row.owner not in (None, said.by):
            raise TakenError("handover", row.owner)
        change = _pass(desk, kind) if action in PASSING else _close(desk, kind, reason, later_on)
        if change:
            desk.change(**change)
        if (owner := change.get("owner", row.owner)) != row.owner and owner in people:
            desk.tx.execute(update(tables.leads).where(tables.leads.c.id == desk.lead_id).values(owner=owner))
        return desk.tell(kind, data)


def _pass(desk: Desk, kind: str) -> dict[str, object]:
    if kind == "accepted":
        return {"status": "accepted", "owner": desk.said.by}
    # who has an appointment or a quote has spoken with the lead: the promise is met
    return {} if desk.row.contacted_at else {"contacted_at": desk.said.at}


def _close(desk: Desk, kind: str, reason: str | None, later_on: date | None) -> dict[str, object]:
    said, row = desk.said, desk.row
    if kind == "rejected" and not reason:
        raise OutcomeError("Say why: marketing goes on with this lead from your reason.", field="reason")
    if reason and len(reason) > _LONGEST_REASON:
        raise OutcomeError(f"A reason has at most {_LONGEST_REASON} characters; the rest is a note.", field="reason")
    today = said.at.date()
    if kind == "later" and (later_on is None or not today < later_on < today + _FURTHEST):
        raise OutcomeError("Say from which day, within three years, the lead wants to hear of us.", field="later_on")
    return {
        "status": "closed", "closed_at": said.at, "outcome": kind, "reason": reason, "owner": row.owner or said.by,
        "later_on": None if later_on is None else datetime.combine(later_on, time(), UTC),
    }  # fmt: skip
