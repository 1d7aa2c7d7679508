"""What is to be done, and when? Deeds in flow time, the earliest first; but who has office hours goes before who has
not, for there may be more to do than a day is long."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

Deed = Callable[[datetime], None]
"""Called with the moment at which it is done."""
_Entry = tuple[datetime, int, Deed]


@dataclass(slots=True)
class Agenda:
    """now: the flow time, which goes on while things are done."""

    now: Callable[[], datetime]
    _office: list[_Entry] = field(default_factory=list[_Entry])
    _others: list[_Entry] = field(default_factory=list[_Entry])
    _n: int = 0

    def add(self, at: datetime, deed: Deed, *, office: bool = False) -> None:
        self._n += 1
        heapq.heappush(self._office if office else self._others, (at, self._n, deed))

    def next(self, by: datetime) -> Deed | None:
        """What is due by then, or by now in the office. None: nothing."""
        if self._office and self._office[0][0] <= self.now():
            return heapq.heappop(self._office)[2]
        if self._others and self._others[0][0] <= by:
            return heapq.heappop(self._others)[2]
        return None

    def __len__(self) -> int:
        return len(self._office) + len(self._others)
