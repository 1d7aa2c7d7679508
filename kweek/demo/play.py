"""How do they all live together? One clock, one agenda: who comes, what lies there, what is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Final

import httpx
from msgspec.structs import replace

from kweek.demo.agenda import Agenda
from kweek.demo.answers import Answers
from kweek.demo.choices import Walked, reasons
from kweek.demo.colleagues import Colleagues
from kweek.demo.days import days_on
from kweek.demo.leads import Leads
from kweek.demo.openings import Opening, Vocabulary, openings
from kweek.demo.people import people
from kweek.demo.stage import Stage, Walk
from kweek.flow.cases.read import read_cases
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Plan
from kweek.flow.state import Value
from kweek.leads.database import DatabaseAway
from kweek.mails.template import purposes_of
from kweek.workspace import Workspace
from kweek.worlds import world_of

_EARLY: Final = 0.2  # of the leads, where there is such a time
_MEANWHILE: Final = 0.15  # while most sleep: what they begin takes months as well
_ARRIVE_OVER: Final = 0.4  # of these times: the rest is for what comes of it
_COMES_AGAIN: Final = 0.5  # so often as somebody new comes
_LOOK_EVERY: Final = 0.1  # seconds
_SAY_EVERY: Final = 30.0  # seconds


class Play:
    """leads: so many come. When, the clock says, which knows how many days there are."""

    def __init__(self, stage: Stage, workspace: Workspace, leads: int, seed: int) -> None:
        self.stage = stage
        self.drawn, self.agenda = Random(f"demo {seed}"), Agenda()
        self.plans = {plan.flow: plan for plan in stage.plans()}
        self.days = days_on(stage.clock, self.now())
        self.walked = Walked(self.plans, self.days.over)
        world, self.words = replace(world_of(workspace), plans=self.plans), vocabulary(workspace, self.plans)
        answers = Answers(world, self.drawn)
        self.leads = Leads(
            stage, self.agenda, self.words, answers, purposes_of(workspace.texts), self.walked, self.drawn
        )
        self.colleagues = Colleagues(
            stage, self.agenda, world, workspace.rules.teams, self.leads.people, answers,
            reasons(self.plans.values()), self.walked, self.drawn,
        )  # fmt: skip
        self._people = people(seed)
        for at in self._arrivals(leads):
            self.agenda.add(at, self._arrive)

    def now(self) -> datetime:
        return self.stage.clock.flow(datetime.now(UTC))

    def run(self, stop: threading.Event, say: Callable[[], None]) -> bool:
        """Until the days are over; False: told to stop before. say: called every now and then."""
        said = time.monotonic()
        while not stop.wait(_LOOK_EVERY):
            with suppress(httpx.TransportError, DatabaseAway):  # a part that falls comes back, and people try again
                self._live()
            if self.now() >= self.days.closes:
                return True
            if time.monotonic() - said >= _SAY_EVERY:
                said = time.monotonic()
                say()
        return False

    def look(self) -> list[Walk]:
        """Who came to which step since the last look? The rows that were taken meanwhile are noted."""
        walks = self.stage.walks()
        self.walked.take((walk.flow, walk.row) for walk in walks if walk.row is not None)
        return [walk for walk in walks if walk.row is None]

    def _live(self) -> None:
        for walk in self.look():
            self.leads.stand(walk.person, self.stage.plan(walk.version), walk.step, self.now())
        for letter in self.stage.letters():
            self.leads.find(letter)
        self.colleagues.look(self.now())
        for deed in self.agenda.due(self.now()):
            deed(self.now())

    # --- who comes when -------------------------------------------------------------------------------

    def _arrivals(self, leads: int) -> Iterator[datetime]:
        days = self.days
        some = leads if days.early > days.begun else 0
        early, meanwhile = round(some * _EARLY), round(some * _MEANWHILE)
        for _ in range(early):
            yield days.begun + self.drawn.random() * (days.early - days.begun) * _ARRIVE_OVER
        for _ in range(meanwhile):
            yield days.opens - self.drawn.random() * (days.opens - days.early) / 2
        for _ in range(leads - early - meanwhile):
            yield days.opens + self.drawn.random() ** 2 * (days.over - days.opens) * _ARRIVE_OVER

    def _arrive(self, now: datetime) -> None:
        """Somebody comes for the first time; and sometimes also somebody who was here before."""
        known = list(self.leads.people.values())
        again = [self.drawn.choice(known)] if known and self.drawn.random() < _COMES_AGAIN else []
        for person in (next(self._people), *again):
            if flow := self._flow(now):
                self.leads.arrive(person, self.plans[flow], lambda flow=flow: self._opening(flow, now), now)

    def _flow(self, now: datetime) -> str | None:
        """One of which much has not been walked yet."""
        flows, missing = sorted({way.flow for way in self._openings(now)}), self.walked.missing()
        weights = [1 + len(missing.get(flow, ())) for flow in flows]
        return self.drawn.choices(flows, weights)[0] if flows else None

    def _opening(self, flow: str, now: datetime) -> Opening:
        return self.drawn.choice([way for way in self._openings(now) if way.flow == flow])

    def _openings(self, now: datetime) -> list[Opening]:
        return openings(self.plans.values(), self.words, now, self.drawn)


def vocabulary(workspace: Workspace, plans: Mapping[str, Plan]) -> Vocabulary:
    """The workspace's events, and what the tests of its flows say of them."""
    known = workspace.rules.events
    events = {
        name: {field: kind.value for field, kind in event.data.items()}
        for name, event in known.items()
        if event.source is None
    }
    made_of = {
        name: (event.source.value, parse_condition(event.condition.value) if event.condition else None)
        for name, event in known.items()
        if event.source is not None
    }
    samples: dict[str, list[Mapping[str, Value]]] = {}
    for flow, plan in plans.items():
        path = f"flows/tests/{flow}.yaml"
        cases = read_cases(workspace.texts[path], path, plan)[0] if path in workspace.texts else ()
        for case in cases:
            kind = case.start or next((start.event for start in plan.start if start.event), None)
            if kind and case.data:
                samples.setdefault(kind, []).append(case.data)
    return Vocabulary(events, samples, made_of)
