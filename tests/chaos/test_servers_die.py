"""Promises 2 and 3: the Temporal server may die, the lead database and the mail relay too; 0 lost, 0 twice."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from kweek.leads import tables
from tests.chaos.conftest import Size
from tests.chaos.planted import NAME
from tests.chaos.town import Town, check_all_but_mail, check_mails, strike, town
from tests.engine.house import until
from tests.postgres import Postgres

pytestmark = pytest.mark.slow

PAUSE = (3.0, 6.0)  # seconds between two blows
PARKED = ["parked1", "parked2"]


async def test_the_temporal_server_dies_and_comes_back(size: Size, tmp_path: Path, migrated_sqlite: Path) -> None:
    async with town(tmp_path, "look-up", migrated_sqlite) as one:

        async def blow() -> None:
            one.temporal.kill()
            await asyncio.sleep(1)
            one.temporal.start()
            await until(one.running_or_none, 60, "the server is back")

        await _live_through(one, size, blow)


async def test_another_program_holds_sqlite_for_eight_seconds(
    size: Size, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with town(tmp_path, "look-up", migrated_sqlite) as one:
        file = one.house.folder / "kweek.db"

        async def blow() -> None:
            lock = sqlite3.connect(file, isolation_level=None, timeout=30, check_same_thread=False)
            await asyncio.to_thread(lock.execute, "BEGIN EXCLUSIVE")
            await asyncio.sleep(8)
            lock.execute("ROLLBACK")
            lock.close()

        await _live_through(one, size, blow)


async def test_whoever_writes_to_sqlite_is_killed_inside_a_transaction(
    size: Size, tmp_path: Path, migrated_sqlite: Path
) -> None:
    """Both the worker and one who has just overwritten every lead and taken every mail and event out, and has more of
    that in the file than in memory: nothing of it stays."""
    async with town(tmp_path, "look-up", migrated_sqlite) as one:

        async def blow() -> None:
            with subprocess.Popen(
                [sys.executable, "-c", _DESTROYS, one.house.settings.database_url], stdout=subprocess.PIPE
            ) as destroys:
                assert destroys.stdout is not None
                said = await asyncio.to_thread(destroys.stdout.readline)
                destroys.kill()
            assert said == b"all is gone\n"
            one.kill_worker()
            one.start_worker()
            await one.worker_works()

        await _live_through(one, size, blow)
        assert one.house.count(select(tables.leads).where(tables.leads.c.first_name != NAME)) == 0


_DESTROYS = """
import sys, time
from sqlalchemy import delete, text, update
from kweek.leads import tables
from kweek.leads.database import open_database

with open_database(sys.argv[1]).write() as tx:
    tx.execute(text("PRAGMA cache_size = 1"))
    tx.execute(update(tables.leads).values(first_name="torn" * 100, seq=0, seen=0, open=False))
    for table in (tables.mails, tables.journal, tables.events):
        tx.execute(delete(table))
    print("all is gone", flush=True)
    time.sleep(60)
"""


async def test_the_relay_is_away_and_comes_back(size: Size, tmp_path: Path, migrated_sqlite: Path) -> None:
    """Mails wait and leave later, once, each lead's in the order of its flow."""
    async with town(tmp_path, "look-up", migrated_sqlite) as one:

        async def blow() -> None:
            await one.stop_relay()
            await asyncio.sleep(5)
            await one.start_relay()

        await _live_through(one, size, blow)
        caught, mails, effects = tables.caught, tables.mails, tables.effects
        whose = caught.join(mails, caught.c.message_id == mails.c.message_id).join(
            effects, effects.c.key == mails.c.key
        )
        query = select(mails.c.lead_id, effects.c.step).select_from(whose).order_by(caught.c.id)
        arrived = one.house.rows(query)
        ways = {lead: [row.step for row in arrived if row.lead_id == lead] for lead in {row.lead_id for row in arrived}}
        assert len(ways) == size.leads
        assert all(way == ["first", "second", "third", "fourth", "fifth"][: size.each] for way in ways.values())
        tried = one.house.count(select(mails).where(mails.c.attempts > 1))
        assert tried, "nobody wrote while it was away"


async def test_postgresql_crashes_and_recovers(
    size: Size, tmp_path: Path, migrated_sqlite: Path, postgres: Postgres, migrated_postgres: str
) -> None:
    url = postgres.create(template=migrated_postgres)
    postgres.make_durable(url)
    async with town(tmp_path, "look-up", migrated_sqlite, url=url) as one:

        async def blow() -> None:
            await asyncio.to_thread(postgres.stop, "immediate")
            await asyncio.sleep(1)
            await asyncio.to_thread(postgres.start)

        await _live_through(one, size, blow)


async def _live_through(one: Town, size: Size, blow: Callable[[], Awaitable[None]]) -> None:
    leads = [f"lead{n}" for n in range(size.leads)]
    one.people([*leads, *PARKED])
    one.start_worker()
    await one.worker_works()
    await one.people_come(PARKED, "parking.asked", 0)
    coming = asyncio.create_task(one.people_come(leads, f"{size.flow}.asked", size.blows * 6.0))
    await strike(size.blows, PAUSE, blow)
    await coming
    # whoever was claimed in the very moment waits for the lease of three minutes: his holder is alive
    await one.rest(len(PARKED), 300)
    figures = check_mails(one, leads, size.each)
    assert (figures["lost"], figures["arrived twice"], figures["marked as repeated"]) == (0, 0, 0)
    await check_all_but_mail(one, leads, size.flow, PARKED)
