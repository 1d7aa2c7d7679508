"""What do we ask? A survey is the web page and the call script in one, in every language of the workspace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from kweek.flow.problems import Located
from kweek.rules.grades import Axis

QuestionType = Literal["choice", "several", "text", "number", "date", "scale"]
Words = Mapping[str, str]
"""A text by language."""


class Option(Struct, frozen=True):
    """One answer of a choice."""

    name: Located[str]
    words: Words


class Question(Struct, frozen=True):
    """options: of a choice or several. low, high: of a scale. fills: `lead.<field>` or `bant.<fact>`. points: option →
    axis → points. raises: option → event. condition: asked only where it is true."""

    name: Located[str]
    text: Words
    type: QuestionType
    options: tuple[Option, ...] = ()
    low: int = 1
    high: int = 5
    required: bool = False
    fills: Located[str] | None = None
    points: Mapping[str, Mapping[Axis, int]] = {}
    raises: Mapping[str, Located[str]] = {}
    condition: Located[str] | None = None


class Survey(Struct, frozen=True):
    """outcomes: the call script's own. Without questions it is a bare script."""

    file: str
    name: Located[str]
    title: Words
    intro: Words = {}
    questions: tuple[Question, ...] = ()
    outcomes: Mapping[str, Words] = {}
    thanks: Words = {}


class Reason(NamedTuple):
    """Why an answer gave points, as the ledger writes it: `survey brochure: need = problem`."""

    survey: str
    question: str
    option: str

    def __str__(self) -> str:
        return f"survey {self.survey}: {self.question} = {self.option}"


_REASON: Final = re.compile(r"survey (?P<survey>\S+): (?P<question>\S+) = (?P<option>.+)")


def reason_in(because: str) -> Reason | None:
    found = _REASON.fullmatch(because)
    return Reason(*found.groups()) if found else None


def say(words: Words, language: str | None) -> str:
    """The text in this language, else in the first that it is written in."""
    return words.get(language or "") or next(iter(words.values()), "")
