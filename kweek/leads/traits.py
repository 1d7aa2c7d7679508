"""What is said of a lead? Its tags and profile fields, changed by flows; the lead is locked by whoever calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from kweek.flow.state import Value
from kweek.leads.rows import insert_once
from kweek.leads.tables import leads, tags

OWN: Final = (
    "name", "first_name", "last_name", "phone", "job_title", "language", "country", "timezone", "stage", "owner",
)  # fmt: skip
"""Columns of the lead that a flow may set; any other name is one of the workspace's own fields."""

_FIELDS: Final = select(leads.c.fields).where(leads.c.id == bindparam("lead"))
_SET: Final = update(leads).where(leads.c.id == bindparam("lead"))


def add_tags(tx: Connection, lead_id: str, added: Iterable[str]) -> None:
    for tag in added:
        insert_once(tx, tags, {"lead_id": lead_id, "tag": tag})


def remove_tags(tx: Connection, lead_id: str, removed: Iterable[str]) -> None:
    tx.execute(delete(tags).where(tags.c.lead_id == lead_id, tags.c.tag.in_(list(removed))))


def set_fields(tx: Connection, lead_id: str, fields: Mapping[str, Value]) -> None:
    """`job_title` and `lead.job_title` are the same. None forgets. Dates and moments are kept as ISO text."""
    named = {name.removeprefix("lead."): kept(value) for name, value in fields.items()}
    columns: dict[str, object] = {
        name: None if value is None else str(value) for name, value in named.items() if name in OWN
    }
    rest = {name: value for name, value in named.items() if name not in OWN}
    if columns.get("stage", "") is None:
        columns["stage"] = "suspect"
    if rest:
        now: dict[str, object] = tx.execute(_FIELDS, {"lead": lead_id}).scalar_one()
        columns["fields"] = {name: value for name, value in {**now, **rest}.items() if value is not None}
    if columns:
        tx.execute(_SET, {"lead": lead_id, **columns})


def kept(value: Value) -> str | int | float | bool | None:
    """As it stands in the books."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return value
