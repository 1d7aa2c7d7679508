"""A lead database for each test, with leads and mails on demand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from kweek.leads import tables
from kweek.leads.database import Database, open_database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'leads.db'}")
    with database.write() as tx:
        tables.metadata.create_all(tx)
    yield database
    database.close()


class Books:
    """Short ways to put rows in and to look at them."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, table: Any, **values: object) -> None:
        with self.db.write() as tx:
            tx.execute(insert(table).values(**values))

    def rows(self, table: Any) -> list[Any]:
        with self.db.read() as read:
            return list(read.execute(select(table)).all())

    def count(self, table: Any) -> int:
        with self.db.read() as read:
            return read.execute(select(func.count()).select_from(table)).scalar_one()

    def lead(self, lead_id: str = "l1", **values: object) -> str:
        email = f"{lead_id}@example.com"
        row = {"email": email, "email_key": email, "created_at": NOW, "fields": {}, "stage": "suspect"} | values
        self.add(tables.leads, id=lead_id, **row)
        return lead_id

    def mail(self, key: str = "l1-1/1", lead_id: str = "l1", **values: object) -> str:
        row = {
            "audience": "lead", "mail": "survey", "language": "nl", "kind": "marketing", "status": "sent",
            "recipient": f"{lead_id}@example.com", "subject": "Hello", "text": "Hello", "html": "<p>Hello</p>",
            "claimed_at": NOW - timedelta(hours=1), "sent_at": NOW - timedelta(hours=1), "message_id": f"<{key}@x>",
        } | values  # fmt: skip
        self.add(tables.mails, key=key, lead_id=lead_id, **row)
        return key

    def link(self, position: int, name: str, target: str = "https://example.com/a", key: str = "l1-1/1") -> None:
        self.add(tables.links, mail_key=key, position=position, name=name, target=target)


@pytest.fixture
def books(db: Database) -> Books:
    return Books(db)
