"""What an import changed of a lead that was merged since: where it went on with that, what becomes of it there?

Whoever goes on has what the row's lead would have brought without the import, or what it had itself. The merge is told,
so that undoing that one goes on as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, update

from kweek.intake.imports.file_row import Refusal
from kweek.intake.incoming import OWN_COLUMNS
from kweek.intake.merging.merge import last_merge
from kweek.intake.merging.united import OWN
from kweek.leads.enrolments import lead_row
from kweek.leads.tables import leads, merges

STAYS: Final = "this was written since, and stays"
COMPANY: Final = "company_id"

Changes = Mapping[str, tuple[Any, Any]]
"""By the name of a field, or `company_id`: what was known before the import, and what it said."""


def give_back(tx: Connection, places: Sequence[str], changed: Changes) -> Iterator[Refusal]:
    """places: the row's lead, which has it back already, and who went on in its place, one after another; all locked.
    What was written since stays, and is told."""
    for gone, kept in pairwise(places):
        onward: dict[str, tuple[Any, Any]] = {}
        merge, row = last_merge(tx, gone), lead_row(tx, kept)
        brought: dict[str, list[Any]] = {} if merge is None else dict(merge.moved["columns"])
        for name, (before, said) in changed.items():
            key = name if name in (*OWN_COLUMNS, COMPANY) else f"{OWN}{name}"
            had, has = brought.get(key, (None, None))
            if has is None or has != said:  # its own word counted there
                continue
            known = getattr(row, key) if key == name else row.fields.get(name)
            if known != said:
                yield Refusal(name.removesuffix("_id"), "" if name == COMPANY else str(known or ""), STAYS)
                continue
            onward[name] = (had if before is None else before, said)
            brought[key] = [had, onward[name][0]]
        if merge is not None and onward:
            _write(tx, row, {name: now for name, (now, _) in onward.items()})
            moved = {**merge.moved, "columns": brought}
            tx.execute(update(merges).where(merges.c.id == merge.id).values(moved=moved))
        changed = onward


def _write(tx: Connection, row: Any, now: Mapping[str, Any]) -> None:
    columns = {name: value for name, value in now.items() if name in (*OWN_COLUMNS, COMPANY)}
    fields = {**row.fields, **{name: value for name, value in now.items() if name not in columns}}
    known = {name: value for name, value in fields.items() if value is not None}
    tx.execute(update(leads).where(leads.c.id == row.id).values(**columns, fields=known))
