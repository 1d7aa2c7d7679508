"""What do tests share? A new lead database for each, on SQLite and on PostgreSQL; and that in CI none is skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from kweek.leads.database import Database, open_database
from kweek.leads.migrate import migrate
from tests.postgres import Postgres, find_postgres


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _nothing_is_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _nothing_is_skipped(report)
    return report


def _nothing_is_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """On a machine of one's own something may be missing; in CI that would be a promise that nobody looks at."""
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{why} (in CI nothing is skipped)"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of its own, for the whole session; `create()` makes a database in it."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with Postgres.running(programs) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once, copied for every test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a migrated database that others are made from."""
    _migrate(postgres.create("template"))
    return "template"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables, on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that is up to date and empty, on both kinds."""
    if request.param == "sqlite":
        return _sqlite_copy(request, tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    return server.create(template=request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database that is up to date and empty, on both kinds."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """On SQLite only: for tests of something else that need a database."""
    return _sqlite_copy(request, tmp_path)


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


def _sqlite_copy(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "leads.db")
    return f"sqlite:///{tmp_path / 'leads.db'}"


def _migrate(url: str) -> None:
    opened = open_database(url, make=True)
    migrate(opened.engine)
    opened.close()
