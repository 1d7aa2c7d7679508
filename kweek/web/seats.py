"""How many may watch at once? A fixed number of seats, which are all given up when the house closes."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

MOST = 200


@dataclass(slots=True)
class Seats:
    """closed: whoever watches goes now, so that nobody holds up the end."""

    most: int = MOST
    taken: int = 0
    closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        with self._lock:
            if self.closed or self.taken >= self.most:
                return False
            self.taken += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self.taken -= 1

    def close(self) -> None:
        self.closed = True
