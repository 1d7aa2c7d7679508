"""What do a thousand make-believe leads do in a case? They walk as in a simulation; `kweek.flow.simulate.people` says
what people do, and `kweek.flow.simulate.mix` which share of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from kweek.flow.cases.case import Case
from kweek.flow.cases.run import Ran, at_end_of
from kweek.flow.plan import Plan
from kweek.flow.rows import walked
from kweek.flow.simulate.crowd import Crowd, Newcomer
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.made_up import start_of
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.mix import Mix
from kweek.flow.simulate.people import People
from kweek.flow.simulate.story import tell
from kweek.flow.world import World


def run_crowd(plan: Plan, case: Case, world: World) -> Iterator[Ran]:
    """The story of each of the case's leads, up to the last day that it mentions."""
    if world.plans.get(plan.flow) is not plan:
        world = replace(world, plans={**world.plans, plan.flow: plan})
    zone = _known(Memory(world), case).timezone(plan)
    start = case.starts.replace(tzinfo=zone).astimezone(UTC)
    points = case.lead.points_by(world.grades)
    newcomers = [Newcomer(f"{case.name} {number + 1}", start, points) for number in range(case.leads)]

    def enter(memory: Memory, at: datetime) -> Life:
        life = Life(_known(memory, case), at)
        event = case.start or start_of(plan)
        if event is None:
            life.hear(at, "enrol", data={"flow": plan.flow})
        else:
            life.hear(at, event, data=case.data)
        return life

    crowd = Crowd(people_of(case, world), newcomers, enter, at_end_of(case.last_day, start))
    crowd.run()
    for lead in range(case.leads):
        journal = list(crowd.journal(lead))
        story = tell(plan.flow, zone, start, journal, crowd.events(lead))
        yield Ran(story, rows=walked(plan.flow, journal))


def people_of(case: Case, world: World) -> People:
    """What happens to this case's leads."""
    return People(world, Mix(case.mix), case.last_day)


def _known(memory: Memory, case: Case) -> Memory:
    """With what the case says of its leads."""
    memory.fields.update(case.lead.fields)
    memory.tags.update(case.lead.tags)
    memory.tracking, memory.consent = case.lead.tracking, case.lead.consent
    return memory
