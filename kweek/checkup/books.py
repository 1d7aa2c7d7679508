"""How is the lead database, and what do its rows say? Flows that differ, leads that stand still, mails in doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from kweek.checkup.finding import Finding, count
from kweek.checkup.ring import ON_THE_WAY
from kweek.config import Settings
from kweek.leads.cannot_go_on import LATELY, how_many, the_last
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
_SOME: Final = 3  # leads that are named
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


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
        found += _counts(read, clock.flow(now - LATE))
        found.append(_turns(read, clock.flow(now - LATELY), clock.flow(now)))
        found.append(_problems(read, clock.flow(now) - _DAY, clock.flow(now - _HOUR)))
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


def _counts(read: Connection, late: datetime) -> list[Finding]:
    held = _number(read, select(leads.c.id).where(leads.c.held.is_not(None)))
    missed = _number(read, select(leads.c.id).where(leads.c.wake_at < late, leads.c.held.is_(None)))
    waiting = _number(read, select(outbox.c.id).where(outbox.c.mass.is_(None)))
    mass = _number(read, select(outbox.c.id).where(outbox.c.mass.is_(True)))
    unsure = _number(read, select(mails.c.key).where(mails.c.status == "held"))
    return [
        count("leads", held, "stand still: the database is older than their workflows", "kweek doctor --release"),
        count("leads", missed, "were due more than five minutes ago", "is a worker running? kweek doctor --ring"),
        count("bells", waiting, "wait to be rung", "is a worker running?", well=waiting < _MANY_BELLS),
        count("bells", mass, "of a rescoring, an import or the like wait for their turn", "", well=True),
        count("mails", unsure, "are in doubt: a person decides on the first page whether they left", "open it"),
    ]


def _turns(read: Connection, lately: datetime, now: datetime) -> Finding:
    number = how_many(read, lately, now)
    if number == 0:
        return Finding("turns", "well", "none fail")
    some = the_last(read, lately, now, _SOME)
    names = ", ".join(one.lead for one in some) + (" …" if number > len(some) else "")
    who = "1 lead cannot go on, for its turns fail" if number == 1 else f"{number} leads cannot go on: their turns fail"
    last = some[0]
    return Finding(
        "turns", "attention", f"{who} ({names}). The last: {last.code}: {last.words}",
        "mend what these words name, a rule or a value of the lead: they are tried every minute, and go on by "
        "themselves; if it is a fault of Kweek's, report it with these words",
    )  # fmt: skip


def _problems(read: Connection, day: datetime, hour: datetime) -> Finding:
    """The longer of a day of flow time and an hour of real time: at a quick tempo a day is over in seconds."""
    written = _number(read, select(problems.c.id).where(problems.c.at >= min(day, hour)))
    when = "day" if day <= hour else "hour"
    return count("problems", written, f"were written down in the last {when}: the first page shows them", "", well=True)


def _number(read: Connection, query: Select[Any]) -> int:
    return read.execute(select(func.count()).select_from(query.subquery())).scalar_one()
