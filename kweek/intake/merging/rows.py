"""What goes along where one lead is merged into another, row by row; and back again, where that is undone.

Two kinds. What only adds up (consents, touches, visitors, points that flows gave, what was replaced) moves as it is.
What holds once for a lead (tags, answers, facts, topics, who decides) stays where it is, and the kept lead gets a copy
where it had none, or an older one. Everything that is written is told, so that undoing it needs no guess; what somebody
changed since then is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, delete, or_, select, update

from kweek.leads.rows import insert_once, upsert
from kweek.leads.tables import (
    Moment,
    answers,
    bant,
    consents,
    deciders,
    points,
    replaced,
    tags,
    topics,
    touches,
    visitors,
)

Told = dict[str, Any]
"""As JSON keeps it."""

MOVING: Final = (consents, touches, visitors, points, replaced)
"""Of `points` only what flows and surveys gave: what rules give is reckoned anew from the events."""
SOURCED: Final = (points, answers, bant)
"""They say by which mail, call or task they came."""
HELD_ONCE: Final = (tags, answers, bant, topics, deciders)


def move_rows(tx: Connection, table: Table, gone: str, kept: str) -> list[Any]:
    """Ids of those that moved."""
    its = [table.c.lead_id == gone, *([table.c.rule.is_(None)] if table is points else [])]
    return list(tx.execute(update(table).where(*its).values(lead_id=kept).returning(table.c.id)).scalars())


def move_back(tx: Connection, table: Table, ids: list[Any], gone: str, kept: str) -> None:
    back = update(table).where(table.c.id == bindparam("row"), table.c.lead_id == kept).values(lead_id=gone)
    if ids:
        tx.execute(back, [{"row": one} for one in ids])


def copy_rows(tx: Connection, table: Table, gone: str, kept: str) -> list[Told]:
    """For each row that was written: its key, what was there before, and what is there now."""
    return [
        _write(tx, table, mine, {**row, "lead_id": kept})
        for row, mine in _beside(tx, table, gone, kept)
        if _counts(table, row, mine)
    ]


def take_back(tx: Connection, table: Table, told: list[Told]) -> None:
    for one in told:
        key, before, after = (_from_json(table, one[name]) for name in ("key", "before", "after"))
        assert key is not None
        where = [table.c[name] == value for name, value in key.items()]
        now = tx.execute(select(table).where(*where)).mappings().one_or_none()
        if now is None or dict(now) != after:
            continue
        if before is None:
            tx.execute(delete(table).where(*where))
        else:
            upsert(tx, table, before)


def hold(tx: Connection, table: Table, kept: str) -> list[Told]:
    """Its rows as they are before the merge: what is written over them since then may be taken back."""
    found = tx.execute(select(table).where(table.c.lead_id == kept)).mappings().all()
    return [told for row in found if (told := _to_json(dict(row))) is not None]


def hold_again(tx: Connection, table: Table, told: list[Told]) -> None:
    """Those in whose place nothing stands any more."""
    for one in told:
        if (row := _from_json(table, one)) is not None:
            insert_once(tx, table, row)


def of_effects(column: Any, leads: Sequence[str]) -> ColumnElement[bool]:
    """It names a mail, a call or a task of one of these, or begins with its name."""
    return or_(*(column.startswith(f"{lead}-", autoescape=True) for lead in leads))


def give_back(tx: Connection, table: Table, gone: str, kept: str, its_own: Sequence[str]) -> None:
    """What came since then by mails, calls and tasks of the one that is itself again (`source`) is its own. its_own: it
    and those who go on in it."""
    its = (table.c.lead_id == kept, of_effects(table.c.source, its_own))
    if table is points:
        tx.execute(update(points).where(*its, points.c.rule.is_(None)).values(lead_id=gone))
        return
    for row in tx.execute(delete(table).where(*its).returning(table)).mappings().all():
        upsert(tx, table, {**row, "lead_id": gone})


def _beside(tx: Connection, table: Table, gone: str, kept: str) -> Iterator[tuple[Told, Told | None]]:
    """Each row of the lead that goes, with the kept lead's own, where it has one."""

    def of(lead: str) -> dict[tuple[Any, ...], Told]:
        rows = tx.execute(select(table).where(table.c.lead_id == lead)).mappings().all()
        return {tuple(row[name] for name in _key_of(table)): dict(row) for row in rows}

    own = of(kept)
    for key, row in of(gone).items():
        yield row, own.get(key)


def _key_of(table: Table) -> list[str]:
    return [column.name for column in table.primary_key if column.name != "lead_id"]


def _counts(table: Table, row: Told, mine: Told | None) -> bool:
    """Is there none, or an older one? Of tags, and of who decides, there is no newer."""
    if mine is None or table is topics:
        return True
    return "at" in row and table is not deciders and row["at"] > mine["at"]


def _write(tx: Connection, table: Table, mine: Told | None, row: Told) -> Told:
    if mine is None:
        insert_once(tx, table, row)
    else:
        if table is topics:
            row |= {"views": row["views"] + mine["views"], "last_at": max(row["last_at"], mine["last_at"])}
        upsert(tx, table, row)
    key = {column.name: row[column.name] for column in table.primary_key}
    return {"key": key, "before": _to_json(mine), "after": _to_json(row)}


# --- as JSON ------------------------------------------------------------------------------------------


def _to_json(row: Mapping[str, Any] | None) -> Told | None:
    if row is None:
        return None
    return {name: plain(value) for name, value in row.items()}


def _from_json(table: Table, row: Mapping[str, Any] | None) -> Told | None:
    return None if row is None else {name: typed(table.c[name], value) for name, value in row.items()}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def typed(column: Column[Any], value: Any) -> Any:
    """What `plain` made of a value of this column."""
    return datetime.fromisoformat(value) if isinstance(column.type, Moment) and value is not None else value
