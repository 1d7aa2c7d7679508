"""Do leads stand still? The board's own stream may be well while who moves the leads is away: Temporal, or the worker.

Looked at once in two seconds at most, whoever watches, and never twice at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import select

from kweek.leads.database import Database
from kweek.leads.tables import leads

Part = Literal["", "temporal", "worker"]
_FRESH: Final = 2.0  # seconds for which a look is good
_SILENT: Final = 10.0  # seconds without a beat; a heart beats every two
LATE: Final = timedelta(minutes=1)
"""Of real time: where a lead was due so long ago, nobody works, or not fast enough."""


@dataclass(slots=True)
class Standstill:
    """look: which part is away; "": none that leads need."""

    look: Callable[[], Part]
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: Part = ""
    _at: float = float("-inf")

    def fresh(self) -> Part | None:
        """What was seen lately."""
        return self._seen if self.clock() - self._at < _FRESH else None

    def now(self) -> Part:
        """What is seen now; while another one looks, what was seen before."""
        if self.fresh() is None and self._lock.acquire(blocking=False):
            try:
                self._seen = self.look()
                self._at = self.clock()
            finally:
                self._lock.release()
        return self._seen


def worker_is_silent(ready: Path, now: float) -> bool:
    """By the marks that `kweek up` has its parts touch. Where our own is not touched, somebody else looks after them,
    and nothing is known."""
    return _beats(ready / "web", now) and not _beats(ready / "worker", now)


def temporal_is_silent(ready: Path, now: float) -> bool:
    """Of the server that `kweek up` started: it takes connections while it hangs, too. No mark: it runs elsewhere,
    or is just starting."""
    return (ready / "temporal").exists() and _beats(ready / "web", now) and not _beats(ready / "temporal", now)


def _beats(mark: Path, now: float) -> bool:
    try:
        return now - mark.stat().st_mtime < _SILENT
    except OSError:
        return False


def leads_are_late(db: Database, now: datetime, tempo: float) -> bool:
    """Has anybody's moment passed a while ago? now: flow time. DatabaseAway."""
    late = select(leads.c.id).where(leads.c.wake_at < now - LATE * tempo, leads.c.held.is_(None)).limit(1)
    with db.read() as read:
        return read.execute(late).first() is not None
