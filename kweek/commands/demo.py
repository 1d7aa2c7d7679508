"""`kweek demo`: what does it look like when it lives? A house of its own, always fresh, with make-believe people."""

from __future__ import annotations

import argparse
import asyncio
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
    from kweek.demo.house import House
    from kweek.demo.play import Play
    from kweek.demo.rest import Rest

EXAMPLE = """examples:
  kweek demo                          two months of nurture in five minutes; nine with all before and after it
  kweek demo --leads 50 --tempo "10 seconds a day" --port 9000
  kweek demo --only --days 14 --leads 50    a fortnight, and nothing before or after it

Before these days a fortnight passes, and a year in which nobody does anything, in a hurry; after them forty days in
which what was begun comes to its end, and half a year, in a hurry too: some of what flows wait for takes so long. Then
all go home, the clock is as slow as the world's, and pages, rows and Temporal are asked whether they count the same.

It keeps everything in a folder of its own (.kweek/demo), which is emptied at every start, with a server, a database
and a mail catcher of its own: nothing real is touched, no mail leaves this machine. Ctrl-C stops all.

Exit: 0 stopped, 1 cannot start (the flows, a port, the folder) or something did not add up at the end, or nobody
moved, 2 not understood, 130 or 143 stopped before it was up."""

PACE: Final = "5 seconds a day"
DAYS: Final = 60
_HANDS: Final = 2  # so many act at once: one after the other, they would not get through their days
SEED: Final = 4  # these people take every row of the flows that ship, where the machine keeps up
_NAMED: Final = 3  # rows of a flow that nobody took
_LATE: Final = timedelta(hours=4)  # beyond that, what is shown is not what the flows say
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
    parser.add_argument("--only", action="store_true", help="these days only: not what takes half a year before them")
    parser.add_argument(
        "--seed",
        type=_number(0, 10**9),
        default=SEED,
        metavar="N",
        help=f"other people, other chances (default: {SEED})",
    )
    parser.add_argument("--tempo", default=PACE, metavar="PACE", help=f"how fast the world turns (default: {PACE})")
    add_ports(parser)


def run(args: argparse.Namespace) -> int:
    told = until_the_supervisor_listens()
    chosen, ports = plan(args, with_tempo(_alone(settings_of(args, running=False), args.data), args.tempo))
    _must_be_ours(chosen.data)  # before anything is written there
    with alone_in(chosen):
        _empty(chosen.data)
        _set_clock(chosen, timedelta(days=args.days), only=args.only)
        chosen = replace(chosen, tempo=None)
        cast = _Cast(chosen, ports, args.leads, args.days, args.seed)
        try:
            code = keep_up(chosen, ports, told, cast.begin)
        finally:
            cast.end()
    if code == 0:
        say(f"stopped; {chosen.data} shows how it was, until the next demo")
    return code or cast.code


def _set_clock(chosen: Settings, days: timedelta, *, only: bool) -> None:
    """One that hurries where everybody sleeps, and that is slow again when all have gone home. It waits for the cast:
    while the house is built nobody comes."""
    from kweek.demo.days import ASLEEP, EARLY, paces
    from kweek.leads.clock import settle_paces
    from kweek.leads.database import open_database
    from kweek.leads.migrate import migrate
    from kweek.workspace import read_workspace

    assert chosen.tempo is not None
    database = open_database(chosen.database_url, make=True)
    try:
        migrate(database.engine)
        since = datetime.now(UTC) - (timedelta() if only else EARLY + ASLEEP)
        calendars = [named.calendar for named in read_workspace(chosen.workspace).rules.calendars.values()]
        settle_paces(database, since, paces(chosen.tempo, days, since, calendars, only=only), tempo=1)
    finally:
        database.close()


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
    """What an earlier demo left."""
    _must_be_ours(folder)
    mark = folder / _MARK
    for one in _held_in(folder):
        if one != mark:
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    mark.touch()


def _must_be_ours(folder: Path) -> None:
    """NotOursError where it was no demo that filled it."""
    if folder.exists() and _held_in(folder) and not (folder / _MARK).exists():
        raise NotOursError(f"{folder} holds something else than a demo; choose another folder with --data")


def _held_in(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if one.name != "up.lock"]


class _Cast:
    """The make-believe people, in a thread beside the supervisor. code: 1 where the closing check found something."""

    def __init__(self, chosen: Settings, ports: Ports, leads: int, days: int, seed: int) -> None:
        self.chosen, self.ports = chosen, ports
        self.leads, self.days, self.seed = leads, days, seed
        self.code = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._come_and_go, name="cast", daemon=True)

    def begin(self) -> None:
        announce(self.chosen, self.ports)
        say(f"{self.leads} make-believe leads arrive; {self.days} days pass. Look at the board. Ctrl-C stops all.")
        self._thread.start()

    def end(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(10)

    def _come_and_go(self) -> None:
        from kweek.demo.hands import Hands
        from kweek.demo.house import House
        from kweek.demo.play import Play
        from kweek.leads.clock import begin_paces
        from kweek.leads.database import open_database
        from kweek.leads.keys import make_key
        from kweek.workspace import read_workspace

        database = open_database(self.chosen.database_url)
        try:
            with database.write() as tx:
                key = make_key(tx, "demo", datetime.now(UTC))
            assert self.ports.smtp is not None
            smtp = (self.ports.smtp.host, self.ports.smtp.number)
            files = read_workspace(self.chosen.workspace)
            hands, base = Hands(_HANDS), f"http://127.0.0.1:{self.ports.web.number}"
            house = House(database, begin_paces(database), base, key, smtp, hands)
            self.code = self._act(Play(house, files, self.leads, self.seed, hands), house)
            hands.close()
            house.close()
        except Exception:
            self.code = 1
            raise
        finally:
            database.close()

    def _act(self, play: Play, house: House) -> int:
        if not play.run(self._stop, lambda: _say_day(play, house)):
            return 0
        _say_day(play, house)
        say("Everybody goes home, and the clock is as slow as the world's. Do pages, rows and Temporal agree?")
        rest = asyncio.run(self._rest(house))
        if self._stop.is_set():
            return 0
        play.look()
        _sum_up(play, house)
        code = _say_rest(rest) or _say_whether_it_lived(play)
        say("The house stays open; Ctrl-C stops it.")
        return code

    async def _rest(self, house: House) -> Rest:
        from kweek.demo.rest import come_to_rest
        from worker import part_quietly

        try:
            return await come_to_rest(
                house, self.chosen.temporal_address, self.chosen.temporal_namespace, self._stop.is_set
            )
        finally:
            await part_quietly()


def _say_day(play: Play, house: House) -> None:
    now = house.now()
    n = house.numbers(now)
    say(
        f"{now:%-d %B %Y}: {n.leads} leads, {n.mails} mails have left, {n.calls} calls to make, {n.handovers} with "
        f"sales ({n.overdue} overdue), {n.won} won; {len(play.walked)} of {play.walked.rows} rows taken"
    )


def _sum_up(play: Play, house: House) -> None:
    from kweek.demo.late import lateness

    late = lateness(house.database, play.days.opens, play.days.over)
    if late:
        p99 = late[min(len(late) - 1, len(late) * 99 // 100)]
        say(f"Timers were {_hours(late[len(late) // 2])} late at the median, {_hours(p99)} at the 99th percentile.")
        if p99 > _LATE:
            say("This machine could not keep up, so people acted late, too: try a slower --tempo, or fewer --leads.")
    say(f"Leads took {len(play.walked)} of the {play.walked.rows} rows of {len(play.plans)} flows.")
    for flow, rows in play.walked.missing().items():
        more = f" and {len(rows) - _NAMED} others" if len(rows) > _NAMED else ""
        say(f"Nobody took, in {flow}: {', '.join(rows[:_NAMED])}{more}")
    for refusal, times in house.refused.most_common(5):
        say(f"Refused {times} times: {refusal}")


def _say_rest(rest: Rest) -> int:
    """The exit code."""
    say(
        f"{rest.numbers} numbers on the pages, of which {len(rest.differing)} differ from the rows; {rest.walking} "
        f"leads on their way, {rest.workflows} workflows in Temporal; {len(rest.stuck)} leads are stuck."
    )
    for place, (page, rows) in rest.differing.items():
        say(f"  {place}: the page says {page}, the rows {rows}")
    for lead in rest.stuck:
        say(f"  stuck: {lead}")
    if rest.unquiet:
        say(f"  never quiet for long enough to look at: {', '.join(rest.unquiet)}")
    return 0 if rest.well else 1


def _say_whether_it_lived(play: Play) -> int:
    """The exit code."""
    if len(play.walked):
        return 0
    say("Nobody moved: no lead took a row of any flow. Give them more time, with --days or a slower --tempo.")
    return 1


def _hours(late: timedelta) -> str:
    return f"{late / timedelta(hours=1):.1f} h"


def _number(low: int, high: int) -> Any:
    def number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"“{text}” is no number from {low} to {high}")
        return int(text)

    return number
