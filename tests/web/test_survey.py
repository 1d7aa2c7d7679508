"""The survey page: in the lead's language, without script; what was answered, and what comes of it."""

from __future__ import annotations

import pytest
from httpx import Response

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from tests.web.conftest import KEY, NOW, Books, TestClient


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


GOOD = {
    "role": "Head of buying", "need": "replacement", "budget": "reserved", "authority": "decides",
    "time": "three-months", "wish": "call",
}  # fmt: skip


@pytest.fixture
def address(books: Books, house: House, published: str) -> str:
    books.lead(language="nl")
    books.enrolment(published)
    key = books.mail(enrolment_id="l1-1", mail="survey")
    return f"/s/{house.tokens.issue('survey', key)}"


def test_the_page_speaks_the_leads_language_and_needs_no_script(web: TestClient, address: str, books: Books) -> None:
    page = web.get(address, headers={"accept-language": "en"})
    assert page.status_code == 200
    assert '<html lang="nl">' in page.text
    assert "Waarvoor zoekt u een klimaatsysteem?" in page.text
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers
    assert "script-src" not in page.headers["content-security-policy"]
    assert books.count(tables.events) == 0


def test_the_answers_fill_fields_and_facts_and_give_points_once(web: TestClient, address: str, books: Books) -> None:
    answers = [web.post(address, data=GOOD) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Dank u wel" in answers[0].text
    assert "al beantwoord" in answers[1].text
    assert "al beantwoord" in web.get(address).text
    [lead] = books.rows(tables.leads)
    assert (lead.job_title, lead.points_intent) == ("Head of buying", 20)
    assert {row.fact: row.value for row in books.rows(tables.bant)} == {
        "need": "replacement", "budget": "reserved", "authority": "decides", "time": "three-months",
        "talk": "call",
    }  # fmt: skip
    assert {row.question: row.value for row in books.rows(tables.answers)} == GOOD
    [event] = books.rows(tables.events)
    assert (event.kind, event.ref, event.data) == ("answered", "l1-1/1", {"survey": "brochure"})
    assert books.count(tables.outbox) == 1


def test_the_same_answers_to_another_invitation_are_worth_no_more(
    web: TestClient, address: str, house: House, books: Books
) -> None:
    again = f"/s/{house.tokens.issue('survey', books.mail('l1-1/2', enrolment_id='l1-1', mail='survey'))}"
    for page in (address, again):
        assert "Dank u wel" in web.post(page, data=GOOD).text
    [lead] = books.rows(tables.leads)
    assert (lead.points_profile, lead.points_intent) == (20, 20), "15 for the answers, 5 for the job title"
    given = sum(row.points for row in books.rows(tables.points))
    assert given == lead.points_profile + lead.points_intent + lead.points_interest
    assert [row.kind for row in books.rows(tables.events)] == ["answered", "answered"]


def test_people_read_the_question_and_the_answer_and_programs_the_names(
    web: TestClient, staff: TestClient, address: str, books: Books
) -> None:
    web.post(address, data=GOOD)
    at = {"lead_id": "l1", "axis": "intent", "points": 3, "at": NOW}
    books.add(tables.points, source="l1-1/9/answered/x/y", because="survey gone: x = y", **at)
    for language, words in (("nl", "Wat is uw rol bij de beslissing? Ik beslis"), ("en", "decision? I decide")):
        page = staff.get("/leads/l1", headers={"accept-language": language}).text
        assert page.count(words) >= 2, "in the table of points, and in what happened"
        assert "survey brochure:" not in page
        assert "survey gone: x = y" in page, "nobody knows that one any more"
    known = staff.get("/api/leads/l1", headers={"authorization": f"Bearer {KEY}"}).json()
    reasons = [one["because"] for one in known["points"]["profile"]["reasons"]]
    assert "survey brochure: authority = decides" in reasons


def test_an_answer_raises_its_event_before_the_survey_counts_as_answered(
    web: TestClient, address: str, books: Books
) -> None:
    web.post(address, data=GOOD | {"wish": "quote"})
    assert [row.kind for row in books.rows(tables.events)] == ["quote.requested", "answered"]


def test_too_much_is_answered_with_the_page_of_every_refusal(web: TestClient, address: str, books: Books) -> None:
    answer = web.post(address, data=GOOD | {"role": "x" * 70_000}, headers={"accept-language": "nl"})
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert answer.headers["content-type"].startswith("text/html")
    assert "Dat is te veel tegelijk" in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert books.count(tables.events) == 0


def test_a_question_that_does_not_apply_need_not_be_answered(web: TestClient, address: str, books: Books) -> None:
    assert web.post(address, data={"need": "looking", "time": "later", "wish": "nothing", "budget": "none"}).is_success
    assert {row.question for row in books.rows(tables.answers)} == {"need", "time", "wish"}


WRONG = {
    "left open": ({"wish": ""}, 1),
    "no such option": ({"need": "everything"}, 1),
    "two left open": ({"time": "", "wish": ""}, 2),
    "too long": ({"role": "x" * 2_001}, 1),
    "a control character": ({"role": "a\x01b"}, 1),
}


@pytest.mark.parametrize(("change", "faults"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_beside_the_field_and_what_was_filled_in_stays(
    web: TestClient, address: str, books: Books, change: dict[str, str], faults: int
) -> None:
    answer: Response = web.post(address, data=GOOD | change)
    assert answer.status_code == 422
    assert answer.text.count('id="fault-') == faults
    assert 'value="reserved" checked' in answer.text
    assert books.count(tables.events) == books.count(tables.answers) == 0


def test_the_end_of_a_line_is_one_character_of_an_answer(web: TestClient, address: str, books: Books) -> None:
    """A browser sends two, and lets people write 2,000."""
    assert web.post(address, data=GOOD | {"role": "Buyer.\r\n" * 285 + "Also"}).is_success
    [role] = [row.value for row in books.rows(tables.answers) if row.question == "role"]
    assert role == "Buyer.\n" * 285 + "Also"


def test_a_mail_without_a_survey_leads_to_a_page_that_helps(web: TestClient, house: House, books: Books) -> None:
    books.lead()
    key = books.mail(mail="nothing-of-ours")
    assert web.get(f"/s/{house.tokens.issue('survey', key)}").status_code == 404
