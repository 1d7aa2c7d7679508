"""How is everybody? One look at each part, in words, with what to do where something is wrong."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from sqlalchemy import func, or_, select

from kweek.config import Settings, SettingsError
from kweek.errors import KweekError
from kweek.flow.problems import errors
from kweek.leads.clock import flow_clock
from kweek.leads.database import Database, DatabaseAway, open_database
from kweek.leads.enrolments import release
from kweek.leads.migrate import is_current
from kweek.leads.publish import drift
from kweek.leads.tables import leads, mails, outbox
from kweek.linting import lint
from kweek.mails.render import Renderer
from kweek.versions import source_of
from kweek.workspace import read_workspace

LATE: Final = timedelta(minutes=5)
"""Of real time: a lead that was due so long ago has been missed by its timer."""

_AT_ONCE: Final = 16
_PATIENCE: Final = 3.0  # seconds for a part to take a connection
_CONNECT: Final = 20.0  # seconds for Temporal, which may just be starting
_PORTS: Final = {"smtp": 25, "smtps": 465, "catcher": 1025}


@dataclass(frozen=True, slots=True)
class Finding:
    """`do`: the remedy, in one sentence; empty where nothing is to be done."""

    part: str
    state: Literal["well", "attention", "away"]
    words: str
    do: str = ""


def check_all(settings: Settings) -> Iterator[Finding]:
    """Every part, one after the other; a part that is away does not stop the rest."""
    yield _secret(settings)
    yield from _workspace(settings)
    yield _server("temporal", settings.temporal_address, 7233, "start it, or set KWEEK_TEMPORAL_ADDRESS")
    relay = urlsplit(settings.smtp_url)
    address = f"{relay.hostname or '127.0.0.1'}:{relay.port or _PORTS.get(relay.scheme, 25)}"
    yield _server("mail", address, 25, "start the relay, or set KWEEK_SMTP_URL; until then mails wait")
    database = open_database(settings.database_url)
    try:
        yield from _database(database, settings)
    except DatabaseAway as error:
        yield Finding("database", "away", str(error), "start it, or set KWEEK_DATABASE_URL")
    finally:
        database.close()


def _secret(settings: Settings) -> Finding:
    try:
        settings.key("checkup")
    except SettingsError as error:
        return Finding("secret", "attention", str(error), "set KWEEK_SECRET_FILE to a file that only Kweek can read")
    mode = settings.secret_file.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        words = f"{settings.secret_file} can be read by others on this machine"
        return Finding("secret", "attention", words, f"chmod 600 {settings.secret_file}")
    return Finding("secret", "well", "there, and private")


def _workspace(settings: Settings) -> Iterator[Finding]:
    workspace = read_workspace(settings.workspace)
    with Renderer() as renderer:
        wrong = errors(lint(workspace, renderer))
    if wrong:
        yield Finding("workspace", "attention", f"{len(wrong)} errors in {settings.workspace}", "kweek lint says which")
    else:
        yield Finding("workspace", "well", f"{len(workspace.flows)} flows in {settings.workspace}, all sound")


def _server(part: str, address: str, port: int, do: str) -> Finding:
    where = urlsplit(f"//{address}")
    try:
        with socket.create_connection((where.hostname or "127.0.0.1", where.port or port), _PATIENCE):
            return Finding(part, "well", f"answers at {address}")
    except OSError as error:
        return Finding(part, "away", f"does not answer at {address} ({error.strerror or error})", do)


def _database(database: Database, settings: Settings) -> Iterator[Finding]:
    with database.read() as read:
        current = is_current(read)
    if not current:
        yield Finding("database", "attention", "its tables are not those of this release", "kweek migrate")
        return
    yield Finding("database", "well", "answers, and is up to date")
    clock = flow_clock(database)
    now = datetime.now(UTC)
    late = clock.flow(now - LATE)
    workspace = read_workspace(settings.workspace)
    with database.read() as read:
        differing = drift(read, {flow: source_of(workspace, flow) for flow in workspace.flows})
        held = read.execute(select(func.count()).where(leads.c.held.is_not(None))).scalar_one()
        missed = read.execute(select(func.count()).where(leads.c.held.is_(None), leads.c.wake_at < late)).scalar_one()
        waiting = read.execute(select(func.count()).select_from(outbox)).scalar_one()
        unsure = read.execute(select(func.count()).where(mails.c.status == "held")).scalar_one()
    if differing:
        names = ", ".join(found.flow for found in differing)
        yield Finding("flows", "attention", f"files differ from what is published: {names}", "kweek publish")
    yield _count("leads", held, "stand still: the database is older than their workflows", "kweek doctor --release")
    yield _count("leads", missed, "were due more than five minutes ago", "is a worker running? kweek doctor --ring")
    yield _count("bells", waiting, "wait to be rung", "", well=waiting < 1_000)
    yield _count("mails", unsure, "are in doubt: a person shall decide whether they left", "look at them on the page")


def _count(part: str, number: int, what: str, do: str, *, well: bool = False) -> Finding:
    if number == 0 or well:
        return Finding(part, "well", f"{number or 'none'} {what.partition(':')[0]}")
    return Finding(part, "attention", f"{number} {what}", do)


def release_held(settings: Settings) -> int:
    """Let the leads go on that were held; how many. The database is believed from now on."""
    database = open_database(settings.database_url)
    try:
        with database.write() as write:
            return release(write)
    finally:
        database.close()


async def ring_overdue(settings: Settings, say: Callable[[str], None]) -> int:
    """Ring every lead whose due time has passed, with progress; how many. Harmless: a turn finds what is due."""
    from worker import connect, part_quietly, ring

    try:
        client = await asyncio.wait_for(connect(settings, asyncio.Event(), say), _CONNECT)
    except TimeoutError:
        client = None
    if client is None:
        raise KweekError(f"Temporal does not answer at {settings.temporal_address}; nobody was rung")
    database = open_database(settings.database_url)
    try:
        overdue = await asyncio.to_thread(_overdue, database)
        for start in range(0, len(overdue), _AT_ONCE):
            await asyncio.gather(*(ring(client, lead) for lead in overdue[start : start + _AT_ONCE]))
            if start and start % 1_600 == 0:
                say(f"{start} of {len(overdue)} rung")
        return len(overdue)
    finally:
        database.close()
        del client
        await part_quietly()


def _overdue(database: Database) -> Sequence[str]:
    now = flow_clock(database).flow(datetime.now(UTC))
    due = or_(leads.c.wake_at <= now, leads.c.seq > leads.c.seen)
    with database.read() as read:
        return list(read.execute(select(leads.c.id).where(due, leads.c.held.is_(None)).order_by(leads.c.id)).scalars())
