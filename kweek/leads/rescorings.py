"""All leads by other rules: who looks what would change, who has it done, and how far is it?

Nothing but these rows says what is to be done: a page asks for a rescoring or stops it, and a worker that looks sees
it. What changed is counted in the transaction of each batch: whatever dies, none is left out, and none counts twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from kweek.leads.rows import insert_once
from kweek.leads.tables import rescorings as r

OPEN: Final = ("asked", "running")
_KEPT: Final = 20  # of the last ones

_RESCORING: Final = r.c.kind == "rescoring"
_NEWEST: Final = (r.c.at.desc(), r.c.id)
_UNDER_WAY: Final = select(r).where(_RESCORING, r.c.status.in_(OPEN)).order_by(r.c.at, r.c.id)
_LAST: Final = select(r).where(_RESCORING).order_by(*_NEWEST)
_NONE_YET: Final = {"of": 0, "leads": 0, "changed": 0, "failed": 0}


def one(read: Connection, job: str) -> Row[Any] | None:
    return read.execute(select(r).where(r.c.id == job)).one_or_none()


def under_way(read: Connection) -> Row[Any] | None:
    """The one that is asked for or runs, the first of them."""
    return read.execute(_UNDER_WAY.limit(1)).one_or_none()


def last(read: Connection, most: int = _KEPT) -> list[Row[Any]]:
    """Rescorings, the newest first."""
    return list(read.execute(_LAST.limit(most)).all())


def ask(tx: Connection, job: str, by: str, at: datetime) -> bool:
    """Have one done; of the same name once. False: another one is under way."""
    if one(tx, job) is not None:
        return True
    if under_way(tx) is not None:
        return False
    row = {"id": job, "kind": "rescoring", "status": "asked", "by": by, "at": at, **_NONE_YET}
    insert_once(tx, r, row, key="id")
    _forget_old(tx)
    return True


def stop(tx: Connection, at: datetime) -> bool:
    """Whoever works at it sees it within seconds. False: none is under way."""
    open_ones = update(r).where(_RESCORING, r.c.status.in_(OPEN))
    return tx.execute(open_ones.values(status="stopped", ended_at=at)).rowcount > 0


def begin(tx: Connection, job: str, rules: str, of: int, at: datetime, real: datetime) -> str:
    """By these rules, from the first lead on: the one that is under way, or else one of this name; its name. One that
    was begun by the same rules goes on counting."""
    row = tx.execute(_UNDER_WAY.limit(1).with_for_update()).one_or_none()
    counted = row.changed if row is not None and row.rules == rules else 0
    begun = {"status": "running", "rules": rules, "since_real": real, "told_real": real}
    sums = {**_NONE_YET, "of": of, "changed": counted}
    if row is not None:
        tx.execute(update(r).where(r.c.id == row.id).values(**begun, **sums))
        return row.id
    tx.execute(delete(r).where(r.c.id == job))
    tx.execute(insert(r), {"id": job, "kind": "rescoring", "by": None, "at": at, **begun, **sums})
    _forget_old(tx)
    return job


def add(tx: Connection, job: str, changed: int) -> None:
    if changed:
        tx.execute(update(r).where(r.c.id == job).values(changed=r.c.changed + changed))


def note(tx: Connection, job: str, leads: int, failed: int, real: datetime, ended_at: datetime | None = None) -> int:
    """How far it is; how many were changed. ended_at: it is done; one that was stopped stays so."""
    tx.execute(update(r).where(r.c.id == job).values(leads=leads, failed=failed, told_real=real))
    if ended_at is not None:
        running = update(r).where(r.c.id == job, r.c.status == "running")
        tx.execute(running.values(status="done", ended_at=ended_at))
    row = one(tx, job)
    return 0 if row is None else row.changed


def _forget_old(tx: Connection) -> None:
    old = tx.execute(select(r.c.id).where(_RESCORING).order_by(*_NEWEST).offset(_KEPT)).scalars().all()
    tx.execute(delete(r).where(r.c.id.in_(old)))


# --- before -----------------------------------------------------------------------------------------------


def looked(read: Connection) -> Row[Any] | None:
    """The last preview, done or not."""
    return read.execute(select(r).where(r.c.kind == "preview").order_by(*_NEWEST).limit(1)).one_or_none()


def look(
    tx: Connection, job: str, rules: str, by: str | None, at: datetime, real: datetime, file: str | None = None
) -> bool:
    """A preview begins; the one before it is of no use any more. file: of this name, by whose rules, which are not in
    force. False: one of this name was begun."""
    tx.execute(delete(r).where(r.c.kind == "preview", r.c.id != job))
    row = {"id": job, "kind": "preview", "status": "running", "rules": rules, "by": by, "at": at, **_NONE_YET}
    found = None if file is None else {"file": file}
    return insert_once(tx, r, {**row, "since_real": real, "told_real": real, "found": found}, key="id")


def told(tx: Connection, job: str, leads: int, of: int, real: datetime) -> None:
    """How far a preview is."""
    tx.execute(update(r).where(r.c.id == job).values(leads=leads, of=of, told_real=real))


def found(tx: Connection, job: str, what: Mapping[str, object], failed: int, at: datetime) -> None:
    """A preview is done."""
    values = {"status": "done", "found": dict(what), "failed": failed, "ended_at": at}
    tx.execute(update(r).where(r.c.id == job).values(**values))
