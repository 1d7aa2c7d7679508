"""A SQLite file that is taken away under whoever works with it: nothing is written into nowhere, nothing made anew, and
all goes on by itself once it is back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kweek.leads import tables
from kweek.leads.database import Database, DatabaseAway, NoDatabase, open_database
from tests.store.making import a_lead


@pytest.fixture
def file(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


@pytest.fixture
def db(sqlite_database: Database) -> Database:
    """With connections that are open already."""
    a_lead(sqlite_database)
    return sqlite_database


def name(db: Database) -> str | None:
    with db.read() as tx:
        return tx.execute(select(tables.leads.c.name)).scalar_one()


def rename(db: Database, to: str) -> None:
    with db.lead_tx("lead") as tx:
        tx.execute(update(tables.leads).values(name=to))


def test_nothing_is_taken_in_while_it_is_gone_and_all_goes_on_when_it_is_back(db: Database, file: Path) -> None:
    kept = file.rename(file.with_name("elsewhere"))
    for work in (lambda: rename(db, "nowhere"), lambda: name(db)):
        with pytest.raises(NoDatabase, match="is not there: put it back"):
            work()
    assert not file.exists(), "and none is made in its place"
    kept.rename(file)
    rename(db, "back")
    assert name(db) == "back"


def test_a_backup_that_is_put_in_its_place_is_read_at_once(db: Database, file: Path) -> None:
    rename(db, "of yesterday")
    db.close()
    shutil.copy(file, backup := file.with_name("backup"))
    rename(db, "of today")
    for one in file.parent.glob(f"{file.name}*"):  # with its log: that belongs to the file that is gone
        one.unlink()
    backup.rename(file)
    assert name(db) == "of yesterday"


def test_what_is_being_written_when_it_goes_is_not_confirmed(db: Database, file: Path) -> None:
    def in_the_middle() -> None:
        with db.lead_tx("lead") as tx:
            tx.execute(update(tables.leads).values(name="nowhere"))
            file.rename(file.with_name("elsewhere"))

    with pytest.raises(NoDatabase):
        in_the_middle()
    file.with_name("elsewhere").rename(file)
    assert name(db) != "nowhere"


def test_another_file_without_our_tables_is_no_database_of_ours(db: Database, file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.touch()
    with pytest.raises(DatabaseAway, match="no such table"):
        name(db)


def test_who_only_opens_makes_nothing(tmp_path: Path) -> None:
    nowhere = open_database(f"sqlite:///{tmp_path}/no/such/leads.db")
    with pytest.raises(NoDatabase, match="`kweek migrate`"):
        name(nowhere)
    assert list(tmp_path.iterdir()) == []
