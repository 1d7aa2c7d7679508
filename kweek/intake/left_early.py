"""Which page was left before we heard that it was opened? A browser tells both at once, and one overtakes the other."""

from __future__ import annotations

from threading import Lock
from typing import Final

from kweek.intake.visit_in import Left, Viewed

MOST: Final = 1_000
"""Of which we never hear that they were opened, so many are kept; the oldest goes first."""


class LeftEarly:
    """In memory only: what is told of a page comes to one process, within a second."""

    def __init__(self) -> None:
        self._lock, self._left = Lock(), dict[tuple[str, str], Left]()

    def keep(self, left: Left) -> None:
        """Before the books are asked: of two that are told at once, one finds the other."""
        with self._lock:
            self._left[left.visitor, left.id] = left
            if len(self._left) > MOST:
                del self._left[next(iter(self._left))]

    def take(self, viewed: Viewed) -> Left | None:
        """That this page was left."""
        with self._lock:
            return self._left.pop((viewed.visitor, viewed.id), None)

    def forget(self, left: Left) -> None:
        """The books have it."""
        with self._lock:
            self._left.pop((left.visitor, left.id), None)
