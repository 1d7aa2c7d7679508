"""What would become of a thousand leads in this workspace? A flow of it, walked by a make-believe crowd."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from msgspec.structs import replace

from kweek.flow.cases.case import DEFAULT_START, LeadGiven
from kweek.flow.model import Flow
from kweek.flow.plan import Plan
from kweek.flow.simulate.arrivals import Arrivals, arrival
from kweek.flow.simulate.crowd import Crowd, Newcomer
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.made_up import dates_of, start_data, start_of
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.mix import Mix
from kweek.flow.simulate.people import People
from kweek.flow.simulate.result import Simulation
from kweek.flow.simulate.tally import Calendarium, Tally
from kweek.flow.simulate.ways import most_mails, stories, ways_of
from kweek.flow.world import World
from kweek.rules.wall import zone
from kweek.workspace import Workspace

FIRST_DAY: Final = DEFAULT_START.date()
"""A Monday; the tests of flows begin on it as well."""


@dataclass(frozen=True)
class Version:
    """What is walked: the draft, a version of the books, what a file says. flow: as it is drawn."""

    label: str
    plan: Plan
    flow: Flow


@dataclass(frozen=True)
class Crowding:
    """So many leads, watched for so many days. begin: the first of them."""

    leads: int
    days: int
    seed: int
    mix: Mix
    arrive: Arrivals
    begin: date = FIRST_DAY


def simulate(
    workspace: Workspace,
    world: World,
    plan: Plan,
    crowding: Crowding,
    told: Callable[[float], None] = lambda part: None,
) -> Simulation:
    """Let them walk. told: which part of the days is over. KweekError: a calendar that opens too seldom."""
    world = replace(world, plans={**world.plans, plan.flow: plan})
    begin = datetime.combine(crowding.begin, time(), zone(world.timezone)).astimezone(UTC)
    until = datetime.combine(crowding.begin + timedelta(days=crowding.days), time(), zone(world.timezone)).astimezone(
        UTC
    )
    days = Calendarium(begin, crowding.days, zone(world.timezone))
    span = (until - begin).total_seconds()
    with _no_tidying():
        crowd = _crowd(workspace, world, plan, crowding, begin, until)
        crowd.run(lambda at: told((at - begin).total_seconds() / span))
        simulation = _result(workspace, world, plan, crowding, crowd, days)
        del crowd  # before all that it holds is tidied
    return simulation


def _crowd(
    workspace: Workspace, world: World, plan: Plan, crowding: Crowding, begin: datetime, until: datetime
) -> Crowd:
    people = People(world, crowding.mix, crowding.days)
    moments = crowding.arrive.moments(begin, world.calendar)
    names = (f"{crowding.seed}-{number}" for number in range(1, crowding.leads + 1))
    newcomers = [
        Newcomer(name, arrival(name, moments), LeadGiven(profile=people.profile(name)).points_by(world.grades))
        for name in names
    ]
    event = start_of(plan)
    types = workspace.rules.events.get(event or "")
    kinds = {field: own.kind.value for field, own in types.data.items()} if types else dict[str, str]()

    def enter(memory: Memory, at: datetime) -> Life:
        memory.fields.update(dates_of(plan, at))
        life = Life(memory, at)
        if event is None:
            life.hear(at, "enrol", data={"flow": plan.flow})
        else:
            life.hear(at, event, data=start_data(kinds, at))
        return life

    return Crowd(people, newcomers, enter, until)


def _result(
    workspace: Workspace, world: World, plan: Plan, crowding: Crowding, crowd: Crowd, days: Calendarium
) -> Simulation:
    tally = Tally(plan, days, world)
    tally.add(crowd.segments)
    ways = ways_of(crowd, plan.flow)
    hours = plan.send_hours or world.send_hours
    others = {flow: world.plans[flow].title for flow in sorted(tally.flows - {plan.flow})}
    whole, week = most_mails(crowd)
    own, own_week = most_mails(crowd, plan.flow) if tally.other_mails else (whole, week)
    never_steps, never_rows = tally.never()
    arrived = [0] * crowding.days
    for one in crowd.newcomers:
        arrived[days.of(one.at)] += 1
    return Simulation(
        flow=plan.flow,
        title=plan.title,
        version=plan.version,
        leads=crowding.leads,
        seed=crowding.seed,
        mix=str(crowding.mix),
        arrive=str(crowding.arrive),
        timezone=world.timezone,
        days=days.open(world.calendars[hours] if hours else None),
        arrived=tuple(arrived),
        under_way=tally.under_way(),
        steps=tally.steps(),
        rows=tally.rows.in_order(),
        endings=tally.endings.in_order(),
        mails=tally.mails.in_order(),
        desks=tally.desks(
            {name: queue.capacity for name, queue in workspace.rules.teams.queues.items()},
            {name: team.capacity for name, team in workspace.rules.teams.teams.items()},
        ),
        never_steps=never_steps,
        never_rows=never_rows,
        most=whole,
        most_in_a_week=week,
        ways=len(ways),
        stories=stories(crowd, plan.flow, days, ways),
        others=others,
        other_mails=tally.other_mails.in_order(),
        most_own=own,
        most_own_in_a_week=own_week,
    )


@contextmanager
def _no_tidying() -> Generator[None]:
    """Nothing in a crowd goes in circles: looking for that again and again takes a quarter of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
