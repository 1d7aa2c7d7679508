"""Where does everything stand? Columns are paths in the order written, cards are steps, rows are their outcomes.

What decides what: which paths are led to from where decides how wide the gutters are, these where the columns stand,
these how the bands break, this where the heads begin, and these where the cards are. Then the edges are led through.
"""

from __future__ import annotations

from typing import Final

from kweek.draw import cards as c
from kweek.draw.bands import lay_bands, narrowest
from kweek.draw.descents import Lanes
from kweek.draw.describe import describe_told
from kweek.draw.exits import exits_of
from kweek.draw.picture import HEAD, HEADING, NOTE, ROW, Box, Card, Column, Fall, Picture, Words
from kweek.draw.routes import Roads
from kweek.draw.say import Say
from kweek.draw.tell import tell
from kweek.draw.told import Column as ToldColumn
from kweek.draw.told import Told, within
from kweek.flow.model import Flow

MARGIN: Final = 24
_GAP: Final = 22  # between two cards


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
    right = max(frames[-1].right, begin + narrowest(told.bands))
    heading = Words(begin, MARGIN + 20, HEADING.wrap(told.heading, right - begin, 3), HEADING)
    y = MARGIN + len(heading.lines) * HEADING.line + 12
    above = lay_bands(told.bands, begin, right, y)
    below = roads.lanes(frames)
    lanes = Lanes(above.descents, [frame.x + frame.width // 2 for frame in frames], below)
    y = above.bottom + 22 + lanes.room + below
    columns = [_column(column, frame, y) for column, frame in zip(told.columns, frames, strict=True)]
    bottom = max((column.cards[-1].box.bottom if column.cards else column.head.bottom) for column in columns)
    exits = [exit for at, column in enumerate(columns) for exit in exits_of(column.cards, at)]
    heads = [column.head for column in columns]
    edges = (*lanes.edges(heads), *roads.edges(exits, frames, heads))
    text = describe_told(told, say)
    return Picture(
        told.flow, told.heading, text, right + MARGIN, bottom + MARGIN, heading, above.bands, tuple(columns), edges
    )


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
