"""The board: its numbers equal the rows, every number opens to its leads, every lead to its way; and bad input."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import socket
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kweek.leads import publish, tables
from kweek.leads.database import Database
from kweek.leads.tally import counted
from kweek.versions import source_of
from kweek.web.app import make_app
from kweek.web.assemble import standing_still
from kweek.web.board import Board
from kweek.web.house import House
from kweek.web.lists import Lists, stamp
from kweek.web.live import LONGEST, _events, _Seen
from kweek.web.rules import WorkspaceRules
from kweek.web.standstill import Standstill, leads_are_late, temporal_is_silent, worker_is_silent
from kweek.words import Tongue
from kweek.workspace import read_workspace
from tests.web.conftest import NOW, ROOT, Books, TestClient
from tests.web.scene import line, scene

FLOW = "/flows/brochure-request"


def numbers_on(page: str) -> dict[str, int]:
    """Every number of a page, by its place."""
    found = re.findall(r'data-count="([^"]+)"[^>]*>([^<]*)<', page)
    return {place: int(number.replace("\u2009", "") or 0) for place, number in found}


def test_the_picture_shows_what_the_rows_say(staff: TestClient, books: Books, db: Database, published: str) -> None:
    scene(books, published)
    shown = numbers_on(staff.get(FLOW).text)
    with db.read() as read:
        true = counted(read)["brochure-request"][published]
    assert {place: n for place, n in shown.items() if n and "|" not in place} == true
    assert shown["|under way"] == 3
    assert set(true) == {
        "sales/handover-sales", "call/call-brochure", "steps/send-survey", "steps/send-survey when:3",
        "steps/send-survey otherwise:1",
    }  # fmt: skip


def test_every_number_opens_to_its_leads(staff: TestClient, books: Books, published: str) -> None:
    scene(books, published)
    page = staff.get(FLOW).text
    links = dict.fromkeys(re.findall(r'href="(/flows/brochure-request/leads[^"]*)"', page))
    assert len(links) > 20
    names = {"sales%2Fhandover-sales": "Ann de Vries", "send-survey+when%3A3": "Ann de Vries",
             "send-survey+otherwise%3A1": "Bas Jansen", "at=steps%2Fsend-survey": "Carla Smit"}  # fmt: skip
    for part, name in names.items():
        link = next(one for one in links if one.endswith(part)).replace("&amp;", "&")
        found = staff.get(link).text
        assert [one for one in ("Ann de Vries", "Bas Jansen", "Carla Smit") if one in found] == [name]
    everyone = staff.get(f"{FLOW}/leads").text
    assert "3 in all" in everyone


def test_an_end_and_the_halves_of_a_test_bear_their_numbers_in_every_version(
    staff: TestClient, books: Books, db: Database
) -> None:
    halves = """\
flow: halves
title: Halves
start: brochure.requested
steps:
  - send: { survey: 50%, nothing: 50% }
    id: half
  - end: won
"""
    first, second = (
        publish.publish(db, {"flows/halves.yaml": text}, "halves", "test", NOW).hash
        for text in (halves, halves.replace("end: won", "wait: 2 days\n  - end: won"))
    )
    for n, version in enumerate((first, first, second)):
        lead = books.lead(f"l{n}", name=f"Lead {n}")
        books.add(
            tables.enrolments, id=f"{lead}-1", lead_id=lead, flow="halves", version=version, started_at=NOW,
            ended_at=NOW, result="won", state={}, live=False,
        )  # fmt: skip
        line(books, lead, "drew", step="half", row=f"share:{1 + n % 2}")
        line(books, lead, "ended", step="half/end-1", result="won")
    shown = numbers_on(staff.get("/flows/halves").text)
    places = ("half share:1", "half share:2", "half/end-1", "|under way", "|ended:won")
    assert [shown[place] for place in places] == [2, 1, 3, 0, 3]
    assert "Lead 1" in staff.get("/flows/halves/leads?at=half+share:2").text
    found = staff.get("/flows/halves/leads?at=half/end-1").text
    assert re.findall(r'<a href="/leads/([^"]+)">', found) == ["l2", "l1", "l0"]


def test_leads_are_paged_and_searched_by_the_database(staff: TestClient, books: Books, published: str) -> None:
    for n in range(120):
        lead = books.lead(f"l{n}", name=f"Lead {n}")
        books.add(
            tables.enrolments, id=f"{lead}-1", lead_id=lead, flow="brochure-request", version=published, started_at=NOW,
            step="steps/wait-1", entered_at=NOW - timedelta(minutes=n // 2), state={}, live=True,
        )  # fmt: skip
    seen: list[str] = []
    address = f"{FLOW}/leads?at=steps/wait-1"
    while address:
        page = staff.get(address).text
        seen += re.findall(r'<a href="/leads/([^"]+)">', page)
        more = re.search(r'href="(\?[^"]+)">Next page', page)
        address = f"{FLOW}/leads{more[1].replace('&amp;', '&')}" if more else ""
    assert len(seen) == len(set(seen)) == 120
    assert seen[0] in ("l0", "l1")
    assert re.findall(r'<a href="/leads/([^"]+)">', staff.get(f"{FLOW}/leads?q=Lead+117").text) == ["l117"]
    assert "No lead here is called “100%_”." in staff.get(f"{FLOW}/leads?q=100%25_").text
    assert staff.get(f"{FLOW}/leads?after=nonsense~x").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/flows/nowhere", f"{FLOW}?version=99", f"{FLOW}?version=-1", f"{FLOW}?version=%C2%B2", f"{FLOW}/leads?at=no-step",
     f"{FLOW}/leads?at=steps/wait-1+when:99", "/flows/nowhere/leads", "/flows/x/picture.svg", "/leads/gone",
     "/flows/long-term/changes", f"{FLOW}/changes?version=9"],
)  # fmt: skip
def test_what_never_was_is_a_page_with_a_sentence(staff: TestClient, published: str, path: str) -> None:
    answer = staff.get(path)
    assert answer.status_code == 404
    assert "This page is not here" in answer.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/flows/nowhere", "There is no flow “nowhere”"),
        (f"{FLOW}?version=abc", "has no version abc."),
        (f"{FLOW}/leads?at=zzz", "The flow “Brochure request” has no step or line “zzz”."),
        ("/leads/gone", "There is no such lead."),
        ("/mails?lead=zz", "There is no such lead."),
        ("/handovers/gone-1/1", "It may have been erased with its lead"),
        ("/nowhere", "There is nothing at this address."),
    ],
)
def test_the_sentence_says_what_there_is_not(staff: TestClient, published: str, path: str, words: str) -> None:
    assert words in staff.get(path).text


def test_a_lead_shows_its_way_and_what_comes_next(staff: TestClient, books: Books, published: str) -> None:
    scene(books, published)
    books.add(
        tables.hits, mail_key="ann-1/1", lead_id="ann", kind="open", at=NOW - timedelta(hours=30), method="GET",
        grade="machine", reasons=["fetched ahead of reading"],
    )  # fmt: skip
    page = staff.get("/leads/ann", headers={"accept-language": "nl"}).text
    lit = re.findall(r'class="([^"]*)" data-(?:step|row)="([^"]+)"', page)
    marked = {key: classes.split() for classes, key in lit}
    assert {"lit", "here"} <= set(marked["sales/handover-sales"])
    assert "lit" in marked["steps/send-survey when:3"]
    assert "dim" in marked["call/call-brochure"]
    assert "Gaat vanzelf verder" in page
    assert "een machine (opgehaald vóór het lezen)" in page


# --- the file and what is published ---------------------------------------------------------------


@pytest.fixture
def own(house: House, tmp_path: Path) -> House:
    """The same house, on files of its own that a test may spoil."""
    folder = tmp_path / "own"
    for name in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    settings = replace(house.settings, workspace=folder)
    return replace(house, settings=settings, rules=WorkspaceRules(folder, house.db))


def test_a_file_that_is_broken_leaves_the_last_good_picture_greyed_with_the_problem(
    own: House, staff: TestClient, published: str
) -> None:
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert 'class="kweek-picture"' in client.get(FLOW).text
        path = own.settings.workspace / "flows" / "brochure-request.yaml"
        path.write_text(path.read_text() + "\nsteps: [\n")
        own.files._looked = 0.0
        page = client.get(FLOW).text
    assert 'class="kweek-picture stale"' in page
    assert "has a mistake" in page
    assert "flows/brochure-request.yaml:" in page


def test_a_file_that_differs_and_one_that_nobody_published_are_said(
    own: House, staff: TestClient, published: str
) -> None:
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    path.write_text(path.read_text().replace("wait: 7 days", "wait: 5 days"))
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert "says something else than what is published" in client.get(FLOW).text
        assert "Nobody has published this flow yet" in client.get("/flows/long-term").text


def test_what_the_file_would_change_is_one_picture_and_so_is_an_older_version(
    own: House, staff: TestClient, db: Database, published: str
) -> None:
    folder = own.settings.workspace
    path, mail = folder / "flows" / "brochure-request.yaml", folder / "templates/mails/survey.nl.md"
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert "nothing differs" in client.get(f"{FLOW}/changes").text
        path.write_text(path.read_text().replace("wait: 7 days", "wait: 5 days"))
        mail.write_text(mail.read_text() + "\nTot ziens.\n")
        own.files._looked = 0.0
        assert f'href="{FLOW}/changes"' in client.get(FLOW).text
        page = client.get(f"{FLOW}/changes").text
        assert 'aria-label="changed: Wait 5 days"' in page
        assert "<li>templates/mails/survey.nl.md</li>" in page
        source = source_of(read_workspace(folder), "brochure-request")
        publish.publish(db, source, "brochure-request", "test", NOW)
        own.board._at = 0.0
        older = client.get(f"{FLOW}?version=1").text
        assert f'href="{FLOW}/changes?version=1"' in older
        assert ("data-stale" in older, "data-stale" in client.get(FLOW).text) == (False, True)  # it is old on purpose
        page = client.get(f"{FLOW}/changes?version=1", headers={"accept-language": "nl"}).text
        assert 'aria-label="anders: Wacht 5 dagen"' in page
        assert "nothing differs" in client.get(f"{FLOW}/changes").text
        path.write_text("just words")
        own.files._looked = 0.0
        gone = client.get(f"{FLOW}/changes")
        assert gone.status_code == 404
        assert "has a mistake" in gone.text
        assert "flows/brochure-request.yaml:1:" in gone.text
        path.unlink()
        own.files._looked = 0.0
        assert "The file of this flow is gone" in client.get(f"{FLOW}/changes").text


def test_a_file_that_publishing_would_refuse_says_why_there_and_on_the_first_page(
    own: House, staff: TestClient, published: str
) -> None:
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert 'id="wrong"' not in client.get("/").text
        path.write_text(path.read_text().replace("go: sales", "go: slaes", 1))
        own.files._looked = 0.0
        for address in (FLOW, "/"):
            page = client.get(address).text
            assert "refuses" in page
            assert "slaes" in page
        assert 'class="flow stale"' in page
        (own.settings.workspace / "rules" / "teams.yaml").write_text("teams: [\n")
        own.files._looked = 0.0
        assert "rules/teams.yaml:" in client.get("/").text


def test_rows_that_say_the_same_are_counted_over_versions(
    own: House, staff: TestClient, books: Books, db: Database, published: str
) -> None:
    scene(books, published)
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    path.write_text(path.read_text().replace("wait: 7 days", "wait: 5 days"))
    source = source_of(read_workspace(own.settings.workspace), "brochure-request")
    assert publish.publish(db, source, "brochure-request", "test", NOW).number == 2
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        page = client.get(FLOW).text
        assert "3 leads walk an older version" in page
        shown = numbers_on(page)
        assert (shown["steps/send-survey when:3"], shown["steps/send-survey"]) == (1, 1)
        assert "to the version that leads enter now" in client.get(f"{FLOW}?version=1").text


# --- what moves -----------------------------------------------------------------------------------


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

    events = _events(house, watching(house))
    assert house.seats.take()
    assert (await anext(events)).startswith("retry:")
    with monkeypatch.context() as patched:
        patched.setattr(Board, "look", away)
        patched.setattr(Board, "fresh", lambda _: None)
        assert json.loads((await anext(events)).removeprefix("data: ")) == {"away": True, "still": ""}
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
    events, said = _events(house, watching(house)), list[str]()
    await anext(events)
    while len(said) < 4:
        news = json.loads((await anext(events)).removeprefix("data: "))
        said += [news["still"]] if "still" in news else []
    assert said == ["", "temporal", "worker", ""]
    house.seats.close()


def test_seats_are_numbered(house: House, staff: TestClient) -> None:
    for _ in range(house.seats.most):
        assert house.seats.take()
    assert staff.get("/live").status_code == 503
