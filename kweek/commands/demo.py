"""`kweek demo`: what does it look like when it lives? A house of its own, always fresh, with make-believe people."""

from __future__ import annotations

import argparse
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kweek.commands.common import add_workspace, say, settings_of
from kweek.commands.parts import Ports, plan
from kweek.commands.up import add_ports, announce, keep_up, until_the_supervisor_listens, with_tempo
from kweek.config import Settings
from kweek.errors import KweekError
from kweek.running import alone_in

if TYPE_CHECKING:
    from kweek.demo.play import Play

EXAMPLE = """examples:
  kweek demo                          two months of nurture in about five minutes
  kweek demo --leads 50 --tempo "10 seconds a day" --port 9000

It keeps everything in a folder of its own (.kweek/demo), which is emptied at every start, with a server, a database
and a mail catcher of its own: nothing real is touched, no mail leaves this machine. Ctrl-C stops all.

Exit: 0 stopped, 1 cannot start (the flows, a port, the folder), 2 not understood, 130 or 143 stopped before it was
up."""

PACE: Final = "5 seconds a day"
DAYS: Final = 60
_MARK: Final = "demo"


class NotOursError(KweekError):
    """The folder holds something that no demo made."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "demo",
        help="make-believe leads walk the flows",
        description="Runs everything on this machine with make-believe leads, telemarketers and sales people.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="the folder that is emptied (default: .kweek/demo)")
    parser.add_argument(
        "--leads", type=_number(1, 5_000), default=200, metavar="N", help="how many come (default: 200)"
    )
    parser.add_argument("--days", type=_number(1, 3_650), default=DAYS, metavar="N", help=f"(default: {DAYS})")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other people, other chances (default: 1)")
    parser.add_argument("--tempo", default=PACE, metavar="PACE", help=f"how fast the world turns (default: {PACE})")
    add_ports(parser)


def run(args: argparse.Namespace) -> int:
    told = until_the_supervisor_listens()
    chosen, ports = plan(args, with_tempo(_alone(settings_of(args, running=False), args.data), args.tempo))
    with alone_in(chosen):
        _empty(chosen.data)
        cast = _Cast(chosen, ports, args.leads, args.days, args.seed)
        try:
            code = keep_up(chosen, ports, told, cast.begin)
        finally:
            cast.end()
    if code == 0:
        say(f"stopped; {chosen.data} shows how it was, until the next demo")
    return code


def _alone(chosen: Settings, data: str | None) -> Settings:
    """Nothing of a real installation: only which workspace it is."""
    folder = Path(data).absolute() if data else chosen.data / "demo"
    return replace(
        chosen,
        data=folder,
        database_url=f"sqlite:///{folder / 'kweek.db'}",
        secret_file=folder / "secret",
        temporal_namespace="default",
        smtp_url="catcher://127.0.0.1:1025",
        base_url="http://127.0.0.1:8000",
        tempo=None,
        said=frozenset(),
    )


def _empty(folder: Path) -> None:
    """What an earlier demo left; NotOursError where it was no demo."""
    there = [one for one in folder.iterdir() if one.name != "up.lock"]
    mark = folder / _MARK
    if there and not mark.exists():
        raise NotOursError(f"{folder} holds something else than a demo; choose another folder with --data")
    for one in there:
        if one != mark:
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    mark.touch()


class _Cast:
    """The make-believe people, in a thread beside the supervisor."""

    def __init__(self, chosen: Settings, ports: Ports, leads: int, days: int, seed: int) -> None:
        self.chosen, self.ports = chosen, ports
        self.leads, self.days, self.seed = leads, days, seed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._play, name="cast", daemon=True)

    def begin(self) -> None:
        announce(self.chosen, self.ports)
        say(f"{self.leads} make-believe leads arrive; {self.days} days pass. Look at the board. Ctrl-C stops all.")
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(10)

    def _play(self) -> None:
        from kweek.demo.play import Play
        from kweek.demo.stage import Stage
        from kweek.leads.clock import flow_clock
        from kweek.leads.database import open_database
        from kweek.leads.keys import make_key
        from kweek.workspace import read_workspace

        database = open_database(self.chosen.database_url)
        try:
            with database.write() as tx:
                key = make_key(tx, "demo", datetime.now(UTC))
            assert self.ports.smtp is not None
            smtp = (self.ports.smtp.host, self.ports.smtp.number)
            stage = Stage(database, flow_clock(database), f"http://127.0.0.1:{self.ports.web.number}", key, smtp)
            play = Play(stage, read_workspace(self.chosen.workspace), self.leads, self.days, self.seed)
            play.run(self._stop, lambda day: _say_day(play, day), lambda: _sum_up(play))
            stage.close()
        finally:
            database.close()


def _say_day(play: Play, day: int) -> None:
    n = play.stage.numbers(play.now())
    say(
        f"day {day}: {n.leads} leads, {n.mails} mails have left, {n.calls} calls to make, {n.handovers} with sales "
        f"({n.overdue} overdue), {n.won} won"
    )


def _sum_up(play: Play) -> None:
    from kweek.demo.late import lateness

    late = lateness(play.stage.database)
    _say_day(play, play.days)
    say(f"{play.days} days have passed. The house stays open; Ctrl-C stops it.")
    if late:
        p99 = late[min(len(late) - 1, len(late) * 99 // 100)]
        say(f"Timers were {_hours(late[len(late) // 2])} late at the median, {_hours(p99)} at the 99th percentile.")
    for flow, rows in play.missing().items():
        say(f"Nobody took, in {flow}: {', '.join(rows)}")
    for refusal, times in play.stage.refused.most_common(5):
        say(f"Refused {times} times: {refusal}")


def _hours(late: timedelta) -> str:
    return f"{late / timedelta(hours=1):.1f} h"


def _number(low: int, high: int) -> Any:
    def number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"“{text}” is no number from {low} to {high}")
        return int(text)

    return number
