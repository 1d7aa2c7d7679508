"""What a company or a campaign is, all its leads have in common: whose turn is it to be looked at, when that changed?

A mark says that something changed; nothing but these rows says what is still to be done. Whoever changes a thing adds a
mark and waits for no lead: he takes along those that are free at once, and leaves the others to whoever goes from lead
to lead, in the order of their ids, and moves the mark along.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from kweek.leads.tables import leads, looks

InCommon = Literal["company", "campaign"]

AT_ONCE: Final = 50
"""Leads that are looked at in the transaction of the change itself."""

_COLUMN: Final = {"company": leads.c.company_id, "campaign": leads.c.campaign}
_MARKS: Final = select(looks).where(or_(*(looks.c.name.startswith(f"{what}/") for what in _COLUMN)))
_NEXT: Final = _MARKS.order_by(looks.c.at, looks.c.name).limit(1)
_LOCK_NEXT: Final = _NEXT.with_for_update(skip_locked=True)
_ITS: Final = {
    what: select(leads.c.id)
    .where(column == bindparam("id"), leads.c.id > bindparam("after"), leads.c.merged_into.is_(None))
    .order_by(leads.c.id)
    .limit(bindparam("most"))
    for what, column in _COLUMN.items()
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Of the company or campaign with this id. after: the last lead that was looked at."""

    name: str
    what: InCommon
    id: str
    after: str


def note(tx: Connection, what: InCommon, id: str, now: datetime) -> None:
    """All its leads are to be looked at. Each change has a mark of its own, so that none waits for another's."""
    tx.execute(insert(looks), {"name": f"{what}/{id}/{secrets.token_hex(8)}", "at": now, "lead_id": ""})


def free(tx: Connection, what: InCommon, id: str) -> Sequence[str]:
    """The first of its leads, locked; who is held by somebody else is left out, so that nobody waits crosswise."""
    some = _ITS[what].with_for_update(skip_locked=True)
    return tx.execute(some, {"id": id, "after": "", "most": AT_ONCE}).scalars().all()


def waits(read: Connection) -> bool:
    return read.execute(_NEXT).first() is not None


def next_mark(tx: Connection) -> Mark | None:
    """The oldest that nobody works at, locked. Where it stands at the beginning, those like it are done with it."""
    row = tx.execute(_LOCK_NEXT).one_or_none()
    if row is None:
        return None
    what, _, rest = row.name.partition("/")
    mark = Mark(row.name, cast("InCommon", what), rest.rpartition("/")[0], row.lead_id)
    if not mark.after:
        name = looks.c.name
        same = name.startswith(f"{what}/{mark.id}/", autoescape=True)
        query = select(name).where(same, name != mark.name, looks.c.lead_id == "")
        alike = tx.execute(query.with_for_update(skip_locked=True)).scalars().all()
        tx.execute(delete(looks).where(name.in_(alike)))
    return mark


def next_leads(tx: Connection, mark: Mark, most: int) -> Sequence[str]:
    """So many behind the last one, locked in the order of their ids."""
    asked = {"id": mark.id, "after": mark.after, "most": most}
    return tx.execute(_ITS[mark.what].with_for_update(), asked).scalars().all()


def move(tx: Connection, mark: Mark, after: str | None) -> None:
    """after: the last that was looked at; None: all were."""
    if after is None:
        tx.execute(delete(looks).where(looks.c.name == mark.name))
    else:
        tx.execute(update(looks).where(looks.c.name == mark.name).values(lead_id=after))
