"""What can a lead say with this? The answers that the survey at hand, or the script of the call, has questions for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kweek.flow.cases.case import Given
from kweek.flow.facts import Fact
from kweek.flow.simulate.life import Opened
from kweek.flow.surveys import Question
from kweek.flow.world import World


def survey_of(about: Opened, world: World) -> str | None:
    """The survey of a mail, the script of a call. Where the workspace's are not known, a mail's own name serves."""
    match about.verb:
        case "call":
            return about.what
        case "send":
            return world.surveys.get(about.what, None if world.asked else about.what)
        case _:
            return about.what if not world.asked else None


def path_of(survey: str | None, name: str) -> str:
    """A name without a dot is a question of the survey at hand."""
    return name if "." in name else f"survey.{survey}.{name}"


def gives(world: World, survey: str | None, path: str, value: Fact) -> bool:
    """Is this one of the answers that the survey can give, or a fact that one of them fills?"""
    if path.startswith("survey.") and not path.startswith(f"survey.{survey}."):
        return False
    if not world.asked:
        return True
    page = world.asked.get(survey or "")
    return page is not None and any(
        path in paths_of(page.name.value, one) and _fits(one, value) for one in page.questions
    )


def unasked(world: World, survey: str | None, given: Given) -> str | None:
    """Of what is given, that for which there is no question, in words that say what there is."""
    wrong = [name for name, value in given.facts.items() if not gives(world, survey, path_of(survey, name), value)]
    if not wrong:
        return None
    page = world.asked.get(survey or "")
    if page is None or not page.questions:
        return f"nothing was asked there, so “{wrong[0]}” cannot be answered; what is known before goes below lead:"
    there = ", ".join(one.name.value for one in page.questions)
    return f"the survey {survey} does not give this “{wrong[0]}”; its questions are {there}"


def paths_of(survey: str, question: Question) -> Iterator[str]:
    """Where its answer is kept: as an answer, and as what it fills."""
    yield f"survey.{survey}.{question.name.value}"
    if question.fills:
        yield question.fills.value


def _fits(question: Question, value: Fact) -> bool:
    options = {option.name.value for option in question.options}
    match question.type:
        case "choice":
            return value in options
        case "several":
            return isinstance(value, tuple) and options.issuperset(value)
        case "scale":
            return isinstance(value, int) and question.low <= value <= question.high
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "date":
            return isinstance(value, date)
        case "text":
            return isinstance(value, str)
