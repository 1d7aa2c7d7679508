"""Which points were meant? `score: +10 intent`, `score: intent` with `points: 10` below it, `set: { score: 5 }`."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, get_args

from kweek.flow.load.reader import Reader
from kweek.flow.load.reader import said as said_of
from kweek.flow.problems import nearest
from kweek.flow.yaml import Node, Pair, Pairs, Text
from kweek.rules.grades import Axis

POINTS: Final = re.compile(r"[+-]?\d{1,6}(?: points?)?")
_AXES: Final = "|".join(get_args(Axis))
_AXIS: Final = re.compile(
    rf"(?P<number>[+-]?\d{{1,4}})(?: points?)?(?: of| for)? (?P<axis>{_AXES})"
    rf"|(?P<first>{_AXES})[ =]+(?P<last>[+-]?\d{{1,4}})(?: points?)?"
)
NO_AXIS: Final = ("points", "score", "punten", "engagement")
_AMOUNT: Final = ("points", "point", "value", "add", "amount", "by", "punten")


def points_meant(reader: Reader, node: Pairs, verb: Pair) -> tuple[Pairs, Pair]:
    """The step with its points as keys and values; as it is, where that is not what was meant."""
    match verb:
        case Pair(key=Text(value="score"), value=Text(value=text) as said) if found := _AXIS.fullmatch(text):
            axis, points = found["axis"] or found["first"], found["number"] or found["last"]
            right = _signed(points)
            _note(reader, said, f"“{text}” is one text.", f"Write: score: {{ {axis}: {right} }}")
            return _with(node, verb, axis, said, right)
        case Pair(key=Text(value="score"), value=Text(value=axis) as said) if axis in get_args(Axis):
            amount = next((pair for pair in node.pairs if pair.key.value in _AMOUNT), None)
            if amount is None or not isinstance(amount.value, Text) or not POINTS.fullmatch(amount.value.value):
                return node, verb
            right = _signed(amount.value.value)
            _note(reader, said, "A score is written on one line.", f"Write: score: {{ {axis}: {right} }}")
            left = Pairs(tuple(pair for pair in node.pairs if pair is not amount), node.at)
            return _with(left, verb, axis, said, right)
        case Pair(
            key=Text(value="set") as key, value=Pairs(pairs=(Pair(Text(value="score") as field, Text() as to),))
        ) if POINTS.fullmatch(to.value):
            right = _signed(to.value)
            what, why = (
                "“score” is no field, but a step of its own.",
                "It says which points: profile, intent, interest.",
            )
            fix = f"Write: - score: {{ interest: {right} }} — or intent, or profile, in its place"
            reader.note(field.at, "keys-wanted", what, why, fix)
            axis = Pair(field._replace(value="interest"), to._replace(value=right, text_at=None))
            meant = Pair(key._replace(value="score"), Pairs((axis,), verb.value.at))
            return Pairs(tuple(meant if pair is verb else pair for pair in node.pairs), node.at), meant
        case _:
            return node, verb


def of_an_axis(reader: Reader, node: Node) -> Node:
    """`{ engagement: 5 }`, or `{ points: 5 }`, which do not say of which of the three."""
    only = node.pairs[0] if isinstance(node, Pairs) and len(node.pairs) == 1 else None
    if only is None or only.key.value not in NO_AXIS or not isinstance(only.value, Text):
        return node
    reader.note(only.key.at, "unknown-key", *not_of_one(only.key.value, said_of(only)))
    return Pairs((Pair(only.key._replace(value="interest"), only.value),), node.at)


def gives_points(pair: Pair, words: Collection[str]) -> bool:
    """Is it an unknown key of a rule with points, `behaviour: +5` or `score: { intent: +5 }`? words: the known ones."""
    if nearest(pair.key.value, words) not in (None, "counts") and pair.key.value not in NO_AXIS:
        return False
    below = _only_axis(pair)
    return below is not None or (isinstance(pair.value, Text) and POINTS.fullmatch(pair.value.value) is not None)


def axis_meant(reader: Reader, pair: Pair) -> Pair:
    """What such a key was meant to be. It is noted."""
    if below := _only_axis(pair):
        what, why = f"“{pair.key.value}” is not a key of a rule.", "A rule gives points of one kind, named by its key."
        reader.note(pair.key.at, "unknown-key", what, why, f"Write: {below.key.value}: {said_of(below)}")
        return Pair(pair.key._replace(value=below.key.value), below.value)
    points = _signed(said_of(pair))
    reader.note(pair.key.at, "unknown-key", *not_of_one(pair.key.value, points))
    value = pair.value._replace(value=points, text_at=None) if isinstance(pair.value, Text) else pair.value
    return Pair(pair.key._replace(value="interest"), value)


def _only_axis(pair: Pair) -> Pair | None:
    below = pair.value.pairs if isinstance(pair.value, Pairs) else ()
    return below[0] if len(below) == 1 and below[0].key.value in get_args(Axis) else None


def not_of_one(word: str, points: str) -> tuple[str, str, str]:
    """What, why and fix of a word that names none of the three. points: as they were written."""
    what, why = f"“{word}” does not say of which score.", f"There are {', '.join(get_args(Axis))}."
    others = "or intent, or profile, in its place"
    if word == "engagement":
        why, others = "It is intent and interest together.", "or intent, in its place"
    return what, why, f"Write: interest: {points if points[:1] in '+-' else f'+{points}'} — {others}"


def _signed(points: str) -> str:
    number = points.split()[0]
    return number if number[0] in "+-" else f"+{number}"


def _note(reader: Reader, said: Text, what: str, fix: str) -> None:
    reader.note(said.at, "keys-wanted", what, "Which points, and how many, are a key and its value.", fix)


def _with(node: Pairs, verb: Pair, axis: str, said: Text, points: str) -> tuple[Pairs, Pair]:
    one = Pair(said._replace(value=axis), said._replace(value=points, text_at=None))
    meant = Pair(verb.key, Pairs((one,), verb.value.at))
    return Pairs(tuple(meant if pair is verb else pair for pair in node.pairs), node.at), meant
