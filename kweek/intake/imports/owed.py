"""Who gets an address back later? Who had it before an import that is undone, where it was another lead's just then.

It is given back once another undo makes it free. The row says until then that it was not, and remembers it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, bindparam, null, or_, select

from kweek.intake.check import email_key
from kweek.intake.imports.exchanged import put_back
from kweek.intake.imports.file_row import Refusal
from kweek.intake.imports.taking import event_id
from kweek.leads import tables
from kweek.leads.imports import change_rows
from kweek.leads.merged import came_into, in_its_place
from kweek.leads.replaced import forget_replaced
from kweek.leads.tables import import_rows, imports, replaced

IS_ANOTHERS: Final = "that address is another lead's by now"

_R: Final = import_rows.c
_HAD: Final = select(replaced.c.lead_id).where(
    replaced.c.email_key.in_(bindparam("keys", expanding=True, type_=Text)), replaced.c.name == "email"
)
_OWED: Final = (
    select(import_rows, imports.c.at)
    .join(imports, imports.c.id == _R.import_id)
    .where(
        or_(_R.lead_id.in_(_HAD), _R.lead_id.in_(bindparam("leads", expanding=True, type_=Text))),
        _R.status == "undone",
        _R.before.is_not(null()),
    )
    .order_by(_R.import_id, _R.number)
)
_L: Final = tables.leads.c
_THESE: Final = _L.id.in_(bindparam("leads", expanding=True, type_=Text))
_LOCK: Final = select(_L.id).where(_THESE).order_by(_L.id).with_for_update()
_HAS: Final = select(_L.id).where(_L.email_key == bindparam("key"))


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
    places = in_its_place(tx, [row.lead_id])[row.lead_id]
    tx.execute(_LOCK, {"leads": [*places, *came_into(tx, places)]})
    if (
        is_ is None
        or (was is not None and is_anothers(tx, was, row.lead_id))
        or not put_back(tx, places, was, is_, row.at)
    ):
        return None
    why = [one for one in row.why if Refusal.load(one).words != IS_ANOTHERS]
    change_rows(tx, row.import_id, [{"number": row.number, "why": why or None, "before": None}])
    forget_replaced(tx, row.lead_id, event_id(row.import_id, row.number))
    return email_key(is_)
