"""Do the migrations make exactly the tables that the code speaks of? From any start, and from two at once."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, insert, inspect, select, text

from kweek.errors import KweekError
from kweek.leads import migrate as migrate_module
from kweek.leads import tables
from kweek.leads.database import Database, open_database
from kweek.leads.migrate import NewerDatabaseError, OlderDatabaseError, check_current, config, migrate
from kweek.leads.tally import counted, numbers
from tests.store.making import NOW


# of SQLite, nobody reads back an index that is made of expressions: the next test looks whether it is there
@pytest.mark.filterwarnings("ignore:(Skipped|autogenerate skipping) .*expression-based index")
def test_migrations_make_the_tables_of_the_code(database: Database) -> None:
    with database.write() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def test_migrations_make_the_indexes_of_the_code(sqlite_database: Database) -> None:
    with sqlite_database.read() as tx:
        there = set(
            tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")).scalars()
        )
    assert there == {index.name for table in tables.metadata.tables.values() for index in table.indexes}


def test_a_second_migration_changes_nothing(empty_url: str) -> None:
    db = open_database(empty_url, make=True)
    with db.read() as tx, pytest.raises(OlderDatabaseError, match="no tables yet: `kweek migrate`"):
        check_current(tx)
    assert migrate(db.engine)
    assert not migrate(db.engine)
    with db.read() as tx:
        check_current(tx)
    db.close()


def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    script = (
        "import sys\nfrom kweek.leads.database import open_database\nfrom kweek.leads.migrate import migrate\n"
        "print('ready', flush=True)\nsys.stdin.readline()\nprint(migrate(open_database(sys.argv[1], make=True).engine))"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script, empty_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for start in starts:
        assert start.stdout
        assert start.stdout.readline() == "ready\n"
    for start in starts:
        assert start.stdin
        start.stdin.write("go\n")
        start.stdin.flush()
    said = sorted(start.communicate(timeout=60)[0].strip() for start in starts)
    assert said == ["False", "True"]
    assert [start.returncode for start in starts] == [0, 0]


def test_a_database_of_a_later_release_is_left_alone(database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError, match="later release"):
        migrate(database.engine)
    with database.read() as tx, pytest.raises(NewerDatabaseError, match="start that release"):
        check_current(tx)


def test_whoever_works_on_the_tables_of_an_earlier_release_is_told_to_migrate(database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with database.read() as tx, pytest.raises(OlderDatabaseError, match=r"“0001”.*`kweek migrate`"):
        check_current(tx)


def test_a_migration_that_fails_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = migrate_module.command.upgrade

    def and_then_fail(*arguments: Any) -> None:
        whole(*arguments)
        raise KweekError("half-way")

    db = open_database(empty_url, make=True)
    with monkeypatch.context() as patched:
        patched.setattr(migrate_module.command, "upgrade", and_then_fail)
        with pytest.raises(KweekError, match="half-way"):
            migrate(db.engine)
    with db.read() as tx:
        assert inspect(tx).get_table_names() == []
    assert migrate(db.engine)
    db.close()


def test_an_outbox_row_never_gets_the_id_of_one_that_was_crossed_off(database: Database) -> None:
    with database.write() as tx:
        tx.execute(insert(tables.leads).values(id="l", created_at=NOW, fields={}))
        first = tx.execute(insert(tables.outbox).values(lead_id="l", seq=1).returning(tables.outbox.c.id)).scalar_one()
        tx.execute(tables.outbox.delete())
        tx.execute(insert(tables.outbox).values(lead_id="l", seq=2))
        assert tx.execute(select(tables.outbox.c.id)).scalar_one() > first


# --- what was there before goes with it -----------------------------------------------------------------


def as_of(tx: Connection, revision: str) -> dict[str, Table]:
    """The tables of that release, by name."""
    command.upgrade(config(tx), revision)
    metadata = MetaData()
    metadata.reflect(tx)
    return dict(metadata.tables)


def test_who_was_there_before_is_counted(empty_url: str) -> None:
    """0005: the numbers of the board begin with the leads that walk already, and those that left."""
    db = open_database(empty_url, make=True)
    with db.engine.begin() as tx:
        old = as_of(tx, "0004")
        tx.execute(insert(old["leads"]).values(
            id="l", created_at=NOW, fields={}, stage="suspect", points_profile=0, points_intent=0, points_interest=0,
            seq=4, seen=0, turn=0, born=0, open=False,
        ))  # fmt: skip
        tx.execute(insert(old["versions"]).values(
            hash="v", flow="f", number=1, source={}, published_at=NOW, published_by="x"
        ))  # fmt: skip
        for n, (step, result) in enumerate((("a", None), ("a", None), ("b", None), (None, "won"))):
            tx.execute(insert(old["enrolments"]).values(
                id=f"l-{n}", lead_id="l", flow="f", version="v", started_at=NOW, step=step, state={},
                live=step is not None, ended_at=None if step else NOW, result=result,
            ))  # fmt: skip
    migrate(db.engine)
    with db.read() as tx:
        assert numbers(tx) == counted(tx) == {"f": {"v": {"a": 2, "b": 1, "ended:won": 1}}}
    db.close()


def test_what_colleagues_did_before_keeps_their_names(empty_url: str) -> None:
    """0003: from the attempts and contacts of the release before; of what those do not hold, nothing is made up."""
    db = open_database(empty_url, make=True)
    kinds = ("attempted", "interested", "contacted", "rejected")
    with db.engine.begin() as tx:
        old = as_of(tx, "0002")
        tx.execute(insert(old["leads"]).values(
            id="l", created_at=NOW, fields={}, stage="suspect", points_profile=0, points_intent=0, points_interest=0,
            seq=4, seen=0, turn=0, born=0, open=False,
        ))  # fmt: skip
        about = {"lead_id": "l", "enrolment_id": "l-1"}
        tx.execute(insert(old["call_tasks"]).values(
            key="c", script="s", attempts_allowed=3, status="closed", opened_at=NOW, **about
        ))  # fmt: skip
        tx.execute(insert(old["handovers"]).values(
            key="h", team="sales", status="closed", given_at=NOW, rungs=0, **about
        ))  # fmt: skip
        for seq, kind in enumerate(kinds, 1):
            ref, at = "c" if seq < 3 else "h", NOW + timedelta(hours=seq)
            tx.execute(insert(old["events"]).values(
                lead_id="l", seq=seq, id=kind, kind=kind, at=at, recorded_at=at, ref=ref, data={}
            ))  # fmt: skip
        for seq, outcome in enumerate(("no answer", "interested"), 1):
            at = NOW + timedelta(hours=seq)
            tx.execute(
                insert(old["attempts"]).values(call_key="c", at=at, by="els", outcome=outcome, note=f"note {seq}")
            )
        tx.execute(
            insert(old["contacts"]).values(handover_key="h", kind="contacted", at=NOW + timedelta(hours=3), by="anna")
        )
    migrate(db.engine)
    events = tables.events.c
    with db.read() as tx:
        rows = tx.execute(select(events.kind, events.by, events.note).order_by(events.seq)).all()
    db.close()
    assert [tuple(row) for row in rows] == [
        ("attempted", "els", "note 1"), ("interested", "els", "note 2"), ("contacted", "anna", None),
        ("rejected", None, None),
    ]  # fmt: skip


def test_who_had_a_campaign_came_from_there_once(empty_url: str) -> None:
    """0009: a campaign as each sender wrote it becomes one, with a touch of whoever came from it."""
    db = open_database(empty_url, make=True)
    with db.engine.begin() as tx:
        old = as_of(tx, "0008")
        for lead, campaign in (("a", "Spring Fair"), ("b", "spring  fair "), ("c", None), ("d", " ")):
            tx.execute(insert(old["leads"]).values(
                id=lead, created_at=NOW, fields={}, stage="suspect", points_profile=0, points_intent=0,
                points_interest=0, seq=0, seen=0, turn=0, born=0, open=False, campaign=campaign,
            ))  # fmt: skip
    migrate(db.engine)
    leads = tables.leads.c
    with db.read() as tx:
        rows = tx.execute(select(leads.campaign, leads.last_campaign, leads.campaign_at).order_by(leads.id)).all()
        touches = tx.execute(select(tables.touches).order_by(tables.touches.c.lead_id)).all()
        titles = tx.execute(select(tables.campaigns.c.id, tables.campaigns.c.created_at)).all()
    assert rows == [("spring-fair", "spring-fair", NOW)] * 2 + [(None, None, None)] * 2
    assert [(one.lead_id, one.campaign, one.more, one.at) for one in touches] == [
        (lead, "spring-fair", {}, NOW) for lead in "ab"
    ]
    assert titles == [("spring-fair", NOW)]
    db.close()
