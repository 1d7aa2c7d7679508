"""Who was heard of since the last look, and looks like somebody else? A bounded number at a time, from a mark on.

The looking is done while others write. Only what was found is written, at once with the mark; if somebody else moved
that meanwhile, he found it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, bindparam, select

from kweek.leads.clock import Clock, FlowTime
from kweek.leads.comparing import Looked, keep_keys, look
from kweek.leads.database import Database
from kweek.leads.duplicates import propose
from kweek.leads.merged import all_living
from kweek.leads.rows import insert_once, upsert
from kweek.leads.tables import events, leads, looks

BATCH: Final = 250  # events
ROUND: Final = 100_000
"""Events. What is left over is looked at in the next round."""
SETTLED: Final = timedelta(minutes=1)
"""Of real time: whoever was writing then has finished."""

_EARNEST: Final = Clock()
_NAME: Final = "duplicates"
_FIRST: Final = {"name": _NAME, "at": datetime(1970, 1, 1, tzinfo=UTC), "lead_id": ""}
_MARK: Final = select(looks.c.at, looks.c.lead_id).where(looks.c.name == _NAME)
_LOCK_MARK: Final = _MARK.with_for_update()
_LOCK: Final = (
    select(leads.c.id)
    .where(leads.c.id.in_(bindparam("leads", expanding=True, type_=Text)), leads.c.merged_into.is_(None))
    .order_by(leads.c.id)
    .with_for_update()
)
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
    def __init__(self, database: Database, clock: FlowTime = _EARNEST) -> None:
        self.database, self.clock = database, clock

    def compare(self, since: datetime, now: datetime, told: Callable[[int], object] = lambda found: None) -> int:
        """Propose whoever looks alike; how many pairs are new. Looked at twice, nobody is proposed twice.

        since: when was looked before. What was recorded in the last minute waits for the next look, if it came since
        then. told: how many there are up to now.
        """
        until = max(since, self.clock.flow(self.clock.real(now) - SETTLED))
        found = 0
        with self.database.write() as tx:
            insert_once(tx, looks, _FIRST)
        for _ in range(ROUND // BATCH):
            with self.database.read() as read:
                mark = read.execute(_MARK).one()
                news = read.execute(_NEWS, {"at": mark.at, "lead": mark.lead_id, "until": until}).all()
                looked = look(read, all_living(read, [row.lead_id for row in news]))
            if news:
                found += self._keep(looked, mark, news, now)
            told(found)
            if len(news) < BATCH:
                break
        return found

    def _keep(self, looked: Looked, mark: Row[Any, Any], news: Sequence[Row[Any, Any]], now: datetime) -> int:
        with self.database.write() as tx:
            if tx.execute(_LOCK_MARK).one() != mark:
                return 0
            upsert(tx, looks, {"name": _NAME, "at": news[-1].recorded_at, "lead_id": news[-1].lead_id})
            there = _locked(tx, looked)  # of whom some may have been erased, or merged, since
            keep_keys(tx, {lead: keys for lead, keys in looked.keys.items() if lead in there})
            alike = (pair for pair in looked.alike if {pair.one, pair.other} <= there)
            return sum(propose(tx, pair.one, pair.other, pair.why, pair.likeness, now) for pair in alike)


def _locked(tx: Connection, looked: Looked) -> set[str]:
    ids = looked.keys.keys() | {pair.other for pair in looked.alike}
    return set(tx.execute(_LOCK, {"leads": sorted(ids)}).scalars()) if ids else set()
