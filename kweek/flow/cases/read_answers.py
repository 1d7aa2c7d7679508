"""What does a lead say with an answer, or on the telephone? Only what the survey at hand asks, and what that fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kweek.flow.cases.read_expect import ExpectReader
from kweek.flow.conditions.schema import FieldType
from kweek.flow.facts import Fact
from kweek.flow.lint.names import Survey
from kweek.flow.problems import Located, nearest
from kweek.flow.words import CALL
from kweek.flow.yaml import Pair, Pairs, Text

CALL_WORDS: Final = (*(word for word in CALL if word != "unreachable"), "attempted", "taken", "given_back", "call_back")
_WHERE: Final = "Answers come with “answered” to a mail that has a survey, and with what a call of this flow comes to."


class AnswersReader(ExpectReader):
    """`{answered: {wish: quote, bant.budget: reserved}}`, and the same of what a call comes to."""

    def answers(self, word: Located[str], says: Pairs, key: Text) -> dict[str, Fact]:
        """Facts by their path, and questions of the survey at hand by their name."""
        surveys, facts = self._at_hand(word.value), dict[str, Fact]()
        for one in self.pairs(says, key, "wish: quote"):
            if not self.strict:
                facts |= self.fact(one.key.value, one)
            elif kinds := list(_kinds(one.key.value, surveys, self.schema)):
                value = self.typed(one, _either(kinds))
                facts |= {} if value is None else {one.key.value: value}
            else:
                self._not_asked(word.value, one, surveys)
        return facts

    def may_answer(self) -> bool:
        """Does a mail of this flow ask something?"""
        mails = self.names.mails
        return any(mail not in mails or mails[mail].survey is not None for mail in self.nouns["send"])

    def _at_hand(self, word: str) -> dict[str, Survey]:
        """Of the mails of this flow, or of its calls: which one it is, is known when it is answered."""
        if word == "answered":
            mails = [self.names.mails[mail] for mail in self.nouns["send"] if mail in self.names.mails]
            asked = [mail.survey for mail in mails if mail.survey]
        else:
            asked = [script for script in self.nouns["call"] if self._may_end(script, word)]
        found = {name: self.names.surveys[name] for name in asked if name in self.names.surveys}
        if word == "answered" and (not asked or len(found) < len(set(asked))):
            return dict(self.names.surveys)  # one is misnamed or cannot be read: that has a message of its own
        return found

    def _may_end(self, script: str, word: str) -> bool:
        return word in CALL_WORDS or (script in self.names.surveys and word in self.names.surveys[script].outcomes)

    def _not_asked(self, word: str, pair: Pair, surveys: Mapping[str, Survey]) -> None:
        name = pair.key.value
        if not surveys:
            what, there = f"“{word}” says nothing like “{name}”.", _WHERE
        elif len(surveys) == 1:
            what, there = f"The survey “{next(iter(surveys))}” does not ask “{name}”.", _there(surveys)
        else:
            what, there = f"No survey of this flow asks “{name}”.", _there(surveys)
        known = "What is known of the lead before stands below “lead:”." if "." in name else ""
        near = nearest(name, [path for page in surveys.values() for path in (*page.answers, *page.fills, *page.sets)])
        meant = f"Did you mean “{near}”?" if near else ""
        self.note(pair.key.at, "unknown-question", what, "", " ".join(filter(None, (meant, there, known))))


def _kinds(name: str, surveys: Mapping[str, Survey], schema: Mapping[str, FieldType]) -> Iterator[FieldType]:
    """What may be said to it, by each of the surveys that asks for it."""
    for survey, page in surveys.items():
        question = name.removeprefix(f"survey.{survey}.")
        if question in page.answers:
            yield page.answers[question]
        elif name in page.fills:
            yield page.fills[name]
        elif name in schema and (name in page.sets or any(_misspelt(path, name, schema) for path in page.fills)):
            yield schema[name]


def _misspelt(path: str, fact: str, schema: Mapping[str, FieldType]) -> bool:
    """Does a survey fill what there is not, where it means this fact? That has a message of its own."""
    return path not in schema and nearest(path, (fact,)) is not None


def _either(kinds: list[FieldType]) -> FieldType:
    choices = tuple(dict.fromkeys(choice for kind in kinds for choice in kind.choices))
    return FieldType(kinds[0].kind, choices if all(kind.choices for kind in kinds) else ())


def _there(surveys: Mapping[str, Survey]) -> str:
    """`It asks useful, need, wish, question, and fills bant.need.`"""
    said = list[str]()
    for name, page in surveys.items():
        filled, who = ", ".join((*page.fills, *sorted(page.sets))), f"“{name}”" if len(surveys) > 1 else "It"
        said.append(f"{who} asks {', '.join(page.answers)}" + (f", and fills {filled}." if filled else "."))
    return " ".join(said)
