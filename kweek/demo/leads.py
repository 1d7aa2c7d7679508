"""What do make-believe leads do? They arrive, read their mail or not, answer, bounce, write back, ask for a quote."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from kweek.demo.agenda import Agenda
from kweek.demo.answers import Answers
from kweek.demo.choices import CHOSEN, NOTHING, STAYS, Bound, Choice, heard_at, mail_choices, usual
from kweek.demo.openings import NOT_SO_SOON, SOON, Opening, Vocabulary, told_as
from kweek.demo.people import Person
from kweek.demo.stage import Letter, Place, Stage
from kweek.demo.ways import Row, Way, rows_on
from kweek.flow.plan import Send, Wait, When
from kweek.flow.rows import line_at
from kweek.flow.state import Value

_ASKS_FOR_MORE: Final = 0.03  # of the leads that come to a step where something would be heard
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
        bound: Bound,
        drawn: Random,
    ) -> None:
        self.stage, self.agenda, self.words, self.drawn = stage, agenda, words, drawn
        self.answers, self.purposes, self.bound = answers, purposes, bound
        self._can_be_told = (*words.events, *words.made_of)
        self.people: dict[str, Person] = {}
        self.gone: set[str] = set()  # who wants no more mail, or whose address is dead
        self._events = 0
        self._last: dict[str, Letter] = {}

    # --- they come ------------------------------------------------------------------------------------

    def arrive(self, person: Person, opening: Callable[[], Opening], way: Way, now: datetime) -> None:
        """opening: draws one of the ways in. way: which it is to walk then."""
        self.people[person.id] = person
        first = next(iter(rows_on(way)), None)
        chosen = self.answers.opening(opening, now, person, first if first and CHOSEN in first[1] else None)
        soon = NOT_SO_SOON if self.stage.days().flies(now) else SOON
        fields = {name: _plain(value) for name, value in chosen.fields(now, soon).items()}
        said = person.as_lead(self.purposes, now, **fields)
        self.stage.tell([self._event(person, chosen.kind, chosen.data, now, said) | {"source": person.source}])

    def stand(self, person: str, place: Place, now: datetime) -> None:
        """It came to a step: does that one, or its flow, wait for something that this lead may do?"""
        step = place.plan.steps[place.step]
        choices = heard_at(place.plan, step, self._can_be_told)
        choice = self.bound(choices, place, person) if choices else None
        if choice is None and choices and self.drawn.random() < _ASKS_FOR_MORE:
            choice = usual(choices, self.drawn)
        at = now + self.drawn.random() * _SOON
        if choice is not None and choice.kind != STAYS:
            self.agenda.add(at, lambda now: self._happens(self.people[person], choice.kind, now))
        elif choice is not None and isinstance(step, Wait) and self._dies(person, place, choice.then):
            self.agenda.add(at, lambda now: self._does(self._last[person], Choice("bounced")))

    def _dies(self, person: str, place: Place, then: tuple[Row, ...]) -> bool:
        """Shall its address be dead before the next mail, which nothing else would stop?"""
        step, _, line = then[0][1].rpartition(" ") if then else ("", "", "")
        send = place.plan.steps.get(step)
        said = line_at(send, line)
        if not isinstance(send, Send) or not isinstance(said, When) or said.event != "blocked":
            return False
        return person in self._last and all(mail in self.answers.world.service for mail, _ in send.mails)

    def _happens(self, person: Person, kind: str, now: datetime) -> None:
        told = told_as(kind, self.words, now, self.drawn)
        if told is not None:
            self.stage.tell([self._event(person, *told, now, {"external_id": person.id})])
            self.answers.known.happened(person, kind, now)

    def _event(
        self, person: Person, kind: str, data: Mapping[str, Value], at: datetime, lead: Mapping[str, object]
    ) -> dict[str, object]:
        self._events += 1
        said = {name: _plain(value) for name, value in data.items()}
        return {"id": f"{person.id}-{self._events}", "type": kind, "at": at.isoformat(), "lead": lead, "data": said}

    # --- they read ------------------------------------------------------------------------------------

    def find(self, letter: Letter) -> None:
        """A mail lies in the mailbox: what becomes of it is decided now, and done when it is read."""
        place = self.stage.place(letter.key)
        step = place.plan.steps.get(place.step) if place else None
        if place is None or not isinstance(step, Send):
            return
        self._last[letter.person] = letter
        choice = self._chosen(letter, place, step)
        soon = timedelta(minutes=1) if choice.kind == "bounced" else timedelta(minutes=20)
        at = letter.at + soon + self.drawn.random() ** 2 * _READS_WITHIN
        self.agenda.add(at, lambda now: self._does(letter, choice))

    def _chosen(self, letter: Letter, place: Place, step: Send) -> Choice:
        can = {"opened": letter.pixel, "clicked": letter.links, "answered": letter.survey}
        choices = mail_choices(place.plan, step, letter.links, [kind for kind, there in can.items() if there])
        keen = bool(letter.survey) and self.answers.is_keen(self._person(letter))
        if bound := self.bound(choices, place, letter.person):
            return Choice("answered") if bound.kind == NOTHING and step.within is None and keen else bound
        if step.within is None and not letter.survey and self.drawn.random() < _SKIPS_MAIL_THAT_ASKS_NOTHING:
            return Choice(NOTHING)
        if keen and self.drawn.random() < _KEEN_ANSWER:
            choices = tuple(choice for choice in choices if choice.kind == "answered")
        return usual(choices, self.drawn)

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
                self.gone.add(letter.person)
                self.stage.come_back(letter, "bounce")
            case "complained":
                self.gone.add(letter.person)
                self.stage.come_back(letter, "complain")
            case "replied":
                self.stage.come_back(letter, "reply", self._person(letter).words)
            case "out of office":
                self.stage.out_of_office(letter)
            case "unsubscribed" if letter.leave:
                self.gone.add(letter.person)
                self.stage.leave(letter.leave)
            case _:
                pass

    def _answers(self, letter: Letter, towards: Row | None) -> Mapping[str, object]:
        survey = self.answers.asked_by(letter.name)
        return self.answers.fill_in(survey, self._person(letter), towards) if survey else {}

    def _person(self, letter: Letter) -> Person:
        return self.people[letter.person]


def _plain(value: Value) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value
