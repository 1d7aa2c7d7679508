"""What is to be done, and when? Deeds in flow time, the earliest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

Deed = Callable[[datetime], None]
"""Called with the moment at which it is done."""


@dataclass(slots=True)
class Agenda:
    _deeds: list[tuple[datetime, int, Deed]] = field(default_factory=list["tuple[datetime, int, Deed]"])
    _n: int = 0

    def add(self, at: datetime, deed: Deed) -> None:
        self._n += 1
        heapq.heappush(self._deeds, (at, self._n, deed))

    def due(self, now: datetime) -> Iterator[Deed]:
        while self._deeds and self._deeds[0][0] <= now:
            yield heapq.heappop(self._deeds)[2]

    def __len__(self) -> int:
        return len(self._deeds)
