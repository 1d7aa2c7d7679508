"""How is the lead database opened, read and written? One way for SQLite and PostgreSQL; a lead's row is locked first.

Every write about a lead goes through `Database.lead_tx`. Nothing is retried here: every caller is idempotent, and
knows best when to come back.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kweek.errors import KweekError, SettingsError
from kweek.leads.away import DatabaseAway, DatabaseUnusable, NoDatabase, in_words
from kweek.leads.in_turn import InTurn
from kweek.leads.postgresql import postgresql_engine
from kweek.leads.sqlite import MODE, Mode, sqlite_engine
from kweek.leads.tables import leads

__all__ = [
    "Database", "DatabaseAway", "DatabaseUnusable", "NoDatabase", "NoSuchLead", "file_of", "lock_lead",
    "open_database",
]  # fmt: skip

BUSY_SECONDS: Final = 10
"""How long a transaction waits for another one's lock before it gives up."""

THREADS: Final = 40
"""Connections at most: more than the thread pools of one worker or web process together ask for at once."""


class NoSuchLead(KweekError):
    """There is no lead with this id."""


class Database:
    """The lead database: `read()` for questions, `lead_tx(lead)` for all that concerns a lead, `write()` for the rest.

    Threads may share it. A transaction inside another one of the same thread is refused: it would wait for itself.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine
        self.sqlite: Final = engine.dialect.name == "sqlite"
        # SQLite has one writer; its own waiting polls and is unfair, so threads of one process queue up here.
        self._writer: Final = InTurn()
        self._mine: Final = threading.local()

    @contextmanager
    def read(self) -> Generator[Connection]:
        """One moment of the database, however many questions. Writing in it fails."""
        with self._transaction("read") as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[Connection]:
        """A transaction that may write; commits at the end, or rolls back on any exception."""
        if getattr(self._mine, "writing", False):
            raise RuntimeError("a write transaction inside another: pass the connection on instead")
        if self.sqlite and not self._writer.acquire(timeout=BUSY_SECONDS):
            raise DatabaseAway("The database is busy: another write has been going on for too long. Try again.")
        self._mine.writing = True
        try:
            with self._transaction("write") as connection:
                yield connection
        finally:
            self._mine.writing = False
            if self.sqlite:
                self._writer.release()

    @contextmanager
    def lead_tx(self, lead_id: str) -> Generator[Connection]:
        """A write transaction that holds this lead: nobody else writes about it until it ends. NoSuchLead."""
        with self.write() as connection:
            lock_lead(connection, lead_id)
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _transaction(self, mode: Mode) -> Generator[Connection]:
        try:
            with self.engine.connect() as connection:
                connection.execution_options(**self._options(mode))
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            if (known := in_words(error, self.engine)) is not None:
                raise known from error
            raise
        except PoolTimeout as error:
            raise DatabaseAway("The database is busy: no connection came free. Try again.") from error

    def _options(self, mode: Mode) -> dict[str, Any]:
        if self.sqlite:
            return {MODE: mode}
        if mode == "read":
            return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return {}


def open_database(url: str, *, make: bool = False) -> Database:
    """`sqlite:////path/to/leads.db` or `postgresql://user@host/name`. make: the file, with its folder, where it is
    missing; only who then makes tables in it may say so.

    Connects to nothing yet. SettingsError where the address makes no sense.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise SettingsError(
            "KWEEK_DATABASE_URL is not an address; write sqlite:///leads.db or postgresql://user@host/name"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return Database(sqlite_engine(parsed, threads=THREADS, patience=BUSY_SECONDS, make=make))
        case "postgresql" | "postgres":
            return Database(postgresql_engine(parsed, threads=THREADS, patience=BUSY_SECONDS))
        case other:
            raise SettingsError(f"KWEEK_DATABASE_URL: Kweek knows sqlite and postgresql, not “{other}”")


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None where it is a server."""
    parsed = make_url(url)
    return Path(parsed.database).absolute() if parsed.get_backend_name() == "sqlite" and parsed.database else None


def lock_lead(connection: Connection, lead_id: str) -> None:
    """Hold the lead's row until the transaction ends (on SQLite the whole database is held already). NoSuchLead."""
    if connection.execute(_LOCK, {"lead": lead_id}).first() is None:
        raise NoSuchLead(f"There is no lead {lead_id}")


_LOCK: Final = select(leads.c.id).where(leads.c.id == bindparam("lead")).with_for_update()
