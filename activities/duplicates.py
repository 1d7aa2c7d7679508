"""Who was heard of since the last look, and looks like somebody else? A bounded number at a time, from a mark on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kweek.leads.comparing import changed, look
from kweek.leads.database import Database, NoSuchLead
from kweek.leads.merged import living
from kweek.leads.rows import upsert
from kweek.leads.tables import events, looks

BATCH: Final = 1_000  # events
BATCHES: Final = 20
"""In one round. What is left over is looked at in the next."""

_NAME: Final = "duplicates"
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MARK: Final = select(looks.c.at, looks.c.lead_id).where(looks.c.name == _NAME)
_NEWS: Final = (
    select(events.c.recorded_at, events.c.lead_id)
    .where(
        events.c.recorded_at >= bindparam("at"),
        (events.c.recorded_at > bindparam("at")) | (events.c.lead_id > bindparam("lead")),
        events.c.recorded_at <= bindparam("until"),
    )
    .order_by(events.c.recorded_at, events.c.lead_id)
    .limit(BATCH)
)


class Comparing:
    def __init__(self, database: Database) -> None:
        self.database = database

    def compare(self, until: datetime, now: datetime, told: Callable[[int], object] = lambda found: None) -> int:
        """Propose whoever looks alike; how many pairs are new. Looked at twice, nobody is proposed twice.

        until: events recorded up to then count. It lies a look before now, so that whoever was still writing has
        finished. told: how many there are up to now.
        """
        found = 0
        for _ in range(BATCHES):
            with self.database.read() as read:
                at, lead = read.execute(_MARK).one_or_none() or (_FIRST, "")
                news = read.execute(_NEWS, {"at": at, "lead": lead, "until": until}).all()
                fresh = self._fresh(read, [row.lead_id for row in news])
            found += sum(self._look(one, now) for one in fresh)
            if news:
                with self.database.write() as tx:
                    upsert(tx, looks, {"name": _NAME, "at": news[-1].recorded_at, "lead_id": news[-1].lead_id})
            told(found)
            if len(news) < BATCH:
                break
        return found

    def _fresh(self, read: Connection, leads: list[str]) -> list[str]:
        whose = dict.fromkeys(living(read, lead) for lead in dict.fromkeys(leads))
        return [lead for lead in whose if changed(read, lead) is not None]

    def _look(self, lead: str, now: datetime) -> int:
        try:
            with self.database.lead_tx(lead) as tx:
                return look(tx, lead, now)
        except NoSuchLead:  # erased since
            return 0
