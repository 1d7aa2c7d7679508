"""How is a condition asked? Its tree as nested closures, three-valued (Kleene): None is unknown."""

from __future__ import annotations

import fnmatch
import operator
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, Items, Join, Node, Not
from kweek.flow.duration import parse_duration
from kweek.flow.facts import Facts

Test = Callable[[Facts], Any]


def compile_tree(node: Node) -> Test:
    match node:
        case Constant(value=value):
            return lambda _: value
        case Field(path="today"):
            return lambda facts: facts.now.date()
        case Field(path=path):
            return lambda facts: facts.field(path)
        case Not(part=part):
            return _negation(compile_tree(part))
        case Join(every=every, parts=parts):
            return _joined(tuple(map(compile_tree, parts)), decisive=not every)
        case Compare(operators=(one,), operands=(left, right)):
            return _comparison(one, left, right)
        case Compare(operators=operators, operands=operands):
            pairs = zip(operators, operands, operands[1:], strict=False)
            return _joined(tuple(_comparison(*pair) for pair in pairs), decisive=False)
        case Ask(function=function, arguments=arguments):
            return _function(function, arguments)
        case _:
            raise TypeError(f"no closure for {type(node).__name__}")


def _negation(part: Test) -> Test:
    def run(facts: Facts) -> bool | None:
        answer = part(facts)
        return not answer if answer is True or answer is False else None

    return run


def _joined(parts: tuple[Test, ...], decisive: bool) -> Test:
    """`and` is decided by the first False, `or` by the first True; else one unknown makes all unknown."""

    def run(facts: Facts) -> bool | None:
        answer: bool | None = not decisive
        for part in parts:
            one = part(facts)
            if one is decisive:
                return decisive
            if one is not (not decisive):
                answer = None
        return answer

    return run


_PYTHON: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _comparison(sign: str, left: Node, right: Node) -> Test:
    if sign in ("in", "not in"):
        member = _membership(compile_tree(left), right)
        return member if sign == "in" else _negation(member)
    compare, one, two = _PYTHON[sign], compile_tree(left), compile_tree(right)

    def run(facts: Facts) -> bool | None:
        a, b = one(facts), two(facts)
        if a is None or b is None:
            return None
        if a.__class__ is not b.__class__:
            a, b = _alike(a, b, facts)
        try:
            return compare(a, b)
        except TypeError:  # the linter refuses it; a value of another type than declared is not known
            return None

    return run


def _membership(value: Test, right: Node) -> Test:
    if not isinstance(right, Items):
        among = compile_tree(right)

        def run_field(facts: Facts) -> bool | None:
            one, several = value(facts), among(facts)
            return None if one is None or not isinstance(several, tuple) else one in several

        return run_field
    items = tuple(map(compile_tree, right.items))

    def run(facts: Facts) -> bool | None:
        one = value(facts)
        if one is None:
            return None
        answer: bool | None = False
        for item in items:
            other = item(facts)
            if other is None:
                answer = None
                continue
            a, b = (one, other) if one.__class__ is other.__class__ else _alike(one, other, facts)
            if a == b:
                return True
        return answer

    return run


def _alike(a: Any, b: Any, facts: Facts) -> tuple[Any, Any]:
    """Dates and moments may be compared with each other and with ISO text: both become the coarser of the two."""
    if isinstance(a, str) and isinstance(b, date):
        a = _read(a, facts)
    elif isinstance(b, str) and isinstance(a, date):
        b = _read(b, facts)
    if isinstance(a, date) and isinstance(b, date) and type(a) is not type(b):
        return _day(a, facts), _day(b, facts)
    return a, b


def _read(text: str, facts: Facts) -> date | str:
    try:
        moment: date = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return text
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=facts.now.tzinfo)
    return moment


def _day(moment: date, facts: Facts) -> date:
    return moment.astimezone(facts.now.tzinfo).date() if isinstance(moment, datetime) else moment


def _function(name: str, arguments: Sequence[Node]) -> Test:
    subject = arguments[0]
    first = word_of(subject)
    second = word_of(arguments[1]) if len(arguments) > 1 else None
    match name:
        case "count" | "happened":
            period = _period(arguments)
            if name == "count":
                return lambda facts: facts.count(first, period)
            return lambda facts: facts.count(first, period) > 0
        case "days_since":
            return lambda facts: None if (at := facts.last(first)) is None else (facts.now - at).days
        case "days_until":
            return _days_until(compile_tree(subject))
        case "opened":
            return lambda facts: facts.opened(first)
        case "clicked":
            return lambda facts: facts.clicked(first, second)
        case "tagged":
            return lambda facts: facts.tagged(first)
        case "known":
            asked = compile_tree(subject)
            return lambda facts: asked(facts) is not None
        case _:
            return _matching(compile_tree(subject), second or "")


def _period(arguments: Sequence[Node]) -> timedelta | None:
    return parse_duration(word_of(arguments[1])).elapsed if len(arguments) > 1 else None


def _days_until(value: Test) -> Test:
    def run(facts: Facts) -> int | None:
        moment = value(facts)
        return (_day(moment, facts) - facts.now.date()).days if isinstance(moment, date) else None

    return run


def _matching(value: Test, glob: str) -> Test:
    """Globs only, and without regard to capitals: `/prices*`, `*student*`."""
    fits = re.compile(fnmatch.translate(glob), re.IGNORECASE).match

    def run(facts: Facts) -> bool | None:
        text = value(facts)
        return None if text is None else fits(str(text)) is not None

    return run


def word_of(node: Node) -> str:
    """The text that a function is asked about."""
    return str(node.value) if isinstance(node, Constant) else ""
