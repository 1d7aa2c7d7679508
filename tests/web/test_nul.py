"""A NUL, which PostgreSQL does not hold: in no address, no form and no JSON does it break anything, or lose anybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

import kweek.web
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from tests.web.conftest import KEY, NOW, ORIGIN, Books, TestClient
from tests.web.pages import form
from tests.web.scene import scene

SOURCES = "".join(one.read_text() for one in Path(kweek.web.__path__[0]).glob("*.py"))
ASKED = sorted({*re.findall(r'(?:\.get\(|\[)"([a-z_.]+)"', SOURCES), "kind", "lead", "done", "as", "email", "name"})
"""Whatever a page may read from its query, or from a form."""
JSON = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
FORM = {"content-type": "application/x-www-form-urlencoded", "origin": ORIGIN}


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


def routes(web: TestClient) -> list[APIRoute]:
    app: Any = web.app
    found = list[APIRoute]()
    rest = list(app.routes)
    while rest:
        one = rest.pop()
        if isinstance(one, APIRoute) and one.path != "/live":  # which has no end
            found.append(one)
        rest.extend(getattr(one, "routes", []) or getattr(getattr(one, "original_router", None), "routes", []))
    assert len(found) > 60
    return found


def addresses(route: APIRoute, nul: str) -> list[str]:
    """With it in each part that may be anything; and with a part that there is, in the query."""
    plain = re.sub(r"\{(\w+)(:\w+)?\}", lambda part: {"event": "brochure.requested"}.get(part[1], "l1"), route.path)
    query = "&".join(f"{name}={nul}" for name in ASKED)
    return [re.sub(r"\{\w+(:\w+)?\}", nul, route.path), f"{plain}?{query}"]


@pytest.mark.parametrize("nul", ["%00", "a%00b"])
def test_no_address_has_one_in_it(staff: TestClient, books: Books, published: str, nul: str) -> None:
    books.lead()
    scene(books, published)
    for route in routes(staff):
        for path in addresses(route, nul):
            for method in route.methods:
                for sent in ((b"{}", JSON), (b"by=anna", FORM)) if method == "POST" else ((b"", {}),):
                    answer = staff.request(method, path, content=sent[0], headers=sent[1])
                    assert answer.status_code < 500, (method, path)


@pytest.mark.parametrize(
    "path",
    [
        "/companies/%00",
        "/leads/%00",
        "/imports/%00",
        "/flows/%00",
        "/calls/%00",
        "/tasks/%00",
        "/mails/a%00b",
        "/mails?lead=%00",
    ],
)
def test_nothing_that_there_is_has_one_in_its_name(staff: TestClient, path: str) -> None:
    assert staff.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/leads?q=%00", "/companies?q=a%00b", "/spot?lead=%00", "/spot?done=%00"])
def test_a_filter_finds_nothing_by_it(staff: TestClient, path: str) -> None:
    assert staff.get(path).status_code == 200


def test_a_form_is_taken_without_it_whatever_it_says(staff: TestClient, books: Books, published: str) -> None:
    books.lead()
    scene(books, published)
    said = "&".join(f"{name}=A%00B" for name in ASKED if name not in ("action", "by", "kind")) + "&a%00b=%00"
    for route in routes(staff):
        if "POST" in route.methods:
            for part in ("l1", "l1-1/2"):
                path = re.sub(r"\{(\w+)(:\w+)?\}", lambda part, at=part: at, route.path)
                for kind in ("", "&action=save&by=anna&kind=contact.requested"):
                    answer = staff.post(path, content=f"{said}{kind}".encode(), headers=FORM)
                    assert answer.status_code < 500, path


def test_no_visitor_is_lost_for_it(web: TestClient, books: Books) -> None:
    said = {"first_name": "A\0nn", "utm_campaign": "\0spring", "a\0b": "c", "\0": "\0"}
    assert form(web, **said).status_code == 200
    assert form(web, "brochure.requested?utm_campaign=%00%01", email="bob@example.com").status_code == 200
    assert form(web, "brochure.requested?utm_campaign=au%00tumn", email="eve@example.com").status_code == 200
    parts = {"email": (None, "zoe@example.com"), "first_name": (None, "Z\0oe")}
    assert web.post("/forms/brochure.requested", files=parts).status_code == 200
    assert [lead.first_name for lead in books.rows(tables.leads)] == ["Ann", None, None, "Zoe"]
    assert sorted(row.id for row in books.rows(tables.campaigns)) == ["autumn", "spring"]


def test_what_is_typed_in_on_the_spot_is_saved_without_it(staff: TestClient, books: Books) -> None:
    card = {"id": "a1", "kind": "fair.visited", "by": "anna", "name": "A\0nn", "email": "ann@example.com", "lead": "\0"}
    assert staff.post("/spot", data=card, headers={"origin": ORIGIN}).status_code == 303
    assert [lead.name for lead in books.rows(tables.leads)] == ["Ann"]


def test_nobody_acts_under_a_name_with_one_in_it(staff: TestClient, house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(house.rules), "people", lambda self: ())
    staff.cookies.set("kweek_as", "an%00na")
    file = {"file": ("leads.csv", b"email;name\nann@example.com;Ann\n", "text/csv")}
    assert staff.post("/imports", files=file, headers={"origin": ORIGIN}).status_code == 303


EVENT = {"id": "e1", "type": "brochure.requested", "lead": {"email": "ann@example.com"}}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "\0"}, "id"),
        ({"type": "\0"}, "type"),
        ({"ref": "\0"}, "ref"),
        ({"note": "a\0"}, "note"),
        ({"lead": {"id": "\0"}}, "lead.id"),
        ({"lead": {"email": "a\0@example.com"}}, "lead.email"),
        ({"lead": {"email": "a@example.com", "first_name": "A\0"}}, "lead.first_name"),
        ({"data": {"brochure": "\0"}}, "data.brochure"),
        ({"source": {"campaign": "a\0"}}, "source.campaign"),
        ({"a\0b": 1}, "?"),
    ],
)
def test_in_json_it_is_a_fault_of_its_field(
    web: TestClient, books: Books, wrong: dict[str, object], field: str
) -> None:
    for path in ("/api/events", "/api/leads"):
        answer = web.post(path, json=EVENT | wrong, headers=JSON)
        assert answer.status_code == 422, answer.text
        assert field in [one["field"] for one in answer.json()["errors"]] or path == "/api/leads", answer.text
    assert books.count(tables.events) == books.count(tables.leads) == 0


def test_in_what_closes_a_task_too(web: TestClient, house: House, books: Books, published: str) -> None:
    books.lead()
    scene(books, published)
    assert house.now() == NOW
    for path in (route.path for route in routes(web) if route.path.startswith("/api/") and "POST" in route.methods):
        for key in ("l1-1/2", "l1"):
            for name in ("id", "by", "note", "reason", "outcome", "answers", "call_back_at", "later_on"):
                for value in ("\0", {"a\0": "b"}, {"role": "\0"}, ["\0"]):
                    body = {"by": "anna", "outcome": "reached", name: value}
                    answer = web.post(re.sub(r"\{\w+(:\w+)?\}", key, path), json=body, headers=JSON)
                    assert answer.status_code < 500, (path, body)
