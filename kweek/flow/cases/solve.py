"""What must be known of a lead for a condition to be true? Values are tried from the constants that it names.

An answer is a mapping from what is asked to its value: `lead.country`, `survey.brochure.wish`, `event.surface`, and
`tagged(hot)` for a tag. What only time or people can bring about (`count`, `happened`, `days_since`, `opened`,
`clicked`) is not invented here: it is as it is.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from kweek.flow.conditions import Condition
from kweek.flow.conditions.run import word_of
from kweek.flow.conditions.schema import FieldType
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not, walk
from kweek.flow.facts import Fact
from kweek.rules.qualification import SalesReady

Answer = Mapping[str, Fact]
_TRIES: Final = 40
_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in"}
_PYTHON: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


class Solver(Struct, frozen=True):
    """schema: the types of fields. today: the day on which it is asked. pool: all that is named in what is asked
    together, so that one value may serve two comparisons."""

    schema: Mapping[str, FieldType]
    sales_ready: SalesReady
    today: date
    pool: list[str | int | float | bool] = []

    def solve(self, wanted: Condition | None, never: Sequence[Condition], given: Answer) -> Iterator[Answer]:
        """Answers, the smallest first, that may well make `wanted` true and none of `never`; who asks tries them.
        given: what has been answered already, and stays so."""
        trees = [condition.tree for condition in (wanted, *never) if condition is not None]
        self.pool[:] = [one.value for tree in trees for one in walk(tree) if isinstance(one, Constant)]
        yield from islice(self._candidates(wanted, never, given), _TRIES)

    def _candidates(self, wanted: Condition | None, never: Sequence[Condition], given: Answer) -> Iterator[Answer]:
        found = [given] if wanted is None else self._true(wanted.tree, True, given)
        for answer in found:
            yield answer
            yield from self._all(((condition.tree, False) for condition in never), answer)

    # --- one function per kind of node --------------------------------------------------------------

    def _true(self, node: Node, want: bool, so_far: Answer) -> Iterator[Answer]:
        """Answers that say more than `so_far`, and make the node what is wanted."""
        match node:
            case Constant(value=value):
                if bool(value) is want:
                    yield so_far
            case Field(path="lead.sales_ready"):
                yield from self._ready(so_far) if want else [so_far]
            case Field(path="lead.disqualified"):
                yield from self._disqualified(so_far) if want else [so_far]
            case Field(path=path):
                yield from _with(so_far, path, [want])
            case Not(part=part):
                yield from self._true(part, not want, so_far)
            case Join(every=every, parts=parts) if every is want:
                yield from self._all(((part, want) for part in parts), so_far)
            case Join(parts=parts):
                for part in parts:
                    yield from self._true(part, want, so_far)
            case Compare():
                yield from self._compare(node, want, so_far)
            case Ask():
                yield from self._ask(node, want, so_far)
            case _:
                pass

    def _all(self, parts: Iterable[tuple[Node, bool]], so_far: Answer) -> Iterator[Answer]:
        left = tuple(parts)
        if not left:
            yield so_far
            return
        for answer in self._true(*left[0], so_far):
            yield from self._all(left[1:], answer)

    def _ready(self, so_far: Answer) -> Iterator[Answer]:
        yield from self._all(((need.condition.tree, True) for need in self.sales_ready.needs), so_far)

    def _disqualified(self, so_far: Answer) -> Iterator[Answer]:
        for line in self.sales_ready.disqualified:
            yield from self._true(line.condition.tree, True, so_far)

    def _compare(self, node: Compare, want: bool, so_far: Answer) -> Iterator[Answer]:
        pairs = list(zip(node.operators, node.operands, node.operands[1:], strict=False))
        if len(pairs) > 1:
            parts = [(Compare(node.offset, (sign,), (left, right)), want) for sign, left, right in pairs]
            yield from self._all(parts, so_far) if want else self._true(parts[0][0], False, so_far)
            return
        ((sign, left, right),) = pairs
        sign = sign if want else _OPPOSITE[sign]
        if isinstance(left, Constant) and not isinstance(right, Items) and sign in _MIRRORED:
            left, right, sign = right, left, _MIRRORED[sign]
        match left, right:
            case Field(path=path), Items(items=items):
                constants = [item.value for item in items if isinstance(item, Constant)]
                values = constants if sign == "in" else self._others(path, constants)
                yield from _with(so_far, path, values)
            case Constant(value=value), Field(path=path) if sign in ("in", "not in"):
                several: Fact = (str(value),) if sign == "in" else ("other",)
                yield from _with(so_far, path, [several])
            case Field(path=path), Constant(value=value) if path in so_far:
                if _holds(so_far[path], sign, value):
                    yield so_far
            case Field(path=path), Constant(value=value):
                yield from _with(so_far, path, self._beside(path, sign, value))
            case Ask(function="days_until", arguments=(Field(path=path),)), Constant(value=int() as days):
                away = [number for number in (days, days + 1, days - 1) if _PYTHON[sign](number, days)]
                yield from _with(so_far, path, [self._on(path, self.today + timedelta(days=number)) for number in away])
            case _:
                yield so_far  # as it is

    def _ask(self, node: Ask, want: bool, so_far: Answer) -> Iterator[Answer]:
        subject = node.arguments[0]
        match node.function, subject:
            case "tagged", _:
                yield from _with(so_far, f"tagged({word_of(subject)})", [True]) if want else [so_far]
            case "known", Field(path=path):
                if want and path not in so_far:
                    yield {**so_far, path: self._some(path)}
                yield so_far  # known, or what comes after makes it so
            case "matches", Field(path=path):
                text = re.sub(r"\*", "", word_of(node.arguments[1])).replace("?", "x") or "anything"
                yield from _with(so_far, path, [text if want else "something else"])
            case _:
                yield so_far  # as it is

    # --- values -------------------------------------------------------------------------------------

    def _beside(self, path: str, sign: str, value: str | int | float | bool) -> Iterator[Fact]:
        """Values on the wanted side of a constant, the constant itself first."""
        kind = self.schema.get(path, FieldType("any")).kind
        if kind in ("date", "moment") and isinstance(value, str):
            day = date.fromisoformat(value[:10])
            days = [day, day + timedelta(days=1), day - timedelta(days=1)]
            yield from (self._on(path, one) for one in days if _PYTHON[sign](one, day))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            others = [one for one in self.pool if isinstance(one, (int, float)) and not isinstance(one, bool)]
            near = [number for one in (value, *others) for number in (one, one + 1, one - 1)]
            yield from dict.fromkeys(number for number in near if _PYTHON[sign](number, value))
        elif sign in ("==", "<=", ">="):
            yield value
        elif sign == "!=":
            yield from self._others(path, [value])

    def _others(self, path: str, values: Sequence[str | int | float | bool]) -> Iterator[Fact]:
        """Values that are none of these."""
        kind = self.schema.get(path, FieldType("any"))
        if kind.choices:
            yield from (choice for choice in kind.choices if choice not in values)
        elif all(isinstance(value, bool) for value in values):
            yield not values[0]
        elif kind.kind == "number" or all(isinstance(value, (int, float)) for value in values):
            yield max(value for value in values if isinstance(value, (int, float))) + 1
        else:
            yield "other"

    def _some(self, path: str) -> Fact:
        kind = self.schema.get(path, FieldType("any"))
        if kind.choices:
            return kind.choices[0]
        some: dict[str, Fact] = {"number": 1, "yes/no": True}
        if kind.kind in ("date", "moment"):
            return self._on(path, self.today + timedelta(days=30))
        return some.get(kind.kind, "something")

    def _on(self, path: str, day: date) -> date:
        """A date, or noon of it where the field holds a moment."""
        moment = self.schema.get(path, FieldType("any")).kind == "moment"
        return datetime.combine(day, time(12), UTC) if moment else day


def _holds(known: Fact, sign: str, value: str | int | float | bool) -> bool:
    if isinstance(known, date) and isinstance(value, str):
        known = known.isoformat()  # as texts they have the same order
    try:
        return sign in _PYTHON and bool(_PYTHON[sign](known, value))
    except TypeError:
        return False


def _with(so_far: Answer, path: str, values: Iterable[Fact]) -> Iterator[Answer]:
    """The answer with one value more; where the path has a value already, only that one will do."""
    for value in values:
        if path not in so_far:
            yield {**so_far, path: value}
        elif so_far[path] == value:
            yield so_far
