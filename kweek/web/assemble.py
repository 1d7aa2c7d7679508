"""How is the web put together? From the settings: books, clock, rules and keys; and what tells that a part is away."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select

from kweek.config import Settings
from kweek.intake.suppress import SUPPRESSION
from kweek.leads.clock import Watch
from kweek.leads.database import Database, DatabaseAway, DatabaseUnusable, open_database
from kweek.leads.permission import address_key
from kweek.leads.tables import leads
from kweek.mails.tokens import Tokens
from kweek.web.house import House
from kweek.web.rules import WorkspaceRules
from kweek.web.standstill import Part, Standstill, leads_are_late, temporal_is_silent, worker_is_silent

_PATIENCE: Final = 1.0  # seconds for a part to take a connection


def open_house(settings: Settings) -> House:
    """Connects to nothing yet: the web starts also while the database is away, and says so."""
    db = open_database(settings.database_url)
    watch = Watch(db, settings.tempo)
    house = House(
        settings=settings,
        db=db,
        now=lambda: watch.flow(datetime.now(UTC)),
        tempo=lambda: watch.clock().pace(datetime.now(UTC)),
        rules=WorkspaceRules(settings.workspace, db),
        tokens=Tokens(settings.key),
        address_key=lambda address: address_key(settings.key(SUPPRESSION), address),
        away=lambda: parts_away(db, settings),
        standstill=Standstill(lambda: standing_still(house)),
    )
    return house


def parts_away(db: Database, settings: Settings) -> list[str]:
    """`database`, `temporal`: those that do not answer now."""
    away: list[str] = []
    try:
        with db.read() as read:
            read.execute(select(leads.c.id).limit(1))  # and not just any database
    except (DatabaseAway, DatabaseUnusable):
        away.append("database")
    if not _answers(settings.temporal_address):
        away.append("temporal")
    return away


def standing_still(house: House) -> Part:
    """Who is away that leads need to go on."""
    ready, now = house.settings.data / "ready", time.time()
    if not _answers(house.settings.temporal_address) or temporal_is_silent(ready, now):
        return "temporal"
    if worker_is_silent(ready, now):
        return "worker"
    try:
        return "worker" if leads_are_late(house.db, house.now(), house.tempo()) else ""
    except (DatabaseAway, DatabaseUnusable):  # which is said by itself
        return ""


def _answers(address: str) -> bool:
    parsed = urlsplit(f"//{address}")
    try:
        with socket.create_connection((parsed.hostname or "127.0.0.1", parsed.port or 7233), _PATIENCE):
            return True
    except OSError:
        return False
