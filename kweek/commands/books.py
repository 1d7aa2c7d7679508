"""May this command work on the lead database? Only with the tables of its own release, and with the right secret."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from kweek.config import Settings
from kweek.leads.database import Database, open_database
from kweek.leads.installation import hold_to_secret
from kweek.leads.migrate import check_current


def check_books(db: Database, settings: Settings) -> None:
    """OlderDatabaseError, NewerDatabaseError, SecretError, DatabaseAway."""
    with db.read() as read:
        check_current(read)
    hold_to_secret(db, settings)


@contextmanager
def opened(settings: Settings) -> Generator[Database]:
    """For a command that does one thing: tables are not made, or changed under whoever works with them, in passing."""
    database = open_database(settings.database_url)
    try:
        with database.read() as read:
            check_current(read)
        yield database
    finally:
        database.close()
