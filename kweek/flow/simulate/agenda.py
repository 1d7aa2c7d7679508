"""What comes next, and to whom together? Leads wait for moments; those to whom the same will happen wait as one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime
from heapq import heappop, heappush

from msgspec import Struct

from kweek.flow.simulate.alike import Asked
from kweek.flow.simulate.walk import Walk


class Group(Struct):
    """Leads that share a walk. by_itself: when the first of them does something by itself. future: what will happen to
    them, where that was asked since they wait."""

    walk: Walk
    leads: list[int]
    by_itself: datetime | None = None
    future: tuple[Hashable, Hashable] | None = None

    def join(self, other: Group) -> None:
        self.leads += other.leads
        if other.by_itself is not None and (self.by_itself is None or other.by_itself < self.by_itself):
            self.by_itself = other.by_itself


class _Moment(Struct):
    groups: list[Group]
    near: dict[Hashable, list[Group]]


class Agenda:
    """asked: what still tells two walks apart. shared: may they be joined?"""

    def __init__(self, asked: Asked, shared: bool) -> None:
        self._asked = asked
        self._shared = shared
        self._moments: dict[datetime, _Moment] = {}
        self._heap: list[datetime] = []

    def __bool__(self) -> bool:
        return bool(self._heap)

    def take(self) -> tuple[datetime, Iterable[Group]]:
        """The next moment, with those who wait for it. IndexError: there is none."""
        at = heappop(self._heap)
        return at, self._moments.pop(at).groups

    def wait(self, group: Group, at: datetime) -> None:
        """Until then; as one with those of the same future. Until it is taken, nobody may touch its walk."""
        moment = self._moments.get(at)
        if moment is None:
            moment = self._moments[at] = _Moment([], {})
            heappush(self._heap, at)
        group.future = None
        if self._shared:
            near = moment.near.setdefault(_outline(group.walk), [])
            for other in near:
                if self._future(other) == self._future(group):
                    other.join(group)
                    return
            near.append(group)
        moment.groups.append(group)

    def _future(self, group: Group) -> tuple[Hashable, Hashable]:
        """Reckoned only where others are near."""
        if group.future is None:
            walk = group.walk
            group.future = self._asked.future_of(walk.life), frozenset(walk.counts.items())
        return group.future


def _outline(walk: Walk) -> Hashable:
    """Part of its future, quickly told: most differ in this already."""
    memory = walk.life.memory
    return len(memory.events), memory.points, tuple(walk.deeds)
