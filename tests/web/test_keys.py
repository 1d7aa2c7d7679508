"""What a key may do: what it was made for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fastapi.routing import APIRoute

from kweek.leads import tables
from kweek.leads.keys import KeyNameError, key_of, keys, make_key, revoke_key
from kweek.leads.scopes import SCOPES, Scope
from kweek.web.app import make_app
from kweek.web.guard import SCOPE_OF, staff_only
from kweek.web.house import House
from tests.web.conftest import NOW, Books, TestClient

OPEN = {
    "/o/{token}.gif", "/c/{token}", "/u/{token}", "/s/{token}", "/f/{event}", "/healthz", "/login/{token}",
    "/v", "/v.js", "/static/picture.css",
}  # fmt: skip
"""Every address that anybody may reach, besides `POST /forms/{kind}`. Whoever adds one adds it here, and knows why."""


def routes_of(
    routes: Sequence[object], around: Sequence[Any] = ()
) -> Iterator[tuple[APIRoute, list[Callable[..., Any]]]]:
    """Every route, with all that it depends on, through the routers that were included."""
    for route in routes:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from routes_of(inner.routes, (*around, *inner.dependencies))
        elif isinstance(route, APIRoute):
            yield route, [one.dependency for one in (*around, *route.dependencies) if one.dependency]


def guards(house: House) -> Iterator[tuple[str, str, list[Scope | None]]]:
    """(method, path, the scopes that it takes)."""
    for route, needed in routes_of(make_app(house).routes):
        scopes = [SCOPE_OF[one] for one in dict.fromkeys(needed) if one in SCOPE_OF]
        yield from ((method, route.path, scopes) for method in route.methods)


def test_every_route_says_which_scope_it_takes(house: House) -> None:
    found = list(guards(house))
    assert ("POST", "/api/leads", ["leads:write"]) in found
    for method, path, scopes in found:
        if path in OPEN or (method, path) == ("POST", "/forms/{kind}"):
            assert scopes == [], path
        elif path == "/api/openapi.json":
            assert scopes == [None]
        else:
            assert len(scopes) == 1, f"{method} {path} must say which scope it takes: kweek.web.guard.may"
            assert scopes[0] in SCOPES
            assert (scopes[0] != "pages") == path.startswith("/api/"), path


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_may_do_what_it_was_made_for_and_nothing_else(
    web: TestClient, books: Books, house: House, scope: Scope
) -> None:
    with books.db.write() as tx:
        web.headers["authorization"] = f"Bearer {make_key(tx, 'one', NOW, [scope])}"
    for method, path, [needs] in [one for one in guards(house) if one[2] and one[1] != "/live"]:
        filled = path.replace("{number}", "1").replace("{key:path}", "l1-1/1").replace("{action}", "won")
        answer = web.request(method, filled)
        assert (answer.status_code == 403) == (needs not in (scope, None)), (method, path, answer.text)
        if answer.status_code == 403 and path.startswith("/api/"):
            assert answer.json()["scope"] == needs


@pytest.mark.parametrize("scopes", [["events:write"], ["events:write", "leads:write"]])
def test_only_a_key_for_leads_has_them_enter_a_flow(
    web: TestClient, books: Books, published: str, scopes: list[Scope]
) -> None:
    with books.db.write() as tx:
        web.headers["authorization"] = f"Bearer {make_key(tx, 'one', NOW, scopes)}"
    event = {"id": "n1", "type": "enrol", "lead": {"email": "ann@example.com"}, "data": {"flow": "brochure-request"}}
    other = {"id": "n2", "type": "brochure.requested", "lead": {"email": "ann@example.com"}}
    may = "leads:write" in scopes
    answer = web.post("/api/events", json=event)
    assert (answer.status_code, answer.json().get("scope")) == ((201, None) if may else (403, "leads:write"))
    results = web.post("/api/events", json=[event, other]).json()["results"]
    assert [one["status"] for one in results] == [200 if may else 403, 201]
    assert {row.kind for row in books.rows(tables.events)} == ({"enrol"} if may else set()) | {other["type"]}


def test_a_key_of_before_the_scopes_may_all_that_it_could(api: TestClient) -> None:
    assert [api.get(path).status_code for path in ("/", "/api/leads?email=a@b.nl", "/api/openapi.json")] == [200] * 3


def test_a_key_is_known_by_what_it_may_and_not_once_it_is_revoked(books: Books) -> None:
    with books.db.write() as tx:
        shown, all_of_it = make_key(tx, "crm", NOW, ["work:write", "leads:read"]), make_key(tx, "desk", NOW)
        with pytest.raises(KeyNameError):
            make_key(tx, "crm", NOW)
        crm, desk = key_of(tx, shown), key_of(tx, all_of_it)
        assert crm is not None
        assert desk is not None
        assert [crm.may(scope) for scope in ("leads:read", "leads:write", None)] == [True, False, True]
        assert all(map(desk.may, SCOPES))
        assert [key.scopes for key in keys(tx)] == [["leads:read", "work:write"], None]
        revoke_key(tx, "crm", NOW)
        assert key_of(tx, shown) is None


def test_pages_are_guarded_where_nobody_says_so() -> None:
    assert SCOPE_OF[staff_only] == "pages"
