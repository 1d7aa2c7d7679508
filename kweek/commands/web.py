"""`kweek web`: the pages and the interface alone. `kweek web --link` prints a link to sign in with."""

from __future__ import annotations

import argparse
from typing import Any

from kweek.commands.common import add_workspace, port, settings_of, web_port

EXAMPLE = """examples:
  kweek web --port 8080
  kweek web --link          prints a link to sign in with, good once and for an hour
  kweek web --host 0.0.0.0 --proxies 10.0.0.0/8     behind a proxy that says for whom it asks

Any number of copies may run.

Exit: 0 stopped, 1 cannot start, 2 not understood, or another secret, 3 there is no database."""


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
    parser.add_argument(
        "--proxies", metavar="LIST", default="127.0.0.1",
        help="addresses or networks of our own proxies, with commas: their X-Forwarded-For is believed "
        "(default: this machine)",
    )  # fmt: skip
    parser.add_argument("--ready", metavar="FILE", help="touch this file while the pages are served")
    parser.add_argument("--link", action="store_true", help="print a link to sign in with, good once, and end")


def run(args: argparse.Namespace) -> int:
    settings = settings_of(args)
    from kweek.commands.serving import link_to_sign_in, serve_pages

    if args.link:
        print(link_to_sign_in(settings))
        return 0
    return serve_pages(settings, args.host, args.port or web_port(settings), args.proxies, args.ready)
