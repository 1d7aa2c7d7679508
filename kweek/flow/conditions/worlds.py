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

Fact = tuple[str, ...]
World = Mapping[Fact, Any]


def never_decisive(lines: Sequence[Node], schema: Schema) -> tuple[list[int], list[int]]:
    """The lines that are never true; and those that are, but only where one above them is true as well."""
    facts: dict[Fact, list[Any]] = {}
    for node in lines:
        for fact, value in _said(node, schema):
            values = facts.setdefault(fact, [None])
            values.extend(one for one in value if one not in values)
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


def _said(node: Node, schema: Schema) -> Iterator[tuple[Fact, Collection[Any]]]:
    """Each fact that a condition asks for, with values that make a difference to it."""
    match node:
        case Join(parts=parts):
            for part in parts:
                yield from _said(part, schema)
        case Not(part=part):
            yield from _said(part, schema)
        case Compare():
            for sign, left, right in _pairs(node):
                fact, constants = _fact(left, right, schema)
                yield fact or _key(sign, left, right), _values(fact, constants, schema)
        case Ask(function="known", arguments=(Field(path=path),)):
            yield (path,), (_some(schema.fields.get(path)),)
        case Field(path=path):
            yield (path,), (True, False)
        case Ask():
            yield _key("", node), (True, False)
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
            return _key("", left), constants
        case _:
            return None, ()


def _values(fact: Fact | None, constants: Iterable[Any], schema: Schema) -> Collection[Any]:
    if fact is None:
        return (True, False)
    kind = schema.fields.get(fact[0], FieldType("number"))
    match kind.kind:
        case "number":
            return sorted({value + step for value in constants for step in (-0.5, 0, 0.5)})
        case "yes/no":
            return (True, False)
        case _:
            return kind.choices or (*constants, _OTHER)


def _some(kind: FieldType | None) -> Any:
    """Any value at all of a field."""
    match kind.kind if kind else "any":
        case "text":
            return kind.choices[0] if kind and kind.choices else _OTHER
        case "number":
            return 0
        case _:
            return True


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
