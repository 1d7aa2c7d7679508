"""The pages of the house: shut by default, true to the rows, and safe to read a stranger's mail in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from kweek.leads import tables
from kweek.web.app import make_app
from kweek.web.assemble import parts_away
from kweek.web.house import House
from kweek.web.session import login_link
from tests.web.conftest import NOW, ORIGIN, Books, TestClient

PUBLIC = ("/o/", "/c/", "/s/", "/u/", "/f/", "/forms/", "/v", "/healthz", "/login/", "/static")


def paths_of(routes: Sequence[object]) -> Iterator[tuple[str, str]]:
    """(method, path) of every route, through the routers that were included."""
    for route in routes:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from paths_of(inner.routes)
        elif isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods)


def test_every_route_but_those_for_leads_is_guarded(web: TestClient, house: House) -> None:
    found = set(paths_of(make_app(house).routes))
    assert {("POST", "/api/events"), ("GET", "/"), ("GET", "/mails/{number}/html")} <= found
    for method, path in found:
        if not path.startswith(PUBLIC):
            filled = path.replace("{number}", "1").replace("{key:path}", "l1-1/1").replace("{action}", "won")
            assert web.request(method, filled).status_code == 401, (method, path)


@pytest.mark.parametrize("path", ["/", "/mails", "/mails/1", "/mails/1/html", "/api/events"])
def test_a_stranger_sees_nothing(web: TestClient, books: Books, path: str) -> None:
    books.lead()
    answer = web.post(path) if path.startswith("/api") else web.get(path)
    assert answer.status_code == 401
    assert "example.com" not in answer.text


def test_a_link_signs_in_once(web: TestClient, house: House) -> None:
    path = login_link(house.settings).removeprefix(house.settings.base_url)
    first = web.get(path)
    cookie = first.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "max-age=43200"))
    assert web.get("/").status_code == 200
    web.cookies.clear()
    assert web.get(path).status_code == 401
    assert web.get("/login/forged").status_code == 401
    assert web.get("/").status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"), [(ORIGIN, 422), ("https://evil.example", 403), ("null", 403), (None, 403)]
)
def test_what_changes_something_must_come_from_our_own_page(staff: TestClient, origin: str | None, status: int) -> None:
    headers = {"origin": origin} if origin else {}
    assert staff.post("/api/events", json={}, headers=headers).status_code == status


def test_an_empty_house_says_what_to_do_next(staff: TestClient) -> None:
    page = staff.get("/", headers={"accept-language": "nl"}).text
    assert "kweek publish" in page
    assert '<html lang="nl">' in page


def test_the_page_equals_the_rows(staff: TestClient, books: Books, published: str) -> None:
    steps = ["steps/send-survey"] * 3 + ["call/call-brochure"] * 2
    for n, step in enumerate(steps, 1):
        lead = books.lead(f"l{n}")
        about = {"lead_id": lead, "enrolment_id": f"{lead}-1"}
        books.add(
            tables.enrolments, id=f"{lead}-1", lead_id=lead, flow="brochure-request", version=published,
            started_at=NOW, step=step, state={}, live=True,
        )  # fmt: skip
        if step.startswith("call"):
            books.add(
                tables.call_tasks, key=f"{lead}-1/2", script="brochure", attempts_allowed=3, status="open",
                opened_at=NOW, **about,
            )  # fmt: skip
        else:
            books.mail(f"{lead}-1/1", lead, status="held" if n == 1 else "sent")
            due = NOW + timedelta(hours=n - 2, minutes=30)
            row = {"team": "sales", "status": "open", "given_at": NOW, "follow_up_at": due}
            books.add(tables.handovers, key=f"{lead}-1/3", **row, **about)
    page = staff.get("/").text
    for step, count in Counter(steps).items():
        assert f'data-count="brochure-request|{step}">{count}<' in page
    assert 'data-count="brochure-request|under way">5<' in page
    assert 'data-count="|handovers">3<' in page
    assert 'data-count="|calls">2<' in page
    assert re.search(r'overdue <span class="num" data-count="[|]overdue">1<', page)
    assert [words.split("<")[0] for words in page.split('class="overdue">')[1:]] == ["30 min overdue"]
    assert "30 min overdue" in page
    assert "1 h 30 min left" in page
    assert 'id="held"' in page


def test_what_people_wrote_is_shown_and_never_run(staff: TestClient, books: Books) -> None:
    books.lead(name="<script>alert(1)</script>", held="<img src=x onerror=alert(1)>")
    page = staff.get("/").text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "<img src=x" not in page


def test_a_colleague_who_is_lost_is_led_home(staff: TestClient) -> None:
    page = staff.get("/nowhere", headers={"accept-language": "nl"})
    assert page.status_code == 404
    assert 'href="/"' in page.text
    assert "beantwoord de e-mail" not in page.text
    assert "beantwoord de e-mail" in staff.get("/u/forged", headers={"accept-language": "nl"}).text


def test_what_became_of_a_mail_is_said_in_the_readers_language(staff: TestClient, books: Books) -> None:
    books.lead()
    books.mail("l1-1/1", status="blocked", why="suppressed: unsubscribed")
    books.mail("l1-1/2", status="undelivered", why="mailbox full: 552 5.2.2")
    page = staff.get("/", headers={"accept-language": "nl"}).text
    for words in ("tegengehouden", "mag niet gemaild worden: afgemeld", "niet bezorgd", "postbus vol: 552 5.2.2"):
        assert words in page


def test_health_names_the_part_that_is_away(web: TestClient, house: House) -> None:
    assert web.get("/healthz").json() == {"status": "fine", "away": []}
    object.__setattr__(house, "away", lambda: ["temporal"])
    answer = web.get("/healthz")
    assert (answer.status_code, answer.json()["away"]) == (503, ["temporal"])


def test_health_sees_that_the_database_is_gone_and_that_it_is_back(house: House, sqlite_url: str) -> None:
    file, elsewhere = Path(sqlite_url.removeprefix("sqlite:///")), Path(house.settings.data / "elsewhere")
    assert "database" not in parts_away(house.db, house.settings)
    file.rename(elsewhere)
    assert "database" in parts_away(house.db, house.settings)
    file.touch()
    assert "database" in parts_away(house.db, house.settings), "an empty one is none"
    elsewhere.rename(file)
    assert "database" not in parts_away(house.db, house.settings)


def test_every_answer_carries_the_safe_headers(web: TestClient) -> None:
    for path in ("/", "/nowhere", "/healthz", "/o/x.gif", "/static/kweek.css", "/static/../app.py"):
        headers = web.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
