"""How does an edge come down from a band to a path? Through a gutter right of its line, along a lane above all others.

In a gutter each path has a track, and each path that is led to has one lane for all bands. It enters the head in the
middle, between what comes from the left and from the right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from msgspec import Struct

from kweek.draw.exits import Exit
from kweek.draw.picture import Box, Edge

_TRACK: Final = 9
_BESIDE: Final = 14  # between a line and the nearest track
_BEYOND: Final = 12  # between the last track and what follows
_LANE: Final = 9
_ARROW: Final = 18  # room for the last piece into a head
_CLEAR: Final = 4
_ASIDE: Final = 7  # so far from the middle of a head is it entered at most


class Descent(Struct, frozen=True):
    """From the end of a line, `x`, at the height of its port, down this track, to a path."""

    key: str
    target: str
    to: int
    x: int
    port: int
    track: int


def gutter(targets: Collection[int]) -> int:
    """How wide it is, where lines lead to so many paths."""
    return _BESIDE + _TRACK * (len(targets) - 1) + _BEYOND if targets else 0


def tracks(exits: Sequence[Exit], right: int) -> Iterator[tuple[Exit, int]]:
    """The x of each one's track. The nearest is that of the path whose first line is lowest: the lines above need not
    cross it."""
    first: dict[int, int] = {}
    for exit in exits:
        first[exit.to] = min(first.get(exit.to, exit.port), exit.port)
    order = sorted(first, key=lambda to: (-first[to], to))
    yield from ((exit, right + _BESIDE + _TRACK * order.index(exit.to)) for exit in exits)


class Lanes:
    """below: how much room the lanes need that run below them, right above the heads."""

    def __init__(self, descents: Sequence[Descent], heads: Sequence[int], below: int) -> None:
        """heads: where the middle of each column is."""
        self._descents, self._below = descents, below
        self._into = {to: _into(to, heads[to], descents) for to in sorted({one.to for one in descents})}
        spans: dict[int, tuple[int, int]] = {}
        for one in descents:
            left, right = sorted((one.track, self._into[one.to]))
            other = spans.get(one.to, (left, right))
            spans[one.to] = min(left, other[0]), max(right, other[1])
        taken: list[list[tuple[int, int]]] = []
        self._level: dict[int, int] = {}
        for to, (left, right) in sorted(spans.items()):
            level = next((n for n, on in enumerate(taken) if all(b < left or right < a for a, b in on)), len(taken))
            if level == len(taken):
                taken.append([])
            taken[level].append((left, right))
            self._level[to] = level
        self._number = len(taken)

    @property
    def room(self) -> int:
        """How much room they need, above that of those below."""
        if not self._number:
            return 0
        return _LANE * self._number if self._below else _LANE * (self._number - 1) + _ARROW

    def edges(self, heads: Sequence[Box]) -> Iterator[Edge]:
        """With the points at which they turn."""
        for one in self._descents:
            head, into = heads[one.to], self._into[one.to]
            lowest = head.y - (self._below + _LANE if self._below else _ARROW)
            lane = lowest - _LANE * self._level[one.to]
            turns = ((one.track, lane), (into, lane)) if one.track != into else ()
            yield Edge(one.key, one.target, False, ((one.x, one.port), (one.track, one.port), *turns, (into, head.y)))


def _into(to: int, middle: int, descents: Sequence[Descent]) -> int:
    """Where a head is entered: in its middle, or beside it where the track to another path comes down right there."""
    others = {one.track for one in descents if one.to != to}

    def clear(x: int) -> tuple[int, int]:
        return min((_CLEAR, *(abs(x - track) for track in others))), -abs(x - middle)

    return max(range(middle - _ASIDE, middle + _ASIDE + 1), key=clear)
