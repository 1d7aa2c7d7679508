"""`POST /api/events`: what is taken, what is refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kweek.leads import tables
from tests.web.conftest import KEY, Books, TestClient

EVENT: dict[str, Any] = {
    "id": "e1",
    "type": "brochure.requested",
    "at": "2026-03-02T08:59:00Z",
    "lead": {
        "email": "ann@example.com", "external_id": "crm-7", "first_name": "Ann", "company": "Acme", "language": "nl",
        "country": "NL", "phone": "020 123 4567", "contract_end": "2027-01-01",
        "consents": [{"channel": "email", "purpose": "news", "words": "Yes, mail me.", "source": "fair"}],
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
    "a moment without offset": ("at", "2026-03-02T08:59:00", "at"),
    "a moment to come": ("at", "2026-03-02T09:06:00Z", "at"),
    "no lead": ("lead", None, "lead"),
    "nobody": ("lead", {"name": "Ann"}, "lead"),
    "a bad address": ("lead.email", "ann@", "lead.email"),
    "a bad number": ("lead.phone", "12", "lead.phone"),
    "a country that is none": ("lead.country", "Holland", "lead.country"),
    "an unknown field": ("lead.shoe_size", 44, "lead.shoe_size"),
    "a date that is none": ("lead.contract_end", "1 January", "lead.contract_end"),
    "text that is a number": ("data.brochure", 7, "data.brochure"),
    "unknown data": ("data.colour", "red", "data.colour"),
    "a NUL": ("lead.name", "A\x00nn", "lead.name"),
    "half a character": ("lead.name", "\ud800", "lead.name"),
    "a consent without words": ("lead.consents", [{"channel": "email", "purpose": "news"}], "lead.consents[0].words"),
    "a surplus key": ("colour", "red", "colour"),
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


def test_a_near_miss_is_answered_with_the_right_word(api: TestClient) -> None:
    [error] = api.post("/api/events", json=changed("type", "brochure.request")).json()["errors"]
    assert "“brochure.requested”" in error["words"]


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
    assert api.post("/forms/brochure.requested", content=b"x" * 65_537).status_code == 413
    chunks = (b"x" * 1_000 for _ in range(70))
    assert api.post("/forms/brochure.requested", content=chunks, headers={"content-type": FORM}).status_code == 413
    assert books.count(tables.events) == 0


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
