"""Who has to be woken? Leads whose time has passed, or all that are on their way; and those that stand still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, exists, or_, select
from temporalio.client import Client

from kweek.config import Settings
from kweek.leads.clock import flow_clock
from kweek.leads.database import Database, open_database
from kweek.leads.enrolments import release
from kweek.leads.ledger import problem
from kweek.leads.tables import effects, leads

Whom = Literal["due", "all"]

_AT_ONCE: Final = 16
_SAY_EVERY: Final = 1_600  # leads


_NOT_KNOWN: Final = (
    "It was let go all the same: whether it unsubscribed in between is not known here, and what was sent to it in "
    "between may be sent once more."
)

_PENDING: Final = exists().where(effects.c.lead_id == leads.c.id, effects.c.status == "pending")

ON_THE_WAY: Final = leads.c.held.is_(None) & (leads.c.open | _PENDING)
"""It walks a flow, or something of it has still to leave: there is a workflow for it."""


def _due(now: datetime) -> ColumnElement[bool]:
    """Its moment has passed, there is news that its flows have not heard, or something of it should be leaving."""
    should_leave = _PENDING.where(or_(effects.c.due_at.is_(None), effects.c.due_at <= now))
    return or_(leads.c.wake_at <= now, leads.c.open & (leads.c.seq > leads.c.seen), should_leave)


def release_held(settings: Settings) -> int:
    """Let the leads go on that were held; how many. The database is believed from now on; of each lead it is written
    down what the database cannot know, for whoever reads the first page."""
    database = open_database(settings.database_url)
    try:
        at = flow_clock(database).flow(datetime.now(UTC))
        with database.write() as write:
            for lead, why in write.execute(select(leads.c.id, leads.c.held).where(leads.c.held.is_not(None))).all():
                problem(write, lead, lead, "let go", f"{why}. {_NOT_KNOWN}", at)
            return release(write)
    finally:
        database.close()


async def ring_leads(settings: Settings, whom: Whom, say: Callable[[str], None]) -> int:
    """Ring those whose time has passed, or all on their way, with progress; how many. Harmless: a turn finds what is
    due, and a workflow that was lost is begun again. TemporalAway."""
    from kweek.at_temporal import at_temporal

    return await at_temporal(settings, say, "nobody was rung", lambda client: _ring(client, settings, whom, say))


async def _ring(client: Client, settings: Settings, whom: Whom, say: Callable[[str], None]) -> int:
    from worker import ring

    database = open_database(settings.database_url)
    try:
        chosen = await asyncio.to_thread(_chosen, database, whom)
        for start in range(0, len(chosen), _AT_ONCE):
            await asyncio.gather(*(ring(client, lead) for lead in chosen[start : start + _AT_ONCE]))
            if start and start % _SAY_EVERY == 0:
                say(f"{start} of {len(chosen)} rung")
        return len(chosen)
    finally:
        database.close()


def _chosen(database: Database, whom: Whom) -> Sequence[str]:
    which = ON_THE_WAY
    if whom == "due":
        which = _due(flow_clock(database).flow(datetime.now(UTC))) & leads.c.held.is_(None)
    with database.read() as read:
        return list(read.execute(select(leads.c.id).where(which).order_by(leads.c.id)).scalars())
