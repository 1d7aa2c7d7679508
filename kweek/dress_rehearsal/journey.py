"""What shall be lived again? A case as the pure machine lived it: who it was, what people did, what was journalled."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from itertools import accumulate, count
from typing import Final

from kweek.flow.cases.case import Case
from kweek.flow.cases.crowd import people_of
from kweek.flow.cases.run import INSTANT, at_end_of, begin, find, give, run_case
from kweek.flow.facts import Fact
from kweek.flow.plan import Choose, Plan, Send
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.people import Deed as Said
from kweek.flow.simulate.sheets import Sheet
from kweek.flow.simulate.walk import live
from kweek.flow.spread import spread
from kweek.flow.state import Entry, Event, Value
from kweek.flow.world import World
from kweek.rules.grades import Axis

CROWD: Final = 4
"""Of the leads of a crowd."""

NEAR: Final = timedelta(minutes=1)
_AFTERWARDS: Final = timedelta(days=2)
"""A case is followed beyond its last day; a handover that nobody closes goes on for ever."""

_AXES: Final[tuple[Axis, ...]] = ("profile", "intent", "interest")
_OURS: Final = ("sent", "blocked")  # what the engine records by itself

Lines = list[tuple[datetime, Entry]]


@dataclass
class Deed:
    """What people do: an event, with what becomes known by it; or, without a kind, only a machine's visit."""

    at: datetime
    kind: str
    ref: str | None
    data: dict[str, Value] = field(default_factory=dict[str, Value])
    facts: dict[str, Fact | None] = field(default_factory=dict[str, "Fact | None"])
    points: dict[Axis, int] = field(default_factory=dict[Axis, int])


@dataclass
class Journey:
    """One lead, as the pure machine lived it until `until`. memory: as it was before anything happened. number: of
    the case, among those that are played together. one: which of its leads. at_once: what it does at one moment is
    heard together, as of a crowd; what a case tells is heard one after the other."""

    case: Case
    number: int
    one: int
    lead: str
    memory: Memory
    zone: tzinfo
    start: datetime
    until: datetime
    deeds: list[Deed]
    journal: Lines
    events: list[Event]
    at_once: bool = False

    @property
    def name(self) -> str:
        of_many = f" (lead {self.one + 1})" if self.case.mix else ""
        return f"{self.case.flow}: {self.case.name}{of_many}"


def journeys(cases: Iterable[tuple[Plan, Case]], world: World) -> Iterator[Journey]:
    """One of each case, and a few of each crowd."""
    for number, (plan, case) in enumerate(cases):
        for one in range(min(CROWD, case.leads) if case.mix else 1):
            lead = f"{plan.flow}-{number}-{one}"
            yield _live_through(plan, case, number, world, lead if case.mix else _namesake(plan, lead), one)


def _namesake(plan: Plan, lead: str) -> str:
    """Of many, one who draws the same halves as the lead of `kweek test`, for whom the case was written."""
    names = (f"{lead}-{n}" for n in count())
    return next(name for name in names if list(_halves(plan, name)) == list(_halves(plan, "lead")))


def _halves(plan: Plan, lead: str) -> Iterator[int]:
    for step in plan.steps.values():
        match step:
            case Send(mails=mails):
                shares = [share for _, share in mails]
            case Choose(branches=branches):
                shares = [branch.share or 0 for branch in branches]
            case _:
                continue
        yield bisect(list(accumulate(shares)), spread(lead, step.id) * 100)


def _live_through(plan: Plan, case: Case, number: int, world: World, lead: str, one: int) -> Journey:
    who, deeds = case.lead, list[Deed]()
    facts, points = dict[int, dict[str, Fact | None]](), dict[int, dict[Axis, int]]()
    person = Memory(world, lead, who.fields, who.points_by(world.grades), who.tracking, who.consent)
    person.tags |= set(who.tags)
    life = begin(plan, case, world, lead)
    zone = life.memory.timezone(plan)
    if case.mix:
        end = at_end_of(case.last_day, life.start)
        for deed, sheet in live(life, people_of(case, life.memory.world), end):
            told = seq_of_answers(life, deed, sheet)
            facts[told], points[told] = dict(sheet.facts), by_axis(sheet.points)
            if deed.kind == "unclear":
                deeds.append(Deed(life.now, "", deed.ref))
    else:
        for given in sorted(case.given, key=lambda one: one.when.after(life.start, zone)):
            known, until = dict(life.memory.fields), dict(life.memory.expires)
            give(life, given, plan)
            if given.kind == "unclear":
                about = find(life, given.kind, given.what, plan.flow)
                deeds.append(Deed(life.now, "", about.key if about else None))
            learned = {
                path: value
                for path, value in life.memory.fields.items()
                if known.get(path) != value or until.get(path) != life.memory.expires.get(path)
            }
            facts[max((event.seq for event in life.memory.events if event.kind == given.kind), default=0)] = learned
        end = max(at_end_of(case.last_day, life.start), _ended(plan, case, world)) + _AFTERWARDS
    life.run(end + 5 * NEAR)
    deeds += [
        Deed(event.at, event.kind, event.ref, dict(event.data), facts.get(event.seq, {}), points.get(event.seq, {}))
        for event in life.memory.events
        if event.seq not in life.memory.followed
        and (event.kind not in _OURS or (event.kind == "blocked" and not event.data))
    ]
    end = _between(life, end)
    return Journey(
        case, number, one, lead, person, zone, life.start, end, deeds, life.journal, life.memory.events, bool(case.mix)
    )


def seq_of(life: Life, kind: str, ref: str | None) -> int:
    """Which of its events was this? Not always the last: what comes of it may have sent a mail at once."""
    return max((event.seq for event in life.memory.events if (event.kind, event.ref) == (kind, ref)), default=0)


def seq_of_answers(life: Life, deed: Said, sheet: Sheet) -> int:
    """With which of its events did it tell the answers of this sheet? The first that they raised, else the last."""
    return seq_of(life, sheet.raised[0], None) if sheet.raised else seq_of(life, deed.kind, deed.ref)


def by_axis(points: Iterable[tuple[str, int]]) -> dict[Axis, int]:
    given = dict(points)
    return {axis: given[axis] for axis in _AXES if axis in given}


def _ended(plan: Plan, case: Case, world: World) -> datetime:
    """Where a case says only that it ends, it is followed to that end."""
    told = run_case(plan, case, world).story
    by_itself = case.ends is not None and case.ends.day is None and told.end is not None
    return told.end.at + INSTANT if by_itself and told.end else told.told[0].at


def _between(life: Life, end: datetime) -> datetime:
    """Not in the middle of something."""
    while any(abs(at - end) < 2 * NEAR for at, _ in life.journal):
        end -= 5 * NEAR
    return end
