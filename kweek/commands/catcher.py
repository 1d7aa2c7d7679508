"""`kweek catcher`: where does mail go on one machine? Runs the mail catcher alone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kweek.commands.common import settings_of
from kweek.errors import KweekError

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.leads.clock import Clock
    from kweek.leads.database import Database


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "catcher",
        help="run the mail catcher alone",
        description="An SMTP server on 127.0.0.1 that keeps every mail where the pages show it; nothing leaves.",
        epilog="example:\n  KWEEK_SMTP_URL=catcher://127.0.0.1:1025 kweek catcher\n\n"
        "Exit: 0 stopped, 1 the settings name a relay, 2 not understood, 3 the database is away.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")


def run(args: argparse.Namespace) -> int:
    import asyncio

    from kweek.leads.clock import flow_clock
    from kweek.leads.database import open_database

    settings = settings_of(args)
    where = urlsplit(settings.smtp_url)
    if where.scheme != "catcher":
        raise KweekError("KWEEK_SMTP_URL names a relay of your own; the catcher is for catcher://127.0.0.1:1025")
    database = open_database(settings.database_url)
    try:
        clock = flow_clock(database)
        asyncio.run(_catch(database, clock, settings, where.hostname or "127.0.0.1", where.port or 1025))
    finally:
        database.close()
    return 0


async def _catch(database: Database, clock: Clock, settings: Settings, host: str, port: int) -> None:
    import asyncio
    import signal
    from datetime import UTC, datetime

    from kweek.catcher import Catcher
    from kweek.intake.mailroom import mailroom

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def now() -> datetime:
        return clock.flow(datetime.now(UTC))

    catcher = Catcher(database, now, comes_back=mailroom(database, now, settings).comes_back)
    await catcher.start(host, port)
    await stop.wait()
    await catcher.stop()
