"""How do they all live together? One clock, one agenda: who comes, what lies there, what is due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import httpx

from kweek.demo.agenda import Agenda
from kweek.demo.choices import Walked, reasons
from kweek.demo.colleagues import Colleagues
from kweek.demo.leads import Leads
from kweek.demo.openings import Opening, Vocabulary, openings
from kweek.demo.people import people
from kweek.demo.stage import Stage
from kweek.flow.cases.read import read_cases
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Plan
from kweek.flow.state import Value
from kweek.leads.database import DatabaseAway
from kweek.mails.template import purposes_of
from kweek.workspace import Workspace
from kweek.worlds import world_of

_ARRIVE_OVER: Final = 0.4  # of the days: the rest is for what comes of it
_LOOK_EVERY: Final = 0.1  # seconds
_TELL_EVERY: Final = 10  # days


class Play:
    """leads: so many come. days: of flow time, until the demo says what came of it."""

    def __init__(self, stage: Stage, workspace: Workspace, leads: int, days: int, seed: int) -> None:
        self.stage, self.workspace, self.days = stage, workspace, days
        self.drawn, self.agenda, self.walked = Random(f"demo {seed}"), Agenda(), Walked()
        self.plans = {plan.flow: plan for plan in stage.plans()}
        self.start = self.now()
        world, rules = world_of(workspace), workspace.rules
        words = vocabulary(workspace, self.plans)
        surveys = workspace.surveys
        self.leads = Leads(
            stage, self.agenda, words, surveys, world.surveys, purposes_of(workspace.texts), self.walked, self.drawn
        )
        self.colleagues = Colleagues(
            stage, self.agenda, world, rules.teams, surveys, reasons(self.plans.values()), self.walked, self.drawn
        )
        for at, opening in self._arrivals(words, leads):
            self.agenda.add(at, self._arrival(opening))
        self._people = people(seed)

    def now(self) -> datetime:
        return self.stage.clock.flow(datetime.now(UTC))

    def run(self, stop: threading.Event, day: Callable[[int], None], over: Callable[[], None]) -> None:
        """Until told to stop. day: called after every tenth. over: once, when the days are over."""
        told, done = 0, False
        while not stop.wait(_LOOK_EVERY):
            with suppress(httpx.TransportError, DatabaseAway):  # a part that falls comes back, and people try again
                self._live()
            days = (self.now() - self.start) // timedelta(days=1)
            if told + _TELL_EVERY <= days < self.days:
                told = days - days % _TELL_EVERY
                day(told)
            if days >= self.days and not done:
                done = True
                over()

    def _live(self) -> None:
        for walk in self.stage.walks():
            if walk.row is None:
                self.leads.stand(walk.person, self.stage.plan(walk.version), walk.step, self.now())
            else:
                self.walked.take([(walk.flow, walk.row)])
        for letter in self.stage.letters():
            self.leads.find(letter)
        self.colleagues.look(self.now())
        for deed in self.agenda.due(self.now()):
            deed(self.now())

    def missing(self) -> dict[str, list[str]]:
        """flow → the rows that nobody took."""
        found = {flow: self.walked.missing(plan) for flow, plan in sorted(self.plans.items())}
        return {flow: rows for flow, rows in found.items() if rows}

    # --- who comes when -------------------------------------------------------------------------------

    def _arrivals(self, words: Vocabulary, leads: int) -> Iterator[tuple[datetime, Opening]]:
        """Every flow as often as every other, and in each of them every way in, at moments drawn over the first
        part of the days."""
        found = openings(self.plans.values(), words, self.start, self.drawn)
        ways = [[one for one in found if one.flow == flow] for flow in self.plans]
        ways = [of_flow for of_flow in ways if of_flow]
        for n in range(leads if ways else 0):
            at = self.start + self.drawn.random() * timedelta(days=self.days * _ARRIVE_OVER)
            of_flow = ways[n % len(ways)]
            yield at, of_flow[n // len(ways) % len(of_flow)]

    def _arrival(self, opening: Opening) -> Callable[[datetime], None]:
        return lambda now: self.leads.arrive(next(self._people), opening, self.plans[opening.flow], now)


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
