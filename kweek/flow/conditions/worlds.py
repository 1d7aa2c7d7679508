"""Can it ever be true, and is it still asked then? Lines of conditions, tried on every kind of lead there could be.

What is asked of a lead is taken apart into facts, each with the few values that make a difference: a field's choices,
the numbers on both sides of each that it is compared with, yes and no, and unknown. What cannot be taken apart is a
fact by itself. Facts that hang together (a grade and its letter) are taken as free, so that whatever is found
impossible here is impossible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final

from kweek.flow.conditions.run import PYTHON
from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not

MOST: Final = 4_096
"""Kinds of leads that are tried; where there would be more, nothing is proven."""
_OTHER: Final = "\0"  # any text that is not compared with
_NUMBER: Final = "number of"
_TRUTH: Final = FieldType("yes/no")

Fact = tuple[str, ...]
World = Mapping[Fact, Any]


def never_decisive(lines: Sequence[Node], schema: Schema) -> tuple[list[int], list[int]]:
    """The lines that are never true; and those that are, but only where one above them is true as well."""
    asked = [part for node in lines for part in _asked(node, schema)]
    facts = {
        fact: _values(fact, [one for other, said in asked if other == fact for one in said], schema)
        for fact, _ in asked
    }
    if len(facts) == len(asked) and not any(isinstance(node, Constant) for node in lines):
        return [], []  # nothing is asked twice, so that no answer follows from another
    if prod(map(len, facts.values())) > MOST:
        return [], []
    true, decisive = set[int](), set[int]()
    for values in product(*facts.values()):
        world = dict(zip(facts, values, strict=True))
        answers = [number for number, node in enumerate(lines) if _test(node, world, schema) is True]
        true.update(answers)
        decisive.update(answers[:1])
    never = [number for number in range(len(lines)) if number not in true]
    return never, sorted(true - decisive)


# --- which facts there are ------------------------------------------------------------------------


def _asked(node: Node, schema: Schema) -> Iterator[tuple[Fact, tuple[Any, ...]]]:
    """Each fact that a condition asks for, as often as it does, with what it is compared with."""
    match node:
        case Join(parts=parts):
            for part in parts:
                yield from _asked(part, schema)
        case Not(part=part):
            yield from _asked(part, schema)
        case Compare():
            for sign, left, right in _pairs(node):
                fact, constants = _fact(left, right, schema)
                yield fact or _key(sign, left, right), constants
        case Ask(function="known", arguments=(Field(path=path),)) | Field(path=path):
            yield (path,), ()
        case Ask():
            yield _key("", node), ()
        case _:
            pass


def _pairs(node: Compare) -> Iterable[tuple[str, Node, Node]]:
    return zip(node.operators, node.operands, node.operands[1:], strict=False)


def _fact(left: Node, right: Node, schema: Schema) -> tuple[Fact | None, tuple[Any, ...]]:
    """What is compared with which constants; None: it is compared with something else."""
    if isinstance(left, Constant):
        left, right = right, left
    items = right.items if isinstance(right, Items) else (right,)
    constants = tuple(item.value for item in items if isinstance(item, Constant))
    if len(constants) < len(items):
        return None, ()
    match left:
        case Field(path=path) if (kind := schema.fields.get(path)) and kind.kind in ("text", "number", "yes/no"):
            return (path,), constants
        case Ask(function=function) if FUNCTIONS[function].gives == "number":
            return _key(_NUMBER, left), constants
        case _:
            return None, ()


def _values(fact: Fact, constants: Collection[Any], schema: Schema) -> list[Any]:
    """Unknown, and each value that makes a difference: what it is compared with, and one that it is not."""
    first, *more = fact
    kind = _TRUTH if more else schema.fields.get(first, _TRUTH)
    match "number" if first == _NUMBER else kind.kind:
        case "number":
            return [None, *sorted({value + step for value in (constants or (0,)) for step in (-0.5, 0, 0.5)})]
        case "text":
            other = next((choice for choice in kind.choices or (_OTHER,) if choice not in constants), None)
            return [None, *dict.fromkeys((*constants, other) if other else constants)]
        case _:
            return [None, True, False]


def _key(sign: str, *sides: Node) -> Fact:
    """A fact by its words, wherever it stands."""
    return (sign, *(_words(side) for side in sides))


def _words(node: Node) -> str:
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


# --- what is true of one lead ---------------------------------------------------------------------


def _test(node: Node, world: World, schema: Schema) -> bool | None:
    match node:
        case Join(every=every, parts=parts):
            answers = [_test(part, world, schema) for part in parts]
            if (not every) in answers:
                return not every
            return None if None in answers else every
        case Not(part=part):
            answer = _test(part, world, schema)
            return None if answer is None else not answer
        case Compare():
            pairs = [_compared(sign, left, right, world, schema) for sign, left, right in _pairs(node)]
            return False if False in pairs else None if None in pairs else True
        case Ask(function="known", arguments=(Field(path=path),)):
            return world[(path,)] is not None
        case Field(path=path):
            return world[(path,)]
        case Constant(value=value):
            return value is True
        case _:
            return world[_key("", node)]


def _compared(sign: str, left: Node, right: Node, world: World, schema: Schema) -> bool | None:
    fact, constants = _fact(left, right, schema)
    value = world[fact or _key(sign, left, right)]
    if fact is None or value is None:
        return value
    if sign in ("in", "not in"):
        return (value in constants) is (sign == "in")
    turned = isinstance(left, Constant)
    try:
        return PYTHON[sign](constants[0], value) if turned else PYTHON[sign](value, constants[0])
    except TypeError:
        return None
