"""`POST /api/events`: what is taken, and what becomes of it. (What is refused: test_api_refused.py.)"""

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
