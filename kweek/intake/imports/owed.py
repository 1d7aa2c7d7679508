"""Who gets an address back later? Who had it before an import that is undone, where it was another lead's just then.

It is given back once another undo makes it free. The row says until then that it was not, and remembers it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, bindparam, null, or_, select, update

from kweek.intake.check import email_key
from kweek.intake.imports.file_row import Refusal
from kweek.intake.imports.taking import event_id
from kweek.leads import tables
from kweek.leads.imports import change_rows
from kweek.leads.replaced import forget_replaced
from kweek.leads.tables import import_rows, replaced

IS_ANOTHERS: Final = "that address is another lead's by now"

_R: Final = import_rows.c
_HAD: Final = select(replaced.c.lead_id).where(
    replaced.c.email_key.in_(bindparam("keys", expanding=True, type_=Text)), replaced.c.name == "email"
)
_OWED: Final = (
    select(import_rows)
    .where(
        or_(_R.lead_id.in_(_HAD), _R.lead_id.in_(bindparam("leads", expanding=True, type_=Text))),
        _R.status == "undone",
        _R.before.is_not(null()),
    )
    .order_by(_R.import_id, _R.number)
)
_LEAD: Final = select(tables.leads.c.email_key).where(tables.leads.c.id == bindparam("lead")).with_for_update()
_HAS: Final = select(tables.leads.c.id).where(tables.leads.c.email_key == bindparam("key"))


def is_anothers(tx: Connection, address: str, lead_id: str) -> bool:
    return tx.execute(_HAS, {"key": email_key(address)}).scalar_one_or_none() not in (None, lead_id)


def owed(address: str, instead: str) -> dict[str, Any]:
    """What the row remembers. instead: the address that the import gave."""
    return {"facts": {"email": [address, instead]}, "companies": [None, None], "makes_company": False}


def give_back_addresses(tx: Connection, free: Collection[str], leads: Collection[str]) -> None:
    """free: keys of addresses that are nobody's since just now. leads: who may have had another one than they remember.
    Whoever gets one back may leave another one free."""
    look, also = set(free), sorted(leads)
    while look or also:
        rows = tx.execute(_OWED, {"keys": sorted(look), "leads": also}).all()
        look, also = {key for row in rows if (key := _give_back(tx, row)) is not None}, []


def _give_back(tx: Connection, row: Row[Any]) -> str | None:
    was, is_ = row.before["facts"].get("email", (None, None))
    has = tx.execute(_LEAD, {"lead": row.lead_id}).scalar_one_or_none()
    if is_ is None or has != email_key(is_) or (was is not None and is_anothers(tx, was, row.lead_id)):
        return None
    key = None if was is None else email_key(was)
    tx.execute(update(tables.leads).where(tables.leads.c.id == row.lead_id).values(email=was, email_key=key))
    why = [one for one in row.why if Refusal.load(one).words != IS_ANOTHERS]
    change_rows(tx, row.import_id, [{"number": row.number, "why": why or None, "before": None}])
    forget_replaced(tx, row.lead_id, event_id(row.import_id, row.number))
    return has
