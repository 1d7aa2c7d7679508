"""What is on the paper? Everything with its place, in pixels from the upper left corner; every text in its lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from kweek.draw.told import MarkKind, WayKind
from kweek.draw.widths import width, wrap


class Style(Struct, frozen=True):
    """A manner of writing: size, distance of lines, weight; `name` is its class in the style sheet."""

    name: str
    size: float
    line: int
    bold: bool = False

    def wrap(self, text: str, room: float, most: int = 8) -> tuple[str, ...]:
        """The text in lines that fit into `room`."""
        return wrap(text, room, self.size, self.bold, most)

    def width(self, text: str) -> float:
        """How wide it is at most."""
        return width(text, self.size, bold=self.bold)


HEADING: Final = Style("heading", 20, 28, bold=True)
HEAD: Final = Style("head", 13.5, 18, bold=True)
TITLE: Final = Style("title", 13, 18, bold=True)
STRONG: Final = Style("strong", 12.5, 16, bold=True)
ROW: Final = Style("label", 12.5, 16)
NOTE: Final = Style("note", 11.5, 16)
CAPTION: Final = Style("caption", 11, 16)
CHIP: Final = Style("chip", 11, 14, bold=True)
LINK: Final = Style("way", 12, 16, bold=True)
COUNT: Final = Style("count", 11, 16)
TAG: Final = Style("tag", 11, 16)
TOTAL: Final = Style("total", 13, 18, bold=True)


class Box(Struct, frozen=True):
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y of its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> int:
        """The y between the upper and the lower edge."""
        return self.y + self.height // 2


class Words(Struct, frozen=True):
    """A text: the baseline of its first line, and the side at which its lines stand in line."""

    x: int
    y: int
    lines: tuple[str, ...]
    style: Style
    anchor: Literal["start", "middle", "end"] = "start"

    def boxes(self) -> Iterator[Box]:
        """The room that each line takes at most."""
        for n, line in enumerate(self.lines):
            wide = int(self.style.width(line)) + 1
            left = self.x - {"start": 0, "middle": wide // 2, "end": wide}[self.anchor]
            top = self.y + n * self.style.line - round(self.style.size * 0.95)
            yield Box(left, top, wide, round(self.style.size * 1.2))


class Chip(Struct, frozen=True):
    """Where a row or card leads: a coloured pill for an ending, a door to another flow, else the words alone."""

    kind: WayKind
    name: str
    column: int
    box: Box
    words: Words


class Count(Struct, frozen=True):
    """A place for a number of six digits, at the right edge of `box`."""

    key: str
    box: Box
    words: Words


class Tag(Struct, frozen=True):
    """What became of it since another version: a word on a line of its own, above the title or the label."""

    kind: MarkKind
    words: Words


class Row(Struct, frozen=True):
    """An outcome; `port` is the height at which its edge leaves. `cards`: steps written in place. `written`: the
    author's own text of a condition, for whoever points at its words."""

    key: str
    box: Box
    words: Words
    chip: Chip | None
    count: Count
    cards: tuple[Card, ...]
    port: int
    tag: Tag | None = None
    written: str = ""


class Card(Struct, frozen=True):
    """A step; `depth` of a list written in place is 1 and more. `captions` head groups of rows."""

    id: str
    verb: str
    label: str
    depth: int
    box: Box
    icon: Box
    title: Words
    notes: tuple[Words, ...]
    chip: Chip | None
    count: Count
    captions: tuple[Words, ...]
    rows: tuple[Row, ...]
    port: int
    tag: Tag | None = None


class Band(Struct, frozen=True):
    """What holds anywhere in the flow."""

    kind: str
    label: str
    box: Box
    icon: Box
    title: Words
    rows: tuple[Row, ...]


class Fall(Struct, frozen=True):
    """The short line from one card to the one below; `above` is None below a head.

    rows: the outcomes of the card above, and of these those that carry on below.
    """

    above: str | None
    below: str
    rows: tuple[str, ...]
    through: tuple[str, ...]
    x: int
    top: int
    bottom: int


class Column(Struct, frozen=True):
    """A path: its head, and its cards."""

    name: str
    label: str
    head: Box
    title: Words
    notes: tuple[Words, ...]
    cards: tuple[Card, ...]
    falls: tuple[Fall, ...]


class Edge(Struct, frozen=True):
    """From a row (or a `go` card) to the head of a column; `back` runs against the reading direction."""

    key: str
    target: str
    back: bool
    points: tuple[tuple[int, int], ...]


class Picture(Struct, frozen=True):
    """A whole flow on paper. `text` says the same for whoever cannot see it."""

    flow: str
    label: str
    text: str
    width: int
    height: int
    heading: Words
    bands: tuple[Band, ...]
    columns: tuple[Column, ...]
    edges: tuple[Edge, ...]

    def cards(self) -> Iterator[Card]:
        """Every card, those in rows included, in the order of the text."""
        stack = [card for column in reversed(self.columns) for card in reversed(column.cards)]
        stack += [card for band in reversed(self.bands) for row in reversed(band.rows) for card in reversed(row.cards)]
        while stack:
            card = stack.pop()
            yield card
            stack.extend(inner for row in reversed(card.rows) for inner in reversed(row.cards))

    def rows(self) -> Iterator[Row]:
        """Every row."""
        for band in self.bands:
            yield from band.rows
        for card in self.cards():
            yield from card.rows
