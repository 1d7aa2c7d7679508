"""Whom does a file give no permission, and what becomes of one that it gave when the import is undone?

Whoever took a permission back gives it no more by standing in a file. What an undo withdrew is nobody's no: of a row
that was undone, that is all that was withdrawn from then on, unless the person said no after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Text, and_, bindparam, delete, exists, not_, select, update

from kweek.flow.words import IMPORT_UNDONE, LEAD_WIDE
from kweek.intake.imports.file_row import Refusal
from kweek.intake.touches import settle_campaigns
from kweek.leads.replaced import forget_replaced
from kweek.leads.tables import consents, events, leads, touches

TOOK_BACK: Final = Refusal("", "", "the permission was taken back before, and this file does not give it again")

_UNDONE: Final = ":undone"  # behind the id of the event of a row
_C, _E, _NO = consents.c, events.c, events.alias()
_UNDID: Final = exists().where(_E.id == _C.proof.concat(_UNDONE), _E.kind == IMPORT_UNDONE, _E.at <= _C.withdrawn_at)
_SAID_NO: Final = exists().where(
    _NO.c.lead_id == _C.lead_id, _NO.c.kind.in_(LEAD_WIDE), _NO.c.recorded_at >= _C.withdrawn_at
)
_WITHDREW: Final = select(_C.lead_id, _C.purpose).where(
    _C.lead_id.in_(bindparam("leads", expanding=True, type_=Text)),
    _C.channel == "email",
    _C.withdrawn_at.is_not(None),
    not_(and_(_UNDID, not_(_SAID_NO))),
)

_ALLOWED: Final = (
    select(_C.id, _C.lead_id)
    .where(_C.proof.like(bindparam("events")), _C.withdrawn_at.is_(None))
    .order_by(_C.lead_id)
    .limit(bindparam("most"))
)
_LOCK: Final = (
    select(leads.c.id)
    .where(leads.c.id.in_(bindparam("leads", expanding=True, type_=Text)))
    .order_by(leads.c.id)
    .with_for_update()
)
_AT_ONCE: Final = 500


def undone_id(proof: str) -> str:
    """Of the event that tells a lead that what a row said of it is taken back."""
    return f"{proof}{_UNDONE}"


def who_withdrew(read: Connection, ids: Sequence[str]) -> set[tuple[str, str]]:
    """Lead and purpose: of mails that the lead allowed once, and then no more."""
    return {(row.lead_id, row.purpose) for row in read.execute(_WITHDREW, {"leads": ids})} if ids else set()


def withdraw(tx: Connection, proof: str, ids: Sequence[str], now: datetime) -> None:
    """What came with this event: its touch was none, and its permission is none any more. ids: of leads, locked;
    where a merge may have brought it."""
    its = (_C.lead_id.in_(ids), _C.proof == proof, _C.withdrawn_at.is_(None))
    tx.execute(update(consents).where(*its).values(withdrawn_at=now))
    came = delete(touches).where(touches.c.lead_id.in_(ids), touches.c.event_id == proof)
    for lead_id in set(tx.execute(came.returning(touches.c.lead_id)).scalars()):
        settle_campaigns(tx, lead_id)
    for lead_id in ids:
        forget_replaced(tx, lead_id, proof)


def withdraw_some(tx: Connection, import_id: str, now: datetime, most: int = _AT_ONCE) -> int:
    """Of all that this import allowed; how many. All permissions are looked at for it."""
    some = tx.execute(_ALLOWED, {"events": f"import:{import_id}:%", "most": most}).all()
    if some:
        tx.execute(_LOCK, {"leads": [row.lead_id for row in some]}).all()
        its = _C.id.in_([row.id for row in some])
        tx.execute(update(consents).where(its, _C.withdrawn_at.is_(None)).values(withdrawn_at=now))
    return len(some)
