"""A survey page by page: what an answer brings about comes next, what was sent is kept, what is known stands there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from tests.web.conftest import NOW, Books, TestClient

FIRST = {"@shown": "role,need", "role": "Head of buying", "need": "replacement"}
SECOND = {
    "@shown": "budget,authority,time,wish", "budget": "reserved", "authority": "decides", "time": "three-months",
    "wish": "call",
}  # fmt: skip


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


@pytest.fixture
def address(books: Books, house: House, published: str) -> str:
    books.lead(language="nl", phone="+31201234567", job_title="Inkoper")
    books.enrolment(published)
    return f"/s/{house.tokens.issue('survey', books.mail(enrolment_id='l1-1', mail='survey'))}"


def asked(page: str) -> set[str]:
    """The questions that a page shows."""
    return set(re.findall(r'(?:name|id)="(?:q-)?([a-z]+)"', page)) & {*FIRST, *SECOND}


def test_what_hangs_on_an_answer_is_asked_after_it(web: TestClient, address: str, books: Books) -> None:
    assert asked(web.get(address).text) == {"role", "need"}
    first = web.post(address, data=FIRST)
    assert (first.status_code, first.headers["location"]) == (303, f"{address}?page=2")
    assert asked(web.get(address).text) == {"budget", "authority", "time", "wish"}
    assert books.count(tables.answers) == books.count(tables.events) == 0
    assert "Dank u wel" in web.post(address, data=SECOND).text
    assert {row.question for row in books.rows(tables.answers)} == (FIRST.keys() | SECOND.keys()) - {"@shown"}
    assert [row.kind for row in books.rows(tables.events)] == ["answered"]
    assert books.count(tables.survey_drafts) == 0


def test_who_decides_later_is_asked_when_it_compares(web: TestClient, address: str, books: Books) -> None:
    web.post(address, data=FIRST)
    second = web.post(address, data=SECOND | {"time": "six-months"})
    assert (second.status_code, second.headers["location"]) == (303, f"{address}?page=3")
    assert "Dank u wel" in web.post(address, data={"@shown": "evaluation", "evaluation": "three-months"}).text
    assert {"time": "six-months", "evaluation": "three-months"}.items() <= {
        row.fact: row.value for row in books.rows(tables.bant)
    }.items()


def test_who_stops_half_way_goes_on_there_and_may_go_back(web: TestClient, address: str, books: Books) -> None:
    web.post(address, data=FIRST)
    on_another_machine = web.get(address).text
    assert "U was al begonnen" in on_another_machine
    before = web.get(f"{address}?page=1").text
    assert asked(before) == {"role", "need"}
    assert 'value="replacement" checked' in before
    web.post(address, data=FIRST | {"need": "looking"})
    assert asked(web.get(address).text) == {"time", "wish"}
    web.post(address, data={"@shown": "time,wish", "time": "later", "wish": "nothing", "budget": "none"})
    assert {row.question: row.value for row in books.rows(tables.answers)} == {
        "role": "Head of buying", "need": "looking", "time": "later", "wish": "nothing",
    }  # fmt: skip


def test_a_page_with_a_mistake_is_shown_again_and_nothing_is_lost(web: TestClient, address: str, books: Books) -> None:
    web.post(address, data=FIRST)
    wrong = web.post(address, data=SECOND | {"wish": ""})
    assert wrong.status_code == 422
    assert wrong.text.count('id="fault-') == 1
    assert 'value="reserved" checked' in wrong.text
    assert 'href="?page=1"' in wrong.text
    assert 'value="reserved" checked' in web.get(address).text, "also where it is opened again"
    assert "Dank u wel" in web.post(address, data=SECOND).text


def test_it_begins_with_what_the_lead_said_and_shows_nothing_else(web: TestClient, address: str, books: Books) -> None:
    def fact(name: str, value: str, how: str, until: timedelta | None = None) -> None:
        row = {"fact": name, "value": value, "how": how, "at": NOW - timedelta(days=9), "source": "x"}
        books.add(tables.bant, lead_id="l1", expires_at=None if until is None else NOW + until, **row)

    fact("need", "replacement", "survey")
    fact("budget", "reserved", "person")  # a colleague's note is nobody else's business: a mail is passed on
    fact("time", "later", "survey", -timedelta(days=1))
    assert 'value="Inkoper"' in (first := web.get(address).text)
    assert 'value="replacement" checked' in first
    assert "+31201234567" not in first
    web.post(address, data=FIRST)
    assert " checked" not in web.get(address).text
    assert books.count(tables.answers) == 0


@pytest.mark.parametrize("page", ["0", "-1", "3", "x", "٣", "9" * 50])
def test_a_page_that_there_is_not_is_the_one_where_it_goes_on(web: TestClient, address: str, page: str) -> None:
    assert asked(web.get(address, params={"page": page}).text) == {"role", "need"}


@pytest.fixture
def again(address: str, house: House, books: Books) -> str:
    """Another invitation."""
    return f"/s/{house.tokens.issue('survey', books.mail('l1-1/2', enrolment_id='l1-1', mail='survey'))}"


def facts(books: Books) -> dict[str, object]:
    return {row.fact: row.value for row in books.rows(tables.bant)}


def test_what_is_emptied_and_what_is_not_asked_any_more_is_taken_back(
    web: TestClient, staff: TestClient, address: str, again: str, books: Books
) -> None:
    for data in (FIRST, SECOND):
        web.post(address, data=data)
    [lead] = books.rows(tables.leads)
    assert (lead.job_title, lead.points_profile, lead.points_intent) == ("Head of buying", 20, 20)
    assert 'value="Head of buying"' in web.get(again).text
    web.post(again, data={"@shown": "role,need", "role": "", "need": "looking"})
    assert facts(books)["budget"] == "reserved", "until all of it is sent in"
    assert "Dank u wel" in web.post(again, data={"@shown": "time,wish", "time": "later", "wish": "nothing"}).text
    assert {row.question for row in books.rows(tables.answers)} == {"need", "time", "wish"}
    assert facts(books) == {"need": "looking", "time": "later", "talk": "nothing"}
    [lead] = books.rows(tables.leads)
    assert (lead.job_title, lead.points_profile, lead.points_intent) == (None, 0, 0)
    gone = {row.name: row.was for row in books.rows(tables.replaced) if row.became == ""}
    assert gone == {"job_title": "Head of buying", "bant.budget": "reserved", "bant.authority": "decides"}
    assert staff.get("/leads/l1").status_code == 200, "what was known before is told there"


def test_what_somebody_else_said_since_is_not_taken_back(
    web: TestClient, address: str, again: str, books: Books
) -> None:
    for data in (FIRST, SECOND):
        web.post(address, data=data)
    with books.db.write() as tx:
        tx.execute(tables.leads.update().values(job_title="Director"))
        noted = {"how": "person", "source": "noted", "by": "anna"}
        tx.execute(tables.bant.update().where(tables.bant.c.fact == "budget").values(noted))
    web.post(again, data={"@shown": "role,need", "role": "", "need": "looking"})
    web.post(again, data={"@shown": "time,wish", "time": "later", "wish": "nothing"})
    assert books.rows(tables.leads)[0].job_title == "Director"
    assert facts(books)["budget"] == "reserved"
    assert "authority" not in facts(books)


def test_what_was_not_shown_is_not_taken_back(web: TestClient, address: str, again: str, books: Books) -> None:
    for data in (FIRST, SECOND):
        web.post(address, data=data)
    web.post(again, data={key: said for key, said in {**FIRST, **SECOND}.items() if key not in ("@shown", "role")})
    assert books.rows(tables.leads)[0].job_title == "Head of buying"
    assert "role" in {row.question for row in books.rows(tables.answers)}


def test_people_see_what_was_begun_and_not_sent_in(
    web: TestClient, staff: TestClient, address: str, books: Books
) -> None:
    web.post(address, data=FIRST | {"role": "<b>Buyer"})
    for language, title, need in (
        ("en", "Began “What suits your building?”", "Replacing an existing installation"),
        ("nl", "Begon aan “Wat past bij uw gebouw?”", "Vervanging van een bestaande installatie"),
    ):
        page = staff.get("/leads/l1", headers={"accept-language": language}).text
        assert title in page
        assert need in page
        assert "&lt;b&gt;Buyer" in page
    web.post(address, data=SECOND)
    assert "Begon aan" not in staff.get("/leads/l1", headers={"accept-language": "nl"}).text
