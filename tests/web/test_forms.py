"""Forms of a website: whoever fills one in is not lost."""

from __future__ import annotations

import pytest

from kweek.leads import tables
from kweek.leads.campaigns import campaign_word
from kweek.leads.database import Database
from tests.web.conftest import Books, TestClient
from tests.web.pages import form


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


def test_a_form_becomes_an_event_with_the_words_of_its_consent(web: TestClient, books: Books) -> None:
    words = "Ja, mail mij over “klimaat” — tot ik mij afmeld."
    answer = form(web, first_name="Ann", brochure="humidity", language="nl", **{"consent.news": words})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "Dank u wel" in answer.text
    [event], [lead], [consent] = books.rows(tables.events), books.rows(tables.leads), books.rows(tables.consents)
    assert (event.kind, event.data, lead.first_name) == ("brochure.requested", {"brochure": "humidity"}, "Ann")
    assert (consent.words, consent.channel, consent.purpose) == (words, "email", "news")
    assert consent.source == "form brochure.requested"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"email": "ann@"}, 422),
        ({"email": ""}, 422),
        ({"email": "", "external_id": "crm-7", "first_name": "Ann"}, 422),
        ({"homepage_url": "https://spam.example"}, 200),
    ],
)
def test_nobody_in_particular_is_not_stored(web: TestClient, books: Books, fields: dict[str, str], status: int) -> None:
    assert form(web, **fields).status_code == status
    assert books.count(tables.leads) == books.count(tables.events) == 0


@pytest.mark.parametrize(
    ("email", "language", "words"),
    [
        ("ann@", "nl", "<strong>E-mailadres</strong>: dit is geen e-mailadres"),
        ("ann@", "en", "<strong>E-mail address</strong>: this is not an e-mail address"),
        ("", "nl", "<strong>E-mailadres</strong>: vul dit in"),
    ],
)
def test_what_is_wrong_is_said_with_the_field_as_the_form_calls_it(
    web: TestClient, email: str, language: str, words: str
) -> None:
    web.headers["accept-language"] = "en"
    page = form(web, email=email, language=language, phone="ring me").text
    assert words in page
    assert f'<html lang="{language}"' in page
    assert not any(name in page for name in ("lead.", "ring me", "external_id", 'lang="en">\n  <li'))


def noted(books: Books) -> list[str]:
    return [row.words for row in books.rows(tables.problems)]


def test_a_number_as_people_type_it_is_of_the_workspaces_country(web: TestClient, books: Books) -> None:
    form(web, phone="06 12345678")
    form(web, email="bob@example.com", phone="0471 12 34 56", country="Belgie")
    assert [lead.phone for lead in books.rows(tables.leads)] == ["+31612345678", "+32471123456"]
    assert noted(books) == []


def test_a_field_that_is_left_empty_takes_nothing_away(web: TestClient, books: Books) -> None:
    form(web, first_name="Ann", job_title="Buyer", city="Lisse")
    form(web, first_name=" ", job_title="", city="  ", id="again")
    [lead] = books.rows(tables.leads)
    assert (lead.first_name, lead.job_title, lead.fields) == ("Ann", "Buyer", {"city": "Lisse"})
    assert (books.count(tables.events), noted(books)) == (2, [])


def test_a_field_that_nobody_knows_is_left_out_and_said_once(web: TestClient, books: Books) -> None:
    for email in ("ann@example.com", "bob@example.com"):
        extra = {"visit": "x", "external_id": "crm-7", "consents": "all", "submit": "Send", "csrf": "1", "a": "1"}
        assert form(web, email=email, **extra).status_code == 200
    assert books.count(tables.leads) == books.count(tables.events) == 2
    problems = books.rows(tables.problems)
    assert [row.lead_id for row in problems] == [None] * 5
    assert problems[0].words == (
        "The form brochure.requested sends “visit”, which is no field for a form: it is left out."
    )
    assert all(row.external_id is None for row in books.rows(tables.leads))


def test_a_consent_is_kept_as_it_was_given_and_a_purpose_of_no_mail_is_said(
    web: TestClient, books: Books, published: str
) -> None:
    for email in ("ann@example.com", "bob@example.com"):
        form(web, email=email, **{"consent.newsletter": "Ja, mail mij."})
    assert [(row.purpose, row.words) for row in books.rows(tables.consents)] == [("newsletter", "Ja, mail mij.")] * 2
    assert noted(books) == [
        "The form brochure.requested asks consent for “newsletter”, and no mail does; there are advice"
    ]


def test_a_form_says_where_someone_works(web: TestClient, books: Books) -> None:
    details = {"company.legal_form": "BV", "company.size": "25", "company.sector": "kas", "company.country": "nl"}
    form(web, company="Acme", **details)
    [row], [lead] = books.rows(tables.companies), books.rows(tables.leads)
    assert (row.id, row.name, row.legal_form, row.size, row.sector, row.country) == (
        lead.company_id, "Acme", "bv", 25, "kas", "NL",
    )  # fmt: skip


def test_a_form_with_parts_is_a_form_too(web: TestClient, books: Books) -> None:
    """multipart/form-data, as a form with `enctype` or a script's FormData sends it."""
    parts = {
        "email": (None, "ann@example.com"),
        "first_name": (None, "Änn"),
        "cv": ("cv.pdf", b"%PDF", "application/pdf"),
    }
    assert web.post("/forms/brochure.requested", files=parts).status_code == 200
    assert [lead.first_name for lead in books.rows(tables.leads)] == ["Änn"]


def test_a_form_with_a_large_file_loses_nobody(web: TestClient, books: Books) -> None:
    files = {"email": (None, "ann@example.com"), "plan": ("plan.jpg", b"\r\n--" * 225_000, "image/jpeg")}
    assert web.post("/forms/contact.requested", files=files).status_code == 200
    assert [lead.email for lead in books.rows(tables.leads)] == ["ann@example.com"]
    assert noted(books) == []


@pytest.mark.parametrize(
    "files",
    [
        {"plan": ("plan.jpg", b"x" * 10 * 1024 * 1024, "image/jpeg")},
        {"message": (None, "x" * 65_536), "plan": ("plan.jpg", b"x", "image/jpeg")},
        {"message": (None, "字" * 22_000), "plan": ("plan.jpg", b"x", "image/jpeg")},
    ],
    ids=["too large a file", "too much beside it", "too much in other letters"],
)
def test_more_than_a_form_may_bring_is_refused(web: TestClient, books: Books, files: dict[str, object]) -> None:
    email = {"email": (None, "ann@example.com")}
    assert web.post("/forms/contact.requested", files=email | files).status_code == 413
    assert books.count(tables.leads) == 0


def test_more_files_than_fields_are_no_form(web: TestClient) -> None:
    files = [("plan", (f"{n}.jpg", b"x", "image/jpeg")) for n in range(101)]
    assert web.post("/forms/contact.requested", data={"email": "ann@example.com"}, files=files).status_code == 422


PARTS = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"first_name=Zo%EB&email=zoe@example.com", "Zoë"),
        (b"first_name=Zo\xeb+%80&email=zoe@example.com", "Zoë €"),
        (b"first_name=Zo%C3%AB&email=zoe@example.com", "Zoë"),
        (b"first_name=Zo\xc3\xab&email=zoe@example.com", "Zoë"),
        (b"first_name=Zo%E2%98%83%81%C3&email=zoe@example.com", "Zoâ˜ƒ\ufffdÃ"),
        (b"%C3=x&first_name=Zoe&%AB=y&email=zoe@example.com", "Zoe"),
    ],
)
def test_a_page_that_is_not_utf_8_loses_nobody(web: TestClient, books: Books, body: bytes, name: str) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert web.post("/forms/brochure.requested", content=body, headers=kind).status_code == 200
    assert [lead.first_name for lead in books.rows(tables.leads)] == [name]


def test_a_form_with_parts_that_is_not_utf_8_loses_nobody(web: TestClient, books: Books) -> None:
    body = PARTS % (b"first_name", b"Zo\xeb") + PARTS % (b"email", b"zoe@example.com") + b"--b--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=b"}
    assert web.post("/forms/brochure.requested", content=body, headers=kind).status_code == 200
    assert [lead.first_name for lead in books.rows(tables.leads)] == ["Zoë"]


@pytest.mark.parametrize("written", ["spring fair " * 12, "a" * 150, "a / b " * 30])
def test_a_long_campaign_is_shortened_as_that_of_a_visit(web: TestClient, books: Books, written: str) -> None:
    form(web, utm_campaign=written, utm_source="s" * 300, referrer="https://a.example/" + "r" * 3_000)
    [campaign], [touch] = books.rows(tables.campaigns), books.rows(tables.touches)
    assert (campaign.id, touch.campaign) == (campaign_word(written),) * 2
    assert touch.source == "s" * 200
    assert noted(books) == []


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"x", 422),
        ("multipart/form-data; boundary=b", b"no boundary", 422),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", 422),
        ("multipart/form-data; boundary=b", b"--b\r\n" * 5_000, 422),
        ("multipart/form-data; boundary=\xff", b"x", 422),
        ("application/x-www-form-urlencoded", b"email=%ff", 422),
        ("application/json", b"{}", 415),
        ("text/plain", b"email=a@b.nl", 415),
    ],
)
def test_what_is_no_form_is_refused(web: TestClient, books: Books, kind: str, body: bytes, status: int) -> None:
    answer = web.post("/forms/brochure.requested", content=body, headers={"content-type": kind.encode("latin-1")})
    assert answer.status_code == status
    assert books.count(tables.leads) == books.count(tables.events) == 0
