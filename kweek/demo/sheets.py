"""What is written on a filled-in survey, and what is known once it has been handed in?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Final

from kweek.demo.people import Person
from kweek.flow.conditions import parse_condition
from kweek.flow.facts import Fact
from kweek.flow.simulate.memory import Memory
from kweek.flow.surveys import Question, Survey

_LEFT_OUT: Final = 0.25  # of the questions that nobody has to answer

_OF_THE_PERSON: Final[Mapping[str, Callable[[Person], str]]] = {
    "lead.name": lambda person: f"{person.first_name} {person.last_name}",
    "lead.first_name": lambda person: person.first_name,
    "lead.last_name": lambda person: person.last_name,
    "lead.phone": lambda person: person.phone,
    "lead.job_title": lambda person: person.job_title,
    "lead.language": lambda person: person.language,
    "lead.country": lambda person: person.country,
}

Sheet = dict[str, str | int | list[str]]
"""Question → answer."""


def draw_sheet(survey: Survey, person: Person, drawn: Random) -> Sheet:
    """Any answer to a choice is as good as another; what is asked of the person is so; what may be left out, now and
    then is; and always where nobody can know what a field of this workspace is about."""
    asked = (one for one in survey.questions if one.required or drawn.random() >= _LEFT_OUT)
    answers = ((question.name.value, _answer(question, person, drawn)) for question in asked)
    return {name: answer for name, answer in answers if answer is not None}


def some_of(sheet: Sheet, drawn: Random) -> Sheet:
    """On the telephone nobody has the time for all of it."""
    return dict(islice(sheet.items(), drawn.randint(0, len(sheet))))


def keep(memory: Memory, survey: Survey, sheet: Sheet) -> Memory:
    """What is not asked, or not answered, stays as it is; what is answered anew counts once."""
    for question in survey.questions:
        answer = sheet.get(question.name.value)
        if answer is None or not _asked(question, memory):
            continue
        path = f"survey.{survey.name.value}.{question.name.value}"
        for option, sign in (
            *((one, -1) for one in _options(memory.fields.get(path))),
            *((one, 1) for one in _options(answer)),
        ):
            points = question.points.get(option, {}).items()
            memory.add_points({str(axis): sign * more for axis, more in points})
        known: Fact = tuple(answer) if isinstance(answer, list) else answer
        memory.fields |= {path: known} | ({question.fills.value: known} if question.fills else {})
    return memory


def raised_by(survey: Survey, sheet: Sheet) -> tuple[str, ...]:
    """The events that follow from these answers: by them one may be led away from where one was bound."""
    told = ((one, option) for one in survey.questions for option in _options(sheet.get(one.name.value)))
    return tuple(one.raises[option].value for one, option in told if option in one.raises)


def worth(memory: Memory) -> tuple[int, int]:
    """How much one would like to have this lead."""
    points = memory.judged()
    met = len(memory.world.sales_ready.judge(memory.facts(None)).met)
    return met, points.profile + points.intent + points.interest


def _asked(question: Question, memory: Memory) -> bool:
    return question.condition is None or parse_condition(question.condition.value).test(memory.facts(None)) is True


def _options(answer: Fact | list[str] | None) -> Iterator[str]:
    if isinstance(answer, list | tuple):
        yield from answer
    elif answer is not None:
        yield str(answer)


def _answer(question: Question, person: Person, drawn: Random) -> str | int | list[str] | None:
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
            return _text(question, person)


def _text(question: Question, person: Person) -> str | None:
    """It becomes a fact where it fills a field: then it is true, or as vague as one may be who has to say something."""
    if question.fills is None:
        return person.says
    known = _OF_THE_PERSON.get(question.fills.value)
    return known(person) if known else person.says if question.required else None
