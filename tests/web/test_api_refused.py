"""`POST /api/events`: what is refused, and in which words."""

from __future__ import annotations

import json

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from tests.web.conftest import Books, TestClient
from tests.web.test_api import EVENT, changed


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


REFUSED = {
    "no id": ("id", None, "id"),
    "an id of our own shape": ("id", "l1-1/2/sent", "id"),
    "no type": ("type", None, "type"),
    "an unknown type": ("type", "brochure.request", "type"),
    "no moment": ("at", "yesterday", "at"),
    "an id with a line break": ("id", "e\n1", "id"),
    "an id with a tab": ("lead.external_id", "crm\t7", "lead.external_id"),
    "a moment of nobody's life": ("at", "0001-01-01T00:00:00Z", "at"),
    "a mailbox of 65 characters": ("lead.email", f"{'a' * 65}@example.com", "lead.email"),
    "a consent for mail without a purpose": (
        "lead.consents",
        [{"channel": "email", "words": "Yes", "source": "fair"}],
        "lead.consents[0].purpose",
    ),
    "a moment without offset": ("at", "2026-03-02T08:59:00", "at"),
    "a moment to come": ("at", "2026-03-02T09:06:00Z", "at"),
    "no lead": ("lead", None, "lead"),
    "nobody": ("lead", {"name": "Ann"}, "lead"),
    "a bad address": ("lead.email", "ann@", "lead.email"),
    "a bad number": ("lead.phone", "12", "lead.phone"),
    "a number of zeros": ("lead.phone", "00000000", "lead.phone"),
    "a number that is too short": ("lead.phone", "+31 6 1234", "lead.phone"),
    "a country that is none": ("lead.country", "Atlantis", "lead.country"),
    "an unknown field": ("lead.shoe_size", 44, "lead.shoe_size"),
    "a date that is none": ("lead.contract_end", "1 January", "lead.contract_end"),
    "a date before all others": ("lead.contract_end", "0001-01-01", "lead.contract_end"),
    "text that is a number": ("data.brochure", 7, "data.brochure"),
    "unknown data": ("data.colour", "red", "data.colour"),
    "a NUL": ("lead.name", "A\x00nn", "lead.name"),
    "half a character": ("lead.name", "\ud800", "lead.name"),
    "a consent without words": ("lead.consents", [{"channel": "email", "purpose": "news"}], "lead.consents[0].words"),
    "a surplus key": ("colour", "red", "colour"),
    "a purpose of no mail": (
        "lead.consents",
        [{"channel": "email", "purpose": "newsletter", "words": "Yes", "source": "fair"}],
        "lead.consents[0].purpose",
    ),
    "a company without a name": ("lead.company", {"legal_form": "bv"}, "lead.company.name"),
    "a company that is a list": ("lead.company", ["Acme"], "lead.company"),
    "a surplus key of a company": ("lead.company", {"name": "Acme", "vat": "NL1"}, "lead.company.vat"),
    "a legal form that is none": ("lead.company", {"name": "Acme", "legal_form": "bw"}, "lead.company.legal_form"),
    "a country of a company that is none": (
        "lead.company",
        {"name": "A", "country": "Atlantis"},
        "lead.company.country",
    ),
    "a size that is a text": ("lead.company", {"name": "Acme", "size": "large"}, "lead.company.size"),
    "half a person": ("lead.company", {"name": "Acme", "size": 2.5}, "lead.company.size"),
    "fewer than nobody": ("lead.company", {"name": "Acme", "size": -1}, "lead.company.size"),
    "a company's name that is too long": ("lead.company", "x" * 201, "lead.company"),
    "a parent that is too long": ("lead.company", {"name": "Acme", "parent": "x" * 201}, "lead.company.parent"),
    "a sector that is too long": ("lead.company", {"name": "Acme", "sector": "x" * 201}, "lead.company.sector"),
    "a sector that is a number": ("lead.company", {"name": "Acme", "sector": 7}, "lead.company.sector"),
}


@pytest.mark.parametrize(("path", "value", "field"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_is_named_by_its_field_and_nothing_is_stored(
    api: TestClient, books: Books, path: str, value: object, field: str
) -> None:
    answer = api.post("/api/events", content=json.dumps(changed(path, value)))
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert field in [error["field"] for error in problem["errors"]], problem
    assert all(error["words"] for error in problem["errors"])
    assert books.count(tables.leads) == books.count(tables.events) == 0


def test_a_moment_that_cannot_be_meant_is_said_to_be_so(api: TestClient) -> None:
    [error] = api.post("/api/events", json=changed("at", "9999-01-01T00:00:00Z")).json()["errors"]
    assert error["words"] == "the year 9999 cannot be meant; moments go from 1971 to 8999"
    [error] = api.post("/api/events", json=changed("lead.contract_end", "9999-12-31")).json()["errors"]
    assert error["words"] == "the year 9999 cannot be meant; days go from 1900 to 2199"


@pytest.mark.parametrize(
    ("path", "value"),
    [("at", "2026-11-31T10:00:00Z"), ("at", "2026-02-29"), ("lead.contract_end", "2026-11-31")],
)
def test_a_day_that_no_calendar_has_is_said_to_be_so(api: TestClient, path: str, value: str) -> None:
    [error] = api.post("/api/events", json=changed(path, value)).json()["errors"]
    assert (error["field"], error["words"]) == (path, "there is no such day")


@pytest.mark.parametrize("at", ["2026-03-01T25:00:00Z", "2026-03-01", "20260301", "2026-13", ""])
def test_of_a_day_that_there_is_the_offset_is_asked(api: TestClient, at: str) -> None:
    [error] = api.post("/api/events", json=changed("at", at)).json()["errors"]
    assert error["words"] == "this must be a moment with its offset: 2026-03-02T09:00:00+01:00"


@pytest.mark.parametrize(("until", "status"), [("2026-03-01T09:00:00Z", 422), ("2026-03-01T09:00:01Z", 201)])
def test_a_consent_ends_after_it_was_given(api: TestClient, books: Books, until: str, status: int) -> None:
    consent = {**EVENT["lead"]["consents"][0], "at": "2026-03-01T10:00:00+01:00", "expires_at": until}
    answer = api.post("/api/events", json=changed("lead.consents", [consent]))
    assert (answer.status_code, books.count(tables.leads)) == (status, int(status == 201))
    assert [error["field"] for error in answer.json().get("errors", ())] == (
        ["lead.consents[0].expires_at"] if status == 422 else []
    )


@pytest.mark.parametrize("address", ["/api/leads", "/api/leads?email=ann@example.com"])
@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE"])
def test_a_method_that_is_none_is_answered_with_all_that_there_are(api: TestClient, method: str, address: str) -> None:
    answer = api.request(method, address)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert api.request(method, "/api/events").headers["allow"] == "POST"
    assert api.request(method, "/api/leads/x/why").headers["allow"] == "GET"
    assert "allow" not in api.request(method, "/api/nothing").headers


@pytest.mark.parametrize("phone", ["+44 7700 900123", "+33 6 39 98 12 34", "+353 20 911 2345", "+1 202 555 0143"])
def test_numbers_that_are_set_aside_for_examples_are_taken(api: TestClient, books: Books, phone: str) -> None:
    assert api.post("/api/events", json=changed("lead.phone", phone)).status_code == 201
    assert books.rows(tables.leads)[0].phone == phone.replace(" ", "")


def test_a_mailbox_of_64_characters_is_one(api: TestClient) -> None:
    assert api.post("/api/events", json=changed("lead.email", f"{'a' * 64}@example.com")).status_code == 201


@pytest.mark.parametrize("channel", ["telephone", "open tracking", "click tracking"])
def test_only_a_consent_for_mail_needs_a_purpose(api: TestClient, books: Books, channel: str) -> None:
    consents = [{"channel": channel, "words": "Yes", "source": "fair"}]
    assert api.post("/api/events", json=changed("lead.consents", consents)).status_code == 201
    [consent] = books.rows(tables.consents)
    assert (consent.channel, consent.purpose) == (channel, channel)


def test_a_key_that_stands_twice_is_named(api: TestClient, books: Books) -> None:
    body = b'{"id": "e1", "type": "brochure.requested", "lead": {"email": "a@example.com", "email": "b@example.com"}}'
    answer = api.post("/api/events", content=body)
    assert (answer.status_code, answer.json()["detail"]) == (
        400, "“email” stands twice in one object: which of them is meant?"
    )  # fmt: skip
    assert books.count(tables.leads) == 0


def test_a_near_miss_is_answered_with_the_right_word(api: TestClient) -> None:
    [error] = api.post("/api/events", json=changed("type", "brochure.request")).json()["errors"]
    assert "“brochure.requested”" in error["words"]


@pytest.mark.parametrize("path", ["lead.campaign", "campaign", "lead.utm_campaign"])
@pytest.mark.parametrize("address", ["/api/events", "/api/leads"])
def test_from_where_somebody_came_is_said_in_source(api: TestClient, address: str, path: str) -> None:
    said = changed(path, "spring-fair")
    sent = said if address == "/api/events" else {"lead": said["lead"], **({path: "x"} if "." not in path else {})}
    [error] = api.post(address, json=sent).json()["errors"]
    assert (error["field"], error["words"]) == (path, "there is no such field; did you mean “source.campaign”?")


def test_a_purpose_is_answered_with_those_that_mails_ask_for(api: TestClient, published: str) -> None:
    consent = {"channel": "email", "purpose": "advise", "words": "Yes", "source": "fair"}
    [error] = api.post("/api/events", json=changed("lead.consents", [consent])).json()["errors"]
    assert error["words"] == "no mail asks consent for “advise”; did you mean “advice”?; there are advice"


def test_a_purpose_is_of_mails_only(api: TestClient, books: Books) -> None:
    consent = {"channel": "telephone", "purpose": "a talk", "words": "Yes, call me", "source": "fair"}
    assert api.post("/api/events", json=changed("lead.consents", [consent])).status_code == 201
    assert [row.purpose for row in books.rows(tables.consents)] == ["a talk"]
