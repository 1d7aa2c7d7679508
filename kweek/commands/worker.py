"""`kweek worker`: who does the work? Turns, mails, and the relay that rings the doorbells, until told to stop."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kweek.commands.common import add_workspace, say, settings_of

if TYPE_CHECKING:
    from kweek.config import Settings
    from worker import Hands

EXAMPLE = """example:
  KWEEK_TEMPORAL_ADDRESS=temporal:7233 KWEEK_DATABASE_URL=postgresql://kweek@db/kweek kweek worker

Any number of workers may run; SIGTERM lets each finish what it has in hand. While Temporal is away it waits.

Exit: 0 stopped, 1 the database is of another release, 2 not understood, or another secret, 3 the database is away or
cannot be used."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "worker",
        help="run a worker alone",
        description="Runs the leads' workflows, sends their mail and rings their doorbells.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--ready", metavar="FILE", help="touch this file while the worker works")


def run(args: argparse.Namespace) -> int:
    import asyncio

    asyncio.run(_work(settings_of(args), args.ready))
    return 0


async def _work(settings: Settings, ready: str | None) -> None:
    import asyncio
    import signal

    from kweek.pulse import Heart
    from worker import connect, part_quietly, serve

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    hands = await asyncio.to_thread(_hands, settings)
    try:
        client = await connect(settings, stop, say)
        if client is not None:
            await serve(client, hands, stop, Heart(ready).start)
    finally:
        hands.close()
        del hands
        client = None
        await part_quietly()


def _hands(settings: Settings) -> Hands:
    """Only where it may work: nothing is sent under another secret."""
    from kweek.commands.books import check_books
    from kweek.leads.database import open_database
    from worker import hands_of

    database = open_database(settings.database_url)
    try:
        check_books(database, settings)
    finally:
        database.close()
    return hands_of(settings)
