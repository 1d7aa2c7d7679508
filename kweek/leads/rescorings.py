"""How many leads has a rescoring changed so far? Counted in the transaction of each batch: whatever dies, none is left
out, and none counts twice."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from kweek.leads.rows import insert_once
from kweek.leads.tables import rescorings

_OTHERS: Final = delete(rescorings).where(rescorings.c.id != bindparam("job"))
_CHANGED: Final = select(rescorings.c.changed).where(rescorings.c.id == bindparam("job"))
_ADD: Final = (
    update(rescorings)
    .where(rescorings.c.id == bindparam("job"))
    .values(changed=rescorings.c.changed + bindparam("more"))
)


def begin(tx: Connection, job: str) -> None:
    """One that was begun already goes on counting. There is one at a time."""
    tx.execute(_OTHERS, {"job": job})
    insert_once(tx, rescorings, {"id": job, "changed": 0}, key="id")


def add(tx: Connection, job: str, changed: int) -> None:
    if changed:
        tx.execute(_ADD, {"job": job, "more": changed})


def changed_by(read: Connection, job: str) -> int:
    return read.execute(_CHANGED, {"job": job}).scalar_one_or_none() or 0
