"""What is a YAML file to us? A tree of texts, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from kweek.flow.problems import Located, Position, Problem

_GUESSED: Final = ("never-closed",)  # where the text ends, nobody knows

_OF_SIGNS: Final = ("tab", "control-character", "lookalike")  # said of a sign alone, whatever its line means

_BRINGS: Final = {
    "colon-missing": "unknown-key", "duplicate-key": "shares", "second-colon": "target", "quotes-needed": "name",
}  # fmt: skip
"""What a slip brings with it on the same line: a remark is no key, a half that was lost is missed in the sum, a step
behind a colon is no target, and what has braces no name."""


class Text(NamedTuple):
    """A scalar: always text. `comment` is what stands behind it from `#` on, with the blanks before it.

    `text_at`: see Located. `style`: how it was written; lost: the line in which it stood is.
    """

    value: str
    at: Position
    end: Position
    style: Literal["plain", "quoted", "block", "lost"] = "plain"
    text_at: Position | None = None
    comment: str = ""

    @property
    def located(self) -> Located[str]:
        """A key as a value of its own: a name, an event, a state."""
        return Located(self.value, self.at, self.at, self.text_at)

    @property
    def empty(self) -> bool:
        """Nothing was written at all (`""` is something)."""
        return self.value == "" and self.style == "plain"


class Items(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    at: Position


class Pair(NamedTuple):
    """A key with its value."""

    key: Text
    value: Node


class Pairs(NamedTuple):
    """Keys with values, in the order of the text."""

    pairs: tuple[Pair, ...]
    at: Position


Node = Text | Items | Pairs


class Tree(NamedTuple):
    """`root` is None where nothing could be read; then `problems` says why. tabbed: tabs stand where only their author
    knows how deep they go."""

    root: Pairs | None
    problems: tuple[Problem, ...]
    tabbed: bool = False

    @property
    def unspoilt(self) -> bool:
        """Could all lines be read as if the tabs were blanks?"""
        return self.root is not None and all(problem.code in _OF_SIGNS for problem in self.problems)

    @property
    def of_tabs_alone(self) -> Tree:
        return Tree(None, tuple(problem for problem in self.problems if problem.code in _OF_SIGNS), True)

    def spoils(self, found: Iterable[Problem]) -> bool:
        """May what was found in the tree merely follow from tabs?"""
        return self.tabbed and any(problem.severity == "error" for problem in found)

    def unsaid(self, found: Iterable[Problem]) -> tuple[Problem, ...]:
        """Of what was found in the tree, that which does not merely follow from a line that had to be mended."""
        found = tuple(found)
        if self.spoils(found):
            return ()
        mended = {problem.line for problem in self.problems if problem.code in _GUESSED}
        follows = {(problem.line, _BRINGS[problem.code]) for problem in self.problems if problem.code in _BRINGS}
        return tuple(
            problem
            for problem in found
            if problem.line not in mended and ((problem.line, problem.code) not in follows or problem.guessed)
        )


def last_line(node: Node) -> int:
    """Where the node ends, as far as it says something."""
    match node:
        case Text():
            return node.end.line
        case Items():
            return max((node.at.line, *map(last_line, node.items)))
        case Pairs():
            return max((node.at.line, *(max(pair.key.at.line, last_line(pair.value)) for pair in node.pairs)))


def texts_in(node: Node) -> Iterator[str]:
    """Every value, at any depth, that is a text."""
    match node:
        case Text():
            yield node.value
        case Items():
            for item in node.items:
                yield from texts_in(item)
        case Pairs():
            for pair in node.pairs:
                yield from texts_in(pair.value)


def plain(node: Node) -> object:
    """Nested dicts, lists and texts, for readers that take no places."""
    match node:
        case Text():
            return node.value
        case Items():
            return [plain(item) for item in node.items]
        case Pairs():
            return {pair.key.value: plain(pair.value) for pair in node.pairs}
