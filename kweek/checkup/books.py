"""How is the lead database, and what do its rows say? Flows that differ, leads that stand still, mails in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from kweek.checkup.finding import Finding, count
from kweek.checkup.ring import ON_THE_WAY
from kweek.config import Settings
from kweek.leads.clock import flow_clock
from kweek.leads.database import Database
from kweek.leads.installation import hold_to_secret
from kweek.leads.migrate import NewerDatabaseError, OlderDatabaseError, check_current
from kweek.leads.publish import drift
from kweek.leads.tables import leads, mails, outbox, problems
from kweek.secret import SecretError
from kweek.versions import source_of
from kweek.workspace import read_workspace

LATE: Final = timedelta(minutes=5)
"""Of real time: a lead that was due so long ago has been missed by its timer."""

_MANY_BELLS: Final = 1_000


def look_at_books(database: Database, settings: Settings) -> tuple[list[Finding], int | None]:
    """What is found, and how many leads are on their way (None: that cannot be asked). DatabaseAway,
    DatabaseUnusable."""
    try:
        with database.read() as read:
            check_current(read)
    except (OlderDatabaseError, NewerDatabaseError) as error:
        words, _, do = str(error).partition(": ")
        return [Finding("database", "attention", words, do)], None
    found = [*_secret(database, settings), Finding("database", "well", "answers, and is up to date")]
    clock, now = flow_clock(database), datetime.now(UTC)
    with database.read() as read:
        found += _flows(read, settings)
        found += _counts(read, clock.flow(now - LATE), clock.flow(now) - timedelta(days=1))
        walking = _number(read, select(leads.c.id).where(ON_THE_WAY))
        return found, walking - _number(read, select(outbox.c.lead_id).distinct())


def _secret(database: Database, settings: Settings) -> list[Finding]:
    if not settings.secret_file.exists():  # that was said before
        return []
    try:
        hold_to_secret(database, settings)
    except SecretError as error:
        words, _, do = str(error).partition(". ")
        return [Finding("secret", "attention", words, do)]
    return []


def _flows(read: Connection, settings: Settings) -> list[Finding]:
    workspace = read_workspace(settings.workspace)
    differing = drift(read, {flow: source_of(workspace, flow) for flow in workspace.flows})
    if not differing:
        return [Finding("flows", "well", "published as they are in the files")]
    names = ", ".join(found.flow for found in differing)
    return [Finding("flows", "attention", f"files differ from what is published: {names}", "kweek publish")]


def _counts(read: Connection, late: datetime, lately: datetime) -> list[Finding]:
    held = _number(read, select(leads.c.id).where(leads.c.held.is_not(None)))
    missed = _number(read, select(leads.c.id).where(leads.c.wake_at < late, leads.c.held.is_(None)))
    waiting = _number(read, select(outbox.c.id))
    unsure = _number(read, select(mails.c.key).where(mails.c.status == "held"))
    written = _number(read, select(problems.c.id).where(problems.c.at >= lately))
    return [
        count("leads", held, "stand still: the database is older than their workflows", "kweek doctor --release"),
        count("leads", missed, "were due more than five minutes ago", "is a worker running? kweek doctor --ring"),
        count("bells", waiting, "wait to be rung", "is a worker running?", well=waiting < _MANY_BELLS),
        count("mails", unsure, "are in doubt: a person decides on the first page whether they left", "open it"),
        count("problems", written, "were written down in the last day: the first page shows them", "", well=True),
    ]


def _number(read: Connection, query: Select[Any]) -> int:
    return read.execute(select(func.count()).select_from(query.subquery())).scalar_one()
