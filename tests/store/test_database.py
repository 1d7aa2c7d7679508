"""Does the database keep its word? Locks, readers that cannot write, and processes that die in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from kweek.errors import KweekError
from kweek.leads import tables
from kweek.leads.database import Database, DatabaseAway, NoSuchLead, open_database
from kweek.leads.events import append, ring
from kweek.leads.migrate import migrate
from tests.postgres import Postgres
from tests.store.making import NOW, a_lead


def at_once(count: int, work: Callable[[int], None]) -> None:
    """Run in threads that start together; the first failure is raised."""
    start, failures = threading.Barrier(count), list[BaseException]()

    def run(number: int) -> None:
        try:
            start.wait(timeout=30)
            work(number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    if failures:
        raise failures[0]


def test_two_who_change_one_lead_never_lose_a_change(database: Database) -> None:
    lead, leads = a_lead(database), tables.leads

    def read_then_write(_: int) -> None:
        for _ in range(25):
            with database.lead_tx(lead) as tx:
                turn = tx.execute(select(leads.c.turn).where(leads.c.id == lead)).scalar_one()
                tx.execute(update(leads).where(leads.c.id == lead).values(turn=turn + 1))

    at_once(4, read_then_write)
    with database.read() as tx:
        assert tx.execute(select(leads.c.turn)).scalar_one() == 100


def test_events_are_numbered_without_gaps_whoever_writes_them(database: Database) -> None:
    """Four senders, each event sent by all of them: each is there once, and the numbers are whole."""
    lead = a_lead(database)

    def send(sender: int) -> None:
        for n in range(20):
            with database.lead_tx(lead) as tx:
                at = NOW + timedelta(minutes=n)
                seq = append(tx, lead, f"event-{(n + sender * 5) % 20}", "opened", at, recorded_at=at)
                if seq is not None:
                    ring(tx, lead, seq)

    at_once(4, send)
    with database.read() as tx:
        assert sorted(tx.execute(select(tables.events.c.seq)).scalars()) == list(range(1, 21))
        assert tx.execute(select(func.count(tables.events.c.id.distinct()))).scalar_one() == 20
        assert sorted(tx.execute(select(tables.outbox.c.seq)).scalars()) == list(range(1, 21))
        assert tx.execute(select(tables.leads.c.seq)).scalar_one() == 20


def test_an_id_that_two_leads_use_at_once_is_one_event_and_leaves_no_gap(database: Database) -> None:
    leads = [a_lead(database, f"lead{number}") for number in range(4)]

    def send(number: int) -> None:
        for n in range(10):
            with database.lead_tx(leads[number]) as tx:
                append(tx, leads[number], f"same-{n}", "opened", NOW, recorded_at=NOW)

    at_once(4, send)
    with database.read() as tx:
        rows = tx.execute(select(tables.events.c.lead_id, tables.events.c.seq)).all()
        last = dict(tx.execute(select(tables.leads.c.id, tables.leads.c.seq)).tuples().all())
    assert len(rows) == 10
    for lead in leads:
        assert sorted(row.seq for row in rows if row.lead_id == lead) == list(range(1, last[lead] + 1))


def test_reading_cannot_write(database: Database) -> None:
    lead = a_lead(database)
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), database.read() as tx:
        tx.execute(update(tables.leads).values(name="X"))
    with database.lead_tx(lead) as tx:  # and the connection that refused writes again afterwards
        tx.execute(update(tables.leads).values(name="Y"))


def test_a_reader_sees_one_moment(database: Database) -> None:
    lead = a_lead(database)
    with database.read() as tx:
        before = tx.execute(select(tables.leads.c.name)).scalar_one()
        writer = threading.Thread(target=_rename, args=(database, lead))
        writer.start()
        writer.join(timeout=20)
        assert tx.execute(select(tables.leads.c.name)).scalar_one() == before
    with database.read() as tx:
        assert tx.execute(select(tables.leads.c.name)).scalar_one() == "renamed"


def _rename(database: Database, lead: str) -> None:
    with database.lead_tx(lead) as tx:
        tx.execute(update(tables.leads).values(name="renamed"))


def test_what_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    lead = a_lead(database)

    def fail() -> None:
        with database.lead_tx(lead) as tx:
            append(tx, lead, "e", "opened", NOW, recorded_at=NOW)
            raise KeyError("ours")

    with pytest.raises(KeyError):
        fail()
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(tables.events)).scalar_one() == 0


def test_a_row_needs_the_lead_that_it_is_about(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), database.write() as tx:
        tx.execute(insert(tables.outbox).values(lead_id="nobody", seq=1))


def test_a_lead_that_is_not_there_is_said_so(database: Database) -> None:
    with pytest.raises(NoSuchLead, match="nobody"), database.lead_tx("nobody"):
        pytest.fail("there is no such lead")


def test_a_write_inside_a_write_is_refused_at_once(database: Database) -> None:
    lead = a_lead(database)
    with database.lead_tx(lead), pytest.raises(RuntimeError, match="pass the connection on"), database.write():
        pytest.fail("it would have waited for itself")
    with database.lead_tx(lead):
        pass


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite://", "mysql://x/y", "leads.db"])
def test_an_address_that_makes_no_sense_is_answered_with_one_that_does(url: str) -> None:
    with pytest.raises(KweekError, match=r"sqlite"):
        open_database(url)


def test_a_server_that_is_not_there_is_away() -> None:
    db = open_database("postgresql://kweek@127.0.0.1:1/leads")
    with pytest.raises(DatabaseAway, match=r"127\.0\.0\.1:1/leads"), db.read():
        pytest.fail("nobody listens there")


def test_errors_do_not_carry_what_was_written(database: Database) -> None:
    a_lead(database)
    with pytest.raises(DBAPIError) as caught:
        a_lead(database, name="Secret Name", email_key="another@example.com")
    assert "Secret Name" not in str(caught.value)


# --- things die ----------------------------------------------------------------------------------------

HALF_A_TURN = """
import sys
from sqlalchemy import insert, update
from kweek.leads import tables
from kweek.leads.database import open_database
from kweek.leads.events import append, ring
from tests.store.making import NOW

db, lead = open_database(sys.argv[1]), "lead"
for n in range(5):  # these are told of, so they must stay
    with db.lead_tx(lead) as tx:
        ring(tx, lead, append(tx, lead, f"told-{n}", "opened", NOW, recorded_at=NOW))
with db.lead_tx(lead) as tx:
    for n in range(2_000):  # more than any cache holds: some of it is on the disk
        ring(tx, lead, append(tx, lead, f"half-{n}", "opened", NOW, recorded_at=NOW))
    tx.execute(update(tables.leads).values(turn=99))
    print("in the middle", flush=True)
    sys.stdin.readline()
"""


def test_a_process_killed_in_the_middle_leaves_nothing_half(database: Database, database_url: str) -> None:
    a_lead(database)
    command = [sys.executable, "-c", HALF_A_TURN, database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "in the middle\n"
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=20)
    check_whole(database)
    with database.lead_tx("lead") as tx:  # nobody holds the lead any more
        assert append(tx, "lead", "next", "opened", NOW, recorded_at=NOW) == 6


def check_whole(database: Database) -> None:
    """The five events that were told of, and nothing of the turn that was not."""
    with database.read() as tx:
        if database.sqlite:
            assert tx.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert list(tx.execute(select(tables.events.c.id).order_by(tables.events.c.seq)).scalars()) == [
            f"told-{n}" for n in range(5)
        ]
        assert tx.execute(select(tables.leads.c.seq, tables.leads.c.turn)).one() == (5, 0)
        assert list(tx.execute(select(tables.outbox.c.seq)).scalars()) == [1, 2, 3, 4, 5]


def test_a_postgresql_that_crashes_comes_back_whole(postgres: Postgres) -> None:
    database = open_database(postgres.create())
    migrate(database.engine)
    lead = a_lead(database)
    for n in range(5):
        with database.lead_tx(lead) as tx:
            ring(tx, lead, append(tx, lead, f"told-{n}", "opened", NOW, recorded_at=NOW) or 0)
    # what was told must stay: the tests' server may otherwise confirm before it has written
    with database.write() as tx:
        tx.execute(text("SET LOCAL synchronous_commit = on"))
        tx.execute(update(tables.leads).values(name="on disk"))

    def crash_in_the_middle() -> None:
        with database.lead_tx(lead) as tx:
            append(tx, lead, "half", "opened", NOW, recorded_at=NOW)
            tx.execute(update(tables.leads).values(turn=99))
            postgres.stop("immediate")

    with pytest.raises(DatabaseAway):
        crash_in_the_middle()
    try:
        with pytest.raises(DatabaseAway), database.read():
            pytest.fail("the server is down")
    finally:
        postgres.start()
    check_whole(database)  # with the same pool: its connections of before are replaced
    database.close()
