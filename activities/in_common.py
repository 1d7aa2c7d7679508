"""What all leads of a company or a campaign have in common changed: which of them are looked at next? An errand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from activities.importing import let_others
from kweek.errors import KweekError
from kweek.intake.ears import FlowEars
from kweek.leads import in_common
from kweek.leads.away import DatabaseAway
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database
from kweek.leads.ledger import problem

BATCH: Final = 200
"""Leads in one transaction: on SQLite everybody else waits for it, about a tenth of a second."""


class InCommon:
    """ears: what is in force."""

    def __init__(self, database: Database, clock: FlowTime, ears: Callable[[], FlowEars]) -> None:
        self.database, self.clock, self.ears = database, clock, ears

    async def carry(self) -> bool:
        """Some leads; is there more to do?"""
        return await asyncio.to_thread(self.look)

    def look(self) -> bool:
        """The next batch, with its mark: whatever dies, the next goes on behind the last lead that was done. What
        fails on some of them is told, and keeps nobody else. False: nothing waits."""
        with self.database.read() as read:
            if not in_common.waits(read):
                return False
        try:
            self._look()
        except DatabaseAway:
            raise
        except Exception as error:
            self._look(error)
        let_others(self.database)
        return True

    def _look(self, error: Exception | None = None) -> None:
        """error: on these leads something failed just now; they are told of, and left out."""
        ears, now = self.ears(), self.clock.flow(datetime.now(UTC))
        with self.database.write() as tx:
            mark = in_common.next_mark(tx)
            if mark is None:
                return
            some = in_common.next_leads(tx, mark, BATCH) if ears.minds(tx, mark.what) else ()
            if error is not None:
                words = str(error) if isinstance(error, KweekError) else repr(error)
                problem(tx, None, f"in common/{mark.name}", type(error).__name__, words, now)
            else:
                ears.look_again(tx, some, now)
            in_common.move(tx, mark, some[-1] if len(some) == BATCH else None)
