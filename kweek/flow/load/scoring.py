"""What is worth how many points, and what follows? rules/scoring.yaml: its rules, its grades, its matrix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, get_args

from kweek.flow.catalogue import Scoring, ScoringRule
from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.kebab import kebab
from kweek.flow.load.events import FieldReader
from kweek.flow.load.matrix import MatrixReader
from kweek.flow.load.points import axis_meant, gives_points
from kweek.flow.load.texts import parse_count, parse_points
from kweek.flow.problems import Located, Position
from kweek.flow.words import is_event
from kweek.flow.yaml import Node, Pair, Pairs, Text
from kweek.flow.yaml.tree import plain
from kweek.rules.grades import Axis, Grades, grades_from
from kweek.rules.scoring import COUNTS

KEYS: Final = ("grades", "matrix", "rules")
AXES: Final[tuple[Axis, ...]] = get_args(Axis)
RULE_KEYS: Final = ("because", "title", "when", "if", *AXES, "counts", "at_most", "fades", "id")
FADES: Final = re.compile(r"(\d{1,6}) per week")
_OF_EVENTS: Final = ("counts", "at_most", "fades")
_EXAMPLE: Final = "because: took a download, when: download.taken, interest: +10"


def parse_fades(text: str) -> int:
    """`1 per week`."""
    match = FADES.fullmatch(text)
    if match is None or int(match[1]) < 1:
        raise ValueError(f"“{text}” does not say how many points fade; write: 1 per week")
    return int(match[1])


def _asked_astray(node: Node) -> tuple[str, ...]:
    """`when` or `if`, if neither is there, and another key says what belongs to it."""
    pairs = node.pairs if isinstance(node, Pairs) else ()
    if any(pair.key.value in ("when", "if") for pair in pairs):
        return ()
    said = [pair.value.value for pair in pairs if pair.key.value not in RULE_KEYS and isinstance(pair.value, Text)]
    return ("when",) if any(map(is_event, said)) else ("if",) if any(map(is_asked, said)) else ()


def is_asked(text: str) -> bool:
    """Is it a condition that says more than one word, and no event?"""
    try:
        return not text.isalnum() and not is_event(text) and bool(parse_condition(text).names)
    except ConditionError:
        return False


class RuleReader(FieldReader):
    """Reads a list of rules that give points."""

    def rules(self, pair: Pair | None) -> tuple[ScoringRule, ...]:
        if pair is None:
            return ()
        found: dict[str, ScoringRule] = {}
        for node in self.items(pair.value, pair.key, _EXAMPLE):
            rule = self._rule(node, pair.key)
            if rule is None:
                continue
            if rule.id.value in found:
                line = found[rule.id.value].id.at.line
                what = f"This rule and the one in line {line} have the same id, “{rule.id.value}”."
                why = "Nobody could tell which of them gave a point."
                self.note(rule.id.at, "same-id", what, why, f"Give this one another: id: {rule.id.value}-again.")
            found[rule.id.value] = rule
        return tuple(found.values())

    def _rule(self, node: Node, key: Text) -> ScoringRule | None:
        node = self._with_its_axis(node)
        known = self.fields(node, key, RULE_KEYS, _EXAMPLE, ("because", *_asked_astray(node)))
        if not isinstance(node, Pairs):
            return None
        because = self.text(known.get("because"), prose=True)
        if "because" not in known:
            why = "Every point can be explained: this is what people read."
            self.note(node.at, "missing", "This rule has no “because”.", why, "Add: because: took a download")
        if not known.keys() & {"when", "if"}:
            fix = "Add when: with an event, or if: with what has to be known of the lead."
            self.note(node.at, "missing", "This rule does not say for what it gives points.", "", fix)
        when, condition = self.text(known.get("when")), self.condition(known.get("if"))
        for word in _OF_EVENTS if "when" not in known else ():
            if word in known:
                what = f"“{word}” is of rules with a when; this one gives its points as long as its if is true."
                self.note(known[word].key.at, "without-event", what, "", "Take it away, or add a when.")
        points = self._points(known, node)
        name = self.name(known["id"]) if "id" in known else None
        if points is None or because is None:
            return None
        axis, given = points
        counts, at_most = (
            self.one_of(known.get("counts"), COUNTS),
            self.parsed(known.get("at_most"), parse_count, "number"),
        )
        fades = self.parsed(known.get("fades"), parse_fades, "fades")
        self._cap(given, at_most)
        return ScoringRule(
            name or Located(kebab(because.value), because.at, because.key), because.value, axis, given, when, condition,
            counts.value if counts else "every time", at_most.value if at_most else None, fades.value if fades else 0,
            self.titled(known.get("title")),
        )  # fmt: skip

    def _with_its_axis(self, node: Node) -> Node:
        """`points: 3` and `behaviour: 3`, which do not say of which score; `score: { intent: 3 }`, as flows say it."""
        pairs = node.pairs if isinstance(node, Pairs) else ()
        found = [pair for pair in pairs if pair.key.value not in RULE_KEYS and gives_points(pair, RULE_KEYS)]
        if len(found) != 1 or any(pair.key.value in AXES for pair in pairs):
            return node
        meant = axis_meant(self, found[0])
        return Pairs(tuple(meant if pair is found[0] else pair for pair in pairs), node.at)

    def _points(self, known: Mapping[str, Pair], node: Pairs) -> tuple[Axis, int] | None:
        columns: list[Axis] = [axis for axis in AXES if axis in known]
        if not columns:
            fix = f"Add one of: {', '.join(f'{axis}: +5' for axis in AXES)}"
            self.note(node.at, "missing", "This rule gives no points.", "", fix)
            return None
        if len(columns) > 1:
            second = known[columns[1]].key.at
            self.note(
                second, "two-columns", "A rule gives points of one kind.", "", "Write a second rule for the other."
            )
        points = self.parsed(known[columns[0]], parse_points, "points")
        if points is not None and points.value == 0:
            self.note(points.at, "points", "This rule gives no points.", "", "Write a number with its sign: +5.")
        return (columns[0], points.value) if points else None

    def _cap(self, points: int, at_most: Located[int] | None) -> None:
        if at_most is not None and at_most.value < abs(points):
            what = f"At most {at_most.value} points can stand of this rule, and once it gives {abs(points)}."
            fix = f"Write a cap of at least {abs(points)}, or give fewer points."
            self.note(at_most.at, "cap", what, "", fix)


class ScoringReader(RuleReader, MatrixReader):
    """Reads rules/scoring.yaml."""

    def read(self, root: Pairs) -> Scoring:
        known = self.known(root.pairs, KEYS, "rules/scoring.yaml")
        grades, rules = self._grades(known.get("grades")), self.rules(known.get("rules"))
        return Scoring(grades, rules, self.matrix(known.get("matrix")))

    def _grades(self, pair: Pair | None) -> Grades | None:
        if pair is None:
            return None
        lines = self.fields(pair.value, pair.key, ("profile", "engagement"), "profile: { A: 20, B: 10, C: 0 }")
        sound = [self._graded({word: line}, line.value.at) for word, line in lines.items()]
        return self._graded(lines, pair.value.at) if all(sound) else None

    def _graded(self, lines: Mapping[str, Pair], at: Position) -> Grades | None:
        try:
            return grades_from({word: plain(line.value) for word, line in lines.items()})
        except ValueError as error:
            self.refuse(at, "grades", error)
            return None
