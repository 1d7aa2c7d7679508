"""Calls, handovers and tasks: row and event together, and what is missing is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from tests.web.conftest import NOW, Books, TestClient
from tests.web.desk import CALL, HANDOVER, PASSING, TASK, kinds, lay_desk, one, post


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


@pytest.fixture(autouse=True)
def desk(books: Books, published: str) -> None:
    lay_desk(books, published)


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


def test_nobody_there_again_so_soon_counts_for_nothing_but_whoever_is_reached_does(
    api: TestClient, books: Books
) -> None:
    post(api, f"calls/{CALL}/outcome", outcome="no answer")
    again = post(api, f"calls/{CALL}/outcome", by="joris", outcome="no answer")
    assert (again.status_code, again.json()["not_before"]) == (409, (NOW + timedelta(days=1)).isoformat())
    assert kinds(books) == ["attempted"]
    assert post(api, f"calls/{CALL}/outcome", outcome="interested").status_code == 200


def test_nobody_there_at_the_agreed_moment_counts_whenever_that_was(api: TestClient, books: Books) -> None:
    at = (NOW + timedelta(days=2)).isoformat()
    post(api, f"calls/{CALL}/outcome", outcome="call back", call_back_at=at)
    assert post(api, f"calls/{CALL}/outcome", outcome="no answer").status_code == 200
    assert kinds(books) == ["call_back", "attempted"]


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
    found = {row.fact: row for row in books.rows(tables.bant)}
    assert {fact: row.value for fact, row in found.items()} == {
        "need": "problem", "authority": "decides", "talk": "quote",
    }  # fmt: skip
    assert (found["need"].how, found["need"].by, found["need"].at) == ("call", "els", NOW)
    assert found["need"].evidence.endswith("temperatuur\nlikes us")
    assert {(row.axis, row.points) for row in books.rows(tables.points) if row.rule is None} == {
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
        (f"handovers/{HANDOVER}/reject", {"reason": "x" * 201}, "reason"),
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
