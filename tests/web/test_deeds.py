"""Who did it, when, and what he noted; once, and whoever comes too late hears why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import update

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from tests.web.conftest import NOW, Books, TestClient
from tests.web.desk import CALL, CLOSING, HANDOVER, KEYS, PASSING, TASK, kinds, lay_desk, one, post

SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


@pytest.fixture(autouse=True)
def desk(books: Books, published: str) -> None:
    lay_desk(books, published)


DEEDS: list[tuple[str, dict[str, str], str]] = [
    (f"calls/{CALL}/take", {}, "taken"),
    (f"calls/{CALL}/give-back", {}, "given_back"),
    (f"calls/{CALL}/outcome", {"outcome": "no answer"}, "attempted"),
    (f"calls/{CALL}/outcome", {"outcome": "call back", "call_back_at": "2026-03-03T09:00:00Z"}, "call_back"),
    (f"calls/{CALL}/outcome", {"outcome": "interested"}, "interested"),
    *((f"handovers/{HANDOVER}/{action}", {}, kind) for action, kind in PASSING.items()),
    (f"handovers/{HANDOVER}/reject", {"reason": "student"}, "rejected"),
    (f"handovers/{HANDOVER}/later", {"later_on": "2026-06-01"}, "later"),
    (f"handovers/{HANDOVER}/won", {}, "won"),
    (f"handovers/{HANDOVER}/lost", {"reason": "price"}, "lost"),
    (f"tasks/{TASK}/take", {}, "taken"),
    (f"tasks/{TASK}/give-back", {}, "given_back"),
    (f"tasks/{TASK}/outcome", {"outcome": "done"}, "done"),
]


@pytest.mark.parametrize(
    ("path", "body", "kind"), DEEDS, ids=[f"{path.split('/')[0]} {kind}" for path, _, kind in DEEDS]
)
def test_whatever_a_person_does_keeps_who_when_and_his_note(
    api: TestClient, books: Books, path: str, body: dict[str, str], kind: str
) -> None:
    if path.endswith("give-back"):
        post(api, path.replace("give-back", "take"))
    assert post(api, path, note="spoke with Jan", **body).status_code == 200
    event = books.rows(tables.events)[-1]
    assert (event.kind, event.by, event.at, event.note) == (kind, "els", NOW, "spoke with Jan")


@pytest.mark.parametrize(
    ("path", "body", "outcome"), [(path, body, kind) for path, body, kind in DEEDS if kind in CLOSING]
)
def test_whoever_comes_too_late_hears_who_closed_it_and_how(
    api: TestClient, books: Books, path: str, body: dict[str, str], outcome: str
) -> None:
    """Not whose it was: anna had accepted the handover, and joris had called before."""
    post(api, f"handovers/{HANDOVER}/accept", by="anna")
    post(api, f"calls/{CALL}/outcome", by="joris", outcome="no answer")
    assert post(api, path, by="bram", **body).status_code == 200
    tries = [path] if path.startswith("handovers") else [path, path.replace("outcome", "take")]
    for late in [*tries, *(taking.replace("take", "give-back") for taking in tries[1:])]:
        answer = post(api, late, by="els", **(body if late == path else {}))
        said = answer.json()
        assert (answer.status_code, said["by"], said["at"], said["outcome"]) == (409, "bram", NOW.isoformat(), outcome)
        assert f"{outcome}, by bram on 2026-03-02" in said["detail"]


@pytest.mark.parametrize("table", [tables.call_tasks, tables.tasks, tables.handovers], ids=lambda table: table.name)
def test_what_the_flow_took_back_is_closed_by_nobody(api: TestClient, books: Books, table: Any) -> None:
    gone = {"status": "closed", "outcome": "withdrawn"} if table is tables.handovers else {"status": "withdrawn"}
    with books.db.write() as tx:
        tx.execute(table.update().values(**gone, closed_at=NOW))
    path, body = next((path, body) for path, body, kind in DEEDS if kind in CLOSING and f"/{KEYS[table.name]}/" in path)
    said = post(api, path, **body).json()
    assert (said["status"], said["by"], said["outcome"]) == (409, None, None)
    assert "withdrawn, by the flow on 2026-03-02" in said["detail"]


AGAIN = [(path, body) for path, body, kind in DEEDS if kind != "given_back"]


@pytest.mark.parametrize(("path", "body"), AGAIN)
def test_the_same_request_again_answers_the_same(
    api: TestClient, books: Books, path: str, body: dict[str, str]
) -> None:
    first, again = (post(api, path, id="r1", note="x", **body) for _ in range(2))
    assert (again.status_code, again.json()) == (200, {**first.json(), "fresh": False})
    assert len(kinds(books)) == 1


def test_a_late_repetition_takes_nothing_anew(api: TestClient, books: Books) -> None:
    for path, name in (("take", "r1"), ("give-back", "r2"), ("take", "r1")):
        post(api, f"tasks/{TASK}/{path}", id=name)
    assert one(books, tables.tasks).status == "open"


Request = tuple[str, dict[str, str]]
TWO_DEEDS: list[tuple[Request, Request]] = [
    ((f"calls/{CALL}/outcome", {"outcome": "no answer"}), (f"calls/{CALL}/outcome", {"outcome": "interested"})),
    ((f"handovers/{HANDOVER}/contact", {}), (f"handovers/{HANDOVER}/quote", {})),
    ((f"handovers/{HANDOVER}/contact", {}), (f"handovers/{HANDOVER}/contact", {"note": "another call"})),
    ((f"handovers/{HANDOVER}/lost", {"reason": "price"}), (f"handovers/{HANDOVER}/lost", {"reason": "time"})),
    ((f"tasks/{TASK}/take", {}), (f"tasks/{TASK}/outcome", {"outcome": "done"})),
    ((f"tasks/{TASK}/outcome", {"outcome": "done"}), (f"tasks/{TASK}/outcome", {"outcome": "done", "by": "joris"})),
]


@pytest.mark.parametrize(("first", "second"), TWO_DEEDS)
def test_an_id_that_was_used_for_something_else_is_a_conflict(
    api: TestClient, books: Books, first: Request, second: Request
) -> None:
    assert post(api, first[0], id="r1", **first[1]).status_code == 200
    refused = post(api, second[0], id="r1", **second[1])
    assert (refused.status_code, "used before" in refused.json()["detail"]) == (409, True)
    assert len(kinds(books)) == 1


def test_an_id_that_was_used_with_other_answers_is_a_conflict(api: TestClient, books: Books) -> None:
    path, need = f"calls/{CALL}/outcome", {"answers": {"need": "problem"}}
    assert post(api, path, id="r1", outcome="interested", **need).status_code == 200
    before = kinds(books)
    again = post(api, path, id="r1", outcome="interested", **need)
    assert (again.status_code, again.json()["fresh"]) == (200, False)
    for other in ({"answers": {"need": "replacement"}}, {"answers": {}}, {}):
        assert post(api, path, id="r1", outcome="interested", **other).status_code == 409, other
    assert kinds(books) == before


def test_who_is_no_colleague_is_answered_with_the_nearest_name(api: TestClient, books: Books) -> None:
    refused = post(api, f"handovers/{HANDOVER}/contact", by="ana").json()
    assert (refused["status"], refused["detail"]) == (422, "This request cannot be taken; nothing of it was stored.")
    [error] = refused["errors"]
    assert error["field"] == "by"
    assert error["words"].startswith("nobody in rules/teams.yaml is called “ana”; did you mean “anna”?")
    assert error["words"].endswith("what a program does by itself is by “test”")
    assert kinds(books) == []


def test_what_a_lead_wrote_is_there_however_much_comes_after_it(staff: TestClient, books: Books) -> None:
    """A visitor's earlier pages have higher numbers than the form by which he is known; and colleagues note a lot."""
    wrote, note = {"message": "Can you come on Tuesday?"}, "Noted by somebody"
    did = [("contact.requested", wrote, None), *[("page.viewed", {"path": "/a"}, None)] * 300]
    did += [("brochure.requested", {"brochure": "a"}, None)] * 300 + [("contacted", {}, note)] * 60
    times = {n: NOW + n * SECOND for n in range(len(did))}
    with books.db.write() as tx:
        tx.execute(tables.events.insert(), [
            {"lead_id": "l1", "seq": n, "id": f"e{n}", "kind": kind, "at": times[n], "recorded_at": NOW, "data": data,
             "note": said, "by": "els" if said else None}
            for n, (kind, data, said) in enumerate(did)
        ])  # fmt: skip
    for path in (f"/handovers/{HANDOVER}", f"/calls/{CALL}", f"/tasks/{TASK}", "/leads/l1"):
        said = staff.get(path).text.partition('id="said"')[2].partition("</section>")[0]
        assert "Can you come on Tuesday?" in said, path
        assert said.count(note) == 50


def test_that_a_lead_wrote_back_is_there_and_where(staff: TestClient, books: Books, house: House) -> None:
    """However long ago, and whatever came of it."""
    kinds = ("replied", *["page.viewed"] * 300)
    with books.db.write() as tx:
        tx.execute(tables.events.insert(), [
            {"lead_id": "l1", "seq": n, "id": f"e{n}", "kind": kind, "at": NOW + n * SECOND, "recorded_at": NOW,
             "data": {}}
            for n, kind in enumerate(kinds)
        ])  # fmt: skip
    mailbox = house.rules.mailbox()
    for path in (f"/handovers/{HANDOVER}", f"/calls/{CALL}", f"/tasks/{TASK}"):
        said = staff.get(path).text.partition('id="said"')[2].partition("</section>")[0]
        assert f"Wrote back, 2 Mar 2026 10:00. The answer itself is in the mailbox {mailbox}." in said, path
        assert "/mails/" not in said
    books.add(
        tables.caught, sender="l1@example.com", recipient=mailbox, subject="Re", raw=b"Subject: Re\n\nYes", at=NOW
    )
    for path in (f"/handovers/{HANDOVER}", f"/calls/{CALL}", f"/tasks/{TASK}"):
        assert 'href="/mails/1">Read it</a>' in staff.get(path).text


def test_a_program_acts_in_its_own_name(api: TestClient, books: Books) -> None:
    assert post(api, f"handovers/{HANDOVER}/contact", by="test").status_code == 200
    assert [row.by for row in books.rows(tables.events)] == ["test"]


@pytest.mark.parametrize(("action", "by", "owner"), [
    ("accept", "els", "els"), ("won", "els", "els"), ("contact", "els", None), ("accept", "test", None),
])  # fmt: skip
def test_whoever_takes_a_handover_of_the_whole_team_is_the_lead_s_owner(
    api: TestClient, books: Books, db: Database, action: str, by: str, owner: str | None
) -> None:
    """Not a program: what is for the owner would reach nobody."""
    with db.write() as tx:
        tx.execute(update(tables.handovers).values(owner=None))
    assert post(api, f"handovers/{HANDOVER}/{action}", by=by).status_code == 200
    assert one(books, tables.leads).owner == owner


def test_where_there_are_no_colleagues_any_name_will_do(api: TestClient, house: House) -> None:
    object.__setattr__(house.rules, "people", list)
    assert post(api, f"handovers/{HANDOVER}/contact", by="mallory").status_code == 200


@pytest.mark.parametrize("path", ["calls/l9-1/2/take", "handovers/nothing/won", "tasks//outcome", "calls/x/y/nowhere"])
def test_what_is_not_there_is_not_found(api: TestClient, path: str) -> None:
    assert post(api, path, outcome="done").status_code == 404
