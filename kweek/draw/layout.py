"""Where does everything stand? Columns are paths in the order written, cards are steps, rows are their outcomes.

What decides what: which paths are led to from where decides how wide the gutters are, these where the columns stand,
these how the band breaks, this where the heads begin, and these where the cards are. Then the edges are led through.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kweek.draw import cards as c
from kweek.draw.describe import describe_told
from kweek.draw.picture import CAPTION, HEAD, HEADING, NOTE, ROW, Band, Box, Card, Column, Fall, Picture, Row, Words
from kweek.draw.routes import Exit, Roads
from kweek.draw.say import Say
from kweek.draw.tell import tell
from kweek.draw.told import Band as ToldBand
from kweek.draw.told import Column as ToldColumn
from kweek.draw.told import Told, within
from kweek.flow.model import Flow

MARGIN: Final = 24
_GAP: Final = 22  # between two cards
_CELL: Final = c.CARD  # a line of a band
_WIDE_CELL: Final = 440  # with a condition
_BANDS_APART: Final = 16


def lay_out(flow: Flow, say: Say) -> Picture:
    """The picture of a draft, also of one with mistakes: names that lead nowhere lead nowhere."""
    return lay_out_told(tell(flow, say), say)


def lay_out_told(told: Told, say: Say) -> Picture:
    """The same, of a flow in words."""
    roads = Roads()
    wide: list[int] = []
    for at, column in enumerate(told.columns):
        depth = 0
        for step, inside in within(column.steps):
            depth = max(depth, inside)
            for way in (step.way, *(line.way for line in step.lines())):
                if way is not None and way.kind == "path":
                    roads.announce(at, way.column)
        wide.append(c.CARD + c.INDENT * depth)
    left = MARGIN + roads.gutter(-1)
    frames: list[c.Frame] = []
    for at, width in enumerate(wide):
        frames.append(c.Frame(left, width))
        left += width + roads.gutter(at)
    begin = frames[0].x
    right = max(frames[-1].right, *(begin + _cell(band) for band in told.bands))
    heading = Words(begin, MARGIN + 20, HEADING.wrap(told.heading, right - begin, 3), HEADING)
    y = MARGIN + len(heading.lines) * HEADING.line + 12
    bands, y = _bands(told.bands, begin, right, y)
    y += 22 + roads.lanes(frames)
    columns = [_column(column, frame, y) for column, frame in zip(told.columns, frames, strict=True)]
    bottom = max((column.cards[-1].box.bottom if column.cards else column.head.bottom) for column in columns)
    exits = [exit for at, column in enumerate(columns) for exit in _exits(column.cards, at)]
    edges = roads.edges(exits, frames, [column.head for column in columns])
    text = describe_told(told, say)
    return Picture(
        told.flow, told.heading, text, right + MARGIN, bottom + MARGIN, heading, bands, tuple(columns), edges
    )


def _exits(cards: tuple[Card, ...], column: int) -> list[Exit]:
    """Where edges leave, from top to bottom."""
    found: list[Exit] = []
    for card in cards:
        if card.chip and card.chip.kind == "path":
            found.append(Exit(card.id, column, card.chip.name, card.port, card.chip.column))
        for row in card.rows:
            if row.chip and row.chip.kind == "path":
                found.append(Exit(row.key, column, row.chip.name, row.port, row.chip.column))
            found += _exits(row.cards, column)
    return found


def _column(told: ToldColumn, frame: c.Frame, top: int) -> Column:
    y = top + 9
    room = frame.width - 2 * c.PAD
    title = Words(frame.x + c.PAD, y + 13, HEAD.wrap(told.title, room, 4), HEAD)
    y += len(title.lines) * HEAD.line
    notes: list[Words] = []
    for style, note in (*((ROW, one) for one in told.starts), *((NOTE, one) for one in told.notes)):
        lines = style.wrap(note, room, 6)
        notes.append(Words(title.x, y + 13, lines, style))
        y += len(lines) * style.line
    head = Box(frame.x, top, frame.width, y + 9 + (2 if notes else 0) - top)
    y = head.bottom
    cards: list[Card] = []
    falls: list[Fall] = []
    x = frame.x + c.TEXT - 46 + 15  # the middle of the icons: the eye runs down along them
    above = None
    for step in told.steps:
        cards.append(c.card(step, frame, y + _GAP))
        if above is None or above.falls:
            rows = () if above is None else tuple(above.lines())
            through = tuple(line.key for line in rows if line.way is None or line.way.kind == "next")
            name, keys = above and above.id, tuple(line.key for line in rows)
            falls.append(Fall(name, step.id, keys, through, x, y, y + _GAP))
        y = cards[-1].box.bottom
        if step.mark is None or step.mark.kind != "gone":  # what is gone lets pass whoever passes
            above = step
    return Column(told.name, told.title, head, title, tuple(notes), tuple(cards), tuple(falls))


def _bands(told: tuple[ToldBand, ...], left: int, right: int, top: int) -> tuple[tuple[Band, ...], int]:
    """Beside each other where there is room, else below; and where they end."""
    lines: list[list[Band]] = [[]]
    x, y = left, top
    for one in told:
        band = _band(one, x, right, y)
        if lines[-1] and band.box.right > right:
            x, y = left, max(other.box.bottom for other in lines[-1]) + _BANDS_APART
            band = _band(one, x, right, y)
            lines.append([])
        lines[-1].append(band)
        x = band.box.right + _BANDS_APART
    even: list[Band] = []
    for line in lines:
        bottom = max((band.box.bottom for band in line), default=top)
        even += (replace(band, box=replace(band.box, height=bottom - band.box.y)) for band in line)
    return tuple(even), max((band.box.bottom for band in even), default=top)


def _band(told: ToldBand, left: int, right: int, top: int) -> Band:
    """Its lines beside each other, as many as there is room for."""
    cell = _cell(told)
    many = max(1, min(len(told.lines), (right - left) // cell))
    box_right = left + many * cell
    text = left + c.TEXT
    title = Words(text, top + 23, CAPTION.wrap(told.title, cell - c.TEXT - c.PAD, 2), CAPTION)
    icon = Box(text - c.SMALL_ICON - 8, top + 10, c.SMALL_ICON, c.SMALL_ICON)
    y = top + 14 + len(title.lines) * CAPTION.line
    rows: list[Row] = []
    for start in range(0, len(told.lines), many):
        inside = [
            c.row(line, c.Frame(left + n * cell, cell), y) for n, line in enumerate(told.lines[start : start + many])
        ]
        rows += inside
        y = max(row.box.bottom for row in inside)
    return Band(told.kind, told.title, Box(left, top, box_right - left, y + 8 - top), icon, title, tuple(rows))


def _cell(told: ToldBand) -> int:
    """How wide a line of it is."""
    depth = max((inside + 1 for line in told.lines for _, inside in within(line.steps)), default=0)
    return (_WIDE_CELL if told.kind == "goal" else _CELL) + c.INDENT * depth
