"""Who comes, by which way in, and bound for what? New people, and now and then somebody who was here before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from random import Random
from typing import Final

from kweek.demo.choices import Choice
from kweek.demo.fits import fit
from kweek.demo.foresight import Foresight
from kweek.demo.leads import Leads
from kweek.demo.openings import Opening, Vocabulary, openings
from kweek.demo.people import Person
from kweek.demo.walked import Walked
from kweek.demo.ways import Way, rows_on
from kweek.flow.plan import End, EndStep, Plan
from kweek.flow.rows import END, GOAL, leads_to, line_at
from kweek.flow.surveys import Survey

_LEARNS: Final = 0.35  # of those who come first: they tell of themselves before they are bound for anything
_EASY: Final = 0.5  # of those who come again: they rather walk what can be walked than learn for what cannot
_NEAREST: Final = 0.5  # of those who come first are bound for what is nearest; the others for what is furthest
_AMONG: Final = 16  # the most promising
_FEW: Final = 4  # of those who have something to tell: the best of them does

_Prospect = tuple[tuple[int, int], Person, Way, Way]
"""How much somebody is worth who has walked a way, and at which other one he aims."""


class Comers:
    """people: who comes, one after the other."""

    def __init__(
        self,
        walked: Walked,
        foresight: Foresight,
        leads: Leads,
        words: Vocabulary,
        people: Iterator[Person],
        drawn: Random,
    ) -> None:
        self.walked, self.foresight, self.leads, self.words, self.drawn = walked, foresight, leads, words, drawn
        self.plans, self.service = walked.ways.plans, foresight.world.service
        first = next(people)
        self._people, self._stranger = chain([first], people), replace(first, number=0, job_title="")
        self._gone: set[str] = set()
        self._learning: dict[str, Way] = {}
        self._asks: dict[str, list[tuple[Survey, Way]]] = {}
        self._flows: dict[str, set[str]] = {}

    def come(self, now: datetime) -> None:
        """Somebody new."""
        person, flows = next(self._people), self._flows_open(now)
        wanted = self._wanted(flows, now, nearest=self.drawn.random() < _NEAREST)
        if self.drawn.random() < _LEARNS and self._learns([person], self._hard(wanted), flows, now):
            return
        if flows:
            way = next((way for way in wanted if self.foresight.can(person, way)), ())
            self._arrive(self._fit(person, way), way, now, self.drawn.choice(flows))

    def come_again(self, now: datetime) -> None:
        """Somebody who was here before; for what nobody could walk of whom nothing is known yet, before all else. What
        will not be reached all the same, may not keep everybody from the rest."""
        flows, some = self._flows_open(now), self._free(now)
        wanted = self._wanted(flows, now)
        hard = self._hard(wanted)
        if self._walks(some, hard, now) or (self.drawn.random() < _EASY and self._walks(some, wanted, now)):
            return
        if not self._learns(some, hard, flows, now):
            self._walks(some, wanted, now)

    def can(self, who: str, way: Way) -> bool:
        person = self.leads.people.get(who)
        return person is not None and who not in self._learning and self._well(person, way)

    def harmless(self, choices: Sequence[Choice], who: str) -> list[Choice]:
        """For whoever aims at something: what would not keep him from it."""
        person = self.leads.people.get(who)
        if person is None or who not in self._learning:
            return []
        return [one for one in choices if self.foresight.stays_near(person, one.kind, self._learning[who])]

    def _well(self, person: Person, way: Way) -> bool:
        return self._fit(person, way) == person and self.foresight.can(person, way)

    def _fit(self, person: Person, way: Way) -> Person:
        return fit(person, way, self.plans, self.service)

    def took(self, who: str, plan: Plan, row: str) -> None:
        """Has it left for good?"""
        step, _, line = row.rpartition(" ")
        here = plan.steps.get(step)
        found = line_at(here, line)
        discarded = isinstance(here, EndStep) and f" {line}" == END and here.result == "discard"
        if discarded or (found is not None and leads_to(found) == End("discard")):
            self._gone.add(who)

    def stood(self, who: str, flow: str) -> None:
        self._flows.setdefault(who, set()).add(flow)

    def _flows_open(self, now: datetime) -> list[str]:
        return sorted({one.flow for one in self._openings(now)})

    def _openings(self, now: datetime) -> list[Opening]:
        return openings(self.plans.values(), self.words, now, self.drawn)

    def _wanted(self, flows: list[str], now: datetime, *, nearest: bool = False) -> list[Way]:
        ways = (way for flow in flows for way in self.walked.ways.into(flow))
        return self.walked.wanted(ways, now, nearest=nearest)

    def _hard(self, wanted: list[Way]) -> list[Way]:
        """Those to rows to which nobody comes of whom nothing is known yet."""
        easy = {way[-1].row for way in wanted if self.foresight.can(self._stranger, way)}
        return [way for way in wanted if way[-1].row not in easy]

    def _walks(self, some: list[Person], wanted: list[Way], now: datetime) -> bool:
        for way in wanted:
            for person in some:
                if self._may_enter(person, way[0].step[0]) and self._well(person, way):
                    self._learning.pop(person.id, None)
                    self._arrive(person, way, now)
                    return True
        return False

    def _learns(self, some: list[Person], hard: list[Way], flows: list[str], now: datetime) -> bool:
        """Somebody comes of whom more will be known then, so that one of the hard ways may yet be walked."""
        if not hard:
            return False
        prospects = list(islice(self._prospects(some, hard, flows), _FEW))
        if not prospects:
            return False
        _, person, way, aim = max(prospects, key=lambda one: one[0])
        self._learning[person.id] = aim
        self.foresight.aim(person, aim)
        self._arrive(self._fit(person, way), way, now, own=True)
        return True

    def _prospects(self, some: list[Person], hard: list[Way], flows: list[str]) -> Iterator[_Prospect]:
        """The best that each of them could be asked, on the way to what it aims at."""
        still, any_of_them = {way[-1].row for way in hard}, hard[len(self._learning) % len(hard)]
        for person in some[:_AMONG]:
            aim = self._learning.get(person.id, any_of_them)
            aim = aim if aim[-1].row in still else any_of_them
            told = [
                (worth, person, way, aim)
                for survey, way in self._asking(flows, person)
                if (worth := self.foresight.prospects(person, survey, aim)) is not None
            ]
            if told:
                yield max(told, key=lambda one: one[0])

    def _asking(self, flows: list[str], person: Person) -> list[tuple[Survey, Way]]:
        """What this one may be asked, with the soonest way to where it is."""
        found: dict[str, tuple[Survey, Way]] = {}
        asking = (one for flow in flows if self._may_enter(person, flow) for one in self._asked_in(flow))
        for survey, way in sorted(asking, key=lambda one: one[1][-1].days):
            found.setdefault(survey.name.value, (survey, way))
        return list(found.values())

    def _asked_in(self, flow: str) -> list[tuple[Survey, Way]]:
        if flow not in self._asks:
            ways = (way for way in self.walked.ways.into(flow) if rows_on(way)[0][1] != GOAL)
            own = (way for way in ways if all(leg.step[0] == flow for leg in way))
            self._asks[flow] = [(survey, way) for way in own for survey in self.foresight.asks(way)]
        return self._asks[flow]

    def _free(self, now: datetime) -> list[Person]:
        """Whom we may hear of again, and who is bound for nothing; the most promising first."""
        free = (
            one
            for one in self.leads.people.values()
            if one.id not in self._gone and one.id not in self.leads.gone and self.walked.errand(one.id, now) is None
        )
        return sorted(free, key=self.foresight.worth, reverse=True)

    def _may_enter(self, person: Person, flow: str) -> bool:
        return flow not in self._flows.get(person.id, ()) or self.plans[flow].reentry.rule == "always"

    def _arrive(self, person: Person, way: Way, now: datetime, flow: str | None = None, *, own: bool = False) -> None:
        """flow: for whoever is bound for nothing."""
        into = way[0].step[0] if way else flow
        if way:
            self.walked.set_out(person.id, way, now, own=own)

        def opening() -> Opening:
            return self.drawn.choice([one for one in self._openings(now) if one.flow == into])

        self.leads.arrive(person, opening, way, now)
