"""What do we ask? A survey is the web page and the call script in one, in every language of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kweek.flow.plan import Axis
from kweek.flow.problems import Located

QuestionType = Literal["choice", "several", "text", "number", "date", "scale"]
Words = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    name: Located[str]
    words: Words


@dataclass(frozen=True, slots=True)
class Question:
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
    points: Mapping[str, Mapping[Axis, int]] = field(default_factory=dict[str, Mapping[Axis, int]])
    raises: Mapping[str, Located[str]] = field(default_factory=dict[str, Located[str]])
    condition: Located[str] | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """outcomes: the call script's own. Without questions it is a bare script."""

    file: str
    name: Located[str]
    title: Words
    intro: Words = field(default_factory=dict[str, str])
    questions: tuple[Question, ...] = ()
    outcomes: Mapping[str, Words] = field(default_factory=dict[str, Words])
    thanks: Words = field(default_factory=dict[str, str])


def say(words: Words, language: str | None) -> str:
    """The text in this language, else in the first that it is written in."""
    return words.get(language or "") or next(iter(words.values()), "")
