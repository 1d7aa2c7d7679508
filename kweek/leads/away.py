"""Is it the database that is away, not ours to use, or a statement of ours that is wrong? An error of it, in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from kweek.errors import KweekError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.exc import DBAPIError

_DEADLOCK: Final = "40P01"
# PostgreSQL's codes (its manual, appendix A) for "not now": connection lost, out of resources or connections,
# shutting down, starting up, a lock that did not come free, a deadlock that it broke.
_AWAY_CODES: Final = ("08", "53", "57P", "58", "55P03", _DEADLOCK, "25P03")
_AWAY_NAMES: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")
_UNREADABLE_NAMES: Final = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_NO_TABLE: Final = "42P01"
_NO_RIGHT: Final = "42501"


class DatabaseAway(KweekError):
    """The lead database does not answer. What was being done has not been done, or will be done again harmlessly."""

    exit_code = 3


class Crossed(DatabaseAway):
    """Two transactions waited for each other, and this one was broken off: done again, it goes through."""


class NoDatabase(DatabaseAway):
    """Its file is not there."""


class DatabaseUnusable(KweekError):
    """It is no database, not a whole one, or not ours to use. Somebody has to do something."""

    exit_code = 3


_TIMES: Final = 5

Done = TypeVar("Done")


def until_through(do: Callable[[], Done]) -> Done:
    """What this does in a transaction of its own, done again where it was broken off by `Crossed`."""
    for _ in range(_TIMES - 1):
        with suppress(Crossed):
            return do()
    return do()


def is_away(error: DBAPIError) -> bool:
    """Is it the database that is away or busy, rather than a statement that is wrong? Without tables it is away too:
    another one stands in its place, or it is being put back."""
    if error.connection_invalidated:
        return True
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        name = str(getattr(original, "sqlite_errorname", ""))
        return name.startswith(_AWAY_NAMES) or str(original).startswith("no such table")
    code = getattr(original, "sqlstate", None)
    if isinstance(code, str):
        return code.startswith((*_AWAY_CODES, _NO_TABLE))
    # psycopg has no code when there was no server to give one
    return type(original).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError")


def in_words(error: DBAPIError, engine: Engine) -> KweekError | None:
    """DatabaseAway or DatabaseUnusable; None: a statement of ours is wrong."""
    url = engine.url
    sqlite = engine.dialect.name == "sqlite"
    if sqlite and not Path(url.database or "").exists():
        return no_file(Path(url.database or "").absolute())
    where = url.database if sqlite else f"{url.host or 'local socket'}:{url.port or 5432}/{url.database}"
    said = str(error.orig).strip().splitlines()
    words = said[0] if said else type(error.orig).__name__
    if is_away(error):
        away = Crossed if getattr(error.orig, "sqlstate", None) == _DEADLOCK else DatabaseAway
        return away(f"The lead database ({where}) does not answer: {words}")
    if str(getattr(error.orig, "sqlite_errorname", "")).startswith(_UNREADABLE_NAMES):
        what = "Put back a backup of it, or set KWEEK_DATABASE_URL to where it is"
        return DatabaseUnusable(f"The lead database ({where}) cannot be read: {words}. {what}")
    if getattr(error.orig, "sqlstate", None) == _NO_RIGHT:
        return DatabaseUnusable(
            f"The lead database ({where}) refuses: {words}. Its owner can give {url.username} the right"
        )
    return None


def no_file(path: Path) -> NoDatabase:
    return NoDatabase(
        f"The lead database ({path}) is not there: put it back, or set KWEEK_DATA to where it is; a new one is made by "
        "`kweek up` or `kweek migrate`"
    )
