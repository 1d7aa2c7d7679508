"""What does a condition say? Its text as a small tree: Python's `ast`, copied node by node through an allow-list.

Nothing is ever `eval`ed; a kind of node that is not named here is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from kweek.flow.conditions.refused import ConditionError
from kweek.flow.conditions.text import DASH, DEEPEST, DOT, scan


class Node(Struct, frozen=True):
    """`offset`: where it begins in the text, in characters from 0."""

    offset: int


class Constant(Node, frozen=True):
    value: str | int | float | bool


class Field(Node, frozen=True):
    """A dotted name as it was written: `lead.profile`, `survey.long-term.budget`, `today`."""

    path: str


class Items(Node, frozen=True):
    """A list: `["A", "B"]`."""

    items: tuple[Node, ...]


class Ask(Node, frozen=True):
    """A function and what it is asked: `count("clicked", "14 days")`."""

    function: str
    arguments: tuple[Node, ...]


class Compare(Node, frozen=True):
    """`1 < x < 3` has two operators and three operands."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]


class Not(Node, frozen=True):
    part: Node


class Join(Node, frozen=True):
    """All of the parts (`and`), or any of them (`or`)."""

    every: bool
    parts: tuple[Node, ...]


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    match node:
        case Items(items=parts) | Ask(arguments=parts) | Compare(operands=parts) | Join(parts=parts):
            for part in parts:
                yield from walk(part)
        case Not(part=part):
            yield from walk(part)
        case _:
            pass


def as_written(node: Field | Ask) -> str:
    """As its author wrote it: `count("clicked", "30 days")`."""
    if isinstance(node, Field):
        return node.path
    given = (
        one.path if isinstance(one, Field) else f'"{one.value}"' if isinstance(one, Constant) else ""
        for one in node.arguments
    )
    return f"{node.function}({', '.join(given)})"


# --- from Python's tree -----------------------------------------------------------------------------

_COMMA: Final = re.compile(r"\b\d+,\d+\b")
_OPERATORS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
    ast.NotIn: "not in",
}  # fmt: skip


def read(text: str) -> Node:
    """The tree of a condition. ConditionError."""
    tame = scan(text)
    lead = len(tame) - len(tame.lstrip())
    try:
        body = ast.parse(tame.strip(), mode="eval").body
    except SyntaxError as error:
        column = max(0, (error.offset or 1) - 1) + lead
        raise ConditionError("this cannot be read", min(column, len(text) - 1), "check the words around here") from None
    except (RecursionError, MemoryError, ValueError):
        raise ConditionError("the condition is too deep", 0, "split it over several lines of if:") from None
    return _Copy(tame.strip(), lead).node(body, 0)


class _Copy:
    def __init__(self, tame: str, lead: int) -> None:
        self._bytes = tame.encode()
        self._lead = lead

    def _at(self, node: ast.expr) -> int:
        """Python counts bytes; people count characters."""
        return self._lead + len(self._bytes[: node.col_offset].decode())

    def _end(self, node: ast.expr) -> int:
        return self._lead + len(self._bytes[: node.end_col_offset].decode())

    def node(self, node: ast.expr, depth: int) -> Node:
        at = self._at(node)
        if depth > DEEPEST:
            raise ConditionError("the condition is nested too deeply", at, "split it over several lines of if:")
        match node:
            case ast.Constant(value=str() | int() | float() as value):
                return Constant(at, value)
            case ast.Name(id="true" | "false" as word):
                return Constant(at, word == "true")
            case ast.Name(id=name):
                return Field(at, _plain(name))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Constant(at, -value)
            case ast.UnaryOp(op=ast.USub()):
                raise ConditionError("conditions do not calculate (“-”)", at, "only a number may be negative: -3")
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return Not(at, self.node(part, depth + 1))
            case ast.BoolOp(op=op, values=values):
                return Join(at, isinstance(op, ast.And), tuple(self.node(each, depth + 1) for each in values))
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare(at, ops, [left, *others], depth)
            case ast.List(elts=items):
                return self._items(at, items, depth)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return Ask(at, _plain(name), tuple(self.node(each, depth + 1) for each in args))
            case ast.Tuple() if found := _COMMA.search(self._bytes.decode()):
                fix = f"write {found[0].replace(',', '.')}"
                raise ConditionError("a number has a point, no comma", self._lead + found.start(), fix)
            case ast.Tuple(elts=[first, *_] as parts) if not any(isinstance(part, ast.Constant) for part in parts):
                fix = "write and where both must be true, or where one is enough"
                raise ConditionError("a comma does not join conditions", self._end(first), fix)
            case ast.Tuple(elts=[ast.Compare(comparators=[first]), *others] | [first, *others]):
                said = [part.value for part in (first, *others) if isinstance(part, ast.Constant)]
                among = "in " * (not isinstance(node.elts[0], ast.Constant))
                raise ConditionError("a list stands in square brackets", at, f"write {among}{_list_of(said)}")
            case _:
                raise ConditionError(
                    "this has no meaning in a condition",
                    at,
                    "use fields, functions, text, numbers, lists and comparisons",
                )

    def _compare(self, at: int, ops: list[ast.cmpop], sides: list[ast.expr], depth: int) -> Compare:
        operators = tuple(_OPERATORS[type(op)] for op in ops)
        match ops, sides:
            case [ast.Eq() | ast.NotEq() as op], [_, ast.Tuple(elts=parts) as listed]:
                if all(isinstance(part, ast.Constant) for part in parts):
                    said = [part.value for part in parts if isinstance(part, ast.Constant)]
                    among = "in" if isinstance(op, ast.Eq) else "not in"
                    fix = f"write {among} {_list_of(said)} instead of {operators[0]} (…)"
                    raise ConditionError("a list stands in square brackets", self._at(listed), fix)
            case _:
                pass
        operands = tuple(self.node(side, depth + 1) for side in sides)
        if len(operators) > 1 and not all(operator in ("<", "<=", ">", ">=") for operator in operators):
            raise ConditionError(
                "comparisons cannot be chained like this", operands[1].offset, "join them with and: a == b and b == c"
            )
        for operator, right in zip(operators, operands[1:], strict=True):
            if operator in ("in", "not in") and isinstance(right, Constant):
                raise ConditionError(
                    f"“{operator}” needs a list",
                    right.offset,
                    f"write {operator} {_list_of(_parts(right.value))}, or ask matches(text, glob)",
                )
        return Compare(at, operators, operands)

    def _items(self, at: int, items: list[ast.expr], depth: int) -> Items:
        if not items:
            raise ConditionError("the list is empty", at, 'write what may be in it: ["A", "B"]')
        return Items(at, tuple(self.node(each, depth + 1) for each in items))


def _parts(value: object) -> Sequence[object]:
    """`"A, B"`: what was meant as several texts."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]


def _list_of(values: Sequence[object]) -> str:
    """As a condition writes it; one value alone is not all that was meant."""
    shown = [f'"{value}"' if isinstance(value, str) else str(value) for value in values]
    return f"[{', '.join(shown if shown[1:] else [*shown, _MORE])}]"


_MORE: Final = '"…"'


def _plain(name: str) -> str:
    return name.replace(DOT, ".").replace(DASH, "-")
