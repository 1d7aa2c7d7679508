"""What did the rules say when they last had no error? For a process that starts while somebody is editing them; and
for the first page, that they have one now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, true, update

from kweek.leads.database import Database
from kweek.leads.ledger import problem
from kweek.leads.rows import insert_once
from kweek.leads.tables import leads, outbox, past_calendars, problems, sound_rules
from kweek.leads.whole import NEITHER

BROKEN: Final = "rules broken"
_KEPT: Final = select(sound_rules.c.source)
_SCORING: Final = ("rules/scoring.yaml", "rules/personas.yaml")
"""Where stands what gives points, and grades."""
_LATELY: Final = timedelta(days=1)


def keep(
    db: Database,
    source: Mapping[str, str],
    now: datetime,
    edited: Callable[[Mapping[str, str]], str | None],
    scoring: str = "",
) -> None:
    """source: path → text. Writes nothing where it is kept already. now: flow time. edited: of what was kept before,
    the calendars' text, if they were others; then whoever waits is looked at again. scoring: the stamp of what gives
    points. DatabaseAway."""
    if kept(db) == source:
        return
    values = {"source": dict(source), "read_at": datetime.now(UTC)}
    since: dict[str, object] = {"scoring": scoring, "scoring_since": now}
    with db.write() as tx:
        if insert_once(tx, sound_rules, {"id": 1, **since, **values, "whole_by": scoring}, key="id"):
            return
        row = tx.execute(select(sound_rules).with_for_update()).one()
        before, others = row.source, {**since, "whole_by": NEITHER}
        tx.execute(update(sound_rules).values(**values, **(others if row.scoring != scoring else {})))
        if before != source and (was := edited(before)) is not None:
            tx.execute(insert(past_calendars).values(source=was, until=now))
            _ring_who_waits(tx)


def kept(db: Database) -> dict[str, str] | None:
    """None: they were never sound here. DatabaseAway."""
    with db.read() as tx:
        return tx.execute(_KEPT).scalar_one_or_none()


def scoring_kept(read: Connection) -> tuple[dict[str, str], datetime | None] | None:
    """What gives points by the rules that are in force, path → text, and since when; that is not known of what is older
    than the knowledge. None: they were never sound here."""
    row = read.execute(select(sound_rules.c.source, sound_rules.c.scoring_since)).one_or_none()
    if row is None:
        return None
    return {path: text for path, text in row.source.items() if path in _SCORING}, row.scoring_since


def past(db: Database) -> list[tuple[str, datetime]]:
    """The calendars' texts that were edited, each with the moment, the oldest first. DatabaseAway."""
    p = past_calendars.c
    with db.read() as tx:
        return [(row.source, row.until) for row in tx.execute(select(p.source, p.until).order_by(p.until, p.id))]


def _ring_who_waits(tx: Connection) -> None:
    """A day that opens brings deadlines forward, and timers know nothing of it."""
    waits = select(leads.c.id, leads.c.seq, true()).where(leads.c.open, leads.c.wake_at.is_not(None))
    tx.execute(insert(outbox).from_select(["lead_id", "seq", "mass"], waits))


def say_broken(db: Database, words: str, now: datetime) -> None:
    """A problem for the first page; once, though every worker sees it. DatabaseAway."""
    p = problems.c
    said = select(p.id).where(p.code == BROKEN, p.words == words, p.at > now - _LATELY).limit(1)
    with db.write() as tx:
        if tx.execute(said).first() is None:
            problem(tx, None, None, BROKEN, words, now)
