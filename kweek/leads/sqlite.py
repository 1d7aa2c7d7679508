"""How is a SQLite database opened? In WAL mode, with transactions that say what they are for, and only as long as its
file is the one that stands at its path.

A file that was taken away under a running process goes on living for whoever has it open: what is written there is
confirmed, and gone. So each transaction looks whether it is still there, and each write looks again before it commits
(two calls of stat(2)); connections to a file that is gone are given up.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from kweek.errors import SettingsError
from kweek.leads.away import no_file

Mode = Literal["read", "write", "migrate"]
Identity = tuple[int, int]

MODE: Final = "kweek_mode"
"""The execution option that says what a transaction is for; without it, it may write."""

_FILE: Final = "kweek_file"
"""Which file a connection has open."""


def sqlite_engine(url: URL, *, threads: int, patience: int, make: bool) -> Engine:
    """make: the file, with its folder, where it is missing. patience: seconds to wait for a lock, or a connection."""
    if not url.database or url.database == ":memory:":
        raise SettingsError("KWEEK_DATABASE_URL: the lead database must be a file: sqlite:///leads.db")
    path = Path(url.database).absolute()
    if make:
        path.parent.mkdir(parents=True, exist_ok=True)
    address = f"file:{quote(str(path))}?mode={'rwc' if make else 'rw'}"
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        creator=lambda: sqlite3.connect(address, patience, check_same_thread=False, uri=True),
        pool_size=threads,
        max_overflow=0,
        pool_timeout=patience,
        json_deserializer=msgspec.json.decode,  # most of what is read has some
        hide_parameters=True,  # an error's text must not carry a lead's address
    )
    event.listen(engine, "connect", _tune(path, patience))
    event.listen(engine, "checkout", _same_file(path))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "commit", _still_there(path))
    return engine


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _tune(path: Path, patience: int) -> Callable[[sqlite3.Connection, ConnectionPoolEntry], None]:
    def tune(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        entry.info[_FILE] = _identity(path)
        # Python's driver would begin transactions by itself, and deferred: a read that later writes then fails at once
        # with "database is locked", whatever the time-out. `_begin` says what kind it is.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        _into_wal(connection, patience)
        # With WAL, NORMAL survives the death of any process; only a power cut may take the last commits back.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA journal_size_limit = 67108864")

    return tune


def _same_file(path: Path) -> Callable[[sqlite3.Connection, ConnectionPoolEntry, object], None]:
    def same_file(connection: sqlite3.Connection, entry: ConnectionPoolEntry, proxy: object) -> None:
        if entry.info.get(_FILE) != _identity(path):
            raise InvalidatePoolError  # the pool lets go of them all, and opens what is there now

    return same_file


def _still_there(path: Path) -> Callable[[Connection], None]:
    def still_there(connection: Connection) -> None:
        reads = connection.get_execution_options().get(MODE) == "read"
        if not reads and connection.info.get(_FILE) != _identity(path):
            raise no_file(path)

    return still_there


def _into_wal(connection: sqlite3.Connection, patience: int) -> None:
    """Two processes that open a new file at once both want it exclusively; SQLite refuses without waiting."""
    deadline = time.monotonic() + patience
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


def _begin(connection: Connection) -> None:
    mode: Mode = connection.get_execution_options().get(MODE, "write")
    if mode == "migrate":  # a table that is made anew is dropped first; and the other process may take its time
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("PRAGMA busy_timeout = 600000")
    if connection.info.get(MODE) != mode:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if mode == 'read' else 'OFF'}")
        connection.info[MODE] = mode
    connection.exec_driver_sql("BEGIN" if mode == "read" else "BEGIN IMMEDIATE")
