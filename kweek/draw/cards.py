"""How does a step become a card? From the top down: icon and title, notes, then its outcomes, a row each.

A list that is written in place is a column of small cards below its row, indented, on a ground of its own.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from kweek.draw.picture import (
    CAPTION,
    CHIP,
    COUNT,
    LINK,
    NOTE,
    ROW,
    STRONG,
    TAG,
    TITLE,
    TOTAL,
    Box,
    Card,
    Chip,
    Count,
    Row,
    Style,
    Tag,
    Words,
)
from kweek.draw.told import Line, Mark, Step, Way

CARD: Final = 304
INDENT: Final = 26
TEXT: Final = 62  # where the texts of a card begin; the icon and the numbers of the rows stand before it
PAD: Final = 14
SMALL_ICON: Final = 18
_ROOM_FOR_TOTAL: Final = 66
_MOST_OF_WAY: Final = 116
_ROOM_FOR_DOOR: Final = 24


class Frame(Struct, frozen=True):
    """The card of a column within which all of it stays."""

    x: int
    width: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width


class _Size(Struct, frozen=True):
    """What differs between a card of a column and one that is written in place. Pixels."""

    title: Style
    total: Style
    above: int  # between the upper edge and the title
    below: int  # between the title and what follows it
    icon: int
    beside: int  # from the icon's left edge to the text


_LARGE: Final = _Size(TITLE, TOTAL, 13, 10, 30, 46)
_SMALL: Final = _Size(STRONG, COUNT, 6, 6, SMALL_ICON, 26)


def card(step: Step, frame: Frame, top: int, depth: int = 0) -> Card:
    """A step at this height."""
    size = _SMALL if depth else _LARGE
    style = size.title
    text = frame.x + TEXT + INDENT * depth
    right = frame.right - _inset(depth)
    lines = style.wrap(step.title, right - text - _ROOM_FOR_TOTAL, 6)
    alone = not depth and len(lines) == 1 and not step.notes and step.mark is None
    y = top + size.above + (5 if alone else 0)  # in the middle of its icon
    tag = _tag(step.mark, text, y)
    y += TAG.line - 1 if tag else 0
    base = y + round(style.line * 0.75)
    title = Words(text, base, lines, style)
    port = y + style.line // 2
    room = Box(right - _ROOM_FOR_TOTAL + 4, y, _ROOM_FOR_TOTAL - 4, style.line)
    total = Count(step.id, room, Words(right, base, (), size.total, "end"))
    chip = _chip_beside(step.way, title, right - _ROOM_FOR_TOTAL)
    y += len(lines) * style.line
    if step.way is not None and chip is None:
        chip = _chip(step.way, text, y + 3, right - text, "start")
        y = chip.box.bottom + 2
    notes: list[Words] = []
    for note in step.notes:
        wrapped = NOTE.wrap(note, right - text, 6)
        notes.append(Words(text, y + 12, wrapped, NOTE))
        y += len(wrapped) * NOTE.line
    icon = Box(text - size.beside, port - 8 if depth else top + 12, size.icon, size.icon)
    y = max(y, icon.bottom) + size.below
    captions: list[Words] = []
    rows: list[Row] = []
    for group in step.groups:
        if group.heading:
            wrapped = CAPTION.wrap(group.heading, right - text, 3)
            captions.append(Words(text, y + 16, wrapped, CAPTION))
            y += 5 + len(wrapped) * CAPTION.line
        for line in group.lines:
            rows.append(row(line, frame, y, depth))
            y = rows[-1].box.bottom
    y += 6 if rows and not depth else 0
    box = _around(frame, text, depth, top, y)
    label = f"{step.title} {step.way.words}" if step.way else step.title
    label = step.mark.before(label) if step.mark else label
    return Card(
        step.id,
        step.verb,
        label,
        depth,
        box,
        icon,
        title,
        tuple(notes),
        chip,
        total,
        tuple(captions),
        tuple(rows),
        port,
        tag,
    )


def _around(frame: Frame, text: int, depth: int, top: int, bottom: int) -> Box:
    """The card itself; of one written in place, the ground behind its texts and numbers."""
    left, right = (text - TEXT, frame.right - 8) if depth else (frame.x, frame.right)
    return Box(left, top, right - left, bottom - top)


def _inset(depth: int) -> int:
    """How far the texts stay away from the right edge."""
    return PAD + 4 if depth else PAD


def row(line: Line, frame: Frame, top: int, depth: int = 0) -> Row:
    """An outcome at this height, with the steps that are written in place below it."""
    text = frame.x + TEXT + INDENT * depth
    right = frame.right - _inset(depth)
    start = top
    tag = _tag(line.mark, text, start + 4)
    top += 13 if tag else 0  # nearer to its own label than to the row above
    chip = None
    room = right - text
    if line.way is not None:
        chip = _chip(line.way, right, top + 5, _MOST_OF_WAY, "end")
        room = chip.box.x - 10 - text
    lines = ROW.wrap(line.label, room, 8)
    words = Words(text, top + 17, lines, ROW)
    height = max(len(lines) * ROW.line + 10, chip.box.height + 8 if chip else 0)
    count = Count(line.key, Box(text - 58, top + 5, 50, ROW.line), Words(text - 8, top + 17, (), COUNT, "end"))
    port = top + 13
    y = top + height
    cards: list[Card] = []
    for step in line.steps:
        cards.append(card(step, frame, y, depth + 1))
        y = cards[-1].box.bottom + 3
    y += 4 if cards else 0
    box = Box(frame.x, start, frame.width, y - start)
    return Row(line.key, box, words, chip, count, tuple(cards), port, tag, line.written)


def _tag(mark: Mark | None, x: int, top: int) -> Tag | None:
    """On a line of its own above the words that it is about."""
    return mark and Tag(mark.kind, Words(x, top + 11, (mark.words,), TAG))


def _chip_beside(way: Way | None, title: Words, right: int) -> Chip | None:
    """On the line of the title, where there is room for it."""
    if way is None or len(title.lines) != 1:
        return None
    left = title.x + int(title.style.width(title.lines[0])) + 8
    chip = _chip(way, left, title.y - 12, 10_000, "start")
    return chip if chip.box.right <= right else None


def _chip(way: Way, x: int, top: int, most: int, side: Literal["start", "end"]) -> Chip:
    """A pill (an ending, a door) or plain words, that begins or ends at `x`."""
    pill = way.kind in ("end", "flow")
    style = CHIP if pill else LINK if way.kind in ("path", "missing") else NOTE
    before, after = {"end": (9, 9), "flow": (_ROOM_FOR_DOOR, 9)}.get(way.kind, (0, 0))
    lines = style.wrap(way.words, most - before - after, 4)
    wide = int(max(map(style.width, lines))) + 1 + before + after
    left = x if side == "start" else x - wide
    box = (
        Box(left, top - 1, wide, len(lines) * style.line + 4) if pill else Box(left, top, wide, len(lines) * style.line)
    )
    base = top + 12
    match way.kind:
        case "end":
            words = Words(box.x + wide // 2, base, lines, style, "middle")
        case "flow":
            words = Words(box.x + before, base, lines, style)
        case _:
            words = Words(x, base, lines, style, "start" if side == "start" else "end")
    return Chip(way.kind, way.name, way.column, box, words)
