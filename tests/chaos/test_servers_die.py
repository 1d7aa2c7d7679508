"""Promises 2 and 3: the Temporal server may die, the lead database may die; nothing is lost, nothing happens twice."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from tests.chaos.house import FULL, LESSONS, House, house, wait_for
from tests.engine.servers import free_port
from tests.postgres import Postgres

LEADS, DEATHS = (200, 5) if FULL else (20, 2)
PATIENCE = 420.0 if FULL else 200.0

pytestmark = pytest.mark.slow


def _under_way(at: House) -> None:
    at.start_worker()
    at.begin(LEADS)
    wait_for("the first mails", lambda: sum(at.caught().values()) > LEADS // 4, 90)


def _all_is_well(at: House) -> None:
    wait_for("every lead is at its end", lambda: at.walked_through(LEADS), PATIENCE)
    at.nobody_runs()
    at.books_agree()
    caught = at.caught()
    assert len(caught) == LEADS * LESSONS, "lost"
    assert set(caught.values()) == {1}, "twice"


def test_the_temporal_server_dies_and_is_started_again(tmp_path: Path, sqlite_url: str) -> None:
    with house(tmp_path, sqlite_url, f"catcher://127.0.0.1:{free_port()}") as at:
        catcher = at.run("catcher")
        try:
            _under_way(at)
            for _ in range(DEATHS):
                at.server.kill()
                time.sleep(1)  # a while without a server
                at.server.start()
                before = sum(at.caught().values())
                going_on = lambda: sum(at.caught().values()) > before or at.walked_through(LEADS)  # noqa: B023, E731
                wait_for("mails leave again", going_on, 90)
            _all_is_well(at)
        finally:
            catcher.terminate()
            catcher.wait(10)


def test_sqlite_is_locked_by_someone_else_for_longer_than_anyone_waits(tmp_path: Path, sqlite_url: str) -> None:
    with house(tmp_path, sqlite_url, f"catcher://127.0.0.1:{free_port()}") as at:
        catcher = at.run("catcher")
        try:
            _under_way(at)
            for _ in range(DEATHS):
                lock = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
                lock.execute("BEGIN EXCLUSIVE")
                time.sleep(8 if FULL else 4)  # longer than a turn has
                lock.execute("COMMIT")
                lock.close()
            _all_is_well(at)
            books = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
            assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            books.close()
        finally:
            catcher.terminate()
            catcher.wait(10)


def test_postgresql_crashes_and_recovers(tmp_path: Path, postgres: Postgres, migrated_postgres: str) -> None:
    with house(tmp_path, postgres.create(template=migrated_postgres), f"catcher://127.0.0.1:{free_port()}") as at:
        catcher = at.run("catcher")
        try:
            _under_way(at)
            for _ in range(DEATHS):
                postgres.stop("immediate")
                time.sleep(1)  # a while without a database
                postgres.start()
                if catcher.poll() is not None:
                    catcher = at.run("catcher")
            _all_is_well(at)
        finally:
            catcher.terminate()
            catcher.wait(10)
