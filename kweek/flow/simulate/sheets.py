"""What does a make-believe lead answer? One of a few filled-in sheets, so that many leads answer the same.

Of a sheet, every choice is drawn by a hash. A quarter of them are those that come nearest to being sales ready, as far
as the survey asks for it: a flow shall see such leads too. What nobody can choose (texts, numbers, dates) stays
unanswered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from kweek.flow.conditions import parse_condition
from kweek.flow.facts import Fact
from kweek.flow.simulate.memory import Memory
from kweek.flow.spread import spread
from kweek.flow.surveys import Question, Survey
from kweek.flow.world import World

SHEETS: Final = 12
"""So many different ones there are of each survey."""

_KEEN: Final = SHEETS // 4
_TRIED: Final = 64


class Sheet(Struct, frozen=True):
    """facts: by their paths. points: by axis. raised: the own events that the answers raise, in order."""

    facts: tuple[tuple[str, Fact], ...] = ()
    points: tuple[tuple[str, int], ...] = ()
    raised: tuple[str, ...] = ()


def sheets_of(world: World, survey: Survey) -> tuple[int, ...]:
    """The numbers of its sheets."""
    keen = sorted(range(_TRIED), key=lambda number: (-_needs_met(world, survey, number), number))[:_KEEN]
    return (*keen, *(number for number in range(SHEETS) if number not in keen))[:SHEETS]


def _needs_met(world: World, survey: Survey, number: int) -> int:
    memory = Memory(world)
    fill_in(memory, survey, number)
    return len(world.sales_ready.judge(memory.facts(None)).met)


def fill_in(memory: Memory, survey: Survey, number: int) -> Sheet:
    """Answer as this sheet says, and keep it in memory. Questions whose `if` is not true are not asked."""
    facts, points, raised = dict[str, Fact](), Counter[str](), dict[str, None]()
    for question in survey.questions:
        if question.condition and parse_condition(question.condition.value).test(memory.facts(None)) is not True:
            continue
        for option in _answer(survey, question, number):
            known = _known(survey, question, option)
            facts |= known
            memory.learn(known)
            points.update({str(axis): more for axis, more in question.points.get(str(option), {}).items()})
            if str(option) in question.raises:
                raised[question.raises[str(option)].value] = None
    memory.add_points(points)
    return Sheet(tuple(facts.items()), tuple(sorted(points.items())), tuple(raised))


def _answer(survey: Survey, question: Question, number: int) -> Iterator[str | int]:
    drawn = spread(f"sheet {number}", f"{survey.name.value} {question.name.value}")
    match question.type:
        case "choice" | "several":
            yield question.options[int(drawn * len(question.options))].name.value
        case "scale":
            yield question.low + int(drawn * (question.high - question.low + 1))
        case _:
            pass


def _known(survey: Survey, question: Question, option: str | int) -> dict[str, Fact]:
    answer: Fact = (option,) if question.type == "several" and isinstance(option, str) else option
    known: dict[str, Fact] = {f"survey.{survey.name.value}.{question.name.value}": answer}
    if question.fills:
        known[question.fills.value] = answer
    return known
