"""What an import changed of a lead that was merged since: where it went on with that, what becomes of it there?

Whoever goes on has what the row's lead would have brought without the import, or what it had itself. The merges are
told, that one and those by which others came in afterwards, so that undoing them goes on as if there was no import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Connection, Row, select, update

from kweek.intake.imports.file_row import Refusal
from kweek.intake.incoming import OWN_COLUMNS
from kweek.intake.merging.merge import last_merge
from kweek.intake.merging.united import OWN
from kweek.leads.enrolments import lead_row
from kweek.leads.tables import leads, merges

COMPANY: Final = "company_id"

Changes = Mapping[str, tuple[Any, Any]]
"""By the name of a field, or `company_id`: what was known before the import, and what it said."""


def put_right(tx: Connection, lead: str, changed: Changes, which: ColumnElement[bool]) -> Changes:
    """Undoing a merge by which another came into this lead brings back no word of the import. which: of its merges
    came after that word. Answers what none of them put another's word in place of."""
    m, left = merges.c, {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    standing = select(merges).where(m.kept_id == lead, m.undone_at.is_(None), which).order_by(m.id)
    for merge in tx.execute(standing).all() if left else ():
        columns: dict[str, list[Any]] = dict(merge.moved["columns"])
        gone = lead_row(tx, merge.gone_id)
        for name, (before, said) in list(left.items()):
            had, has = columns.get(_key(name), (None, None))
            if before is None and had is None and (theirs := _known(gone, name)) is not None:
                columns[_key(name)], left[name] = [None, theirs], (theirs, said)  # it would have taken that one's
            elif had is not None and had == said:
                columns[_key(name)] = [before, before if has == said else has]
                if has != said:
                    del left[name]
        _keep(tx, merge, columns)
    return left


class Later(Protocol):
    def of_lead(self, lead_id: str, said: Changes, after: tuple[datetime, int]) -> tuple[Changes, set[str]]:
        """What nobody has put another word in place of, and what somebody else has."""
        ...


def give_back(tx: Connection, places: Sequence[str], changed: Changes, later: Later) -> Iterator[Refusal]:
    """places: the row's lead, which has it back already, and who went on in its place, one after another; all locked.
    later: rows of other imports. What was written since stays, and is told."""
    for gone, kept in pairwise(places):
        merge = last_merge(tx, gone)
        if merge is None:
            return
        brought: dict[str, list[Any]] = dict(merge.moved["columns"])
        came: dict[str, tuple[Any, Any]] = {}
        for name, (before, said) in changed.items():
            had, has = brought.get(_key(name), (None, None))
            if has is not None and has == said:  # else its own word counted there
                came[name] = (had if before is None else before, said)
                brought[_key(name)] = [had, came[name][0]]
        row = lead_row(tx, kept)
        known = {name: _known(row, name) for name in came}
        left, _ = later.of_lead(kept, put_right(tx, kept, came, merges.c.id > merge.id), (merge.at, 0))
        now = {name: before for name, (before, said) in left.items() if known[name] == said}
        for name in left.keys() - now.keys():
            brought[_key(name)] = merge.moved["columns"][_key(name)]
            yield stays(name.removesuffix("_id"), None if name == COMPANY else known[name])
        _keep(tx, merge, brought)
        _write(tx, row, now)
        changed = {name: pair for name, pair in left.items() if name in now}


def stays(name: str, known: object) -> Refusal:
    return Refusal(name, str(known or ""), "this was written since, and stays")


def _key(name: str) -> str:
    return name if name in (*OWN_COLUMNS, COMPANY) else f"{OWN}{name}"


def _known(row: Row[Any], name: str) -> Any:
    return getattr(row, name) if _key(name) == name else row.fields.get(name)


def _keep(tx: Connection, merge: Row[Any], columns: Mapping[str, list[Any]]) -> None:
    if columns != merge.moved["columns"]:
        moved = {**merge.moved, "columns": columns}
        tx.execute(update(merges).where(merges.c.id == merge.id).values(moved=moved))


def _write(tx: Connection, row: Any, now: Mapping[str, Any]) -> None:
    if not now:
        return
    columns = {name: value for name, value in now.items() if name in (*OWN_COLUMNS, COMPANY)}
    fields = {**row.fields, **{name: value for name, value in now.items() if name not in columns}}
    known = {name: value for name, value in fields.items() if value is not None}
    tx.execute(update(leads).where(leads.c.id == row.id).values(**columns, fields=known))
