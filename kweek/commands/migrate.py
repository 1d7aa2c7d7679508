"""`kweek migrate`: is the database up to date? Brings it there; `kweek up` does it by itself."""

from __future__ import annotations

import argparse
from typing import Any

from kweek.commands.common import say, settings_of


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "migrate",
        help="bring the database up to date",
        description="Bring the tables of KWEEK_DATABASE_URL to this release's, all of it or nothing. A new "
        "installation gets its secret, in the data folder.",
        epilog="example:\n  KWEEK_DATABASE_URL=postgresql://kweek@db/kweek kweek migrate\n\n"
        "Exit: 0 it is up to date, 1 it is of a later release, 2 not understood, or another secret, 3 it is away.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")


def run(args: argparse.Namespace) -> int:
    from kweek.leads.database import open_database
    from kweek.leads.installation import hold_to_secret
    from kweek.leads.migrate import migrate

    settings = settings_of(args)
    database = open_database(settings.database_url, make=True)
    try:
        changed = migrate(database.engine)
        say("The database is up to date now." if changed else "The database was up to date.")
        hold_to_secret(database, settings, make=True)
    finally:
        database.close()
    return 0
