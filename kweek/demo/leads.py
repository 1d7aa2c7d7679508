"""What do make-believe leads do? They arrive, read their mail or not, answer, bounce, write back, ask for a quote."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from kweek.demo.agenda import Agenda
from kweek.demo.choices import NOTHING, Choice, Walked, heard_anywhere, heard_at, mail_choices
from kweek.demo.openings import Opening, Vocabulary, told_as
from kweek.demo.people import Person
from kweek.demo.stage import Letter, Stage
from kweek.flow.plan import Plan, Send
from kweek.flow.state import Value
from kweek.flow.surveys import Question, Survey

_ASKS_FOR_MORE: Final = 0.25  # of the leads in a flow that listens to something: it happens once
_MAYBE_LATER: Final = timedelta(days=25)
_SOON: Final = timedelta(hours=20)
_READS_WITHIN: Final = timedelta(days=2)
_SKIPS_MAIL_THAT_ASKS_NOTHING: Final = 0.4


class Leads:
    """surveys: by name. mails: which survey each asks for. purposes: what mails ask consent for."""

    def __init__(
        self,
        stage: Stage,
        agenda: Agenda,
        words: Vocabulary,
        surveys: Mapping[str, Survey],
        mails: Mapping[str, str],
        purposes: Collection[str],
        walked: Walked,
        drawn: Random,
    ) -> None:
        self.stage, self.agenda, self.words, self.drawn = stage, agenda, words, drawn
        self.surveys, self.mails, self.purposes, self.walked = surveys, mails, purposes, walked
        self._can_be_told = (*words.events, *words.made_of)
        self._people: dict[str, Person] = {}
        self._events = 0

    # --- they come ------------------------------------------------------------------------------------

    def arrive(self, person: Person, opening: Opening, plan: Plan, now: datetime) -> None:
        self._people[person.id] = person
        self.stage.tell([self._event(person, opening.kind, opening.data, now - opening.ago, opening.fields(now))])
        for choice in self._later(plan, now):
            at = now + self.drawn.random() * _MAYBE_LATER
            self.agenda.add(at, lambda now, kind=choice.kind: self._happens(person, kind, now))

    def _later(self, plan: Plan, now: datetime) -> Iterator[Choice]:
        """What it may do some day, of what its flow listens to."""
        listens = heard_anywhere(plan, self._can_be_told)
        if listens and self.drawn.random() < _ASKS_FOR_MORE:
            yield self.walked.pick(listens, plan.flow, now, self.drawn)

    def _happens(self, person: Person, kind: str, now: datetime) -> None:
        told = told_as(kind, self.words, now, self.drawn)
        if told is not None:
            self.stage.tell([self._event(person, *told, now)])

    def stand(self, person: str, plan: Plan, step: str, now: datetime) -> None:
        """It came to a step: does that one wait for something that this lead may do?"""
        choices = heard_at(plan.steps[step], self._can_be_told) if step in plan.steps else ()
        if choices:
            choice = self.walked.pick(choices, plan.flow, now, self.drawn)
            at = now + self.drawn.random() * _SOON
            if choice.kind != NOTHING:
                self.agenda.add(at, lambda now: self._happens(self._people[person], choice.kind, now))

    def _event(
        self,
        person: Person,
        kind: str,
        data: Mapping[str, Value],
        at: datetime,
        fields: Mapping[str, Value] | None = None,
    ) -> dict[str, object]:
        self._events += 1
        lead = person.as_lead(self.purposes, **{name: _plain(value) for name, value in (fields or {}).items()})
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
        if step.within is None and self.drawn.random() < _SKIPS_MAIL_THAT_ASKS_NOTHING:
            return Choice(NOTHING)
        return self.walked.pick(mail_choices(plan, step, letter.links, seen), plan.flow, letter.at, self.drawn)

    def _does(self, letter: Letter, choice: Choice) -> None:
        match choice.kind:
            case "opened" if letter.pixel:
                self.stage.look(letter.pixel)
            case "clicked":
                address = letter.links.get(choice.link or "") or next(iter(letter.links.values()), None)
                for one in filter(None, (letter.pixel, address)):
                    self.stage.look(one)
            case "answered" if letter.survey:
                self.stage.answer(letter.survey, self._answers(letter))
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

    # --- they answer ----------------------------------------------------------------------------------

    def _answers(self, letter: Letter) -> dict[str, Any]:
        survey = self.surveys.get(self.mails.get(letter.name, ""))
        return answers_to(survey, self._person(letter), self.drawn) if survey else {}

    def _person(self, letter: Letter) -> Person:
        return self._people[letter.person]


def answers_to(survey: Survey, person: Person, drawn: Random) -> dict[str, Any]:
    """Any answer to a choice is as good as another; what is asked of the person is so."""
    return {question.name.value: _answer(question, person, drawn) for question in survey.questions}


def _answer(question: Question, person: Person, drawn: Random) -> Any:
    names = [option.name.value for option in question.options]
    match question.type:
        case "choice":
            return drawn.choice(names)
        case "several":
            return drawn.sample(names, drawn.randint(1, len(names)))
        case "scale":
            return drawn.randint(question.low, question.high)
        case "number":
            return drawn.randint(1, 40) * 100
        case "date":
            return (date(2030, 1, 1) + timedelta(days=drawn.randint(0, 365))).isoformat()
        case "text":
            return person.job_title if question.fills and question.fills.value == "lead.job_title" else person.words


def _plain(value: Value) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value
