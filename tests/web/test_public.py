"""What anyone can reach: the picture and links of a mail, the way out, forms; and what they cannot do with them."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from kweek.intake.hits import grade_hits
from kweek.leads import tables
from kweek.leads.database import Database, DatabaseAway
from kweek.web.house import House
from tests.web.conftest import NOW, Books, TestClient
from tests.web.pages import form

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


@pytest.fixture
def key(books: Books) -> str:
    books.lead(language="nl")
    books.add(
        tables.consents, lead_id="l1", channel="email", purpose="news", words="Yes.", source="fair", at=NOW
    )  # fmt: skip
    key = books.mail()
    books.link(1, "book-a-demo", "https://example.com/demo?x=1")
    return key


def test_the_picture_notes_an_open_and_is_always_a_picture(
    web: TestClient, house: House, books: Books, key: str
) -> None:
    for token in (house.tokens.issue("open", key), "forged", house.tokens.issue("click", key, 1)):
        answer = web.get(f"/o/{token}.gif")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
        assert answer.content.startswith(b"GIF89a")
    assert web.head(f"/o/{house.tokens.issue('open', key)}.gif").status_code == 200
    [hit] = books.rows(tables.hits)
    assert (hit.mail_key, hit.kind, hit.method) == (key, "open", "GET")
    assert "testclient" not in str(hit)  # the address is kept as a keyed hash only


def test_a_link_leads_to_its_stored_target_and_becomes_a_click(
    web: TestClient, house: House, books: Books, key: str
) -> None:
    answer = web.get(f"/c/{house.tokens.issue('click', key, 1)}")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://example.com/demo?x=1")
    grade_hits(house.db, NOW.replace(minute=3))
    assert ("clicked", "book-a-demo") in [(row.kind, row.data.get("link")) for row in books.rows(tables.events)]


@pytest.mark.parametrize("address", ["/c/{}", "/u/{}", "/s/{}"])
@pytest.mark.parametrize("token", ["forged", "https://evil.example", "%2e%2e", "x" * 2_000])
def test_a_forged_token_leads_to_a_page_that_helps_and_nowhere_else(web: TestClient, address: str, token: str) -> None:
    answer = web.get(address.format(token), headers={"accept-language": "nl-NL,nl;q=0.9,en;q=0.5"})
    assert answer.status_code == web.head(address.format(token)).status_code == 404
    assert "location" not in answer.headers
    if "//" not in token:
        assert "beantwoord de e-mail" in answer.text


def test_a_token_serves_one_purpose_only(web: TestClient, house: House, books: Books, key: str) -> None:
    assert web.post(f"/u/{house.tokens.issue('open', key)}").status_code == 404
    assert web.get(f"/c/{house.tokens.issue('click', key, 9)}").status_code == 404  # a link that was never stored
    assert books.count(tables.suppressions) == 0


def test_looking_at_the_unsubscribe_page_unsubscribes_nobody(
    web: TestClient, house: House, books: Books, key: str
) -> None:
    address = f"/u/{house.tokens.issue('unsubscribe', key)}"
    assert web.head(address).status_code == 200
    page = web.get(address)
    assert page.status_code == 200
    assert "Afmelden" in page.text  # the lead's own language
    assert books.count(tables.events) == books.count(tables.suppressions) == 0


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=One-Click"], ids=["the button", "RFC 8058"])
def test_unsubscribing_is_in_force_at_once_and_twice_is_once(
    web: TestClient, house: House, books: Books, key: str, body: bytes
) -> None:
    address = f"/u/{house.tokens.issue('unsubscribe', key)}"
    answers = [web.post(address, content=body, headers=FORM) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert [(row.kind, row.ref) for row in books.rows(tables.events)] == [("unsubscribed", key)]
    assert [row.address_key for row in books.rows(tables.suppressions)] == [house.address_key("l1@example.com")]
    assert books.rows(tables.consents)[0].withdrawn_at == NOW
    assert books.count(tables.outbox) == 1
    assert answers[0].text.startswith("<!doctype" if not body else "Unsubscribed")


def test_every_page_that_a_lead_sees_names_the_company(
    web: TestClient, house: House, books: Books, key: str, published: str
) -> None:
    books.enrolment(published)
    survey = books.mail("l1-1/7", enrolment_id="l1-1")
    addresses = {"/s/" + house.tokens.issue("survey", survey): 200, "/c/forged": 404, "/nowhere": 404}
    for path, status in addresses.items():
        answer = web.get(path)
        assert (answer.status_code, answer.text.count("Lisveld Klimaattechniek")) == (status, 2), path
    way_out = "/u/" + house.tokens.issue("unsubscribe", key)
    for answer in (web.get(way_out), web.post(way_out), form(web), form(web, email="ann@")):
        assert '<header class="letterhead">Lisveld Klimaattechniek</header>' in answer.text


# --- when a part is away ----------------------------------------------------------------------------


def test_without_the_database_nothing_is_accepted_and_the_picture_is_still_a_picture(
    web: TestClient, house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseAway("away") from OperationalError("", {}, Exception("secret-password"))

    addresses = {purpose: house.tokens.issue(purpose, key, 1) for purpose in ("open", "click", "unsubscribe")}
    monkeypatch.setattr(type(house.db), "_transaction", away)
    answers = [
        web.get(f"/c/{addresses['click']}"),
        web.post(f"/u/{addresses['unsubscribe']}"),
        form(web),
        web.post("/api/events", json={}, headers={"authorization": "Bearer 0123456789abcdef"}),
    ]
    assert [answer.status_code for answer in answers] == [503] * 4
    assert all(answer.headers["retry-after"] and "secret" not in answer.text for answer in answers)
    assert web.get(f"/o/{addresses['open']}.gif").status_code == 200


def test_a_busy_database_keeps_nobody_from_where_he_is_going(
    web: TestClient, house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise DatabaseAway("busy")

    monkeypatch.setattr("kweek.web.public.note_hit", busy)
    assert web.get(f"/c/{house.tokens.issue('click', key, 1)}").status_code == 302
    assert web.get(f"/u/{house.tokens.issue('unsubscribe', key)}").status_code == 200


def test_a_fault_of_ours_shows_no_trace(web: TestClient, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("secret ann@example.com")

    monkeypatch.setattr("kweek.web.public.record", breaks)
    answer = form(web)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
