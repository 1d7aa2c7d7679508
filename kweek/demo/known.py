"""What is known of everybody, and would it take a lead by this line? Most conditions ask for what people have told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from datetime import datetime

from kweek.demo.people import Person
from kweek.demo.ways import Row
from kweek.flow.conditions.tree import Field, walk
from kweek.flow.facts import Facts
from kweek.flow.plan import AnyStep, Branch, Choose, Score, Tag, Untag
from kweek.flow.rows import GOAL
from kweek.flow.simulate.memory import Memory
from kweek.flow.world import World


class Known:
    """As the make-believe people remember it themselves; the books say it more exactly. aims: what shall be true of all
    that is known of somebody."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.aims: dict[str, Callable[[Memory], bool]] = {}
        self._of: dict[str, Memory] = {}
        self._learnt: Counter[str] = Counter()

    def as_of_now(self, person: Person) -> Hashable:
        """The same for whoever the same is known of; another when more is."""
        return (person.id, self._learnt[person.id]) if person.id in self._learnt else person.job_title

    def of(self, person: Person) -> Memory:
        if person.id not in self._of:
            self._of[person.id] = Memory(self.world, person.id, {"lead.job_title": person.job_title})
        return self._of[person.id]

    def learn(self, person: Person, memory: Memory) -> None:
        """More than before."""
        self._of[person.id] = memory
        self._learnt[person.id] += 1

    def happened(self, person: Person, kind: str, at: datetime) -> None:
        self.of(person).record(kind, at)
        self._learnt[person.id] += 1

    def passed(self, person: Person, step: AnyStep) -> None:
        if isinstance(step, Score | Tag | Untag):
            self.learn(person, pass_by(self.of(person), step))


def pass_by(memory: Memory, step: AnyStep) -> Memory:
    """What a step changes in what is known of a lead."""
    match step:
        case Score(points=points):
            memory.add_points({str(axis): more for axis, more in points})
        case Tag(tags=tags):
            memory.tags.update(tags)
        case Untag(tags=tags):
            memory.tags.difference_update(tags)
        case _:
            pass
    return memory


def takes(world: World, row: Row, facts: Facts, *, started: bool = False) -> bool:
    """Does a lead of whom this is known go on by this line of a `choose`, or is it at this goal? started: the facts
    tell of the event by which it starts; else whatever hangs on that may well be."""
    flow, key = row
    plan = world.plans[flow]
    if key == GOAL:
        return plan.goal is not None and plan.goal.condition.test(facts) is True
    step, _, line = key.rpartition(" choose:")
    choose = plan.steps[step]
    if not isinstance(choose, Choose):
        return False
    true = (n for n, one in enumerate(choose.branches, 1) if one.condition is None or one.condition.test(facts) is True)
    return next(true, None) == int(line) or (not started and any(map(_is_open, choose.branches)))


def _is_open(branch: Branch) -> bool:
    """It hangs on a share, or on what the start event says."""
    asked = walk(branch.condition.tree) if branch.condition else ()
    return branch.share is not None or any(isinstance(one, Field) and one.path.startswith("event.") for one in asked)
