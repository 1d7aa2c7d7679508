"""`kweek catcher`: where does mail go on one machine? Runs the mail catcher alone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kweek.commands.common import cannot_listen, settings_of
from kweek.errors import SettingsError
from kweek.relay import Relay, relay

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.leads.clock import FlowTime
    from kweek.leads.database import Database


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "catcher",
        help="run the mail catcher alone",
        description="An SMTP server on 127.0.0.1 that keeps every mail where the pages show it; nothing leaves.",
        epilog="example:\n  KWEEK_SMTP_URL=catcher://127.0.0.1:1025 kweek catcher\n\n"
        "Exit: 0 stopped, 1 it cannot listen, 2 not understood, or another secret, 3 the database is away.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--ready", metavar="FILE", help="touch this file while mail is taken")


def run(args: argparse.Namespace) -> int:
    import asyncio

    from kweek.commands.books import check_books
    from kweek.leads.clock import Watch
    from kweek.leads.database import open_database

    settings = settings_of(args)
    to = relay(settings.smtp_url)
    if not to.catcher:
        raise SettingsError("KWEEK_SMTP_URL names a relay of your own; the catcher is for catcher://127.0.0.1:1025")
    database = open_database(settings.database_url)
    try:
        check_books(database, settings)
        catching = _catch(database, Watch(database), settings, to, args.ready)
        asyncio.run(catching)
    finally:
        database.close()
    return 0


async def _catch(database: Database, clock: FlowTime, settings: Settings, to: Relay, ready: str | None) -> None:
    import asyncio
    import signal
    from datetime import UTC, datetime

    from kweek.catcher import Catcher
    from kweek.intake.mailroom import mailroom
    from kweek.pulse import Heart

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def now() -> datetime:
        return clock.flow(datetime.now(UTC))

    catcher = Catcher(database, now, comes_back=mailroom(database, now, settings).comes_back)
    try:
        await catcher.start(to.host, to.port)
    except OSError as error:
        raise cannot_listen(to.host, to.port, error, "KWEEK_SMTP_URL") from None
    heart = Heart(ready)
    heart.start()
    await stop.wait()
    await catcher.stop()
