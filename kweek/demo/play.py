"""How do they all live together? One clock, one agenda: who comes, what lies there, what is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Final

import httpx
from msgspec.structs import replace

from kweek.demo.agenda import Agenda, Deed
from kweek.demo.answers import Answers
from kweek.demo.choices import Choice, reasons, usual
from kweek.demo.colleagues import Colleagues
from kweek.demo.comers import Comers
from kweek.demo.foresight import Foresight
from kweek.demo.hands import Hands
from kweek.demo.known import Known
from kweek.demo.leads import Leads
from kweek.demo.openings import Vocabulary
from kweek.demo.people import people
from kweek.demo.stage import Place, Stage
from kweek.demo.walked import Walked
from kweek.demo.ways import Ways
from kweek.flow.cases.read import read_cases
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Plan
from kweek.flow.state import Value
from kweek.leads.database import DatabaseAway
from kweek.mails.template import purposes_of
from kweek.workspace import Workspace
from kweek.worlds import world_of

_EARLY: Final = 0.2  # of the leads, where there is such a time
_MEANWHILE: Final = 0.25  # while most sleep: what they begin takes months as well
_ARRIVE_OVER: Final = 0.6  # of these times: the rest is for what comes of it
_COME_AGAIN: Final = 0.9  # so often as somebody new comes, somebody comes who was here before
_COME_AGAIN_OVER: Final = 0.9
_TRIES_AGAIN_IN: Final = timedelta(hours=1)
_LATE: Final = 0.05  # of the leads come in the evening: for what is left, somebody new is best
_STRAGGLERS: Final = 0.3
_LOOK_EVERY: Final = 0.1  # seconds
_SAY_EVERY: Final = 30.0  # seconds


class Play:
    """leads: so many come. When, the clock says, which knows how many days there are. hands: of those who act."""

    def __init__(self, stage: Stage, workspace: Workspace, leads: int, seed: int, hands: Hands) -> None:
        self.stage, self.hands = stage, hands
        self.drawn, self.agenda = Random(f"demo {seed}"), Agenda(stage.now)
        self.plans = {plan.flow: plan for plan in stage.plans()}
        self.days = stage.days()
        world, words = replace(world_of(workspace), plans=self.plans), vocabulary(workspace, self.plans)
        self.walked = Walked(self.plans, Ways(self.plans, world.links), self.days.closes, self.days.asleep)
        self.answers = Answers(Known(world), reasons(self.plans.values()), self.drawn)
        self.leads = Leads(
            stage, self.agenda, words, self.answers, purposes_of(workspace.texts), self._bound, self.drawn
        )
        self.colleagues = Colleagues(
            stage, self.agenda, world, workspace.rules.teams, self.leads.people, self.answers, self._bound, self.drawn
        )
        self.comers = Comers(
            self.walked, Foresight(self.answers, self.drawn), self.leads, words, people(seed), self.drawn
        )
        late = self._in_the_evening(round(leads * _LATE))
        for at in (*self._moments(leads - len(late), _ARRIVE_OVER), *late):
            self.agenda.add(at, self.comers.come)
        for at in self._moments(round(leads * _COME_AGAIN), _COME_AGAIN_OVER):
            self.agenda.add(at, self.comers.come_again)
        for at in self._in_the_evening(round(leads * _STRAGGLERS)):
            self.agenda.add(at, self.comers.come_again)

    def run(self, stop: threading.Event, say: Callable[[], None]) -> bool:
        """Until the days are over; False: told to stop before. say: called every now and then."""
        said = time.monotonic()
        while not stop.wait(_LOOK_EVERY):
            with suppress(httpx.TransportError, DatabaseAway):  # a part that falls comes back, and people try again
                self.live()
            if self.stage.now() >= self.days.closes:
                return True
            if time.monotonic() - said >= _SAY_EVERY:
                said = time.monotonic()
                say()
        return False

    def look(self) -> None:
        """Who came to which step, and took which row, since the last look?"""
        for walk in self.stage.walks():
            place = Place(self.stage.plan(walk.version), walk.step)
            if walk.row is not None:
                self.walked.take(walk.person, (walk.flow, walk.row))
                self.comers.took(walk.person, place.plan, walk.row)
            elif walk.step in place.plan.steps and walk.person in self.leads.people:
                self.answers.known.passed(self.leads.people[walk.person], place.plan.steps[walk.step])
                self.comers.stood(walk.person, walk.flow)
                self.leads.stand(walk.person, place, self.stage.now())

    def live(self) -> None:
        self.look()
        for letter in self.stage.letters():
            self.leads.find(letter)
        self.colleagues.look(self.stage.now())
        by = self.stage.now()
        self.hands.do(lambda: self._next_deed(by))

    def _next_deed(self, by: datetime) -> Callable[[], None] | None:
        deed = self.agenda.next(by)
        return None if deed is None else lambda: self._do(deed)

    def _do(self, deed: Deed) -> None:
        """Who finds nobody there, tries again."""
        try:
            deed(self.stage.now())
        except (httpx.TransportError, DatabaseAway):
            self.agenda.add(self.stage.now() + _TRIES_AGAIN_IN, deed)

    def _bound(self, choices: Sequence[Choice], place: Place, who: str) -> Choice | None:
        now, at = self.stage.now(), (place.plan.flow, place.step)
        mixed = self.drawn.sample(choices, len(choices))  # of several that take the same row, any
        found = self.walked.pick(mixed, at, who, now, lambda way: self.comers.can(who, way))
        if found is None and (left := self.comers.harmless(choices, who)):
            return usual(left, self.drawn)
        return found

    def _in_the_evening(self, number: int) -> list[datetime]:
        """When those come for whom something is left."""
        days = self.days
        some = range(number if days.home > days.over else 0)
        return [days.over + self.drawn.random() * (days.home - days.over) / 2 for _ in some]

    def _moments(self, number: int, over: float) -> Iterator[datetime]:
        """When so many come, within this part of the days."""
        days = self.days
        some = number if days.early > days.begun else 0
        early, meanwhile = round(some * _EARLY), round(some * _MEANWHILE)
        for _ in range(early):
            yield days.begun + self.drawn.random() * (days.early - days.begun) * over
        for _ in range(meanwhile):
            yield days.opens - self.drawn.random() * (days.opens - days.early) / 2
        for _ in range(number - early - meanwhile):
            yield days.opens + self.drawn.random() * (days.over - days.opens) * over


def vocabulary(workspace: Workspace, plans: Mapping[str, Plan]) -> Vocabulary:
    """The workspace's events, and what the tests of its flows say of them."""
    known = workspace.rules.events
    events = {
        name: {field: own.kind.value for field, own in event.data.items()}
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
