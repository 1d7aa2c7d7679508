"""What was looked at so long ago that nobody needs to know? It is deleted; what became a lead's own story stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from kweek.leads.database import Database
from kweek.leads.visitors import delete_old


class OldVisits:
    """keep: for how long, as it is in force."""

    def __init__(self, database: Database, keep: Callable[[], timedelta]) -> None:
        self.database, self.keep = database, keep

    def forget(self, since: datetime, now: datetime, told: Callable[[int], object] = lambda gone: None) -> int:
        """How many visits, and visitors of whom nothing is left. told: how many there are up to now."""
        gone, before = 0, now - self.keep()
        while True:
            with self.database.write() as tx:
                some = delete_old(tx, before)
            gone += some
            told(gone)
            if not some:
                return gone
