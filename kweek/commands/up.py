"""`kweek up`: how does all of it run on one machine? Temporal's dev server, worker, web and mail catcher together."""

from __future__ import annotations

import argparse
import shlex
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kweek.commands.common import add_workspace, port, say, settings_of, web_port
from kweek.commands.parts import Ports, check_ports, forget_marks, outside, parts, plan
from kweek.config import Settings
from kweek.errors import SettingsError
from kweek.running import alone_in
from kweek.setting_values import tempo
from kweek.supervisor import Supervisor
from kweek.temporal_server import check_file, fetch

EXAMPLE = """examples:
  kweek up                                         in earnest, at the pace of the world
  kweek up --tempo "5 seconds a day" --port 9000   a week passes in 35 seconds

Ctrl-C stops all; the next start carries on. A part that falls is started again. With KWEEK_TEMPORAL_ADDRESS,
KWEEK_DATABASE_URL or KWEEK_SMTP_URL that part is yours: it is not started here, and waited for while it is away.

Exit: 0 stopped, 1 cannot start (the flows, a port, the folder, tables of a later release), 2 not understood, or
another secret, 3 the database file cannot be used, 130 or 143 stopped before it was up."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "up",
        help="run everything on this machine",
        description="Temporal's dev server, the worker, the web pages and a mail catcher, under one supervisor.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    add_ports(parser)
    parser.add_argument("--tempo", metavar="PACE", help="how fast the world turns: 1, or “5 seconds a day”")


def add_ports(parser: argparse.ArgumentParser) -> None:
    for name, usual, whose in (
        ("--port", "that of KWEEK_BASE_URL where it is this machine, else 8000", "the web pages"),
        ("--temporal-port", "7233", "Temporal"),
        ("--ui-port", "8233", "Temporal's own pages"),
        ("--smtp-port", "that of KWEEK_SMTP_URL, else 1025", "the mail catcher"),
    ):
        parser.add_argument(name, type=port, metavar="PORT", help=f"of {whose} (default: {usual})")


def run(args: argparse.Namespace) -> int:
    told = until_the_supervisor_listens()
    chosen, ports = plan(args, with_tempo(settings_of(args, running=False), args.tempo))
    with alone_in(chosen):
        code = keep_up(chosen, ports, told, lambda: _announce(chosen, ports))
    if code == 0:
        say("stopped; `kweek up` carries on from here")
    return code


def keep_up(chosen: Settings, ports: Ports, told: list[int], on_ready: Callable[[], None]) -> int:
    """Prepare everything, start the parts, watch over them until told to stop; the exit code."""
    check_ports(ports)
    if ports.temporal is not None:
        check_file(chosen.data)
    _prepare(chosen)
    if ports.temporal is not None:
        fetch(chosen.data, say)
    else:
        say(f"Temporal is yours, at {chosen.temporal_address}: none is started here")
    servers, temporal = outside(chosen, ports)
    forget_marks(chosen)
    supervisor = Supervisor(list(parts(chosen, ports, temporal)), chosen.data / "logs", say, servers)
    if told:
        return told[0]
    supervisor.run(on_ready)
    return 0


def until_the_supervisor_listens() -> list[int]:
    """Ctrl-C and SIGTERM break off what is being prepared. The exit code is noted as well: an exception that is raised
    wherever we happen to be may end in a destructor, and was lost there in 1 of 40 tries."""
    told: list[int] = []

    def end(number: int, frame: object) -> None:
        told.append(128 + number)
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return told


def with_tempo(chosen: Settings, said: str | None) -> Settings:
    try:
        return replace(chosen, tempo=tempo(said)) if said else chosen
    except SettingsError as error:
        raise SettingsError(f"--tempo: {error}") from None


def _prepare(chosen: Settings) -> None:
    """Migrate the database, set the clock, publish what was never published, say what differs from the files. A
    database that is elsewhere, and away, is waited for; a file that cannot be opened is not."""
    from kweek.commands.prepare import prepare_database
    from kweek.leads.database import DatabaseAway

    said = False
    while True:
        try:
            for line in prepare_database(chosen, chosen.tempo):
                say(line)
        except DatabaseAway as error:
            if chosen.database_url.startswith("sqlite"):
                raise
            if not said:
                say(f"{str(error).splitlines()[0]}; trying until it answers")
                said = True
            time.sleep(1)
        else:
            return


def _announce(chosen: Settings, ports: Ports) -> None:
    announce(chosen, ports)
    say("Ctrl-C stops all; the next start carries on.")


def announce(chosen: Settings, ports: Ports) -> None:
    from kweek.web.session import login_link

    say(f"Kweek is up.   Open {login_link(chosen)}")
    say(f"               It opens once; another comes from: kweek web --link --data {shlex.quote(str(chosen.data))}")
    if web_port(chosen) != ports.web.number:
        say(f"               Links lead to {chosen.base_url}; here the pages are at port {ports.web.number}")
    if ports.ui is not None:
        say(f"Temporal       http://127.0.0.1:{ports.ui.number}")
    else:
        say(f"Temporal       yours, at {chosen.temporal_address}")
    if ports.smtp is not None:
        say(f"Caught mail    {chosen.base_url}/mails   (SMTP on port {ports.smtp.number})")
    say(f"Logs           {chosen.data / 'logs'}")
