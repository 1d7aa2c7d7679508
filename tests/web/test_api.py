"""`POST /api/events`: what is taken, what is refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kweek.intake.ears import FlowEars
from kweek.leads import tables
from kweek.leads.calling import may_not_be_called
from kweek.leads.database import Database
from tests.web.conftest import KEY, NOW, Books, TestClient


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


EVENT: dict[str, Any] = {
    "id": "e1",
    "type": "brochure.requested",
    "at": "2026-03-02T08:59:00Z",
    "lead": {
        "email": "ann@example.com", "external_id": "crm-7", "first_name": "Ann", "company": "Acme", "language": "nl",
        "country": "NL", "phone": "020 123 4567", "contract_end": "2027-01-01",
        "consents": [{"channel": "email", "purpose": "advice", "words": "Yes, mail me.", "source": "fair"}],
    },
    "data": {"brochure": "humidity"},
}  # fmt: skip


def changed(path: str, value: object) -> dict[str, Any]:
    """EVENT with one field changed; None takes it away."""
    event: dict[str, Any] = {**EVENT, "lead": {**EVENT["lead"]}, "data": {**EVENT["data"]}}
    place, name = event, path
    if "." in path:
        first, name = path.split(".")
        place = event[first]
    place[name] = value
    if value is None:
        del place[name]
    return event


def test_an_event_is_taken_and_its_lead_is_there(api: TestClient, books: Books) -> None:
    answer = api.post("/api/events", json=EVENT)
    [lead] = books.rows(tables.leads)
    assert (answer.status_code, answer.json()) == (201, {"id": "e1", "lead_id": lead.id, "seq": 1})
    assert (lead.first_name, lead.phone, lead.fields) == ("Ann", "+31201234567", {"contract_end": "2027-01-01"})
    assert [consent.words for consent in books.rows(tables.consents)] == ["Yes, mail me."]


def test_the_same_again_answers_the_same(api: TestClient, books: Books) -> None:
    first, again = api.post("/api/events", json=EVENT), api.post("/api/events", json=EVENT)
    assert (again.status_code, again.json()) == (200, first.json())
    assert books.count(tables.events) == 1


@pytest.mark.parametrize("change", [("type", "quote.requested"), ("lead", {"email": "bob@example.com"})])
def test_an_id_used_for_something_else_is_a_conflict(api: TestClient, books: Books, change: tuple[str, object]) -> None:
    api.post("/api/events", json=EVENT)
    answer = api.post("/api/events", json=changed("data", {}) | {change[0]: change[1]})
    assert answer.status_code == 409
    assert books.count(tables.leads) == books.count(tables.events) == 1


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


# --- a flow is named --------------------------------------------------------------------------------


def enrol(flow: object) -> dict[str, Any]:
    return {"id": "n1", "type": "enrol", "lead": {"email": "ann@example.com"}, "data": {"flow": flow}}


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        ("brochure-reqest", "no flow “brochure-reqest” is published; did you mean “brochure-request”?"),
        ("no-such-flow", "no flow “no-such-flow” is published; there are brochure-request"),
        ("contact-request", "no flow “contact-request” is published"),  # there is a file, and nobody published it
        ("", "say which flow the lead shall enter"),
        (None, "say which flow the lead shall enter"),
        (7, "this must be text"),
    ],
)
def test_a_flow_that_nobody_published_is_refused(
    api: TestClient, books: Books, published: str, flow: object, words: str
) -> None:
    answer = api.post("/api/events", json=enrol(flow))
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["words"][: len(words)]) == (422, "data.flow", words)
    assert books.count(tables.leads) == books.count(tables.events) == books.count(tables.outbox) == 0


def test_before_anything_is_published_nobody_can_be_enrolled(api: TestClient) -> None:
    [error] = api.post("/api/events", json=enrol("brochure-request")).json()["errors"]
    assert error["words"] == "no flow “brochure-request” is published; none is, yet"


def test_a_published_flow_is_entered(api: TestClient, books: Books, published: str) -> None:
    assert api.post("/api/events", json=enrol("brochure-request")).status_code == 201
    [event] = books.rows(tables.events)
    assert (event.kind, event.data, books.count(tables.outbox)) == ("enrol", {"flow": "brochure-request"}, 1)


# --- the company ------------------------------------------------------------------------------------

ACME = {"name": "Acme", "country": "nl", "legal_form": "B.V.", "sector": "growers", "size": 25}


def company(books: Books) -> tuple[object, ...]:
    [row] = books.rows(tables.companies)
    return row.name, row.country, row.legal_form, row.sector, row.size


def test_all_that_is_known_of_a_company_can_be_said(api: TestClient, books: Books) -> None:
    assert api.post("/api/events", json=changed("lead.company", ACME)).status_code == 201
    assert company(books) == ("Acme", "NL", "bv", "growers", 25)
    later = changed("lead.company", {"name": "ACME", "size": 30}) | {"id": "e2"}
    assert api.post("/api/events", json=later).status_code == 201
    assert company(books) == ("Acme", "NL", "bv", "growers", 30)  # the last word; what is not said stays
    assert len({row.company_id for row in books.rows(tables.leads)}) == 1


FORMS = {
    "bv": None, "B.V.": None, " Besloten  Vennootschap ": None, "Stichting": None, "cooperatie": None, "GmbH": None,
    "eenmanszaak": "no consent", "V.O.F.": "no consent", "vennootschap onder firma": "no consent",
    "CV": "no consent", "maatschap": "no consent", "other": "no consent", None: "no consent",
}  # fmt: skip


@pytest.mark.parametrize(("form", "why"), FORMS.items())
def test_the_legal_form_decides_who_may_be_called_without_consent(
    api: TestClient, books: Books, form: str | None, why: str | None
) -> None:
    lead_id = api.post("/api/events", json=changed("lead.company", {**ACME, "legal_form": form})).json()["lead_id"]
    with books.db.read() as read:
        assert may_not_be_called(read, lead_id, NOW, "hash of the number") == why


def test_what_changes_at_the_company_can_reach_a_goal(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A goal may ask for the company's size."""
    heard: list[bool] = []

    def rings(ears: FlowEars, tx: Any, lead: Any, event: Any, *, profile_changed: bool) -> bool:
        heard.append(profile_changed)
        return False

    monkeypatch.setattr(FlowEars, "rings", rings)
    for n, size in enumerate((25, 25, 30)):
        api.post("/api/events", json=changed("lead.company", {**ACME, "size": size}) | {"id": f"e{n}"})
    assert heard == [True, False, True]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"id": NaN}', b'{"id": ' + b"9" * 5_000 + b"}"]
)
def test_what_is_not_json_is_refused(api: TestClient, body: bytes) -> None:
    assert api.post("/api/events", content=body).status_code in (400, 422)


def test_a_list_is_answered_item_by_item(api: TestClient, books: Books) -> None:
    events = [EVENT, changed("id", "e2"), changed("id", None), EVENT, 7]
    results = api.post("/api/events", json=events).json()["results"]
    assert [one["status"] for one in results] == [201, 201, 422, 200, 422]
    assert books.count(tables.events) == 2


def test_too_much_is_refused_before_it_is_read(api: TestClient, books: Books) -> None:
    assert api.post("/api/events", json=[EVENT] * 501).status_code == 413
    assert api.post("/api/events", json=changed("data.brochure", "x" * 70_000)).status_code == 413
    large = [changed("data.brochure", "x" * 1_900) | {"id": f"e{n}"} for n in range(40)]
    assert len(json.dumps(large)) > 64 * 1024
    assert {one["status"] for one in api.post("/api/events", json=large).json()["results"]} == {201}, "a list may"
    whole = api.post("/api/events", content=b"[" + b" " * 2 * 1024**2 + b"]")
    assert (whole.status_code, whole.headers["content-type"]) == (413, "application/problem+json")
    assert api.post("/forms/brochure.requested", content=b"x" * 65_537).status_code == 413
    for size in (70, 200):  # of fields; of a body, which may be larger as it is written
        chunks = (b"x" * 1_000 if n else b"email=" for n in range(size))
        assert api.post("/forms/brochure.requested", content=chunks, headers={"content-type": FORM}).status_code == 413
    assert books.count(tables.events) == len(large)


@pytest.mark.parametrize(("length", "status"), [(20_000, 201), (20_001, 422)])
def test_a_text_of_an_event_may_be_a_whole_letter(api: TestClient, length: int, status: int) -> None:
    assert api.post("/api/events", json=changed("data.brochure", "x" * length)).status_code == status


FORM = "application/x-www-form-urlencoded"


def test_an_event_that_follows_from_another_is_recorded_with_it(api: TestClient, books: Books) -> None:
    for identifier, path in (("v1", "/prices/2026"), ("v2", "/about")):
        event = {"id": identifier, "type": "page.viewed", "lead": {"email": "ann@example.com"}, "data": {"path": path}}
        assert api.post("/api/events", json=event).status_code == 201
    assert [row.kind for row in books.rows(tables.events)] == ["page.viewed", "pricing.viewed", "page.viewed"]


@pytest.mark.usefixtures("published")
def test_only_what_a_flow_hears_rings(api: TestClient, books: Books) -> None:
    lead = {"email": "ann@example.com"}
    api.post("/api/events", json={"id": "v1", "type": "page.viewed", "lead": lead, "data": {"path": "/about"}})
    assert books.count(tables.outbox) == 0
    api.post("/api/events", json={"id": "b1", "type": "brochure.requested", "lead": lead})
    assert [row.seq for row in books.rows(tables.outbox)] == [2]


def test_unsubscribing_by_a_program_is_in_force_at_once(api: TestClient, books: Books) -> None:
    api.post("/api/events", json=EVENT)
    answer = api.post("/api/events", json={"id": "u1", "type": "unsubscribed", "lead": {"external_id": "crm-7"}})
    assert answer.status_code == 201
    assert [row.reason for row in books.rows(tables.suppressions)] == ["unsubscribed"]
    assert books.rows(tables.consents)[0].withdrawn_at is not None


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong-key-0123456789", "Bearer ", f"Basic {KEY}", "Bearer " + "é" * 20]
)
def test_without_a_key_nothing_is_taken(web: TestClient, books: Books, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode()}
    answer = web.post("/api/events", json=EVENT, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert books.count(tables.events) == 0


def test_a_revoked_key_opens_nothing(api: TestClient, books: Books) -> None:
    with books.db.write() as tx:
        tx.execute(tables.api_keys.update().values(revoked_at=tables.api_keys.c.created_at))
    assert api.post("/api/events", json=EVENT).status_code == 401
