"""What did the rules say when they last had no error? For a process that starts while somebody is editing them; and
for the first page, that they have one now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from kweek.leads.database import Database
from kweek.leads.ledger import problem
from kweek.leads.rows import insert_once
from kweek.leads.tables import leads, outbox, past_calendars, problems, sound_rules

BROKEN: Final = "rules broken"
_KEPT: Final = select(sound_rules.c.source)
_LATELY: Final = timedelta(days=1)


def keep(
    db: Database, source: Mapping[str, str], now: datetime, edited: Callable[[Mapping[str, str]], str | None]
) -> None:
    """source: path → text. Writes nothing where it is kept already. now: flow time. edited: of what was kept before,
    the calendars' text, if they were others; then whoever waits is looked at again. DatabaseAway."""
    if kept(db) == source:
        return
    values = {"source": dict(source), "read_at": datetime.now(UTC)}
    with db.write() as tx:
        if insert_once(tx, sound_rules, {"id": 1, **values}, key="id"):
            return
        before = tx.execute(_KEPT.with_for_update()).scalar_one()
        tx.execute(update(sound_rules).values(**values))
        if before != source and (was := edited(before)) is not None:
            tx.execute(insert(past_calendars).values(source=was, until=now))
            _ring_who_waits(tx)


def kept(db: Database) -> dict[str, str] | None:
    """None: they were never sound here. DatabaseAway."""
    with db.read() as tx:
        return tx.execute(_KEPT).scalar_one_or_none()


def past(db: Database) -> list[tuple[str, datetime]]:
    """The calendars' texts that were edited, each with the moment, the oldest first. DatabaseAway."""
    p = past_calendars.c
    with db.read() as tx:
        return [(row.source, row.until) for row in tx.execute(select(p.source, p.until).order_by(p.until, p.id))]


def _ring_who_waits(tx: Connection) -> None:
    """A day that opens brings deadlines forward, and timers know nothing of it."""
    waits = select(leads.c.id, leads.c.seq).where(leads.c.open, leads.c.wake_at.is_not(None))
    tx.execute(insert(outbox).from_select(["lead_id", "seq"], waits))


def say_broken(db: Database, words: str, now: datetime) -> None:
    """A problem for the first page; once, though every worker sees it. DatabaseAway."""
    p = problems.c
    said = select(p.id).where(p.code == BROKEN, p.words == words, p.at > now - _LATELY).limit(1)
    with db.write() as tx:
        if tx.execute(said).first() is None:
            problem(tx, None, None, BROKEN, words, now)
