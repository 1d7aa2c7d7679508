"""How far is something that takes a while, how fast, and how long yet? Of an import, a preview, a rescoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_TOO_SOON: Final = 0.5  # seconds in which nobody can tell how fast it is


@dataclass(frozen=True, slots=True)
class Going:
    """done: so many, of so many. rate: in a (real) second; 0: nobody can tell. left: how long it takes yet."""

    done: int
    of: int
    rate: float = 0.0
    left: timedelta | None = None

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.of) if self.of else 100


def going(done: int, of: int, seconds: float) -> Going:
    """seconds: of real time, since it began."""
    rate = done / seconds if seconds > _TOO_SOON else 0.0
    left = timedelta(seconds=max(0, of - done) / rate) if rate else None
    return Going(done, max(of, done), rate, left)
