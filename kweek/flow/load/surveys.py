"""What does a survey file say? Its questions in every language, and what their answers fill, raise and are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final, cast, get_args

from kweek.flow.conditions import parse_condition
from kweek.flow.kebab import kebab, parse_name
from kweek.flow.load.called import type_called
from kweek.flow.load.one_slip import Reading, least_wrong
from kweek.flow.load.points import of_an_axis
from kweek.flow.load.reader import Reader, list_meant
from kweek.flow.load.texts import parse_points, words_in
from kweek.flow.problems import Located, Position, Problem, did_you_mean, in_order, nearest
from kweek.flow.surveys import Option, Question, QuestionType, Survey, Words
from kweek.flow.words import CALL
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text, Trap, read_yaml
from kweek.rules.grades import Axis
from kweek.rules.said import bant

TYPES: Final[tuple[QuestionType, ...]] = get_args(QuestionType)
KEYS: Final = ("survey", "title", "intro", "questions", "outcomes", "thanks")
QUESTION_KEYS: Final = (
    "ask", "text", "type", "options", "from", "to", "required", "fills", "points", "raises", "if",
)  # fmt: skip
CHOSEN: Final = ("choice", "several")
ONLY_OF: Final = {
    **dict.fromkeys(("options", "points", "raises"), CHOSEN),
    **dict.fromkeys(("from", "to"), ("scale",)),
}
FILLS: Final = re.compile(r"(lead|bant)\.[a-z][a-z0-9_]*")
FACTS: Final = frozenset(bant())
_WHOLE: Final = re.compile(r"-?\d{1,6}")


def load_survey(
    source: str | bytes, file: str, languages: tuple[str, ...] = ()
) -> tuple[Survey | None, tuple[Problem, ...]]:
    """Read a survey file; it must speak all `languages`. Raises nothing."""
    read = least_wrong(source, lambda slips: _load(source, file, languages, slips))
    return read.value, in_order(read.problems)


def _load(
    source: str | bytes, file: str, languages: tuple[str, ...], slips: tuple[Trap, ...]
) -> Reading[Survey | None]:
    tree = read_yaml(source, file, about="This survey", slips=slips)
    if tree.root is None:
        return Reading(None, tree.problems, False)
    reader = _SurveyReader(file, languages)
    survey = reader.survey(tree.root)
    if tree.spoils(reader.problems):
        return Reading(None, tree.problems, False)
    return Reading(survey, (*tree.problems, *tree.unsaid(reader.problems)), True)


class _SurveyReader(Reader):
    def __init__(self, file: str, languages: tuple[str, ...]) -> None:
        super().__init__(file)
        self.languages = languages
        self.stem = PurePosixPath(file).stem
        self.asked: set[str] = set()
        """The names of all questions. One that there is not, is said when fields are looked up."""

    def survey(self, root: Pairs) -> Survey:
        known = self.known(root.pairs, KEYS, "a survey", ("survey", "title"))
        self.required(known, {"survey": self.stem, "title": "{ nl: …, en: … }"}, root.at, "This survey")
        if not known.keys() & {"questions", "intro"}:
            fix = "Add questions: (a web page and a script) or intro: (a bare script)."
            self.note(root.at, "missing", "This survey has nothing to say.", "", fix)
        name = self._name(known.get("survey"), root.at)
        return Survey(
            file=self.file,
            name=name,
            title=self.words(known.get("title")),
            intro=self.words(known.get("intro")),
            questions=self._questions(known.get("questions"), name.value),
            outcomes=self._outcomes(known.get("outcomes")),
            thanks=self.words(known.get("thanks")),
        )

    def _name(self, pair: Pair | None, at: Position) -> Located[str]:
        name = self.name(pair)
        if name and name.value != self.stem:
            why = f"The file is named {self.stem}.yaml; a survey and its file have one name."
            what = f"This survey calls itself “{name.value}”."
            self.note(name.at, "name-of-file", what, why, f"Write survey: {self.stem} — or rename the file.")
        return name or Located(self.stem, at, at)

    def _outcomes(self, pair: Pair | None) -> Mapping[str, Words]:
        lines = self.pairs(pair.value, pair.key, "wants-sample: { nl: …, en: … }") if pair else ()
        for line in lines:
            if line.key.value in (*CALL, "attempted"):
                what, why = f"“{line.key.value}” is an outcome of every call.", "Here are those of this script alone."
                self.note(line.key.at, "outcome", what, why, "Take this line away")
        return {line.key.value: self.words(line) for line in lines}

    # --- a text in every language -----------------------------------------------------------------

    def words(self, pair: Pair | None) -> Words:
        if pair is None:
            return {}
        if isinstance(pair.value, Text) and not pair.value.empty and self.languages:
            return self._in_one_language(pair.key, pair.value)
        lines = self.pairs(pair.value, pair.key, "nl: …, en: …")
        said = {line.key.value: text for line in lines if (text := self._in(line)) is not None}
        written = {line.key.value for line in lines}
        written |= {nearest(word, self.languages) or word for word in written}  # one that is misspelt says so itself
        for language in self.languages if lines else ():
            if language not in written:
                what = f"“{pair.key.value}” is not written in {language}."
                why = "Leads are spoken to in their own language."
                self.note(pair.key.at, "language", what, why, f"Add: {language}: …")
        return said

    def _in_one_language(self, key: Text, text: Text) -> Words:
        shown = ", ".join(f"{language}: …" for language in self.languages)
        what = f"“{key.value}” is written in one language, and does not say which."
        self.note(text.at, "language", what, "", f"Write: {key.value}: {{ {shown} }}")
        return dict.fromkeys(self.languages, text.value)

    def _in(self, line: Pair) -> str | None:
        """The text of one language."""
        language = line.key.value
        if self.languages and language not in self.languages:
            what = f"“{language}” is not a language of this workspace."
            self.note(line.key.at, "language", what, "", did_you_mean(language, self.languages))
            return None
        text = self.text(line, prose=True)
        return text.value if text else None

    # --- questions --------------------------------------------------------------------------------

    def _questions(self, pair: Pair | None, survey: str) -> tuple[Question, ...]:
        if pair is None:
            return ()
        found: dict[str, Question] = {}
        nodes = self.items(pair.value, pair.key, "ask: need")
        self.asked = {pair.value.value for node in nodes for pair in _pairs(node) if isinstance(pair.value, Text)}
        for node in nodes:
            question = self._question(node, pair.key, survey, tuple(found))
            if question is None:
                continue
            if question.name.value in found:
                what = f"“{question.name.value}” is asked twice."
                self.note(question.name.at, "twice", what, "Their answers could not be told apart.", "Rename one.")
            found.setdefault(question.name.value, question)
        return tuple(found.values())

    def _question(self, node: Node, key: Text, survey: str, before: tuple[str, ...]) -> Question | None:
        """before: the questions above it."""
        known = self.fields(node, key, QUESTION_KEYS, "ask: need, text: …, type: choice", ("ask", "text", "type"))
        if not isinstance(node, Pairs):
            return None
        self.required(known, {"ask": "need", "text": "{ nl: …, en: … }", "type": "choice"}, node.at, "This question")
        name, kind = self.name(known.get("ask")), self._type(known)
        if kind:
            self._fits(kind.value, known, node)
            known = {word: pair for word, pair in known.items() if kind.value in ONLY_OF.get(word, TYPES)}
        options = self._options(known.get("options"))
        names = tuple(option.name.value for option in options)
        low, high = self._whole(known.get("from"), 1), self._whole(known.get("to"), 5)
        if kind and kind.value == "scale" and low >= high:
            at = known["to"].value.at if "to" in known else node.at
            what = f"A scale from {low} to {high} has no steps."
            low, high = (high, low) if 0 < high < low else (1, 5)
            self.note(at, "scale", what, "", f"Write: from: {low} and to: {high}")
        question = Question(
            name=name or Located("", node.at, node.at),
            text=self.words(known.get("text")),
            type=kind.value if kind else "text",
            options=options,
            low=low,
            high=high,
            required=self.yes(known.get("required")),
            fills=self.parsed(known.get("fills"), _parse_fills, "fills"),
            points=self._points(known.get("points"), names),
            raises=self._raises(known.get("raises"), names),
            condition=self._condition(known.get("if"), survey, before),
        )
        return question if name else None

    def _type(self, known: Mapping[str, Pair]) -> Located[QuestionType] | None:
        """Of one that is misspelt, the one that was meant: what the question has besides, is asked of that."""
        pair = known.get("type")
        if pair and isinstance(pair.value, Text) and (called := type_called(pair.value.value)):
            fills = known.get("fills")
            fact = fills and isinstance(fills.value, Text) and fills.value.value.startswith("bant.")
            meant: QuestionType = "choice" if fact and called == "several" else called
            ticks = " — or several, where one may tick more than one" * (meant == "choice" and not fact)
            what = f"“{pair.value.value}” is no type of question."
            self.note(pair.value.at, "question-type", what, "", f"Write: type: {meant}{ticks}")
            return Located(meant, pair.value.at, pair.key.at)
        kind = self.one_of(pair, TYPES, "question-type")
        if kind is None and pair and isinstance(pair.value, Text) and (near := nearest(pair.value.value, TYPES)):
            return Located(next(word for word in TYPES if word == near), pair.value.at, pair.key.at)
        return kind

    def _fits(self, kind: QuestionType, known: dict[str, Pair], node: Pairs) -> None:
        """Has the question what its type needs, and nothing that it cannot use?"""
        if kind in CHOSEN and "options" not in known:
            fix = "Add: options: and below it a line for each: yes: { nl: Ja, en: Yes }"
            self.note(node.at, "missing", f"A {kind} needs “options”.", "", fix)
        for word, types in ONLY_OF.items():
            if word in known and kind not in types:
                what = f"A question of type {kind} has no “{word}”."
                self.note(known[word].key.at, "unknown-key", what, "", f"Delete it, or write: type: {types[0]}")

    def _options(self, pair: Pair | None) -> tuple[Option, ...]:
        if pair and (names := _names_alone(pair.value)):
            return self._without_words(pair, names)
        found: list[Option] = []
        for line in self.pairs(pair.value, pair.key, "yes: { nl: Ja, en: Yes }") if pair else ():
            name, words = self.reread(line.key.located, parse_name, "name"), self.words(line)
            if name:
                found.append(Option(name, words))
        return tuple(found)

    def _without_words(self, pair: Pair, names: Sequence[str]) -> tuple[Option, ...]:
        """`options: [basics, advanced]`"""
        languages = self.languages or ("nl", "en")
        shown = f"{{ {', '.join(f'{language}: …' for language in languages)} }}"
        what, why = "“options” lists names alone.", "What the lead reads stands behind each, in every language."
        fix = f"Write a line below “{pair.key.value}:” for each, without a dash: "
        fix += ", and ".join(f"{name}: {shown}" for name in names)
        self.note(pair.value.at, "keys-wanted", what, why, fix)
        at = pair.value.at
        return tuple(Option(Located(name, at, at), dict.fromkeys(languages, name)) for name in dict.fromkeys(names))

    def _whole(self, pair: Pair | None, default: int) -> int:
        number = self.parsed(pair, _parse_whole, "number")
        return number.value if number else default

    # --- what an answer does ----------------------------------------------------------------------

    def _points(self, pair: Pair | None, options: tuple[str, ...]) -> Mapping[str, Mapping[Axis, int]]:
        found: dict[str, Mapping[Axis, int]] = {}
        for line in self._by_option(pair, options, "{ intent: 5 }"):
            if isinstance(line.value, Text) and (points := _points_alone(line.value.value)):
                what, fix = f"“{line.key.value}” does not say what its points are for.", f"Write: {line.key.value}: "
                fix += f"{{ intent: {points} }} — or interest, or profile"
                self.note(line.value.at, "keys-wanted", what, "", fix)
                continue
            axes = self.fields(of_an_axis(self, line.value), line.key, get_args(Axis), "intent: 5")
            points = {axis: self.parsed(number, parse_points, "points") for axis, number in axes.items()}
            found[line.key.value] = {cast("Axis", axis): said.value for axis, said in points.items() if said}
        return found

    def _raises(self, pair: Pair | None, options: tuple[str, ...]) -> Mapping[str, Located[str]]:
        lines = self._by_option(pair, options, "quote.requested")
        return {line.key.value: event for line in lines if (event := self.text(line))}

    def _by_option(self, pair: Pair | None, options: tuple[str, ...], example: str) -> tuple[Pair, ...]:
        """example: what an option has; one that stands alone is shown beside the first option."""
        if pair and isinstance(pair.value, Text) and not pair.value.empty and options:
            said, key = pair.value.value, pair.key.value
            points = _points_alone(said) if key == "points" else ""
            right = f"{{ intent: {points} }}" if points else said if key == "raises" else example
            what = f"“{key}” does not say for which answer: {', '.join(options)}."
            fix = f"Write a line below it for each that has one: {options[0]}: {right}"
            self.note(pair.value.at, "keys-wanted", what, "", fix)
            return ()
        lines = self.pairs(pair.value, pair.key, f"{(*options, 'yes')[0]}: {example}") if pair else ()
        for line in lines:
            if options and line.key.value not in options:
                what = f"There is no option “{line.key.value}”."
                self.note(line.key.at, "unknown-option", what, "", did_you_mean(line.key.value, options))
        return lines

    def _condition(self, pair: Pair | None, survey: str, before: tuple[str, ...]) -> Located[str] | None:
        """A condition; of this survey's answers it may ask those of the questions before."""
        text = self.condition(pair)
        if text is None:
            return None
        own = f"survey.{survey}."
        for name in sorted(parse_condition(text.value).names):
            question = name.removeprefix(own)
            if name.startswith(own) and question in self.asked and question not in before:
                earlier = [f"{own}{question}" for question in before]
                what = f"“{name}” is not asked before this question."
                fix = did_you_mean(name, earlier) or "Put this question below the one that it asks about."
                at = text.inside(text.value.find(name))
                self.note(at, "unknown-question", what, "A condition sees earlier answers only.", fix)
        return text


def _pairs(node: Node) -> Iterator[Pair]:
    yield from (pair for pair in node.pairs if pair.key.value == "ask") if isinstance(node, Pairs) else ()


def _names_alone(node: Node) -> list[str]:
    """`[basics, advanced]`, or the same as one text; empty: it is no list of names."""
    match node:
        case Items(items=[Text(), *_] as items) if all(isinstance(item, Text) for item in items):
            words = [item.value for item in items if isinstance(item, Text)]
        case Text() if node.style != "lost" and node.end.line == node.at.line:
            words = words_in(node.value)
        case _:
            words = [word.value for word in list_meant(node)]
    return [name for word in words if (name := kebab(word))]


def _points_alone(text: str) -> str:
    """`10` as points are written; empty: it is no number of points."""
    try:
        return str(parse_points(text))
    except ValueError:
        return ""


def _parse_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"“{text}” is not a whole number; write one such as 5")
    return int(text)


def _parse_fills(text: str) -> str:
    if not FILLS.fullmatch(text):
        if re.fullmatch(r"[a-z][a-z0-9_]*", text):  # only who knows all fields and facts can tell whose it is
            return text
        raise ValueError(f"“{text}” is nothing that can be filled; write lead.<field> or bant.<fact>: bant.need")
    return text
