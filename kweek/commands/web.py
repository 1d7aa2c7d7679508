"""`kweek web`: the pages and the interface alone. `kweek web --link` prints a link to sign in with."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kweek.commands.common import add_workspace, port, say, settings_of
from kweek.errors import KweekError

if TYPE_CHECKING:
    from kweek.leads.database import Database


EXAMPLE = """examples:
  kweek web --port 8080
  kweek web --link          prints a link to sign in with, good once and for an hour

Exit: 0 stopped, 1 cannot start, 2 not understood."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "web",
        help="run the pages and the interface alone",
        description="Run the pages and the interface alone; everything else may run elsewhere.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="folder for what is kept (default: .kweek)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument(
        "--port", type=port, metavar="PORT", help="default: that of KWEEK_BASE_URL where it is this machine, else 8000"
    )
    parser.add_argument("--link", action="store_true", help="print a link to sign in with, good once, and end")


def run(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    from kweek.web.session import login_link

    if args.link:
        print(login_link(settings))
        return 0
    if sys.stderr.isatty():  # a log is no place for a link that opens the pages
        say(f"Sign in, once, with {login_link(settings)}")
    import uvicorn

    from kweek.web.app import make_app
    from kweek.web.assemble import open_house

    house = open_house(settings)
    check_tables(house.db)

    config = uvicorn.Config(
        make_app(house),
        host=args.host,
        port=args.port or _port_of(settings.base_url),
        log_level="warning",
        access_log=False,  # addresses of leads and tokens stand in the paths
        server_header=False,
        timeout_keep_alive=10,
        h11_max_incomplete_event_size=16 * 1024,
        limit_concurrency=512,
    )
    uvicorn.Server(config).run()
    return 0


def check_tables(db: Database) -> None:
    """KweekError where the tables are of another release. While the database is away, that is asked by nobody: the web
    starts, and says so."""
    from kweek.leads.database import DatabaseAway
    from kweek.leads.migrate import is_current

    try:
        with db.read() as read:
            current = is_current(read)
    except DatabaseAway:
        return
    if not current:
        raise KweekError("the lead database is not up to date; run `kweek migrate`, then start again")


def _port_of(base_url: str) -> int:
    base = urlsplit(base_url)
    return base.port if base.port and base.hostname in ("127.0.0.1", "localhost", "::1") else 8000
