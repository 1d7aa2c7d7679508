"""Anybody can send a form of a website: what can a stranger do with one?"""

from __future__ import annotations

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from tests.web.conftest import Books, TestClient
from tests.web.pages import form
from tests.web.test_forms import noted


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


KNOWN = {"first_name": "Ann", "phone": "+31201234567", "fields": {"building": "hall"}}
HOSTILE = {"first_name": "Hacked", "phone": "+31201111111", "building": "cold store", "job_title": "Buyer"}


def test_what_is_known_of_a_lead_is_not_written_over_by_a_form(web: TestClient, books: Books) -> None:
    books.lead("ann", **KNOWN)
    consents = {"consent.advice.telephone": "yes", "consent.advice": "Yes, mail me"}
    assert form(web, **HOSTILE, **consents).status_code == 200
    [lead], [problem] = books.rows(tables.leads), books.rows(tables.problems)
    assert (lead.first_name, lead.phone, lead.fields) == ("Ann", "+31201234567", {"building": "hall"})
    assert lead.job_title == "Buyer"  # nothing was known of that
    assert [row.channel for row in books.rows(tables.consents)] == ["email"]  # for the address that the form names
    assert (problem.lead_id, problem.code) == ("ann", "form differs")
    for words in ("first_name “Hacked” (known: Ann)", "“+31201111111”", "building “cold store”", "telephone “yes”"):
        assert words in problem.words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ["Een formulier zegt iets anders", "het formulier zegt “Hacked”, bekend is “Ann”", "een ander nummer"]),
        ("en", ["A form says otherwise", "the form says “Hacked”, known is “Ann”", "another number"]),
    ],
)
def test_what_a_form_says_otherwise_stands_in_the_leads_own_story(
    staff: TestClient, books: Books, language: str, words: list[str]
) -> None:
    books.lead("ann", **KNOWN)
    assert form(staff, **HOSTILE, **{"consent.advice.telephone": "Bel mij; “nu” (known: x)"}).is_success
    page = staff.get("/leads/ann?only=did", headers={"accept-language": language}).text
    assert [one for one in words if one not in page[page.index('id="past"') :]] == []


@pytest.mark.parametrize(("phone", "given"), [("020 1234567", 1), ("020 7654321", 0), ("", 0)])
def test_consent_for_the_telephone_is_for_the_number_that_the_form_names(
    web: TestClient, books: Books, phone: str, given: int
) -> None:
    books.lead("ann", phone="+31201234567")
    form(web, phone=phone, **{"consent.advice.telephone": "Bel mij"})
    assert books.count(tables.consents) == given
    assert len(noted(books)) == 1 - given


def test_a_form_says_what_nobody_has_found_out_and_writes_over_nothing_that_holds(
    web: TestClient, books: Books
) -> None:
    said = {"email": "ann@example.com", "bant.budget": "planned", "bant.need": "no such thing", "bant.charm": "much"}
    assert web.post("/forms/brochure.requested", data=said).is_success
    [fact] = books.rows(tables.bant)
    assert (fact.fact, fact.value, fact.how) == ("budget", "planned", "form")
    assert len([row for row in books.rows(tables.problems) if row.code == "form"]) == 2
    assert web.post("/forms/brochure.requested", data=said | {"bant.budget": "none", "bant.time": "year"}).is_success
    known = {row.fact: row.value for row in books.rows(tables.bant)}
    assert known["budget"] == "planned"
    [differs] = [row for row in books.rows(tables.problems) if row.code == "form differs"]
    assert "bant.budget “none” (known: planned)" in differs.words


@pytest.mark.parametrize(("written", "kept"), [("1.200", 1200), ("12,5", 12.5), ("1.200,5", 1200.5), ("1 200", 1200)])
def test_a_number_is_read_as_people_write_it_where_the_workspace_is(
    web: TestClient, books: Books, written: str, kept: float
) -> None:
    said = {"email": "ann@example.com", "surface": written, "company": "Acme", "company.size": "1.200"}
    assert web.post("/forms/quote.requested", data=said).is_success
    [event] = [row for row in books.rows(tables.events) if row.kind == "quote.requested"]
    assert event.data["surface"] == kept
    assert [row.size for row in books.rows(tables.companies)] == [1200]


def test_who_is_new_says_it_all(web: TestClient, books: Books) -> None:
    form(web, **HOSTILE, **{"consent.advice.telephone": "Bel mij"})
    [lead] = books.rows(tables.leads)
    assert (lead.first_name, lead.phone, books.count(tables.consents)) == ("Hacked", "+31201111111", 1)
    assert noted(books) == []


def test_a_form_says_nothing_of_a_company_that_holds_for_others(web: TestClient, books: Books) -> None:
    """“Bakker” is many; whoever calls one of them a bv would have all of them called."""
    books.add(tables.companies, id="c1", name="Bakker", name_key="bakker", fields={})
    books.lead("jan", company_id="c1")
    form(web, company="bakker", **{"company.legal_form": "bv"})
    [company], lead = books.rows(tables.companies), books.rows(tables.leads)[-1]
    assert (company.legal_form, lead.company_id) == (None, "c1")
    assert "company.legal_form “bv” (known: nothing)" in noted(books)[0]


def test_a_form_fills_what_is_not_known_of_the_leads_own_company(web: TestClient, books: Books) -> None:
    books.add(tables.companies, id="c1", name="Acme", name_key="acme", sector="growers", fields={})
    books.lead("ann", company_id="c1")
    form(web, company="ACME", **{"company.legal_form": "bv", "company.sector": "shops"})
    form(web, company="Other")
    [company], [lead] = books.rows(tables.companies), books.rows(tables.leads)
    assert (company.legal_form, company.sector, lead.company_id) == ("bv", "growers", "c1")
    assert ["company.sector “shops”" in noted(books)[0], "company “Other” (known: Acme)" in noted(books)[1]] == [
        True
    ] * 2


@pytest.mark.parametrize("event", ["page.viewed", "enrol", "unsubscribed", "nothing.known", "../api/events"])
def test_only_conversions_come_by_form(web: TestClient, books: Books, event: str) -> None:
    assert form(web, event).status_code in (401, 404, 405)
    assert books.count(tables.events) == 0


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/thanks", "/thanks"),
        ("http://127.0.0.1:8000/thanks", "http://127.0.0.1:8000/thanks"),
        ("https://www.lisveld.example.com/bedankt?p=1", "https://www.lisveld.example.com/bedankt?p=1"),
        ("http://www.lisveld.example.com/bedankt", None),
        ("https://www.lisveld.example.com.evil.example/", None),
        ("https://www.lisveld.example.com:444/", None),
        ("https://lisveld.example.com/", None),
        ("https://www.lisveld.example.com@evil.example/", None),
        ("https://[::1", None),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("https://evil.example", None),
        ("http://127.0.0.1:8000@evil.example", None),
        ("javascript:alert(1)", None),
        ("/a\r\nSet-Cookie: x=1", None),
    ],
)
def test_a_form_goes_on_to_our_own_pages_and_websites_only(web: TestClient, target: str, goes: str | None) -> None:
    answer = form(web, redirect=target)
    assert (answer.status_code, answer.headers.get("location")) == ((303, goes) if goes else (200, None))


def test_a_form_with_an_id_sent_twice_is_one_event(web: TestClient, books: Books) -> None:
    for _ in range(2):
        form(web, id="6f1c")
    assert books.count(tables.events) == 1


def test_a_script_at_a_form_is_slowed_down(web: TestClient, house: House) -> None:
    house.form_rate.most = 3
    assert [form(web).status_code for _ in range(4)] == [200, 200, 200, 429]
