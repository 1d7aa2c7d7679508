"""What does Kweek cost beside a workflow that was written by hand for the same flow? `python -m bench.engine`.

One Temporal server, one worker process at a time, the same leads, the same mail relay; the two take turns, and the
median of the rounds counts. People and doorbells are in this process, whose time is nobody's.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from temporalio.client import Client

import worker
from bench.counting import HOW, Calls, History, histories, processor_time, stored
from bench.handwritten import Start
from bench.life import HandRelay, People
from kweek.commands.prepare import prepare_database
from kweek.config import Settings, settings
from kweek.intake.relay import Relay
from kweek.leads.clock import flow_clock
from kweek.leads.database import open_database
from kweek.secret import make_secret
from kweek.temporal_server import temporal_command

ROOT: Final = Path(__file__).parents[1]
WEEK: Final = 2.0  # seconds that the flow's first seven days take
TEMPO: Final = 7 * 86_400 / WEEK
WARM: Final = 8  # leads of which nothing is counted: imports, caches, the first mail's render process
QUIET: Final = 0.02  # of a core
NAMES: Final = ("kweek", "by-hand")

# At this tempo a busy machine would miss every deadline. Each is kept, and put off until after the race; only the
# seven days at the beginning pass.
SLACK: Final = 1_000
PUT_OFF: Final = {
    "    within: 7 days": "    within: 7000 days",
    "      within: 5 business days": "      within: 7000 days",
    "      follow_up: 24 hours": "      follow_up: 24000 hours",
    "      remind: 20 hours": "      remind: 20000 hours",
    "        - after: 24 hours": "        - after: 24000 hours",
    "        - after: 48 hours": "        - after: 48000 hours",
}


@dataclass(frozen=True, slots=True)
class Round:
    """Of one contestant, for each lead; times in seconds, sizes in bytes."""

    per_second: float
    worker: float
    server: float
    events: float
    size: float
    actions: float
    strict: float
    parked_events: float
    parked_size: float
    parked_stored: float
    what: Mapping[str, float]


class Course:
    """The server, the relay, and a database that is copied for each round."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.workspace = _workspace(folder / "workspace")
        log = (folder / "temporal.log").open("wb")
        command = temporal_command(folder, self.port, None)
        self.server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        sink = [sys.executable, "-m", "bench.sink"]
        self.sink = subprocess.Popen(sink, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        assert self.sink.stdout is not None
        self.smtp = int(self.sink.stdout.readline())
        self.rounds = 0
        self.prepared = self.settings_in(folder / "prepared")
        make_secret(self.prepared.secret_file)
        for _ in prepare_database(self.prepared, TEMPO):
            pass

    def settings_in(self, data: Path) -> Settings:
        data.mkdir(exist_ok=True)
        return settings(self.environment(data), data)

    def environment(self, data: Path) -> dict[str, str]:
        return {
            "KWEEK_DATA": str(data), "KWEEK_WORKSPACE": str(self.workspace),
            "KWEEK_TEMPORAL_ADDRESS": f"127.0.0.1:{self.port}", "KWEEK_SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
            "KWEEK_SECRET_FILE": str(self.folder / "secret"),
        }  # fmt: skip

    def new_data(self) -> Path:
        self.rounds += 1
        data = self.folder / f"round-{self.rounds}"
        data.mkdir()
        shutil.copy(self.prepared.data / "kweek.db", data / "kweek.db")
        return data

    @contextmanager
    def contestant(self, which: str, data: Path, *more: str) -> Generator[tuple[int, Path]]:
        report = data / "report.json"
        environment = {**os.environ, **self.environment(data)}
        with (data / "worker.log").open("wb") as log:
            command = [sys.executable, "-m", "bench.contestant", which, str(report), *more]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(report, process)
            yield process.pid, report
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def close(self) -> None:
        for process in (self.server, self.sink):
            process.terminate()
            process.wait(20)


# --- one round --------------------------------------------------------------------------------------


async def run_round(course: Course, client: Client, which: str, leads: int) -> Round:
    data = course.new_data()
    chosen = course.settings_in(data)
    calls = Calls()
    counted = Client(client.service_client, interceptors=[calls])
    database = open_database(chosen.database_url)
    people = _people(which, counted, database, chosen)
    try:
        with course.contestant(which, data) as (pid, _):
            await people.ask(WARM)
            await live_on(people, pid)
            calls.started = calls.signalled = calls.both = 0
            before = stored(course.folder / "temporal.db")
            cpu, server = processor_time(pid), processor_time(course.server.pid)
            took = await people.ask(leads)
            await at_rest(pid)
            ids = [f"{'lead' if which == 'kweek' else which}-{lead}" for lead in people.leads[WARM:]]
            cpu_parked, server_parked = processor_time(pid), processor_time(course.server.pid)
            parked = await histories(counted, ids)
            held = stored(course.folder / "temporal.db")[0] - before[0]
            assert all(one.running for one in parked)
            looked = processor_time(pid) - cpu_parked, processor_time(course.server.pid) - server_parked
            took += await live_on(people, pid)
            cpu = processor_time(pid) - cpu - looked[0]
            server = processor_time(course.server.pid) - server - looked[1]
            lived = await histories(counted, ids)
            assert not any(one.running for one in lived)
            return _round(leads, took, cpu, server, calls, parked, lived, held)
    finally:
        database.close()


def _round(
    leads: int, took: float, cpu: float, server: float, calls: Calls, parked: list[History], lived: list[History],
    held: int,
) -> Round:  # fmt: skip
    def mean(name: str, of: list[History]) -> float:
        return sum(getattr(one, name) for one in of) / leads

    actions = mean("actions", lived) + calls.actions / leads
    what = {
        "starts": calls.started / leads, "signals": calls.signalled / leads, "signals with start": calls.both / leads,
        "timers": mean("timers", lived), "activities": mean("activities", lived),
        "local activities": mean("batches", lived), "workflow tasks": mean("tasks", lived),
    }  # fmt: skip
    return Round(
        leads / took, cpu / leads, server / leads, mean("events", lived), mean("size", lived), actions,
        actions + calls.both / leads, mean("events", parked), mean("size", parked), held / leads, what,
    )  # fmt: skip


def _people(which: str, client: Client, database: Any, chosen: Settings) -> People:
    clock = flow_clock(database)
    if which == "kweek":
        relay = Relay(database, lambda lead: worker.ring(client, lead))
        return People(database, clock, relay.carry)
    return People(database, clock, HandRelay(database, client, lambda lead: Start(lead, TEMPO, SLACK)).carry)


async def live_on(people: People, pid: int) -> float:
    """From the survey to the end; how long it took, without the rests."""
    took = 0.0
    for stretch in (people.answer, people.call, people.contact, people.buy):
        await at_rest(pid)
        took += await stretch()
    await at_rest(pid)
    return took


async def at_rest(pid: int) -> None:
    """Until the worker has nothing in hand: less than 2 % of a core for a second."""
    quiet = 0
    while quiet < 2:
        cpu = processor_time(pid)
        await asyncio.sleep(0.5)
        quiet = quiet + 1 if processor_time(pid) - cpu <= QUIET * 0.5 + 0.01 else 0


# --- memory -----------------------------------------------------------------------------------------


async def memory(course: Course, client: Client, leads: int) -> str:
    """Park them, three times as many, where ten workflows may be kept: what the worker still holds."""
    data = course.new_data()
    database = open_database(course.settings_in(data).database_url)
    people = _people("kweek", client, database, course.settings_in(data))
    try:
        with course.contestant("kweek", data, "--cached", "10") as (pid, report):
            reports: list[dict[str, int]] = []
            for _ in range(3):
                await people.ask(leads)
                await at_rest(pid)
                report.unlink()
                os.kill(pid, signal.SIGUSR1)
                while not report.exists():
                    await asyncio.sleep(0.05)
                reports.append(json.loads(report.read_text()))
    finally:
        database.close()
    resident = ", ".join(f"{one['kB'] / 1024:.0f}" for one in reports)
    return (
        f"{3 * leads} leads parked, with room for 10 in memory: {reports[-1]['flows']} workflows are objects in the "
        f"worker, which holds {resident} MB after each {leads}"
    )


# --- the table --------------------------------------------------------------------------------------


async def race(leads: int, rounds: int, parked: int) -> None:
    with tempfile.TemporaryDirectory(prefix="kweek-bench-") as folder:
        course = Course(Path(folder))
        try:
            client = await _connect(course.port)
            load = os.getloadavg()[0]
            won: dict[str, list[Round]] = {name: [] for name in NAMES}
            for number in range(rounds):
                for name in NAMES if number % 2 == 0 else reversed(NAMES):
                    one = await run_round(course, client, name, leads)
                    won[name].append(one)
                    print(f"  {name:8} {one.per_second:5.1f} leads/s  {one.worker * 1e3:6.1f} ms a lead", flush=True)
            loads = f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after"
            print(f"\n{rounds} rounds of {leads} leads each; {loads}")
            _table(won)
            if parked:
                print("\n" + await memory(course, client, parked))
            del client
            gc.collect()
            await asyncio.sleep(0.2)
        finally:
            course.close()


_LINES: Final = (
    ("leads a second", "per_second", 1.0, "1", "≥ 0.80"),
    ("worker CPU, ms", "worker", 1e3, "1", "≤ 1.30"),
    ("server CPU, ms", "server", 1e3, "1", ""),
    ("history events", "events", 1.0, "1", ""),
    ("history bytes", "size", 1.0, "0", ""),
    ("billable actions", "actions", 1.0, "2", "≤ 1.00"),
    ("… with signal-with-start as two", "strict", 1.0, "2", ""),
    ("parked: events", "parked_events", 1.0, "1", ""),
    ("parked: history bytes", "parked_size", 1.0, "0", ""),
    ("parked: bytes in the server's tables", "parked_stored", 1.0, "0", "≤ 1.10"),
)


def _table(won: dict[str, list[Round]]) -> None:
    print(f"\n{'for each lead':38}{'Kweek':>10}{'by hand':>10}{'ratio':>8}")
    for words, name, times, digits, target in _LINES:
        ours, theirs = (median(getattr(one, name) for one in won[who]) * times for who in NAMES)
        print(f"{words:38}{ours:10.{digits}f}{theirs:10.{digits}f}{ours / theirs:8.2f}  {target}")
    print()
    for who in NAMES:
        print(f"{who}: {', '.join(f'{name} {count:.2f}' for name, count in won[who][-1].what.items())}")
    print(f"\n{HOW}")


# --- what it takes ----------------------------------------------------------------------------------


def _workspace(folder: Path) -> Path:
    """The one that ships, with deadlines that a busy machine keeps, and no hours for mail: days pass in a blink."""
    folder.mkdir()
    for part in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / part, folder / part)
    flow, rules = folder / "flows" / "brochure-request.yaml", folder / "rules" / "workspace.yaml"
    text = flow.read_text()
    for line, other in PUT_OFF.items():
        if f"{line}\n" not in text and f"{line} " not in text:
            raise SystemExit(f"{flow.name} has no line “{line.strip()}” any more")
        text = text.replace(line, other)
    flow.write_text(text)
    kept = [line for line in rules.read_text().splitlines() if not line.startswith("send_hours:")]
    rules.write_text("\n".join(kept) + "\n")
    return folder


async def _connect(port: int) -> Client:
    deadline = time.monotonic() + 60
    while True:
        try:
            client = await Client.connect(f"127.0.0.1:{port}")
            await client.count_workflows()
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
        else:
            return client


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the worker did not start; see {file.parent / 'worker.log'}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=200, help="in each round (default: 200)")
    parser.add_argument("--rounds", type=int, default=3, help="of each contestant (default: 3)")
    parser.add_argument("--parked", type=int, default=100, help="leads for the look at memory, three times; 0: none")
    args = parser.parse_args()
    asyncio.run(race(args.leads, args.rounds, args.parked))


if __name__ == "__main__":
    main()
