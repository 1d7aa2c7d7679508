"""Calls, handovers and tasks: row and event together, once, and whoever comes too late hears why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from tests.web.conftest import NOW, Books, TestClient


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


CALL, HANDOVER, TASK = "l1-1/2", "l1-1/3", "l1-1/4"
KEYS = {"call_tasks": CALL, "handovers": HANDOVER, "tasks": TASK}
CLOSING = ("interested", "rejected", "later", "won", "lost", "done")


@pytest.fixture(autouse=True)
def desk(books: Books, published: str) -> None:
    books.lead(phone="+31201234567")
    about = {"lead_id": "l1", "enrolment_id": "l1-1"}
    books.enrolment(published)
    books.add(
        tables.call_tasks, key=CALL, script="brochure", attempts_allowed=3, apart="1 business day", status="open",
        opened_at=NOW, **about,
    )  # fmt: skip
    books.add(tables.handovers, key=HANDOVER, team="sales", owner="anna", status="open", given_at=NOW, **about)
    books.add(tables.tasks, key=TASK, title="Answer", outcomes=["done"], status="open", opened_at=NOW, **about)


def post(api: TestClient, path: str, by: str = "els", **body: object) -> Response:
    return api.post(f"/api/{path}", json={"by": by, **body})


def kinds(books: Books) -> list[str]:
    return [row.kind for row in books.rows(tables.events)]


def one(books: Books, table: Any) -> Any:
    [row] = books.rows(table)
    return row


def test_an_outcome_closes_the_call_and_tells_the_flow(api: TestClient, books: Books) -> None:
    assert post(api, f"calls/{CALL}/take").json()["fresh"]
    assert post(api, f"calls/{CALL}/outcome", outcome="interested", note="wants a visit").status_code == 200
    task = one(books, tables.call_tasks)
    assert (task.status, task.outcome, task.closed_at) == ("closed", "interested", NOW)
    assert kinds(books) == ["taken", "interested"]
    assert {row.ref for row in books.rows(tables.events)} == {CALL}
    assert books.count(tables.outbox) == 2


def test_a_closed_call_says_who_closed_it_and_when(api: TestClient, books: Books) -> None:
    post(api, f"calls/{CALL}/outcome", outcome="interested")
    late = post(api, f"calls/{CALL}/outcome", by="joris", outcome="not interested")
    assert late.status_code == 409
    assert (late.json()["by"], late.json()["at"], late.json()["outcome"]) == ("els", NOW.isoformat(), "interested")
    assert kinds(books) == ["interested"]


def test_nobody_there_is_an_attempt_and_the_next_one_is_a_business_day_later(api: TestClient, books: Books) -> None:
    post(api, f"calls/{CALL}/take")
    assert post(api, f"calls/{CALL}/outcome", outcome="no answer").status_code == 200
    task = one(books, tables.call_tasks)
    assert (task.status, task.taken_by, task.not_before) == ("open", None, NOW + timedelta(days=1))
    assert kinds(books) == ["taken", "attempted"]


def test_an_agreed_moment_is_kept_to_the_minute(api: TestClient, books: Books) -> None:
    at = NOW + timedelta(days=2, minutes=17)
    assert post(api, f"calls/{CALL}/outcome", outcome="call back").status_code == 422
    assert post(api, f"calls/{CALL}/outcome", outcome="call back", call_back_at=at.isoformat()).status_code == 200
    assert one(books, tables.call_tasks).call_back_at == at
    assert [(row.kind, row.data) for row in books.rows(tables.events)] == [
        ("call_back", {"at": {"moment": at.isoformat()}})
    ]


def test_an_unknown_outcome_is_answered_with_the_allowed_ones(api: TestClient, books: Books) -> None:
    answer = post(api, f"calls/{CALL}/outcome", outcome="intrested")
    assert answer.status_code == 422
    assert {"interested", "no answer", "call back", "objected"} <= set(answer.json()["allowed"])
    assert kinds(books) == []


def test_who_objects_is_not_called_again(api: TestClient, books: Books) -> None:
    post(api, f"calls/{CALL}/outcome", outcome="objected")
    assert [(row.channel, row.reason) for row in books.rows(tables.suppressions)] == [("telephone", "objected")]


def test_what_another_has_taken_is_his(api: TestClient, books: Books) -> None:
    post(api, f"calls/{CALL}/take")
    assert post(api, f"calls/{CALL}/take").json() == {"fresh": False}
    for path, more in ((f"calls/{CALL}/take", {}), (f"calls/{CALL}/outcome", {"outcome": "interested"})):
        refused = post(api, path, by="joris", **more)
        assert (refused.status_code, refused.json()["by"]) == (409, "els")
    assert post(api, f"calls/{CALL}/give-back").json()["fresh"]
    assert post(api, f"calls/{CALL}/take", by="joris").json()["fresh"]
    assert kinds(books) == ["taken", "given_back", "taken"]


def test_a_withdrawn_call_still_takes_the_outcome_of_whoever_had_it(api: TestClient, books: Books) -> None:
    post(api, f"calls/{CALL}/take")
    with books.db.write() as tx:
        tx.execute(tables.call_tasks.update().values(status="withdrawn", closed_at=NOW))
    assert post(api, f"calls/{CALL}/outcome", by="joris", outcome="interested").status_code == 409
    assert post(api, f"calls/{CALL}/outcome", outcome="interested").status_code == 200
    assert kinds(books) == ["taken", "interested"]


def test_a_request_sent_twice_with_its_id_counts_once(api: TestClient, books: Books) -> None:
    answers = [post(api, f"calls/{CALL}/outcome", outcome="no answer", id="r1").json() for _ in range(2)]
    assert [answer["fresh"] for answer in answers] == [True, False]
    assert kinds(books) == ["attempted"]


# --- what was answered on the telephone -----------------------------------------------------------------

ANSWERS = {"role": "Buyer", "need": "problem", "authority": "decides", "wish": "quote"}


def test_answers_of_a_call_are_those_of_the_survey(api: TestClient, books: Books) -> None:
    """All that follows from them on the web follows here too; not everything has to be asked."""
    answer = post(api, f"calls/{CALL}/outcome", outcome="interested", answers=ANSWERS, note="likes us")
    assert answer.status_code == 200, answer.text
    kept = {row.question: (row.survey, row.value, row.source) for row in books.rows(tables.answers)}
    assert kept == {name: ("brochure", value, CALL) for name, value in ANSWERS.items()}
    assert {row.fact: row.value for row in books.rows(tables.bant)} == {"need": "problem", "authority": "decides"}
    assert {(row.axis, row.points) for row in books.rows(tables.points)} == {
        ("intent", 5), ("profile", 15), ("intent", 15),
    }  # fmt: skip
    assert one(books, tables.leads).job_title == "Buyer"
    assert kinds(books) == ["quote.requested", "interested"]  # what it asks for, before how the call ended


def test_more_can_be_answered_at_the_next_try(api: TestClient, books: Books) -> None:
    at = (NOW + timedelta(days=1)).isoformat()
    first = {"outcome": "call back", "call_back_at": at, "answers": {"need": "problem"}}
    assert post(api, f"calls/{CALL}/outcome", **first).status_code == 200
    assert post(api, f"calls/{CALL}/outcome", outcome="interested", answers={"need": "replacement"}).status_code == 200
    assert [(row.question, row.value) for row in books.rows(tables.answers)] == [("need", "replacement")]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"ned": "problem"}, "answers.ned"),
        ({"need": "nothing"}, "answers.need"),
        ({"need": ["problem", 7, None]}, "answers.need"),
        ({"need": {"a": 1}}, "answers.need"),
        ({"role": "x" * 2_001}, "answers.role"),
        ("problem", "answers"),
    ],
)
def test_an_answer_that_is_none_is_refused_and_nothing_is_done(
    api: TestClient, books: Books, answers: object, field: str
) -> None:
    refused = post(api, f"calls/{CALL}/outcome", outcome="interested", answers=answers)
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (422, field)
    assert len(error["words"]) > 10
    assert (kinds(books), books.count(tables.answers), one(books, tables.call_tasks).status) == ([], 0, "open")


PASSING = {"accept": "accepted", "contact": "contacted", "appointment": "appointment", "quote": "quoted"}


@pytest.mark.parametrize(("action", "kind"), PASSING.items())
def test_sales_does_something_and_the_handover_stays_open(
    api: TestClient, books: Books, action: str, kind: str
) -> None:
    assert post(api, f"handovers/{HANDOVER}/{action}", by="anna").status_code == 200
    row = one(books, tables.handovers)
    assert row.status == ("accepted" if action == "accept" else "open")
    assert (row.contacted_at is not None) == (action != "accept")  # accepting is no contact
    assert kinds(books) == [kind]


@pytest.mark.parametrize(
    ("action", "body", "data"),
    [
        ("reject", {"reason": "student"}, {"reason": "student"}),
        ("later", {"later_on": "2026-06-01"}, {"later_on": {"date": "2026-06-01"}}),
        ("won", {}, {}),
        ("lost", {"reason": "price"}, {"reason": "price"}),
    ],
)
def test_sales_closes_a_handover_once(
    api: TestClient, books: Books, action: str, body: dict[str, str], data: dict[str, object]
) -> None:
    assert post(api, f"handovers/{HANDOVER}/{action}", by="anna", **body).status_code == 200
    again = post(api, f"handovers/{HANDOVER}/won", by="bram")
    assert (again.status_code, again.json()["by"]) == (409, "anna")
    [event] = books.rows(tables.events)
    assert event.data == data
    assert one(books, tables.handovers).status == "closed"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (f"handovers/{HANDOVER}/reject", {}, "reason"),
        (f"handovers/{HANDOVER}/later", {}, "later_on"),
        (f"handovers/{HANDOVER}/later", {"later_on": "2026-03-01"}, "later_on"),
        (f"handovers/{HANDOVER}/forget", {}, "action"),
        (f"handovers/{HANDOVER}/contact", {"reason": "price"}, "reason"),
        (f"handovers/{HANDOVER}/won", {"later_on": "2026-06-01"}, "later_on"),
        (f"calls/{CALL}/outcome", {"outcome": "interested", "call_back_at": "2026-03-03T09:00:00Z"}, "call_back_at"),
        (f"handovers/{HANDOVER}/won", {"by": ""}, "by"),
        (f"tasks/{TASK}/outcome", {"outcome": "undone"}, "outcome"),
        (f"tasks/{TASK}/outcome", {}, "outcome"),
    ],
)
def test_what_is_missing_is_named(api: TestClient, books: Books, path: str, body: dict[str, Any], field: str) -> None:
    answer = api.post(f"/api/{path}", json={"by": "anna"} | body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert kinds(books) == []


def test_a_task_is_closed_with_its_outcome(api: TestClient, books: Books) -> None:
    assert post(api, f"tasks/{TASK}/take").status_code == 200
    assert post(api, f"tasks/{TASK}/outcome", outcome="done").status_code == 200
    assert post(api, f"tasks/{TASK}/outcome", outcome="done").status_code == 409
    assert kinds(books) == ["taken", "done"]


# --- who did it, when, and what he noted ----------------------------------------------------------------

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
    for late in [*tries, *(one.replace("take", "give-back") for one in tries[1:])]:
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


def test_a_program_acts_in_its_own_name(api: TestClient, books: Books) -> None:
    assert post(api, f"handovers/{HANDOVER}/contact", by="test").status_code == 200
    assert [row.by for row in books.rows(tables.events)] == ["test"]


def test_where_there_are_no_colleagues_any_name_will_do(api: TestClient, house: House) -> None:
    object.__setattr__(house.rules, "people", list)
    assert post(api, f"handovers/{HANDOVER}/contact", by="mallory").status_code == 200


@pytest.mark.parametrize("path", ["calls/l9-1/2/take", "handovers/nothing/won", "tasks//outcome", "calls/x/y/nowhere"])
def test_what_is_not_there_is_not_found(api: TestClient, path: str) -> None:
    assert post(api, path, outcome="done").status_code == 404
