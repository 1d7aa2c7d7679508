"""What do we ask? A survey file: the web page and the call script in one, in every language of the workspace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, Literal, cast, get_args

from kweek.flow.load.reader import Reader, parse_name, sentence
from kweek.flow.load.verbs import parse_points
from kweek.flow.plan import Axis
from kweek.flow.problems import Located, Problem, did_you_mean, in_order
from kweek.flow.yaml import Node, Pair, Pairs, Text, read_yaml

QuestionType = Literal["choice", "several", "text", "number", "date", "scale"]
TYPES: Final[tuple[QuestionType, ...]] = get_args(QuestionType)
Words = Mapping[str, str]
"""A text by language."""

_KEYS: Final = ("survey", "title", "intro", "questions", "outcomes", "thanks")
_QUESTION: Final = (
    "ask", "text", "type", "options", "from", "to", "required", "fills", "points", "raises", "if",
)  # fmt: skip
_CHOSEN: Final = ("choice", "several")
_FILLS: Final = re.compile(r"(lead|bant)\.[a-z][a-z0-9_]*")
_WHOLE: Final = re.compile(r"-?\d{1,6}")


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


def load_survey(
    source: str | bytes, file: str, languages: tuple[str, ...] = ()
) -> tuple[Survey | None, tuple[Problem, ...]]:
    """Read a survey file; it must speak all `languages`. Raises nothing."""
    tree = read_yaml(source, file, about="This survey")
    if tree.root is None:
        return None, in_order(tree.problems)
    reader = _SurveyReader(file, languages)
    survey = reader.survey(tree.root)
    return survey, in_order((*tree.problems, *tree.unsaid(reader.problems)))


class _SurveyReader(Reader):
    def __init__(self, file: str, languages: tuple[str, ...]) -> None:
        super().__init__(file)
        self.languages = languages

    def survey(self, root: Pairs) -> Survey:
        known = self.known(root.pairs, _KEYS, "a survey")
        stem = PurePosixPath(self.file).stem
        for word, example in (("survey", stem), ("title", "{ nl: …, en: … }")):
            if word not in known:
                self.note(root.at, "missing", f"This survey has no “{word}”.", "", f"Add: {word}: {example}")
        if not known.keys() & {"questions", "intro"}:
            fix = "Add questions: (a web page and a script) or intro: (a bare script)."
            self.note(root.at, "missing", "This survey has nothing to say.", "", fix)
        name = self.name(known.get("survey"))
        if name and name.value != stem:
            why = f"The file is named {stem}.yaml; a survey and its file have one name."
            what = f"This survey calls itself “{name.value}”."
            self.note(name.at, "name-of-file", what, why, f"Write survey: {stem} — or rename the file.")
        return Survey(
            self.file,
            name or Located(stem, root.at, root.at),
            self.words(known.get("title")),
            self.words(known.get("intro")),
            self._questions(known.get("questions"), name.value if name else stem),
            self._outcomes(known.get("outcomes")),
            self.words(known.get("thanks")),
        )

    def words(self, pair: Pair | None) -> Words:
        """A text in every language."""
        if pair is None:
            return {}
        if isinstance(pair.value, Text) and not pair.value.empty and self.languages:
            shown = ", ".join(f"{language}: …" for language in self.languages)
            what = f"“{pair.key.value}” is written in one language, and does not say which."
            self.note(pair.value.at, "language", what, "", f"Write: {pair.key.value}: {{ {shown} }}")
            return dict.fromkeys(self.languages, pair.value.value)
        lines = self.pairs(pair.value, pair.key, "nl: …, en: …")
        said: dict[str, str] = {}
        for line in lines:
            if self.languages and line.key.value not in self.languages:
                what = f"“{line.key.value}” is not a language of this workspace."
                self.note(line.key.at, "language", what, "", did_you_mean(line.key.value, self.languages))
            elif text := self.text(line, prose=True):
                said[line.key.value] = text.value
        for language in self.languages:
            if lines and language not in {line.key.value for line in lines}:
                what = f"“{pair.key.value}” is not written in {language}."
                self.note(
                    pair.key.at, "language", what, "Leads are spoken to in their own language.", f"Add: {language}: …"
                )
        return said

    def _outcomes(self, pair: Pair | None) -> Mapping[str, Words]:
        lines = self.pairs(pair.value, pair.key, "wants-sample: { nl: …, en: … }") if pair else ()
        return {line.key.value: self.words(line) for line in lines}

    # --- questions --------------------------------------------------------------------------------

    def _questions(self, pair: Pair | None, survey: str) -> tuple[Question, ...]:
        found: dict[str, Question] = {}
        for node in self.items(pair.value, pair.key, "ask: need") if pair else ():
            question = self._question(node, pair.key if pair else None, survey, tuple(found))
            if question is None:
                continue
            if question.name.value in found:
                what = f"“{question.name.value}” is asked twice."
                self.note(question.name.at, "twice", what, "Their answers could not be told apart.", "Rename one.")
            found.setdefault(question.name.value, question)
        return tuple(found.values())

    def _question(self, node: Node, key: Text | None, survey: str, before: tuple[str, ...]) -> Question | None:
        known = self.fields(node, key, _QUESTION, "ask: need, text: …, type: choice")
        if not isinstance(node, Pairs):
            return None
        for word, example in (("ask", "need"), ("text", "{ nl: …, en: … }"), ("type", "choice")):
            if word not in known:
                self.note(node.at, "missing", f"This question has no “{word}”.", "", f"Add: {word}: {example}")
        name, said = self.name(known.get("ask")), self.one_of(known.get("type"), TYPES, "question-type")
        kind: QuestionType = said.value if said else "text"
        options = self._options(known.get("options"))
        if said:
            self._fits(kind, known, node)
        names = tuple(option.name.value for option in options)
        low, high = self._whole(known.get("from"), 1), self._whole(known.get("to"), 5)
        if kind == "scale" and low >= high:
            at = known["to"].value.at if "to" in known else node.at
            self.note(at, "scale", f"A scale from {low} to {high} has no steps.", "", "Write: from: 1 and to: 5")
        question = Question(
            name=name or Located("", node.at, node.at),
            text=self.words(known.get("text")),
            type=kind,
            options=options,
            low=low,
            high=high,
            required=self.yes(known.get("required")) if "required" in known else False,
            fills=self._fills(known.get("fills")),
            points=self._points(known.get("points"), names),
            raises=self._raises(known.get("raises"), names),
            condition=self._condition(known.get("if"), survey, before),
        )
        return question if name else None

    def _fits(self, kind: QuestionType, known: dict[str, Pair], node: Pairs) -> None:
        """Has the question what its type needs, and nothing that it cannot use?"""
        if kind in _CHOSEN and "options" not in known:
            fix = "Add: options: and below it a line for each: yes: { nl: Ja, en: Yes }"
            self.note(node.at, "missing", f"A {kind} needs “options”.", "", fix)
        useless = {
            "options": kind not in _CHOSEN, "points": kind not in _CHOSEN, "raises": kind not in _CHOSEN,
            "from": kind != "scale", "to": kind != "scale",
        }  # fmt: skip
        for word, is_useless in useless.items():
            if is_useless and word in known:
                owner = "scale" if word in ("from", "to") else "choice"
                what = f"A question of type {kind} has no “{word}”."
                self.note(known[word].key.at, "unknown-key", what, "", f"Delete it, or write: type: {owner}")

    def _options(self, pair: Pair | None) -> tuple[Option, ...]:
        found: list[Option] = []
        for line in self.pairs(pair.value, pair.key, "yes: { nl: Ja, en: Yes }") if pair else ():
            name = self.reread(Located(line.key.value, line.key.at, line.key.at), parse_name, "name")
            words = self.words(line)
            if name:
                found.append(Option(name, words))
        return tuple(found)

    def _whole(self, pair: Pair | None, default: int) -> int:
        def parse(text: str) -> int:
            if not _WHOLE.fullmatch(text):
                raise ValueError(f"“{text}” is not a whole number; write one such as 5")
            return int(text)

        number = self.parsed(pair, parse, "number")
        return number.value if number else default

    def _fills(self, pair: Pair | None) -> Located[str] | None:
        def parse(text: str) -> str:
            if not _FILLS.fullmatch(text):
                raise ValueError(
                    f"“{text}” is nothing that can be filled; write lead.<field> or bant.<fact>: bant.need"
                )
            return text

        return self.parsed(pair, parse, "fills")

    def _points(self, pair: Pair | None, options: tuple[str, ...]) -> Mapping[str, Mapping[Axis, int]]:
        found: dict[str, Mapping[Axis, int]] = {}
        for line in self._by_option(pair, options, "yes: { intent: 5 }"):
            axes = self.fields(line.value, line.key, get_args(Axis), "intent: 5")
            points = {axis: self.parsed(number, parse_points, "points") for axis, number in axes.items()}
            found[line.key.value] = {cast("Axis", axis): said.value for axis, said in points.items() if said}
        return found

    def _raises(self, pair: Pair | None, options: tuple[str, ...]) -> Mapping[str, Located[str]]:
        lines = self._by_option(pair, options, "yes: quote.requested")
        return {line.key.value: event for line in lines if (event := self.text(line))}

    def _by_option(self, pair: Pair | None, options: tuple[str, ...], example: str) -> tuple[Pair, ...]:
        lines = self.pairs(pair.value, pair.key, example) if pair else ()
        for line in lines:
            if options and line.key.value not in options:
                what = f"There is no option “{line.key.value}”."
                self.note(line.key.at, "unknown-option", what, "", did_you_mean(line.key.value, options))
        return lines

    def _condition(self, pair: Pair | None, survey: str, before: tuple[str, ...]) -> Located[str] | None:
        from kweek.flow.conditions import ConditionError, parse_condition

        text = self.text(pair)
        if text is None:
            return None
        try:
            condition = parse_condition(text.value)
        except ConditionError as error:
            self.note(text.inside(error.offset), "condition", sentence(error.message), "", sentence(error.fix))
            return None
        own = f"survey.{survey}."
        for name in sorted(condition.names):
            if name.startswith(own) and name.removeprefix(own) not in before:
                earlier = [f"{own}{question}" for question in before]
                what = f"“{name}” is not asked before this question."
                fix = did_you_mean(name, earlier) or "Put this question below the one that it asks about."
                at = text.inside(text.value.find(name))
                self.note(at, "unknown-question", what, "A condition sees earlier answers only.", fix)
        return text
