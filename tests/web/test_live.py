"""What a page that is open is told: what has changed, once; and who is away that leads need."""

from __future__ import annotations

import itertools
import json
import os
import socket
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.assemble import standing_still
from kweek.web.beside import beside, of_lead
from kweek.web.board import Board
from kweek.web.house import House
from kweek.web.lead_stamp import lead_stamp
from kweek.web.lists import Lists, stamp
from kweek.web.live import LONGEST, _events, _Seen
from kweek.web.standstill import Standstill, leads_are_late, temporal_is_silent, worker_is_silent
from kweek.words import Tongue
from tests.web.conftest import NOW, Books, TestClient
from tests.web.scene import event, scene

FLOW = "/flows/brochure-request"


def watching(house: House) -> _Seen:
    lists = Lists(Tongue("en"), house.rules.zone(), stamp({}))
    return _Seen(Tongue("en"), house.rules.zone(), None, None, lists)


def test_one_look_a_second_serves_everybody(house: House, books: Books, published: str) -> None:
    clock = [0.0]
    board = Board(house.db, house.now, lambda: clock[0])
    first = board.look()
    books.lead()
    books.enrolment(published, "steps/wait-1")
    assert board.look() is first
    clock[0] = 1.5
    second = board.look()
    assert (first.number, second.number) == (1, 2)
    clock[0] = 3.0
    assert board.look().number == 2, "nothing has changed"


def test_only_what_has_changed_is_sent(house: House, books: Books, published: str) -> None:
    seen = watching(house)
    first = seen.changes(house.db, Board(house.db, house.now).look())
    assert first["all"] is True
    books.lead()
    books.enrolment(published, "steps/wait-1")
    snapshot = replace(Board(house.db, house.now).look(), number=2)
    assert seen.changes(house.db, snapshot)["counts"] == {
        "brochure-request|steps/wait-1": 1, "brochure-request|under way": 1,
    }  # fmt: skip


def test_lists_are_sent_as_their_order_and_the_rows_that_are_new(house: House, books: Books, published: str) -> None:
    scene(books, published)
    first = Board(house.db, house.now).look()
    lists = Lists(Tongue("nl"), house.rules.zone(), stamp(first.lists))
    assert lists.moved(first) == {}, "the page has just been made with them"
    books.lead("dirk", name="Dirk & Zn")
    books.add(
        tables.call_tasks, key="dirk-1/1", lead_id="dirk", enrolment_id="dirk-1", script="brochure", status="open",
        attempts_allowed=3, opened_at=NOW,
    )  # fmt: skip
    moved = lists.moved(Board(house.db, house.now).look())
    assert list(moved) == ["calls"]
    assert moved["calls"]["order"] == ["bas-1/2", "dirk-1/1"]
    ((key, html),) = moved["calls"]["rows"].items()
    assert (key, "Dirk &amp; Zn</a>" in html, 'data-label="Wacht"' in html) == ("dirk-1/1", True, True)
    late = Lists(Tongue("en"), house.rules.zone(), "an older page's")
    assert set(late.moved(first)) == {"handovers", "tasks", "calls"}


async def test_a_database_that_is_away_is_said_and_what_is_missed_comes_when_it_is_back(
    house: House, books: Books, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kweek.leads.database import DatabaseAway
    from kweek.web import live

    monkeypatch.setattr(live, "EVERY", 0.0)

    def away(_: Board) -> None:
        raise DatabaseAway("gone")

    events = _events(house, watching(house), beside(None, "", Tongue("en"), house.rules.zone()))
    assert house.seats.take()
    assert (await anext(events)).startswith("retry:")
    with monkeypatch.context() as patched:
        patched.setattr(Board, "look", away)
        patched.setattr(Board, "fresh", lambda _: None)
        assert json.loads((await anext(events)).removeprefix("data: ")) | {"now": 0} == {
            "away": True, "still": "", "tempo": 1.0, "now": 0, "moment": "2 Mar 2026 10:00",
        }  # fmt: skip
    assert json.loads((await anext(events)).removeprefix("data: "))["all"] is True
    house.seats.close()
    assert [event async for event in events] == []
    assert house.seats.taken == 0
    assert LONGEST <= 12 * 3600


# --- who is away -------------------------------------------------------------------------------------


def test_a_worker_is_silent_where_our_own_mark_is_touched_and_his_is_not(tmp_path: Path) -> None:
    now = time.time()
    assert not worker_is_silent(tmp_path, now), "somebody else looks after the parts"
    (tmp_path / "web").touch()
    assert worker_is_silent(tmp_path, now), "it has not begun yet, or has fallen"
    (tmp_path / "worker").touch()
    assert not worker_is_silent(tmp_path, now)
    os.utime(tmp_path / "worker", (now - 30, now - 30))
    assert worker_is_silent(tmp_path, now), "it hangs"
    os.utime(tmp_path / "web", (now - 30, now - 30))
    assert not worker_is_silent(tmp_path, now), "marks of yesterday say nothing"


def test_temporal_is_silent_where_it_hangs_though_its_port_takes_connections(tmp_path: Path) -> None:
    now = time.time()
    (tmp_path / "web").touch()
    assert not temporal_is_silent(tmp_path, now), "it runs elsewhere"
    (tmp_path / "temporal").touch()
    assert not temporal_is_silent(tmp_path, now)
    os.utime(tmp_path / "temporal", (now - 30, now - 30))
    assert temporal_is_silent(tmp_path, now), "it hangs"
    os.utime(tmp_path / "web", (now - 30, now - 30))
    assert not temporal_is_silent(tmp_path, now), "marks of yesterday say nothing"


def test_leads_are_late_when_their_moment_has_passed_a_minute_of_real_time_ago(books: Books, db: Database) -> None:
    books.lead("due", wake_at=NOW - timedelta(minutes=2))
    books.lead("held", wake_at=NOW - timedelta(days=2), held="the database is older")
    assert leads_are_late(db, NOW, tempo=1)
    assert not leads_are_late(db, NOW, tempo=3)
    assert not leads_are_late(db, NOW - timedelta(minutes=1), tempo=1)


def test_temporal_comes_before_the_worker_who_cannot_work_without_it(house: House, books: Books) -> None:
    books.lead("due", wake_at=NOW - timedelta(days=1))
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = replace(house.settings, temporal_address=f"127.0.0.1:{server.getsockname()[1]}")
        assert standing_still(replace(house, settings=there)) == "worker"
    assert standing_still(replace(house, settings=there)) == "temporal"


async def test_who_is_away_is_said_once_and_that_it_is_back(
    house: House, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.web.live.EVERY", 0.0)
    clock, looks = itertools.count(step=10), iter(["", "temporal", "temporal", "worker", ""])
    house = replace(house, standstill=Standstill(lambda: next(looks, ""), lambda: float(next(clock))))
    assert house.seats.take()
    events, said = _events(house, watching(house), beside(None, "", Tongue("en"), house.rules.zone())), list[str]()
    await anext(events)
    while len(said) < 4:
        news = json.loads((await anext(events)).removeprefix("data: "))
        said += [news["still"]] if "still" in news else []
    assert said == ["", "temporal", "worker", ""]
    house.seats.close()


async def test_an_open_page_is_told_when_its_clocks_go_at_another_pace(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.web.live.EVERY", 0.0)
    paces = iter([7200.0, 7200.0, 21_600.0])
    house = replace(house, tempo=lambda: next(paces, 1.0))
    assert house.seats.take()
    events, said = _events(house, watching(house), beside(None, "", Tongue("en"), house.rules.zone())), list[float]()
    await anext(events)
    while len(said) < 3:
        news = json.loads((await anext(events)).removeprefix("data: "))
        if "tempo" in news:
            assert news["now"] == NOW.timestamp() * 1000, "from this moment on"
            said.append(news["tempo"])
    assert said == [7200.0, 21_600.0, 1.0]
    house.seats.close()


async def test_a_page_about_a_lead_is_told_once_that_something_became_of_it(
    house: House, books: Books, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.web.live.EVERY", 0.0)
    scene(books, published)
    with house.db.read() as read:
        watched = of_lead("bas", lead_stamp(read, "bas"))
    assert house.seats.take()
    events = _events(house, None, [watched, *beside(None, "", Tongue("en"), house.rules.zone())])
    await anext(events)
    assert "about" not in json.loads((await anext(events)).removeprefix("data: ")), "the page has just been made"
    event(books, "ann", 3, "replied", NOW)
    event(books, "bas", 3, "replied", NOW)
    news = json.loads((await anext(events)).removeprefix("data: "))
    assert list(news) == ["about"]
    event(books, "bas", 4, "replied", NOW)
    assert json.loads((await anext(events)).removeprefix("data: "))["about"] != news["about"]
    house.seats.close()


def test_whatever_becomes_of_a_lead_or_its_mails_changes_its_stamp(books: Books, db: Database, published: str) -> None:
    scene(books, published)
    books.mail("bas-1/1", "bas", enrolment_id="bas-1")
    hit = {"mail_key": "bas-1/1", "lead_id": "bas", "kind": "open", "at": NOW, "method": "GET"}
    effect = {"lead_id": "bas", "enrolment_id": "bas-1", "kind": "send_mail", "step": "s", "args": {}, "issued_at": NOW}
    m, h, e, leads = tables.mails, tables.hits, tables.effects, tables.leads

    def change(table: Any, **values: object) -> None:
        with db.write() as tx:
            key = {"id": "bas"} if table is leads else {"lead_id": "bas"}
            tx.execute(table.update().filter_by(**key).values(**values))

    seen = list[str]()
    for happens in (
        lambda: None,
        lambda: event(books, "bas", 3, "replied", NOW),
        lambda: change(leads, turn=7),
        lambda: change(leads, held="its row is older"),
        lambda: change(leads, points_intent=12),
        lambda: books.add(h, **hit),
        lambda: change(h, grade="human"),
        lambda: books.mail("bas-1/4", "bas", status="claimed"),
        lambda: change(m, status="sent"),
        lambda: books.add(e, key="bas-1/5", status="pending", **effect),
        lambda: change(e, due_at=NOW),
        lambda: change(e, status="done"),
    ):
        happens()
        with db.read() as read:
            seen.append(lead_stamp(read, "bas"))
            assert lead_stamp(read, "nobody") not in seen
    assert [n for n, (was, now) in enumerate(itertools.pairwise(seen)) if was == now] == []


def test_seats_are_numbered(house: House, staff: TestClient) -> None:
    for _ in range(house.seats.most):
        assert house.seats.take()
    assert staff.get("/live").status_code == 503
