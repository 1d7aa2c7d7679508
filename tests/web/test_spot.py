"""A lead that stands before us: typed in within twenty seconds, and counted once."""

from __future__ import annotations

import re

from kweek.leads import tables
from tests.web.conftest import NOW, ORIGIN, Books, TestClient

CARD = {"id": "a1", "kind": "fair.visited", "by": "anna", "name": "Ann de Vries", "email": "ann@acme.example"}


def names(books: Books) -> list[str]:
    return sorted(row.name for row in books.rows(tables.leads))


def send(web: TestClient, accept: str = "text/html", **fields: str) -> object:
    return web.post("/spot", data=fields, headers={"origin": ORIGIN, "accept": accept})


def test_what_was_typed_is_an_event_of_the_lead_by_whoever_typed_it(staff: TestClient, books: Books) -> None:
    page = staff.get("/spot?kind=fair.visited").text
    words = re.findall(r'name="consent.telephone" value="([^"]+)"', page)
    more = {"data.fair": "GreenTech", "note": "wants a visit", "company": "Acme", "phone": "020 123 4567"}
    said = {**CARD, **more, "consent.telephone": words[0], "campaign": "greentech", "ago": "3600"}
    answer = send(staff, **said)
    assert answer.status_code == 303
    assert "data.fair=GreenTech" in answer.headers["location"]
    assert "ann" not in answer.headers["location"].lower().split("done=")[0]
    [event] = books.rows(tables.events)
    assert (event.kind, event.by, event.note, event.data) == (
        "fair.visited",
        "anna",
        "wants a visit",
        {"fair": "GreenTech"},
    )
    assert (NOW - event.at).total_seconds() == 3600
    [lead] = books.rows(tables.leads)
    assert (lead.name, lead.email, lead.phone) == ("Ann de Vries", "ann@acme.example", "+31201234567")
    [consent] = books.rows(tables.consents)
    assert (consent.channel, consent.words, consent.source) == ("telephone", words[0], "on the spot")
    assert "anna" in consent.proof
    assert send(staff, **said).status_code == 303
    assert books.count(tables.events) == 1


def test_what_an_event_carries_is_asked_in_the_readers_words(staff: TestClient) -> None:
    staff.headers["accept-language"] = "nl"
    page = staff.get("/spot?kind=contact.requested").text
    assert re.findall(r'<label for="f-(?:subject|message)">([^<]+)<', page) == ["Onderwerp", "Bericht"]
    staff.headers["accept-language"] = "en"
    assert '<label for="f-surface">Surface in m²<' in staff.get("/spot?kind=quote.requested").text


def test_a_telephone_number_is_enough_and_nothing_is_not(staff: TestClient, books: Books) -> None:
    answer = send(staff, "application/json", id="a2", kind="fair.visited", by="anna", phone="+31 20 123 4567")
    assert answer.status_code == 201
    refused = send(staff, "application/json", id="a3", kind="fair.visited", by="anna", name="Ann")
    assert (refused.status_code, refused.json()) == (422, {"faults": ["who"]})
    assert books.count(tables.leads) == 1


def test_what_is_wrong_is_said_at_its_field_and_stays_typed(staff: TestClient, books: Books) -> None:
    answer = send(staff, **{**CARD, "email": "ann@", "note": "call her", "by": "nobody"})
    assert answer.status_code == 422
    assert 'class="field wrong"' in answer.text
    answer = send(staff, **{**CARD, "email": "ann@", "data.note": "call her"})
    assert answer.status_code == 422
    assert "This is no e-mail address." in answer.text
    assert "call her" in answer.text
    assert books.count(tables.events) == 0


def test_an_event_of_somebody_who_is_known(staff: TestClient, books: Books) -> None:
    books.lead(name="Ann")
    assert "l1" in staff.get("/spot?lead=l1").text
    answer = send(staff, "application/json", id="a4", kind="contact.requested", by="anna", lead="l1")
    assert answer.json() == {"lead_id": "l1"}
    gone = send(staff, "application/json", id="a5", kind="contact.requested", by="anna", lead="nobody")
    assert gone.status_code == 422


def test_strangers_type_nothing_in(web: TestClient, books: Books) -> None:
    assert send(web, **CARD).status_code == 401
    assert books.count(tables.events) == 0


def test_without_a_script_another_one_under_the_same_id_is_asked_about(staff: TestClient, books: Books) -> None:
    assert send(staff, **CARD).status_code == 303
    answer = send(staff, **CARD | {"name": "Bob", "email": "bob@acme.example"})
    assert answer.status_code == 409
    assert "Something else was saved from this form already" in answer.text
    assert 'value="Bob"' in answer.text
    [fresh] = re.findall(r'name="id" value="([^"]+)"', answer.text)
    assert send(staff, **CARD | {"id": fresh, "name": "Bob", "email": "bob@acme.example"}).status_code == 303
    assert names(books) == ["Ann de Vries", "Bob"]
