"""Where stands what holds anywhere in the flow? In bands above the columns, their lines beside each other.

Where a line leads to a path, its edge goes down through a gutter right of it; so below such a band stands no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kweek.draw import cards as c
from kweek.draw.descents import Descent, gutter, tracks
from kweek.draw.exits import exits_of_rows
from kweek.draw.picture import CAPTION, Band, Box, Row, Words
from kweek.draw.told import Band as ToldBand
from kweek.draw.told import Line, Way, within

_CELL: Final = c.CARD  # a line of a band
_WIDE_CELL: Final = 440  # with a condition
_APART: Final = 16


class Bands(Struct, frozen=True):
    """All of them, where they end, and the edges that leave them."""

    bands: tuple[Band, ...]
    bottom: int
    descents: tuple[Descent, ...]


def narrowest(told: tuple[ToldBand, ...]) -> int:
    """How much room they need: those that edges leave stand beside what follows."""
    wide, line = 0, 0
    for one in told:
        line += _width(one, 1)
        wide = max(wide, line)
        line = line + _APART if _leads(one) else 0
    return wide


def lay_bands(told: tuple[ToldBand, ...], left: int, right: int, top: int) -> Bands:
    """Beside each other where there is room, else below."""
    lines: list[list[Band]] = [[]]
    descents: list[Descent] = []
    x, y = left, top
    for n, one in enumerate(told):
        room = right - x
        if n + 1 < len(told) and _leads(one):
            room -= _APART + narrowest(told[n + 1 :])
        if lines[-1] and _width(one, 1) > right - x:
            x, y, room = left, max(other.box.bottom for other in lines[-1]) + _APART, right - left
            lines.append([])
        band, leave = _band(one, x, room, y)
        if lines[-1] and band.box.right > right:
            x, y = left, max(other.box.bottom for other in lines[-1]) + _APART
            band, leave = _band(one, x, right - left, y)
            lines.append([])
        lines[-1].append(band)
        descents += leave
        x = band.box.right + _APART
    even: list[Band] = []
    for line in lines:
        bottom = max((band.box.bottom for band in line), default=top)
        even += (replace(band, box=replace(band.box, height=bottom - band.box.y)) for band in line)
    return Bands(tuple(even), max((band.box.bottom for band in even), default=top), tuple(descents))


def _band(told: ToldBand, left: int, room: int, top: int) -> tuple[Band, list[Descent]]:
    """Its lines beside each other, as many as there is room for."""
    cell, many = _cell(told), _many(told, room)
    frames, x = list[c.Frame](), left
    for n in range(many):
        frames.append(c.Frame(x, cell))
        x += cell + gutter(_targets(told.lines[n::many]))
    text = left + c.TEXT
    title = Words(text, top + 23, CAPTION.wrap(told.title, cell - c.TEXT - c.PAD, 2), CAPTION)
    icon = Box(text - c.SMALL_ICON - 8, top + 10, c.SMALL_ICON, c.SMALL_ICON)
    y = top + 14 + len(title.lines) * CAPTION.line
    rows: list[Row] = []
    for start in range(0, len(told.lines), many):
        inside = [c.row(line, frame, y) for line, frame in zip(told.lines[start : start + many], frames, strict=False)]
        rows += inside
        y = max(row.box.bottom for row in inside)
    descents = [
        Descent(exit.key, exit.target, exit.to, frame.right, exit.port, track)
        for n, frame in enumerate(frames)
        for exit, track in tracks(list(exits_of_rows(rows[n::many], n)), frame.right)
    ]
    return Band(told.kind, told.title, Box(left, top, x - left, y + 8 - top), icon, title, tuple(rows)), descents


def _many(told: ToldBand, room: int) -> int:
    """Lines that stand beside each other, one at least."""
    most = max(1, min(len(told.lines), room // _cell(told)))
    return next((many for many in range(most, 1, -1) if _width(told, many) <= room), 1)


def _width(told: ToldBand, many: int) -> int:
    return sum(_cell(told) + gutter(_targets(told.lines[n::many])) for n in range(many))


def _cell(told: ToldBand) -> int:
    """How wide a line of it is."""
    depth = max((inside + 1 for line in told.lines for _, inside in within(line.steps)), default=0)
    return (_WIDE_CELL if told.kind == "goal" else _CELL) + c.INDENT * depth


def _leads(told: ToldBand) -> bool:
    return bool(_targets(told.lines))


def _targets(lines: Iterable[Line]) -> set[int]:
    """The paths to which these lead, also by a step that is written in place."""
    ways = (way for line in lines for way in _ways(line))
    return {way.column for way in ways if way is not None and way.kind == "path"}


def _ways(line: Line) -> Iterator[Way | None]:
    yield line.way
    for step, _ in within(line.steps):
        yield step.way
        yield from (inner.way for inner in step.lines())
