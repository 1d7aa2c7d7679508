"""A lead database for each test, with leads and mails on demand."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select

from kweek import config
from kweek.flow.state import Enrolment, Token
from kweek.flow.stored import dump_enrolment
from kweek.leads import publish, tables
from kweek.leads.database import Database
from kweek.leads.permission import address_key
from kweek.leads.tally import counted
from kweek.mails.tokens import Tokens
from kweek.secret import make_secret
from kweek.versions import source_of
from kweek.web.app import make_app
from kweek.web.house import House
from kweek.web.rules import WorkspaceRules
from kweek.web.session import login_link
from kweek.workspace import read_workspace

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have httpx2, which nothing else here needs
    from fastapi.testclient import TestClient

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(sqlite_database: Database) -> Database:
    """Most promises of the web are the same on any database; `db` in a module says where both are asked."""
    return sqlite_database


class Books:
    """Short ways to put rows in and to look at them."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, table: Any, **values: object) -> None:
        with self.db.write() as tx:
            tx.execute(insert(table).values(**values))
            if table in (tables.enrolments, tables.journal):
                self._count(tx)

    def _count(self, tx: Connection) -> None:
        """Rows that a turn did not write are counted here."""
        tx.execute(tables.tallies.delete())
        for flow, versions in counted(tx).items():
            for version, places in versions.items():
                for place, count in places.items():
                    row = {"flow": flow, "version": version, "place": place, "shard": 0, "count": count}
                    tx.execute(insert(tables.tallies).values(**row))

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

    def enrolment(self, version: str, step: str | None = None) -> None:
        """l1 in the brochure flow, at its beginning."""
        token = Token(step, 1, NOW) if step else None
        state = dump_enrolment(Enrolment("l1-1", "brochure-request", version, NOW, 1, token))
        self.add(
            tables.enrolments, id="l1-1", lead_id="l1", flow="brochure-request", version=version, started_at=NOW,
            step=step, entered_at=NOW if step else None, live=True, state=state,
        )  # fmt: skip

    def link(self, position: int, name: str, target: str = "https://example.com/a", key: str = "l1-1/1") -> None:
        self.add(tables.links, mail_key=key, position=position, name=name, target=target)


@pytest.fixture
def books(db: Database) -> Books:
    return Books(db)


# --- the web ----------------------------------------------------------------------------------------

KEY = "test-key-0123456789abcdef"
ORIGIN = "http://testserver"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(db: Database, books: Books, tmp_path: Path) -> House:
    """The example workspace, at NOW, with one API key."""
    settings = replace(config.settings({}, tmp_path), workspace=ROOT, data=tmp_path, secret_file=tmp_path / "secret")
    make_secret(settings.secret_file)
    books.add(tables.api_keys, hash=sha256(KEY.encode()).hexdigest(), name="test", created_at=NOW)
    return House(
        settings=settings, db=db, now=lambda: NOW, rules=WorkspaceRules(ROOT, db), tokens=Tokens(settings.key),
        address_key=lambda address: address_key(settings.key("suppression"), address), away=list,
    )  # fmt: skip


@pytest.fixture
def web(house: House) -> Iterator[TestClient]:
    """Somebody on the street: no key, no session."""
    with TestClient(make_app(house), raise_server_exceptions=False, follow_redirects=False) as client:
        client.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        yield client


@pytest.fixture
def api(web: TestClient) -> TestClient:
    """A program with a key."""
    web.headers["authorization"] = f"Bearer {KEY}"
    return web


@pytest.fixture
def staff(web: TestClient, house: House) -> TestClient:
    """Somebody who opened the link that the terminal printed."""
    path = login_link(house.settings).removeprefix(house.settings.base_url)
    assert web.get(path).status_code == 303
    return web


@pytest.fixture
def published(db: Database) -> str:
    """The example's brochure flow, published; its version."""
    source = source_of(read_workspace(ROOT), "brochure-request")
    return publish.publish(db, source, "brochure-request", "test", NOW).hash


# --- a real browser -----------------------------------------------------------------------------------


@pytest.fixture
def served(house: House) -> Iterator[House]:
    """The house on a free port of this machine."""
    from tests.web.browsing import free_port, serving  # playwright is for those who need it

    with serving(house, free_port()) as there:
        yield there


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One for a file: while Playwright is at work its loop runs, and no other can in the same process."""
    from tests.web.browsing import chromium

    with chromium() as found:
        yield found
