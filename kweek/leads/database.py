"""How is the lead database opened, read and written? One way for SQLite and PostgreSQL; a lead's row is locked first.

Every write about a lead goes through `Database.lead_tx`. Nothing is retried here: every caller is idempotent, and
knows best when to come back.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kweek.errors import KweekError, SettingsError
from kweek.leads.tables import leads

BUSY_SECONDS: Final = 10
"""How long a transaction waits for another one's lock before it gives up."""

THREADS: Final = 40
"""Connections at most: more than the thread pools of one worker or web process together ask for at once."""

MODE: Final = "kweek_mode"
"""The execution option that says what a transaction is for; without it, it may write."""

_Mode = Literal["read", "write", "migrate"]

# PostgreSQL's codes (its manual, appendix A) for "not now": connection lost, out of resources or connections,
# shutting down, starting up, a lock that did not come free, a deadlock that it broke.
_AWAY_CODES: Final = ("08", "53", "57P", "58", "55P03", "40P01", "25P03")
_NO_RIGHT: Final = "42501"


class DatabaseAway(KweekError):
    """The lead database does not answer. What was being done has not been done, or will be done again harmlessly."""

    exit_code = 3


class DatabaseUnusable(KweekError):
    """It is no database, not a whole one, or not ours to use. Somebody has to do something."""


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
        self._writer: Final = threading.Lock()
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
    def _transaction(self, mode: _Mode) -> Generator[Connection]:
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

    def _options(self, mode: _Mode) -> dict[str, Any]:
        if self.sqlite:
            return {MODE: mode}
        if mode == "read":
            return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return {}


def open_database(url: str) -> Database:
    """`sqlite:////path/to/leads.db` (made, with its folder, where it is missing) or `postgresql://user@host/name`.

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
            return Database(_sqlite(parsed))
        case "postgresql" | "postgres":
            return Database(_postgresql(parsed))
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


def is_away(error: DBAPIError) -> bool:
    """Is it the database that is away or busy, rather than a statement that is wrong?"""
    if error.connection_invalidated:
        return True
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        name = str(getattr(original, "sqlite_errorname", ""))
        return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL"))
    code = getattr(original, "sqlstate", None)
    if isinstance(code, str):
        return code.startswith(_AWAY_CODES)
    # psycopg has no code when there was no server to give one
    return type(original).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError")


def in_words(error: DBAPIError, engine: Engine) -> KweekError | None:
    """DatabaseAway or DatabaseUnusable; None: a statement of ours is wrong."""
    url = engine.url
    sqlite = engine.dialect.name == "sqlite"
    where = url.database if sqlite else f"{url.host or 'local socket'}:{url.port or 5432}/{url.database}"
    said = str(error.orig).strip().splitlines()
    words = said[0] if said else type(error.orig).__name__
    if is_away(error):
        return DatabaseAway(f"The lead database ({where}) does not answer: {words}")
    if str(getattr(error.orig, "sqlite_errorname", "")).startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        what = "Put back a backup of it, or set KWEEK_DATABASE_URL to where it is"
        return DatabaseUnusable(f"The lead database ({where}) cannot be read: {words}. {what}")
    if getattr(error.orig, "sqlstate", None) == _NO_RIGHT:
        return DatabaseUnusable(
            f"The lead database ({where}) refuses: {words}. Its owner can give {url.username} the right"
        )
    return None


_LOCK: Final = select(leads.c.id).where(leads.c.id == bindparam("lead")).with_for_update()


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError("KWEEK_DATABASE_URL: the lead database must be a file: sqlite:///leads.db")
    Path(url.database).absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        pool_size=THREADS,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,  # an error's text must not carry a lead's address
    )
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver would begin transactions by itself, and deferred: a read that later writes then fails at once
    # with "database is locked", whatever the time-out. `_begin_sqlite` says what kind it is.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    _into_wal(connection)
    # With WAL, NORMAL survives the death of any process; only a power cut may take the last commits back.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 67108864")


def _into_wal(connection: sqlite3.Connection) -> None:
    """Two processes that open a new file at once both want it exclusively; SQLite refuses without waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    mode: _Mode = connection.get_execution_options().get(MODE, "write")
    if mode == "migrate":  # a table that is made anew is dropped first; and the other process may take its time
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("PRAGMA busy_timeout = 600000")
    if connection.info.get(MODE) != mode:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if mode == 'read' else 'OFF'}")
        connection.info[MODE] = mode
    connection.exec_driver_sql("BEGIN" if mode == "read" else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=THREADS // 2,
        max_overflow=THREADS - THREADS // 2,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the idle ones age at the bottom, and a quiet process keeps few of them busy
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": "kweek",
            "options": f"-c timezone=UTC -c lock_timeout={BUSY_SECONDS}s",
            "keepalives_idle": 30,
            "tcp_user_timeout": 15_000,  # milliseconds until a silent server counts as gone
        },
    )
