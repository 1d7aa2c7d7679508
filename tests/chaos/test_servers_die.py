"""Promises 2 and 3: the Temporal server may die, and so may the lead database; 0 lost, 0 twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg
import pytest

from tests.chaos.conftest import Size
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
        books = sqlite3.connect(file)
        assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        books.close()


async def test_postgresql_crashes_and_recovers(
    size: Size, tmp_path: Path, migrated_sqlite: Path, postgres: Postgres, migrated_postgres: str
) -> None:
    url = postgres.create(template=migrated_postgres)
    with psycopg.connect(url, autocommit=True) as books:  # the tests' server is fast and forgets its last commits
        books.execute(f'ALTER DATABASE "{url.rpartition("/")[2]}" SET synchronous_commit TO on')
    async with town(tmp_path, "look-up", migrated_sqlite, url=url) as one:

        async def blow() -> None:
            await asyncio.to_thread(postgres.stop, "immediate")
            await asyncio.sleep(1)
            await asyncio.to_thread(postgres.start)

        await _live_through(one, size, blow)


async def _live_through(one: Town, size: Size, blow: Callable[[], Awaitable[None]]) -> None:
    leads = [f"lead{n}" for n in range(size.leads)]
    one.house.leads([*leads, *PARKED])
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
