"""Which question comes next? A survey page by page: what an `if` asks for is answered before its question is shown.

No script is needed for that, and what is asked is decided here alone. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kweek.flow.conditions import Condition, parse_condition
from kweek.flow.facts import Fact, Facts
from kweek.flow.surveys import Question, Survey

Answer = str | int | float | list[str]
Page = tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Sitting:
    """What conditions see while a survey is filled in: the answers of this sitting, and below them what is known of
    the lead. own: of the paths that begin so, only this sitting tells; nothing: what was said before counts as well."""

    known: Facts
    said: Mapping[str, Fact]
    own: str | None = None

    @property
    def now(self) -> datetime:
        return self.known.now

    def field(self, path: str) -> Fact | None:
        if path in self.said:
            return self.said[path]
        return None if self.own is not None and path.startswith(self.own) else self.known.field(path)

    def count(self, event: str, period: timedelta | None) -> int:
        return self.known.count(event, period)

    def last(self, event: str) -> datetime | None:
        return self.known.last(event)

    def opened(self, mail: str) -> bool:
        return self.known.opened(mail)

    def clicked(self, mail: str, link: str | None) -> bool:
        return self.known.clicked(mail, link)

    def tagged(self, tag: str) -> bool:
        return self.known.tagged(tag)


Asked = Callable[[Question, Mapping[str, Answer]], bool]
"""Is this question asked, after these answers?"""


def asked_on_page(survey: Survey, known: Facts) -> Asked:
    """By somebody who fills it in: an earlier sitting is over."""
    return _asked(survey, known, _path(survey, ""))


def asked_on_telephone(survey: Survey, known: Facts) -> Asked:
    """By a colleague, who asks what suits: what was answered before needs no asking again."""
    return _asked(survey, known, None)


def _asked(survey: Survey, known: Facts, own: str | None) -> Asked:
    def asked(question: Question, answers: Mapping[str, Answer]) -> bool:
        condition = condition_of(question)
        return condition is None or condition.test(Sitting(known, _said(survey, answers), own)) is True

    return asked


def pages(survey: Survey, answers: Mapping[str, Answer], passed: Iterable[str], asked: Asked) -> list[Page]:
    """The pages up to the first with a question that nobody has passed yet; the questions that are asked on each.

    A question whose `if` asks for one of the page above it begins the next one. passed: what was seen and sent, also
    where nothing was filled in.
    """
    found: list[Page] = []
    page: list[Question] = []
    known = set(passed)
    for question in survey.questions:
        if page and _depends(survey, question, page):
            found.append(tuple(page))
            if any(one.name.value not in known for one in page):
                return found
            page = []
        if asked(question, answers):
            page.append(question)
    return [*found, tuple(page)] if page else found


def may_go_on(survey: Survey, page: Page) -> bool:
    """May there be another page after this one? Which, the answers say."""
    last = survey.questions.index(page[-1])
    return any(_depends(survey, question, page) for question in survey.questions[last + 1 :])


def condition_of(question: Question) -> Condition | None:
    return parse_condition(question.condition.value) if question.condition else None


def _depends(survey: Survey, question: Question, page: Sequence[Question]) -> bool:
    """Does its `if` ask for what is asked on this page, or what that fills?"""
    condition = condition_of(question)
    if condition is None:
        return False
    return any(path in condition.names for one in page for path in _paths(survey, one))


def _said(survey: Survey, answers: Mapping[str, Answer]) -> dict[str, Fact]:
    said: dict[str, Fact] = {}
    for question in survey.questions:
        if (answer := answers.get(question.name.value)) is not None:
            fact = tuple(answer) if isinstance(answer, list) else answer
            said |= dict.fromkeys(_paths(survey, question), fact)
    return said


def _paths(survey: Survey, question: Question) -> tuple[str, ...]:
    own = _path(survey, question.name.value)
    return (own, question.fills.value) if question.fills else (own,)


def _path(survey: Survey, question: str) -> str:
    return f"survey.{survey.name.value}.{question}"
