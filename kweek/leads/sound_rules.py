"""What did the rules say when they last had no error? For a process that starts while somebody is editing them; and
for the first page, that they have one now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from kweek.leads.database import Database
from kweek.leads.ledger import problem
from kweek.leads.rows import insert_once
from kweek.leads.tables import problems, sound_rules

BROKEN: Final = "rules broken"
_LATELY: Final = timedelta(days=1)


def keep(db: Database, source: Mapping[str, str]) -> None:
    """source: path → text. Writes nothing where it is kept already. DatabaseAway."""
    if kept(db) == source:
        return
    values = {"source": dict(source), "read_at": datetime.now(UTC)}
    with db.write() as tx:
        if not insert_once(tx, sound_rules, {"id": 1, **values}, key="id"):
            tx.execute(update(sound_rules).values(**values))


def kept(db: Database) -> dict[str, str] | None:
    """None: they were never sound here. DatabaseAway."""
    with db.read() as tx:
        return tx.execute(select(sound_rules.c.source)).scalar_one_or_none()


def say_broken(db: Database, words: str, now: datetime) -> None:
    """A problem for the first page; once, though every worker sees it. DatabaseAway."""
    p = problems.c
    said = select(p.id).where(p.code == BROKEN, p.words == words, p.at > now - _LATELY).limit(1)
    with db.write() as tx:
        if tx.execute(said).first() is None:
            problem(tx, None, None, BROKEN, words, now)
