"""Who writes next? Whoever has waited longest: Python's own lock lets a thread that is quick have it again and again,
while others wait for a tenth of a second."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final


class InTurn:
    """A lock that threads get in the order in which they asked."""

    def __init__(self) -> None:
        self._guard: Final = threading.Lock()
        self._waiting: Final[deque[threading.Lock]] = deque()
        self._held = False

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return len(self._waiting)

    def acquire(self, timeout: float) -> bool:
        """Wait for it so long, in seconds; False: others kept it."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            came = mine.acquire(timeout=timeout)
        except BaseException:
            if not self._leave(mine):
                self.release()
            raise
        return came or not self._leave(mine)

    def _leave(self, place: threading.Lock) -> bool:
        """False: the turn came in the very moment in which we gave up, and is ours."""
        with self._guard:
            waited = place in self._waiting
            if waited:
                self._waiting.remove(place)
            return waited

    def release(self) -> None:
        """The next one has it, and nobody who comes now is before him."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
