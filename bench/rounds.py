"""What does one round come to? One contestant, so many leads, from the question for a brochure to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from temporalio.client import Client

import worker
from bench.counting import Calls, History, histories, processor_time, stored
from bench.course import SLACK, TEMPO, Course
from bench.handwritten import Start
from bench.life import HandRelay, People
from kweek.config import Settings
from kweek.intake.relay import Relay
from kweek.leads.clock import flow_clock
from kweek.leads.database import open_database

WARM: Final = 8  # leads of which nothing is counted: imports, caches, the first mail's render process
QUIET: Final = 0.02  # of a core


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


class Meter:
    """The processor time of worker and server, in seconds, without what it costs to look at them."""

    def __init__(self, *pids: int) -> None:
        self._pids = pids
        self._begun = self._now()

    @contextmanager
    def looking(self) -> Generator[None]:
        before = self._now()
        yield
        self._begun = tuple(
            begun + now - then for begun, now, then in zip(self._begun, self._now(), before, strict=True)
        )

    def spent(self) -> tuple[float, ...]:
        return tuple(now - begun for begun, now in zip(self._begun, self._now(), strict=True))

    def _now(self) -> tuple[float, ...]:
        return tuple(map(processor_time, self._pids))


async def run_round(course: Course, client: Client, which: str, leads: int) -> Round:
    data = course.new_data()
    chosen = course.settings_in(data)
    calls = Calls()
    counted = Client(client.service_client, interceptors=[calls])
    database = open_database(chosen.database_url)
    people = people_of(which, counted, database, chosen)
    try:
        with course.contestant(which, data) as (pid, _):
            await people.ask(WARM)
            await live_on(people, pid)
            calls.started = calls.signalled = calls.both = 0
            before = stored(course.folder / "temporal.db")
            meter = Meter(pid, course.server.pid)
            took = await people.ask(leads)
            await at_rest(pid)
            ids = [f"{'lead' if which == 'kweek' else which}-{lead}" for lead in people.leads[WARM:]]
            with meter.looking():
                parked = await histories(counted, ids)
                held = stored(course.folder / "temporal.db")[0] - before[0]
                assert all(one.running for one in parked)
            took += await live_on(people, pid)
            cpu, server = meter.spent()
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


def people_of(which: str, client: Client, database: Any, chosen: Settings) -> People:
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
