"""Which way does an edge take? Through the gutters between the columns, and along lanes above their heads.

A gutter has one vertical track for each path that is led to from its left or from its right; above the heads each path
has a lane of its own. So edges to different paths cross, but never lie on each other, and none runs through a card.
What leads forward leaves a card at its right and keeps to the left half of the gutter; what leads back leaves it at
its left and keeps to the right half of the gutter before. Neighbours are entered at the side, all others from above.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from kweek.draw.cards import Frame
from kweek.draw.exits import Exit
from kweek.draw.picture import Box, Edge

_TRACK: Final = 9
_SIDE: Final = 18  # between a card and the nearest track
_HALVES: Final = 10  # between the tracks that lead forward and those that lead back
_NARROWEST: Final = 44
_LANE: Final = 9
_ARROW: Final = 18  # room for the last piece into a head
_APART: Final = 12  # between what comes into a head from the left and from the right
_ONWARD, _ROUND, _BACK = 10, 18, 26
"""Below the upper edge of a head: where its sides are entered from the column before, its own, and the one behind."""


class _Road(Struct, frozen=True):
    """All edges of one direction to one path that share a track in one gutter."""

    gutter: int
    to: int
    back: bool

    @property
    def high(self) -> bool:
        """Does it need a lane? Not to a neighbour, nor to its own column."""
        return self.gutter not in (self.to - 1, self.to)


class Roads:
    """First all ways are announced, then there is room for them, then they are led."""

    def __init__(self) -> None:
        self._tracks: defaultdict[int, dict[_Road, None]] = defaultdict(dict)
        self._lane_of: dict[tuple[int, bool], int] = {}

    def announce(self, column: int, to: int) -> None:
        """Something in this column leads to that one."""
        road = _road(column, to)
        self._tracks[road.gutter].setdefault(road)

    def gutter(self, at: int) -> int:
        """The width of the gutter right of column `at`; -1: what the margin left of the first column needs."""
        tracks = self._tracks.get(at, {})
        wide = _TRACK * max(0, len(tracks) - 1)
        if at < 0:
            return wide + 6 if tracks else 0
        halves = len({road.back for road in tracks}) - 1
        return max(_NARROWEST, 2 * _SIDE + wide + _HALVES * max(0, halves))

    def lanes(self, frames: Sequence[Frame]) -> int:
        """Gives each path that is led to from afar its lane, and answers how much room they need above the heads.

        What comes from the left has the far paths above, what comes from the right likewise: so few lanes are crossed
        on the way down. Two share a height where they do not meet.
        """
        spans: dict[tuple[int, bool], tuple[int, int]] = {}
        for road in (road for tracks in self._tracks.values() for road in tracks if road.high):
            near = _middle(frames[road.to])
            span = (near, frames[road.gutter + 1].x) if road.back else (frames[road.gutter].right, near)
            other = spans.get((road.to, road.back), span)
            spans[road.to, road.back] = min(span[0], other[0]), max(span[1], other[1])
        taken: list[list[tuple[int, int]]] = []
        for key in sorted(spans, key=lambda key: (key[1], -key[0] if key[1] else key[0])):
            left, right = spans[key]
            level = next((n for n, on in enumerate(taken) if all(b < left or right < a for a, b in on)), len(taken))
            if level == len(taken):
                taken.append([])
            taken[level].append((left, right))
            self._lane_of[key] = level
        return _LANE * (len(taken) - 1) + _ARROW if taken else 0

    def edges(self, exits: Iterable[Exit], frames: Sequence[Frame], heads: Sequence[Box]) -> tuple[Edge, ...]:
        """Every edge with the points at which it turns."""
        exits = tuple(exits)
        lowest: defaultdict[_Road, int] = defaultdict(int)
        for exit in exits:
            road = _road(exit.column, exit.to)
            lowest[road] = max(lowest[road], exit.port)
        x_of = {road: x for at in self._tracks for road, x in self._placed(at, frames, lowest)}
        return tuple(self._edge(exit, x_of, frames, heads[exit.to]) for exit in exits)

    def _placed(self, at: int, frames: Sequence[Frame], lowest: defaultdict[_Road, int]) -> Iterable[tuple[_Road, int]]:
        """The nearest track to the card is that whose lowest row is highest: the rows below need not cross it."""
        ordered = sorted(self._tracks[at], key=lambda road: (lowest[road], road.to))
        forward, back = ([road for road in ordered if road.back is way] for way in (False, True))
        if forward:
            begin = frames[at].right + _SIDE
            yield from ((road, begin + n * _TRACK) for n, road in enumerate(forward))
        if back:
            begin = frames[at + 1].x - _SIDE
            yield from ((road, begin - n * _TRACK) for n, road in enumerate(back))

    def _edge(self, exit: Exit, x_of: dict[_Road, int], frames: Sequence[Frame], head: Box) -> Edge:
        road = _road(exit.column, exit.to)
        frame, x = frames[exit.column], x_of[road]
        begin = (frame.x if road.back else frame.right, exit.port)
        if road.high:
            middle = head.x + head.width // 2 + (_APART if road.back else -_APART)
            lane = head.y - _ARROW - _LANE * self._lane_of[road.to, road.back]
            way = ((x, lane), (middle, lane), (middle, head.y))
        else:
            into, below = head.x, _ONWARD
            if road.back:
                into, below = (head.right, _BACK) if road.to == road.gutter else (head.x, _ROUND)
            level = head.y + below
            way = ((x, level), (into, level))
        return Edge(exit.key, exit.target, road.back, (begin, (x, exit.port), *way))


def _road(column: int, to: int) -> _Road:
    back = to <= column
    return _Road(column - 1 if back else column, to, back)


def _middle(frame: Frame) -> int:
    return frame.x + frame.width // 2
