"""What went wrong so long ago that nobody looks into it any more? It is deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from kweek.leads.database import Database
from kweek.leads.ledger import delete_old_problems

KEEP: Final = timedelta(days=90)
"""Flow time, since it came about last."""


class OldProblems:
    def __init__(self, database: Database) -> None:
        self.database = database

    def forget(self, since: datetime, now: datetime, told: Callable[[int], object] = lambda gone: None) -> int:
        """How many. told: how many there are up to now."""
        gone = 0
        while True:
            with self.database.write() as tx:
                some = delete_old_problems(tx, now - KEEP)
            gone += some
            told(gone)
            if not some:
                return gone
