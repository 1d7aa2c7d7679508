"""A flow is paused at once, and all who are in it hear of it; it goes on as quickly as is asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kweek.cli import main
from kweek.leads import publish, tables
from kweek.leads.database import Database
from kweek.leads.pausing import NoSuchFlowError, pause, resume
from tests.drafts import end, flow, send, wait
from tests.flows_of_chance import Doing
from tests.lives import DAY, MONDAY
from tests.lives_in_rows import town
from tests.store.making import NOW, a_lead, let_others_pass


@pytest.fixture
def books(database: Database) -> Database:
    """Of five leads two are in the flow, one has left it with a mail to come, one has left it, one never came."""
    with database.write() as tx:
        row = {"flow": "f", "number": 1, "source": {}, "published_by": "anna", "published_at": NOW}
        tx.execute(insert(tables.versions).values(hash="v", **row))
        tx.execute(insert(tables.flows).values(flow="f", version="v"))
    for lead in ("in-1", "in-2", "mail", "left", "never"):
        a_lead(database, lead, seq=3)
    with database.write() as tx:
        row = {"flow": "f", "version": "v", "started_at": NOW, "state": {}, "live": True}
        for lead in ("in-1", "in-2"):
            tx.execute(insert(tables.enrolments).values(id=f"{lead}-1", lead_id=lead, **row))
        for lead in ("mail", "left"):
            tx.execute(insert(tables.enrolments).values(id=f"{lead}-1", lead_id=lead, ended_at=NOW, **row))
        effect = {"lead_id": "mail", "enrolment_id": "mail-1", "kind": "send_mail", "step": "s", "args": {}}
        tx.execute(insert(tables.effects).values(key="mail-1/1", issued_at=NOW, status="pending", **effect))
    return database


def rung(db: Database) -> list[str]:
    with db.read() as tx:
        return list(tx.execute(select(tables.outbox.c.lead_id).order_by(tables.outbox.c.id)).scalars())


def test_all_who_are_in_it_hear_of_it_and_nobody_else(books: Database) -> None:
    assert pause(books, "f", NOW) == 3
    assert rung(books) == ["in-1", "in-2", "mail"]
    with books.read() as tx:
        assert publish.paused(tx, "f")
    assert resume(books, "f") == 3
    with books.read() as tx:
        assert not publish.paused(tx, "f")
    assert rung(books) == ["in-1", "in-2", "mail"] * 2
    assert let_others_pass(books)


def test_it_goes_on_as_quickly_as_is_asked(books: Database) -> None:
    seen, paused = list[tuple[int, int]](), list[bool]()

    def sleep(seconds: float) -> None:
        with books.read() as tx:
            paused.append(publish.paused(tx, "f"))

    assert resume(books, "f", 0.5, lambda done, of: seen.append((done, of)), sleep) == 3
    assert [done for done, _ in seen] == [0, 1, 1, 2, 2, 3]
    assert paused == [False] * 5, "mail may leave from the first moment on"
    assert rung(books) == ["in-1", "in-2", "mail"]


def test_a_flow_that_nobody_published(books: Database) -> None:
    with pytest.raises(NoSuchFlowError, match=r"“g”\. There are: f\."):
        pause(books, "g", NOW)
    assert rung(books) == []


def test_what_is_left_of_a_wait_is_frozen_and_runs_again(tmp_path: Path, sqlite_url: str) -> None:
    slow = flow("one", [wait("5 days"), send("news"), wait("500 weeks"), end("done")])
    with town(tmp_path, sqlite_url) as place, place.begin((slow, flow("two", [wait("1 day")], start=()))) as life:
        life.happens(Doing("own", 0))
        life.turn()
        life.until(MONDAY + 2 * DAY)
        assert pause(life.house.database, "one", life.now) == 1
        assert life.turn().wake_at is None
        life.until(MONDAY + 30 * DAY)
        assert resume(life.house.database, "one") == 1
        life.turn()
        life.until(MONDAY + 33 * DAY - timedelta(minutes=1))
        assert life.issued() == []
        life.until(MONDAY + 33 * DAY + timedelta(minutes=1))
        assert [effect.kind for effect in life.issued()] == ["send_mail"]


# --- the commands -----------------------------------------------------------------------------------------


def test_the_commands_say_what_they_did(
    sqlite_database: Database, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KWEEK_DATABASE_URL", sqlite_url)
    assert main(["pause", "f"]) == 2
    assert "nobody has published a flow “f”. None was" in capsys.readouterr().err
    with sqlite_database.write() as tx:
        row = {"flow": "f", "number": 1, "source": {}, "published_by": "anna", "published_at": NOW}
        tx.execute(insert(tables.versions).values(hash="v", **row))
        tx.execute(insert(tables.flows).values(flow="f", version="v"))
    assert main(["pause", "flows/f.yaml"]) == 0
    assert "f is paused: no mail of it leaves; 0 leads stand still." in capsys.readouterr().err
    assert main(["pause", "f", "--json"]) == 0
    assert capsys.readouterr().out == '{"flow": "f", "paused": true, "leads": 0}\n'
    assert main(["resume", "f", "--rate", "quickly"]) == 2
    assert "write 200 per minute" in capsys.readouterr().err
    with sqlite_database.read() as tx:
        assert publish.paused(tx, "f")
    assert main(["resume", "f", "--rate", "200 per minute"]) == 0
    assert "f goes on, with 0 leads." in capsys.readouterr().err
    with sqlite_database.read() as tx:
        assert not publish.paused(tx, "f")
