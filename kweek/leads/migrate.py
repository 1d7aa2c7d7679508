"""Is the database up to date? Brings it there, from any release's tables, one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from kweek.errors import KweekError
from kweek.leads.away import in_words
from kweek.leads.sqlite import MODE

_LOCK: Final = 0x4B3EE6  # of PostgreSQL's advisory locks, this one is ours
_PATIENCE: Final = 600  # seconds that a second start waits for the first one's migration


class NewerDatabaseError(KweekError):
    """The database was migrated by a later release than this one."""


class OlderDatabaseError(KweekError):
    """The database has the tables of an earlier release, or none."""


def migrate(engine: Engine) -> bool:
    """Bring the tables up to date; did anything change? Safe to call at every start, and from two starts at once.

    All or nothing: a migration that fails leaves the database as it was. DatabaseAway, NewerDatabaseError.
    """
    try:
        with engine.connect() as connection:
            connection.execution_options(**{MODE: "migrate"})
            if engine.dialect.name == "sqlite":
                connection.detach()  # it is without foreign keys from here on, and goes back to no pool
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}s'")
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                changed = _upgrade(connection)
                if changed and engine.dialect.name == "sqlite":
                    _check_references(connection)
                return changed
    except DBAPIError as error:
        if (known := in_words(error, engine)) is not None:
            raise known from error
        raise


def check_current(connection: Connection) -> None:
    """OlderDatabaseError, NewerDatabaseError: whoever works on the tables of another release does harm."""
    revision, scripts = _revision(connection), _scripts()
    if revision == scripts.get_current_head():
        return
    if revision is None:
        raise OlderDatabaseError("The lead database has no tables yet: `kweek migrate` makes them.")
    _refuse_newer(revision, scripts)
    raise OlderDatabaseError(
        f"The lead database is of an earlier release of Kweek (its tables are “{revision}”): run `kweek migrate`, then "
        "start again."
    )


def _upgrade(connection: Connection) -> bool:
    revision, scripts = _revision(connection), _scripts()
    if revision == scripts.get_current_head():
        return False
    if revision is not None:
        _refuse_newer(revision, scripts)
    command.upgrade(config(connection), "head")
    return True


def _refuse_newer(revision: str, scripts: ScriptDirectory) -> None:
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabaseError(
            f"The lead database is of a later release of Kweek (its tables are “{revision}”): start that release, "
            "or put back the backup from before the upgrade."
        )


def config(connection: Connection | None = None) -> Config:
    """Alembic's, without a file: it works from the installed package."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    attributes: dict[str, Any] = made.attributes
    attributes["connection"] = connection
    return made


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise KweekError(f"The migration would leave a row of “{broken[0]}” without what it belongs to; nothing done.")
