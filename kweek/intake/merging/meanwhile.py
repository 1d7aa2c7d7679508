"""What came in while two leads were one: whose is it, once they are two again?

The other one's is what was sent under its address or id, and what is about mails, calls and tasks of its own. With it
goes what follows from it: where it came from, what was agreed to, what was found out. (Words: `said_since`.)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from kweek.intake.merging.rows import of_effects
from kweek.intake.record import Ears
from kweek.intake.touches import settle_campaigns
from kweek.leads import tables
from kweek.leads.enrolments import lead_row
from kweek.leads.named import names_of
from kweek.leads.rows import upsert

_E: Final = tables.events.c

BACK: Final = (
    update(tables.events)
    .where(_E.id == bindparam("event"), _E.lead_id == bindparam("kept"))
    .values(lead_id=bindparam("gone"), seq=bindparam("number"), merged=bindparam("past"))
)
"""An event of the lead that went on becomes that of the other one, under a number of its own."""


def give_its_own(tx: Connection, kept: str, gone: str, its_own: Sequence[str], ears: Ears) -> None:
    """To the (locked) lead that is itself again; its addresses are its own already. its_own: it and those who go on in
    it. What was sent under a name of its own, its flows hear, whoever heard it before."""
    row, named = lead_row(tx, gone), _E.came_as.in_(names_of(tx, gone))
    about = or_(of_effects(_E.ref, its_own), of_effects(_E.id, its_own))
    query = select(_E.id, _E.kind, _E.merged, about.label("about")).where(_E.lead_id == kept, or_(about, named))
    since = tx.execute(query.order_by(_E.seq)).all()
    if not since:
        return
    both = {"kept": kept, "gone": gone}
    back = [
        {**both, "event": one.id, "number": row.seq + n, "past": True if one.about else one.merged}
        for n, one in enumerate(since, 1)
    ]
    tx.execute(BACK, back)
    stage = reduce(ears.stage_after, [one.kind for one in since if not one.about], row.stage)
    tx.execute(update(tables.leads).where(tables.leads.c.id == gone).values(seq=row.seq + len(since), stage=stage))
    _follow(tx, kept, gone, select(_E.id).where(_E.lead_id == gone, named))


def _follow(tx: Connection, kept: str, gone: str, theirs: Any) -> None:
    """What was kept with these events. theirs: ids of those that were sent under its names."""
    touches, consents, bant = tables.touches, tables.consents, tables.bant
    came = update(touches).where(touches.c.lead_id == kept, touches.c.event_id.in_(theirs)).values(lead_id=gone)
    if tx.execute(came).rowcount:
        settle_campaigns(tx, kept)
        settle_campaigns(tx, gone)
    agreed = (consents.c.lead_id == kept, consents.c.proof.in_(theirs))
    tx.execute(update(consents).where(*agreed).values(lead_id=gone))
    found = delete(bant).where(bant.c.lead_id == kept, bant.c.source.in_(theirs)).returning(bant)
    for fact in tx.execute(found).mappings().all():
        upsert(tx, bant, {**fact, "lead_id": gone})
