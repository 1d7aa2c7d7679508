"""What do make-believe leads do? They arrive, read their mail or not, answer, bounce, write back, ask for a quote."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from kweek.demo.agenda import Agenda
from kweek.demo.answers import Answers, Towards
from kweek.demo.choices import CHOSEN, NOTHING, Choice, Walked, heard_anywhere, heard_at, mail_choices
from kweek.demo.openings import Opening, Vocabulary, told_as
from kweek.demo.people import Person
from kweek.demo.stage import Letter, Stage
from kweek.flow.plan import Plan, Send
from kweek.flow.state import Value

_ASKS_FOR_MORE: Final = 0.15  # of the leads in a flow that listens to something: it happens once
_MAYBE_LATER: Final = timedelta(days=25)
_SOON: Final = timedelta(hours=20)
_READS_WITHIN: Final = timedelta(days=2)
_KEEN_ANSWER: Final = 0.8
_SKIPS_MAIL_THAT_ASKS_NOTHING: Final = 0.4


class Leads:
    """words: what may be told. purposes: what mails ask consent for."""

    def __init__(
        self,
        stage: Stage,
        agenda: Agenda,
        words: Vocabulary,
        answers: Answers,
        purposes: Collection[str],
        walked: Walked,
        drawn: Random,
    ) -> None:
        self.stage, self.agenda, self.words, self.drawn = stage, agenda, words, drawn
        self.answers, self.purposes, self.walked = answers, purposes, walked
        self._can_be_told = (*words.events, *words.made_of)
        self.people: dict[str, Person] = {}
        self._events = 0

    # --- they come ------------------------------------------------------------------------------------

    def arrive(self, person: Person, plan: Plan, opening: Callable[[], Opening], now: datetime) -> None:
        """opening: draws one of the ways in."""
        self.people[person.id] = person
        way = self.walked.enter(plan, person.id, now, self.drawn)
        chosen = self.answers.opening(opening, now, person, way[0] if way and CHOSEN in way[0][1] else None)
        self.stage.tell([self._event(person, chosen.kind, chosen.data, now, chosen.fields(now))])
        for choice in self._later(plan, person, now):
            at = now + self.drawn.random() * _MAYBE_LATER
            self.agenda.add(at, lambda now, kind=choice.kind: self._happens(person, kind, now))

    def _later(self, plan: Plan, person: Person, now: datetime) -> Iterator[Choice]:
        """What it may do some day, of what its flow listens to."""
        listens = heard_anywhere(plan, self._can_be_told)
        if listens and self.drawn.random() < _ASKS_FOR_MORE:
            yield self.walked.pick(listens, plan.flow, person.id, now, self.drawn)

    def _happens(self, person: Person, kind: str, now: datetime) -> None:
        told = told_as(kind, self.words, now, self.drawn)
        if told is not None:
            self.stage.tell([self._event(person, *told, now)])

    def stand(self, person: str, plan: Plan, step: str, now: datetime) -> None:
        """It came to a step: does that one wait for something that this lead may do?"""
        choices = heard_at(plan.steps[step], self._can_be_told) if step in plan.steps else ()
        if choices:
            choice = self.walked.pick(choices, plan.flow, person, now, self.drawn)
            at = now + self.drawn.random() * _SOON
            if choice.kind != NOTHING:
                self.agenda.add(at, lambda now: self._happens(self.people[person], choice.kind, now))

    def _event(
        self,
        person: Person,
        kind: str,
        data: Mapping[str, Value],
        at: datetime,
        fields: Mapping[str, Value] | None = None,
    ) -> dict[str, object]:
        self._events += 1
        lead = person.as_lead(self.purposes, at, **{name: _plain(value) for name, value in (fields or {}).items()})
        said = {name: _plain(value) for name, value in data.items()}
        return {"id": f"{person.id}-{self._events}", "type": kind, "at": at.isoformat(), "lead": lead, "data": said}

    # --- they read ------------------------------------------------------------------------------------

    def find(self, letter: Letter) -> None:
        """A mail lies in the mailbox: what becomes of it is decided now, and done when it is read."""
        place = self.stage.place(letter.key)
        step = place.plan.steps.get(place.step) if place else None
        if place is None or not isinstance(step, Send):
            return
        choice = self._chosen(letter, place.plan, step)
        soon = timedelta(minutes=1) if choice.kind == "bounced" else timedelta(minutes=20)
        at = letter.at + soon + self.drawn.random() ** 2 * _READS_WITHIN
        self.agenda.add(at, lambda now: self._does(letter, choice))

    def _chosen(self, letter: Letter, plan: Plan, step: Send) -> Choice:
        can = {"opened": letter.pixel, "clicked": letter.links, "answered": letter.survey}
        seen = [kind for kind, there in can.items() if there]
        if step.within is None and not letter.survey and self.drawn.random() < _SKIPS_MAIL_THAT_ASKS_NOTHING:
            return Choice(NOTHING)
        choices = mail_choices(plan, step, letter.links, seen)
        if letter.survey and self.answers.is_keen(self._person(letter)) and self.drawn.random() < _KEEN_ANSWER:
            choices = tuple(choice for choice in choices if choice.kind == "answered")
        return self.walked.pick(choices, plan.flow, letter.person, letter.at, self.drawn)

    def _does(self, letter: Letter, choice: Choice) -> None:
        match choice.kind:
            case "opened" if letter.pixel:
                self.stage.look(letter.pixel)
            case "clicked":
                address = letter.links.get(choice.link or "") or next(iter(letter.links.values()), None)
                for one in filter(None, (letter.pixel, address)):
                    self.stage.look(one)
            case "answered" if letter.survey:
                self.stage.answer(letter.survey, self._answers(letter, choice.towards))
            case "bounced":
                self.stage.come_back(letter, "bounce")
            case "complained":
                self.stage.come_back(letter, "complain")
            case "replied":
                self.stage.come_back(letter, "reply", self._person(letter).words)
            case "out of office":
                self.stage.out_of_office(letter)
            case "unsubscribed" if letter.leave:
                self.stage.leave(letter.leave)
            case _:
                pass

    def _answers(self, letter: Letter, towards: Towards) -> Mapping[str, object]:
        survey = self.answers.asked_by(letter.name)
        return self.answers.fill_in(survey, self._person(letter), towards) if survey else {}

    def _person(self, letter: Letter) -> Person:
        return self.people[letter.person]


def _plain(value: Value) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value
