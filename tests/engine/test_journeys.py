"""Every case of `flows/tests/` gives the same journal on the pure machine and on a real Temporal server.

All cases live at the same time, one lead each, on one virtual timeline of the time-skipping server. What people do is
recorded by intake at the moments of the case; all else — waits, mails, deadlines, escalations — the engine does by
itself. Of each crowd a few leads come along, with what they did on the pure machine.
"""

from __future__ import annotations

import asyncio
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate, count, groupby, zip_longest
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities import post
from kweek.flow.cases.case import Case
from kweek.flow.cases.crowd import people_of
from kweek.flow.cases.read import read_cases
from kweek.flow.cases.run import at_end_of, begin, find, give
from kweek.flow.plan import Choose, Plan, Send
from kweek.flow.simulate.crowd import live
from kweek.flow.simulate.memory import Memory
from kweek.flow.spread import spread
from kweek.flow.state import Entry, Value
from kweek.flow.world import World
from kweek.intake.incoming import Recorded
from kweek.intake.relay import Relay
from kweek.intake.suppress import SUPPRESSION, suppress_lead
from kweek.leads import tables
from kweek.leads.answers import RowAnswers
from kweek.leads.clock import Clock
from kweek.leads.enrolments import hold, lead_row
from kweek.leads.permission import address_key
from kweek.leads.points import add_points
from kweek.linting import names_in
from kweek.smtp import Outcome
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.engine.house import ROOT, Away, House, build, until
from tests.engine.servers import go_to, time_skipping
from worker import hands_of, ring, workers

pytestmark = pytest.mark.slow

CROWD = 4  # of each crowd
AFTERWARDS = timedelta(days=2)  # a case is followed beyond its last day; a handover that nobody closes goes on for ever
NEAR = timedelta(minutes=1)
EARLY = timedelta(seconds=8)
"""Of an event and a deadline at the same moment the event is first, also on a server where a turn takes its time; each
event of a lead a little earlier than the one before it. (A timer that fires in the very task that cancels it stops the
test server's clock for good; Temporal's own server takes it.)"""
_MOST = 5

_OURS = ("sent", "blocked")  # what the engine records by itself

Lines = list[tuple[datetime, Entry]]


@dataclass
class Deed:
    """What people do: an event, with what becomes known by it; or, without a kind, only a machine's visit."""

    at: datetime
    kind: str
    ref: str | None
    data: dict[str, Value] = field(default_factory=dict[str, Value])
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    points: dict[str, int] = field(default_factory=dict[str, int])


@dataclass
class Journey:
    """One lead, as the pure machine lived it until `until`."""

    name: str
    lead: str
    memory: Memory
    start: datetime
    until: datetime
    deeds: list[Deed]
    journal: list[tuple[datetime, Entry]]


def journeys(world: World) -> Iterator[Journey]:
    workspace = read_workspace(ROOT)
    names = names_in(workspace)
    for flow, plan in world.plans.items():
        path = f"flows/tests/{flow}.yaml"
        cases, problems = read_cases(workspace.texts[path], path, plan, names)
        assert not problems
        for number, case in enumerate(cases):
            for one in range(CROWD if case.mix else 1):
                name = f"{flow}: {case.name}" + (f" (lead {one + 1})" if case.mix else "")
                lead = f"{flow}-{number}-{one}"
                yield _live_through(plan, case, world, name, lead if case.mix else _namesake(plan, lead))


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


def _live_through(plan: Plan, case: Case, world: World, name: str, lead: str) -> Journey:
    who, deeds = case.lead, list[Deed]()
    facts, points = dict[int, dict[str, Any]](), dict[int, dict[str, int]]()
    person = Memory(world, lead, who.fields, who.points_by(world.grades), who.tracking, who.consent)
    person.tags |= set(who.tags)
    life = begin(plan, case, world, lead)
    end = at_end_of(case.last_day, life.start) + (timedelta() if case.mix else AFTERWARDS)
    if case.mix:
        for deed, sheet in live(life, people_of(case, life.memory.world), end):
            facts[len(life.memory.events)] = dict(sheet.facts)
            points[len(life.memory.events)] = dict(sheet.points)
            if deed.kind == "unclear":
                deeds.append(Deed(life.now, "", deed.ref))
    else:
        zone = life.memory.timezone(plan)
        for given in sorted(case.given, key=lambda one: one.when.after(life.start, zone)):
            known = dict(life.memory.fields)
            assert give(life, given, plan) is None
            if given.kind == "unclear":
                about = find(life, given.kind, given.what)
                deeds.append(Deed(life.now, "", about.key if about else None))
            learned = {path: value for path, value in life.memory.fields.items() if known.get(path) != value}
            facts[len(life.memory.events)] = learned
    life.run(end + 5 * NEAR)
    deeds += [
        Deed(event.at, event.kind, event.ref, dict(event.data), facts.get(event.seq, {}), points.get(event.seq, {}))
        for event in life.memory.events
        if event.kind not in _OURS or (event.kind == "blocked" and not event.data)
    ]
    while any(abs(at - end) < 2 * NEAR for at, _ in life.journal):  # not in the middle of something
        end -= 5 * NEAR
    return Journey(name, lead, person, life.start, end, deeds, life.journal)


# --- on a real server -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> list[tuple[Journey, Lines]]:
    """What the pure machine lived, and the journal that the engine wrote of it."""
    folder = tmp_path_factory.mktemp("journeys")
    everybody = list(journeys(world_of(read_workspace(ROOT))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(post, "deliver", _accept)
        patch.setattr("worker.RowAnswers", partial(RowAnswers, spread_over=0))  # as on the pure machine
        return asyncio.run(asyncio.wait_for(_live_on_a_server(folder, migrated_sqlite, everybody), 480))


async def _accept(*_: object) -> Outcome:
    """The relay, which takes every mail; all before it is in earnest."""
    return Outcome("accepted", "250", "queued")


async def _live_on_a_server(folder: Path, migrated: Path, everybody: list[Journey]) -> list[tuple[Journey, Lines]]:
    async with time_skipping() as environment:
        first = min(journey.start for journey in everybody)
        clock = Clock(1.0, await environment.get_current_time(), first - 10 * NEAR)
        house = build(folder, clock=clock, migrated=migrated)
        hands = hands_of(house.settings)
        try:
            for journey in everybody:
                house.like(journey.memory, clock.anchor_flow)
            async with workers(environment.client, hands):
                await _let_time_pass(environment, house, everybody)
            return [(journey, house.journal(journey.lead)) for journey in everybody]
        finally:
            hands.close()
            house.close()


async def _let_time_pass(environment: WorkflowEnvironment, house: House, everybody: list[Journey]) -> None:
    client = environment.client
    relay = Relay(house.database, lambda lead: ring(client, lead))
    deeds = [(at, journey, deed) for journey in everybody for at, deed in _timely(journey.deeds)]
    ends = [(journey.until, journey, None) for journey in everybody]
    for at, together in groupby(sorted([*deeds, *ends], key=itemgetter(0)), key=itemgetter(0)):
        await go_to(environment, house.clock.real(at))
        busy: set[str] = set()
        for _, journey, deed in together:
            if deed is None:
                _stand_still(house, journey.lead)
            else:
                _happens(house, journey.lead, deed)
                busy.add(journey.lead)
        await until(lambda: _carry(relay), 30, "the bells are rung")
        await until(lambda busy=busy: _heard(house, busy), 60, "every event is heard", each=0.02)


def _timely(deeds: list[Deed]) -> Iterator[tuple[datetime, Deed]]:
    moments = sorted({deed.at for deed in deeds})
    for deed in deeds:
        yield deed.at - min(moments.index(deed.at), _MOST) * EARLY, deed


def _happens(house: House, lead: str, deed: Deed) -> None:
    if not deed.kind:
        hit = {
            "mail_key": deed.ref,
            "lead_id": lead,
            "kind": "open",
            "at": deed.at,
            "method": "GET",
            "grade": "machine",
        }
        with house.database.write() as tx:
            tx.execute(insert(tables.hits), hit | {"grade": "machine"})
        return
    secret = house.settings.key(SUPPRESSION)

    def also(tx: Connection, recorded: Recorded) -> None:
        house.learn(tx, lead, deed.facts, deed.at)
        add_points(tx, lead, f"{lead}/{deed.at}", deed.points, "answered", deed.at, house.world.grades)
        if deed.kind in ("bounced", "complained", "unsubscribed"):
            suppress_lead(tx, lead, "email", deed.kind, deed.at, lambda address: address_key(secret, address))

    house.happens(lead, deed.kind, deed.at, deed.data, deed.ref, also=also)


async def _carry(relay: Relay) -> bool:
    try:
        return not await relay.carry()
    except RPCError as error:
        raise Away from error


def _heard(house: House, leads: set[str]) -> bool:
    row = tables.leads.c
    return not house.rows(select(row.id).where(row.id.in_(leads), row.seen < row.seq).limit(1))


def _stand_still(house: House, lead: str) -> None:
    """The case is over. Ending its workflow from outside, in the middle of a task, would stop this server's clock."""
    with house.database.lead_tx(lead) as tx:
        hold(tx, lead, "the case is over", lead_row(tx, lead).turn)


# --- side by side -----------------------------------------------------------------------------------


def test_every_case_gives_the_same_journal_on_the_pure_machine_and_on_a_real_server(
    lived: list[tuple[Journey, Lines]],
) -> None:
    different = {journey.name: wrong for journey, journal in lived if (wrong := _differ(journey, journal))}
    told = "\n".join(f"{name}\n  {wrong}" for name, wrong in different.items())
    assert not different, f"{len(different)} of {len(lived)} differ:\n{told}"


def test_the_cases_are_not_empty(lived: list[tuple[Journey, Lines]]) -> None:
    assert len(lived) > 100
    assert sum(len(journey.journal) for journey, _ in lived) > 1_500
    assert all(journal for _, journal in lived)


def _differ(journey: Journey, journal: Lines) -> str:
    pure, real = (_by_enrolment(lines, journey.until) for lines in (journey.journal, journal))
    for enrolment in {**pure, **real}:
        for one, other in zip_longest(pure.get(enrolment, []), real.get(enrolment, [])):
            same = one and other and one[1] == other[1] and abs(one[0] - other[0]) < NEAR
            if not same:
                return f"pure: {one}\n  real: {other}"
    return ""


def _by_enrolment(lines: Lines, before: datetime) -> dict[str, list[tuple[datetime, Entry]]]:
    found: dict[str, list[tuple[datetime, Entry]]] = {}
    for at, entry in lines:
        if at < before:
            found.setdefault(entry.enrolment, []).append((at, entry))
    return found
