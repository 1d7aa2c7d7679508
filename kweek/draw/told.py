"""What does a picture tell? The flow in the reader's words, before anybody says where on the paper it stands.

The picture, the tree of the terminal, Mermaid and the text for a screen reader are all made of this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

WayKind = Literal["path", "missing", "flow", "end", "next", "stay"]


class Way(Struct, frozen=True):
    """Where something leads. `name`: the path, flow or ending; `column`: of a path that is there.

    `missing` is a path that this draft names and does not have; `stay` holds the lead where it is.
    """

    kind: WayKind
    name: str
    words: str
    column: int = 0


MarkKind = Literal["new", "changed", "gone"]


class Mark(Struct, frozen=True):
    """What became of it since another version, and the word for that; see `kweek.draw.compare`."""

    kind: MarkKind
    words: str

    def before(self, text: str) -> str:
        """`new: Wait 7 days`, where it is said rather than drawn."""
        return f"{self.words}: {text}"


class Line(Struct, frozen=True):
    """An outcome, and where it leads. No way: the steps written in place, after which it carries on below. written: the
    author's own text of a condition that the label says in words."""

    key: str
    label: str
    way: Way | None = None
    steps: tuple[Step, ...] = ()
    mark: Mark | None = None
    written: str = ""


class Group(Struct, frozen=True):
    """Lines that stand under one heading: `after 7 days`."""

    heading: str
    lines: tuple[Line, ...]


class Step(Struct, frozen=True):
    """A step in words. `way` is where it goes itself; `falls`: some leads carry on below it; `untold`: some of these by
    none of its rows."""

    id: str
    verb: str
    title: str
    notes: tuple[str, ...] = ()
    way: Way | None = None
    groups: tuple[Group, ...] = ()
    falls: bool = True
    mark: Mark | None = None
    untold: bool = True

    def lines(self) -> Iterator[Line]:
        """All its outcomes, in the order of the text."""
        for group in self.groups:
            yield from group.lines


class Column(Struct, frozen=True):
    """A path. Above the first one stand the ways in, `starts`, and the rules of the flow, `notes`."""

    name: str
    title: str
    starts: tuple[str, ...]
    notes: tuple[str, ...]
    steps: tuple[Step, ...]


class Band(Struct, frozen=True):
    """What holds anywhere in the flow: `whenever` or `goal`."""

    kind: Literal["whenever", "goal"]
    title: str
    lines: tuple[Line, ...]


class Told(Struct, frozen=True):
    """A whole flow in words. `was`: what is said of its title, where another version had another."""

    flow: str
    title: str
    bands: tuple[Band, ...]
    columns: tuple[Column, ...]
    was: str = ""

    @property
    def heading(self) -> str:
        """Its title, with what it was."""
        return f"{self.title} ({self.was})" if self.was else self.title


def within(steps: tuple[Step, ...]) -> Iterator[tuple[Step, int]]:
    """These steps and those written in place inside them, each with its depth."""
    stack = [(step, 0) for step in reversed(steps)]
    while stack:
        step, depth = stack.pop()
        yield step, depth
        inner = [one for line in step.lines() for one in line.steps]
        stack.extend((one, depth + 1) for one in reversed(inner))
