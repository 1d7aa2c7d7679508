"""Can it ever be true, and is it still asked then? Lines of conditions, tried on every kind of lead there could be.

What is asked of a lead is taken apart into facts, each with the few values that make a difference: a field's choices,
the numbers on both sides of each that it is compared with, yes and no, and unknown. What cannot be taken apart is a
fact by itself. Facts that hang together (a grade and its letter) are taken as free, so that whatever is found
impossible here is impossible.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product
from math import prod
from typing import Any, Final, NamedTuple, cast

from msgspec import Struct

from kweek.flow.conditions.run import compile_tree
from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not, walk
from kweek.flow.facts import Facts

MOST: Final = 4_096
"""Kinds of leads that are tried; where there would be more, nothing is proven."""
_OTHER: Final = "\0"  # any text that is not compared with
_COUNTED: Final = {"count": FieldType("number", known=True, least=0), "days_since": FieldType("number", least=0)}
_NUMBER: Final = FieldType("number")
_TRUTH: Final = FieldType("yes/no")
_TOLD: Final = FieldType("yes/no", known=True)  # what a function says is never unknown: it happened, or it did not
_APART: Final = ("text", "number", "yes/no")


class Idle(NamedTuple):
    """Lines that decide nothing: those that are never true; those that are, but only where one above them is true as
    well; those that are always true. known: those that are true of whatever is known, and do not ask whether it is."""

    never: list[int]
    shadowed: list[int]
    always: list[int]
    known: list[int]


def idle(lines: Sequence[Node], schema: Schema) -> Idle:
    """Which of these lines decide nothing?"""
    apart = _Apart(schema)
    tests = [compile_tree(apart.of(node)) for node in lines]
    facts = {path: _values(kind, apart.compared_with(path)) for path, kind, _ in apart.asked}
    if prod(map(len, facts.values())) > MOST:
        return Idle([], [], [], [])
    true, decisive, always = set[int](), set[int](), set(range(len(lines)))
    known = {number for number, line in enumerate(lines) if not any(map(_asks_whether_known, walk(line)))}
    for values in product(*facts.values()):
        lead = cast("Facts", _Lead(dict(zip(facts, values, strict=True))))
        answers = [number for number, test in enumerate(tests) if test(lead) is True]
        true.update(answers)
        decisive.update(answers[:1])
        always.intersection_update(answers)
        if None not in values:
            known.intersection_update(answers)
    never = [number for number in range(len(lines)) if number not in true]
    return Idle(never, sorted(true - decisive), sorted(always), sorted(known - always))


def _asks_whether_known(node: Node) -> bool:
    return isinstance(node, Ask) and node.function == "known"


class _Lead(Struct, frozen=True):
    """One kind of lead. Of what has been taken apart, nothing but fields is asked."""

    known: dict[str, Any]

    def field(self, path: str) -> Any:
        return self.known[path]


class _Apart:
    """Takes conditions apart. asked: the path of each fact, its type and what it is compared with, as often as it is
    asked for."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.asked: list[tuple[str, FieldType, tuple[Any, ...]]] = []

    def compared_with(self, path: str) -> list[Any]:
        return [value for one, _, values in self.asked if one == path for value in values]

    def of(self, node: Node) -> Node:
        """The same condition, in which every fact is a field."""
        match node:
            case Join(offset, every, parts):
                return Join(offset, every, tuple(map(self.of, parts)))
            case Not(offset, part):
                return Not(offset, self.of(part))
            case Compare(offset, operators, operands):
                pairs = zip(operators, operands, operands[1:], strict=False)
                return Join(offset, True, tuple(self._compared(*pair) for pair in pairs))
            case Constant():
                return node
            case Ask(offset, "known", (Field() as field,)):
                return Ask(offset, "known", (self._fact(field.path, field.offset),))
            case Ask(offset, function) if function != "matches":
                return self._fact(_words(node), offset, _TOLD)
            case Field(offset, path):
                return self._fact(path, offset)
            case _:
                return self._fact(_words(node), node.offset)

    def _compared(self, sign: str, left: Node, right: Node) -> Node:
        """Something with constants; else the comparison is a fact by itself."""
        one, other = (right, left) if isinstance(left, Constant) else (left, right)
        items = other.items if isinstance(other, Items) else (other,)
        values = tuple(item.value for item in items if isinstance(item, Constant))
        kind = self._kind(one)
        if kind is None or len(values) < len(items):
            return self._fact(f"{_words(left)} {sign} {_words(right)}", left.offset)
        fact = self._fact(_words(one), one.offset, kind, values)
        return Compare(left.offset, (sign,), (other, fact) if isinstance(left, Constant) else (fact, other))

    def _kind(self, node: Node) -> FieldType | None:
        match node:
            case Field(path=path) if (kind := self.schema.fields.get(path)) and kind.kind in _APART:
                return kind
            case Ask(function=function) if FUNCTIONS[function].gives == "number":
                return _COUNTED.get(function, _NUMBER)
            case _:
                return None

    def _fact(self, path: str, offset: int, kind: FieldType | None = None, values: tuple[Any, ...] = ()) -> Field:
        self.asked.append((path, kind or self.schema.fields.get(path, _TRUTH), values))
        return Field(offset, path)


def _values(kind: FieldType, constants: Collection[Any]) -> list[Any]:
    """Unknown, and each value that makes a difference: what it is compared with, and one that it is not."""
    unknown = [] if kind.known else [None]
    match kind.kind:
        case "number":
            near = {value + step for value in (constants or (0,)) for step in (-0.5, 0, 0.5)}
            ends = {end for end in (kind.least, kind.most) if end is not None}
            return [*unknown, *sorted(filter(kind.holds, near | ends))]
        case "text":
            other = next((choice for choice in kind.choices or (_OTHER,) if choice not in constants), None)
            return [*unknown, *dict.fromkeys((*constants, other) if other else constants)]
        case _:
            return [*unknown, True, False]


def _words(node: Node) -> str:
    """A fact by its words, wherever it stands."""
    match node:
        case Field(path=path):
            return path
        case Constant(value=value):
            return repr(value)
        case Items(items=items):
            return f"[{', '.join(map(_words, items))}]"
        case Ask(function=function, arguments=arguments):
            return f"{function}({', '.join(map(_words, arguments))})"
        case _:
            raise TypeError(f"no side of a comparison: {type(node).__name__}")
