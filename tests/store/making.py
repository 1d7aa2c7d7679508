"""Leads, versions and plans for tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert, select

from kweek.leads import tables
from kweek.leads.database import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_lead(db: Database, lead_id: str = "lead", **values: object) -> str:
    row = {"email": f"{lead_id}@example.com", "email_key": f"{lead_id}@example.com", "created_at": NOW, "fields": {}}
    with db.write() as tx:
        tx.execute(insert(tables.leads).values(id=lead_id, **(row | values)))
    return lead_id


def let_others_pass(db: Database) -> bool:
    """There are bells, and all are of a mass deed."""
    with db.read() as tx:
        return set(tx.execute(select(tables.outbox.c.mass)).scalars()) == {True}
