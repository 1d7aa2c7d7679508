"""What do they say? Whatever leads where they are bound: answers, reasons and data are drawn until it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Final

from kweek.demo.openings import Opening
from kweek.demo.people import Person
from kweek.flow.conditions import parse_condition
from kweek.flow.facts import Fact, Facts
from kweek.flow.plan import Choose
from kweek.flow.simulate.memory import Memory
from kweek.flow.spread import spread
from kweek.flow.state import Event
from kweek.flow.surveys import Question, Survey
from kweek.flow.world import World

_TRIES: Final = 60
_KEEN: Final = 0.8  # of the people: those who are busy with it
_KEEN_TRIES: Final = 6  # of which they give the best

Answer = str | int | list[str]

Towards = tuple[str, str] | None
"""Flow, and the line of a `choose` in it by which somebody wants to go on; None: it is all the same to him."""


class Answers:
    """What everybody has told until now is remembered: most conditions ask for it."""

    def __init__(self, world: World, drawn: Random) -> None:
        self.world, self.drawn = world, drawn
        self._told: dict[str, Memory] = {}

    def fill_in(self, survey: Survey, person: Person, towards: Towards) -> dict[str, Answer]:
        known, keen = self._known(person), self.is_keen(person)
        tried: list[tuple[dict[str, Answer], Memory]] = []
        for _ in range(_TRIES if towards else _KEEN_TRIES if keen else 1):
            sheet = answers_to(survey, person, self.drawn)
            tried.append((sheet, _keep(known.fork(), survey, sheet)))
            if self._goes(towards, tried[-1][1].facts(None)) and not _raises(survey, sheet):
                break
        else:
            tried[:] = (
                [max(tried, key=lambda one: (not _raises(survey, one[0]), *_worth(one[1])))] if keen else tried[:1]
            )
        sheet, self._told[person.id] = tried[-1]
        return sheet

    def reason(self, reasons: Sequence[str], person: Person, towards: Towards) -> str:
        """Why sales sends this lead back."""
        shuffled = self.drawn.sample(reasons, len(reasons))
        for reason in shuffled:
            then = self._known(person).fork()
            then.fields["handover.reason"] = reason
            if self._goes(towards, then.facts(None)):
                return reason
        return shuffled[0]

    def opening(self, draw: Callable[[], Opening], now: datetime, person: Person, towards: Towards) -> Opening:
        """By which of the ways in does this one come?"""
        known = self._known(person).at(now)
        drafts = [draw() for _ in range(_TRIES if towards else 1)]
        events = [(one, Event(1, one.kind, now, None, one.data)) for one in drafts]
        return next((one for one, event in events if self._goes(towards, known.facts(None, event))), drafts[0])

    def asked_by(self, mail: str) -> Survey | None:
        return self.world.asked.get(self.world.surveys.get(mail, ""))

    def is_keen(self, person: Person) -> bool:
        return spread(person.id, "keen") < _KEEN

    def _known(self, person: Person) -> Memory:
        if person.id not in self._told:
            self._told[person.id] = Memory(self.world, person.id, {"lead.job_title": person.job_title})
        return self._told[person.id]

    def _goes(self, towards: Towards, facts: Facts) -> bool:
        """Does a lead of whom this is known take that line?"""
        if towards is None:
            return False
        flow, row = towards
        step, _, line = row.rpartition(" choose:")
        choose = self.world.plans[flow].steps[step]
        if not isinstance(choose, Choose):
            return False
        taken = (
            n
            for n, branch in enumerate(choose.branches, 1)
            if branch.condition is None or branch.condition.test(facts) is True
        )
        return next(taken, None) == int(line)


def answers_to(survey: Survey, person: Person, drawn: Random) -> dict[str, Answer]:
    """Any answer to a choice is as good as another; what is asked of the person is so."""
    return {question.name.value: _answer(question, person, drawn) for question in survey.questions}


def some_of(answers: Mapping[str, Answer], drawn: Random) -> dict[str, Answer]:
    """On the telephone nobody has the time for all of it."""
    return dict(islice(answers.items(), drawn.randint(0, len(answers))))


def _keep(memory: Memory, survey: Survey, answers: Mapping[str, Answer]) -> Memory:
    for question in survey.questions:
        answer = answers[question.name.value]
        if question.condition and parse_condition(question.condition.value).test(memory.facts(None)) is not True:
            continue
        known: Fact = tuple(answer) if isinstance(answer, list) else answer
        memory.fields[f"survey.{survey.name.value}.{question.name.value}"] = known
        if question.fills:
            memory.fields[question.fills.value] = known
        for option in _options(answer):
            memory.add_points({str(axis): more for axis, more in question.points.get(option, {}).items()})
    return memory


def _raises(survey: Survey, answers: Mapping[str, Answer]) -> bool:
    """Would they begin something else, by which one is led away from here?"""
    return any(option in one.raises for one in survey.questions for option in _options(answers[one.name.value]))


def _options(answer: Answer) -> Iterator[str]:
    yield from map(str, answer if isinstance(answer, list) else [answer])


def _worth(memory: Memory) -> tuple[int, int]:
    """How much one would like to have this lead."""
    points = memory.judged()
    met = len(memory.world.sales_ready.judge(memory.facts(None)).met)
    return met, points.profile + points.intent + points.interest


def _answer(question: Question, person: Person, drawn: Random) -> Answer:
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
