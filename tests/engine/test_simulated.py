"""Two hundred leads of a simulation, whose lives were shared, give the same journals on a real Temporal server.

The draws are fixed by the seed. Each lead does on the server what it drew in the simulation, and has the journal that
its part of the crowd wrote.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kweek.dress_rehearsal.compare import differ
from kweek.dress_rehearsal.journey import NEAR, Deed, Journey, Lines, by_axis, seq_of_answers
from kweek.dress_rehearsal.play import play
from kweek.flow.cases.case import Case
from kweek.flow.problems import Position
from kweek.flow.simulate.arrivals import Arrivals, arrival
from kweek.flow.simulate.crowd import Crowd, Newcomer
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.mix import usual
from kweek.flow.simulate.people import People
from kweek.flow.simulate.sheets import Sheet
from kweek.flow.simulate.walk import live
from kweek.flow.state import Entry, Event
from kweek.flow.world import World
from kweek.rules.grades import Points
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.engine.house import ROOT

pytestmark = pytest.mark.slow

FLOW, LEADS, DAYS = "brochure-request", 200, 45
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
CASE = Case(FLOW, "", "two hundred leads", Position(1, 1))
OURS = ("sent", "blocked")


def enter(memory: Memory, at: datetime) -> Life:
    life = Life(memory, at)
    life.hear(at, "brochure.requested")
    return life


def simulated(world: World) -> list[Journey]:
    people = People(world, usual(world.plans[FLOW]), DAYS)
    moments = Arrivals(1).moments(MONDAY, world.calendar)
    names = [f"1-{number}" for number in range(1, LEADS + 1)]
    newcomers = [
        Newcomer(name, arrival(name, moments), Points(profile=10 * (number % 3))) for number, name in enumerate(names)
    ]
    until = MONDAY + timedelta(days=DAYS)
    crowd = Crowd(people, newcomers, enter, until)
    crowd.run()
    assert len(crowd.segments) < 0.8 * sum(map(len, crowd.histories))  # lives were shared
    return [_journey(people, number, one, crowd.journal(number), until) for number, one in enumerate(newcomers)]


def _journey(people: People, number: int, one: Newcomer, lines: Lines, until: datetime) -> Journey:
    memory = Memory(people.world, one.name, points=one.points)
    life, learned = enter(Memory(people.world, one.name, points=one.points), one.at), dict[int, Sheet]()
    for deed, sheet in live(life, people, until):
        learned[seq_of_answers(life, deed, sheet)] = sheet
    done = (one for one in life.memory.events if one.kind not in OURS and one.seq not in life.memory.followed)
    deeds = [_deed(event, learned.get(event.seq, Sheet())) for event in done]
    journal = [(at, _own(one.name, entry)) for at, entry in lines]
    while any(abs(at - until) < 2 * NEAR for at, _ in journal):  # not in the middle of something
        until -= 5 * NEAR
    zone = memory.timezone(people.world.plans[FLOW])
    return Journey(
        CASE, 0, number, one.name, memory, zone, one.at, until, deeds, journal, life.memory.events, at_once=True
    )


def _deed(event: Event, sheet: Sheet) -> Deed:
    return Deed(event.at, event.kind, event.ref, dict(event.data), dict(sheet.facts), by_axis(sheet.points))


def _own(name: str, entry: Entry) -> Entry:
    """In a crowd everybody is called “lead”."""

    def named(text: Any) -> Any:
        return text.replace("lead-", f"{name}-", 1) if isinstance(text, str) and text.startswith("lead-") else text

    return replace(
        entry, enrolment=named(entry.enrolment), detail={key: named(value) for key, value in entry.detail.items()}
    )


def test_the_same_journals_as_on_a_real_server(tmp_path: Path, migrated_sqlite: Path) -> None:
    everybody = simulated(world_of(read_workspace(ROOT)))
    lived = asyncio.run(play(tmp_path, ROOT, everybody, 900, migrated_sqlite))
    different = {one.journey.lead: wrong for one in lived if (wrong := differ(one))}
    told = "\n".join(f"{name}\n  {wrong}" for name, wrong in different.items())
    assert not different, f"{len(different)} of {LEADS} differ:\n{told}"
    assert sum(len(journey.journal) for journey in everybody) > 5 * LEADS
