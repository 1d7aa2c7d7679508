"""Is it true for this lead? A condition, parsed once and compiled to closures, asked a million times.

Three-valued (Kleene, "Introduction to Metamathematics", § 64): a field that is not known makes its comparison
unknown (None), which is not true, and `not` of it is unknown as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from msgspec import Struct

from kweek.flow.conditions.refused import ConditionError
from kweek.flow.conditions.run import Test, compile_tree, word_of
from kweek.flow.conditions.shape import check_shape
from kweek.flow.conditions.tree import Ask, Field, Node, read, walk
from kweek.flow.facts import Facts


class Condition(Struct, frozen=True, eq=False):
    """Equal, and hashed, by its text.

    names: dotted fields it reads. functions, events: what it asks, and about which events. clock: its answer may
    change by mere passing of time.
    """

    text: str
    tree: Node
    names: frozenset[str]
    functions: frozenset[str]
    events: frozenset[str]
    clock: bool
    _run: Test

    def test(self, facts: Facts) -> bool | None:
        """True, False, or None: unknown."""
        answer = self._run(facts)
        return answer if answer is True or answer is False else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"

    def __reduce__(self) -> tuple[Callable[[str], Condition], tuple[str]]:
        return parse_condition, (self.text,)


@lru_cache(maxsize=4_096)
def parse_condition(text: str) -> Condition:
    """Read one line. ConditionError says what is wrong, where (in characters from 0), and what to write."""
    try:
        tree = _read(text)
    except ConditionError as error:
        from kweek.flow.conditions.quotes import quote_meant  # only who made a slip pays for looking for it
        from kweek.flow.conditions.slips import slip_meant

        raise quote_meant(text, _read) or slip_meant(text, _read) or error from None
    nodes = list(walk(tree))
    asked = [node for node in nodes if isinstance(node, Ask)]
    names = frozenset(node.path for node in nodes if isinstance(node, Field))
    return Condition(
        text=text,
        tree=tree,
        names=names,
        functions=frozenset(ask.function for ask in asked),
        events=frozenset(word_of(ask.arguments[0]) for ask in asked if ask.function in _ABOUT_EVENTS),
        clock="today" in names or any(_by_clock(ask) for ask in asked),
        _run=compile_tree(tree),
    )


def _read(text: str) -> Node:
    """Its tree, of which all stands where it may. ConditionError."""
    tree = read(text)
    check_shape(tree)
    return tree


_ABOUT_EVENTS: Final = ("count", "happened", "days_since")


def _by_clock(ask: Ask) -> bool:
    return ask.function in ("days_since", "days_until") or (
        ask.function in ("count", "happened") and len(ask.arguments) > 1
    )
