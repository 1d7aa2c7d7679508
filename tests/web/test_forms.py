"""Forms of a website: whoever fills one in is not lost; and what a stranger can do with one."""

from __future__ import annotations

import pytest

from kweek.leads import tables
from kweek.leads.campaigns import campaign_word
from kweek.leads.database import Database
from kweek.web.house import House
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


UNFIT = {
    "a bad number": ({"phone": "ring me"}, "lead.phone “ring me”: this is not a telephone number"),
    "no country": (
        {"country": "Mars"},
        "lead.country “Mars”: this is not a country: write its two letters, such as NL",
    ),
    "a bad date": ({"contract_end": "1 mei"}, "lead.contract_end “1 mei”: this must be a date"),
    "a company's size in words": ({"company": "Acme", "company.size": "10-50"}, "lead.company.size “10-50”"),
    "a company without a name": ({"company.size": "12"}, "lead.company.name “{'size': '12'}”: this is missing"),
    "an unknown legal form": ({"company": "Acme", "company.legal_form": "gvr"}, "legal_form “gvr”: “gvr” is no legal"),
    "a channel that is none": ({"consent.advice.phone": "Bel mij"}, "“phone” is none of email, telephone"),
}


@pytest.mark.parametrize(("fields", "words"), UNFIT.values(), ids=UNFIT.keys())
def test_a_field_that_cannot_be_taken_loses_nobody(
    web: TestClient, books: Books, fields: dict[str, str], words: str
) -> None:
    assert form(web, first_name="Ann", **fields).status_code == 200
    [lead], [problem] = books.rows(tables.leads), books.rows(tables.problems)
    assert (lead.first_name, books.count(tables.events), problem.lead_id) == ("Ann", 1, lead.id)
    assert words in problem.words
    assert problem.words.endswith("It was left out.")


def test_data_that_cannot_be_taken_loses_nobody(web: TestClient, books: Books) -> None:
    assert form(web, "quote.requested", surface="ongeveer 200", building="kas").status_code == 200
    [event] = books.rows(tables.events)
    assert event.data == {"building": "kas"}
    assert "data.surface “ongeveer 200”" in noted(books)[0]


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


# --- anybody can send a form ------------------------------------------------------------------------

KNOWN = {"first_name": "Ann", "phone": "+31201234567", "fields": {"building": "hall"}}
HOSTILE = {"first_name": "Hacked", "phone": "+31201111111", "building": "cold store", "job_title": "Buyer"}


def test_what_is_known_of_a_lead_is_not_written_over_by_a_form(web: TestClient, books: Books) -> None:
    books.lead("ann", **KNOWN)
    consents = {"consent.advice.telephone": "yes", "consent.advice": "Yes, mail me"}
    assert form(web, **HOSTILE, **consents).status_code == 200
    [lead], [problem] = books.rows(tables.leads), books.rows(tables.problems)
    assert (lead.first_name, lead.phone, lead.fields) == ("Ann", "+31201234567", {"building": "hall"})
    assert lead.job_title == "Buyer"  # nothing was known of that
    assert [row.channel for row in books.rows(tables.consents)] == ["email"]  # for the address that the form names
    assert (problem.lead_id, problem.code) == ("ann", "form differs")
    for words in ("first_name “Hacked” (known: Ann)", "“+31201111111”", "building “cold store”", "telephone “yes”"):
        assert words in problem.words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ["Een formulier zegt iets anders", "het formulier zegt “Hacked”, bekend is “Ann”", "een ander nummer"]),
        ("en", ["A form says otherwise", "the form says “Hacked”, known is “Ann”", "another number"]),
    ],
)
def test_what_a_form_says_otherwise_stands_in_the_leads_own_story(
    staff: TestClient, books: Books, language: str, words: list[str]
) -> None:
    books.lead("ann", **KNOWN)
    assert form(staff, **HOSTILE, **{"consent.advice.telephone": "Bel mij; “nu” (known: x)"}).is_success
    page = staff.get("/leads/ann?only=did", headers={"accept-language": language}).text
    assert [one for one in words if one not in page[page.index('id="past"') :]] == []


@pytest.mark.parametrize(("phone", "given"), [("020 1234567", 1), ("020 7654321", 0), ("", 0)])
def test_consent_for_the_telephone_is_for_the_number_that_the_form_names(
    web: TestClient, books: Books, phone: str, given: int
) -> None:
    books.lead("ann", phone="+31201234567")
    form(web, phone=phone, **{"consent.advice.telephone": "Bel mij"})
    assert books.count(tables.consents) == given
    assert len(noted(books)) == 1 - given


def test_a_form_says_what_nobody_has_found_out_and_writes_over_nothing_that_holds(
    web: TestClient, books: Books
) -> None:
    said = {"email": "ann@example.com", "bant.budget": "planned", "bant.need": "no such thing", "bant.charm": "much"}
    assert web.post("/forms/brochure.requested", data=said).is_success
    [fact] = books.rows(tables.bant)
    assert (fact.fact, fact.value, fact.how) == ("budget", "planned", "form")
    assert len([row for row in books.rows(tables.problems) if row.code == "form"]) == 2
    assert web.post("/forms/brochure.requested", data=said | {"bant.budget": "none", "bant.time": "year"}).is_success
    known = {row.fact: row.value for row in books.rows(tables.bant)}
    assert known["budget"] == "planned"
    [differs] = [row for row in books.rows(tables.problems) if row.code == "form differs"]
    assert "bant.budget “none” (known: planned)" in differs.words


@pytest.mark.parametrize(("written", "kept"), [("1.200", 1200), ("12,5", 12.5), ("1.200,5", 1200.5), ("1 200", 1200)])
def test_a_number_is_read_as_people_write_it_where_the_workspace_is(
    web: TestClient, books: Books, written: str, kept: float
) -> None:
    said = {"email": "ann@example.com", "surface": written, "company": "Acme", "company.size": "1.200"}
    assert web.post("/forms/quote.requested", data=said).is_success
    [event] = [row for row in books.rows(tables.events) if row.kind == "quote.requested"]
    assert event.data["surface"] == kept
    assert [row.size for row in books.rows(tables.companies)] == [1200]


def test_who_is_new_says_it_all(web: TestClient, books: Books) -> None:
    form(web, **HOSTILE, **{"consent.advice.telephone": "Bel mij"})
    [lead] = books.rows(tables.leads)
    assert (lead.first_name, lead.phone, books.count(tables.consents)) == ("Hacked", "+31201111111", 1)
    assert noted(books) == []


def test_a_form_says_nothing_of_a_company_that_holds_for_others(web: TestClient, books: Books) -> None:
    """“Bakker” is many; whoever calls one of them a bv would have all of them called."""
    books.add(tables.companies, id="c1", name="Bakker", name_key="bakker", fields={})
    books.lead("jan", company_id="c1")
    form(web, company="bakker", **{"company.legal_form": "bv"})
    [company], lead = books.rows(tables.companies), books.rows(tables.leads)[-1]
    assert (company.legal_form, lead.company_id) == (None, "c1")
    assert "company.legal_form “bv” (known: nothing)" in noted(books)[0]


def test_a_form_fills_what_is_not_known_of_the_leads_own_company(web: TestClient, books: Books) -> None:
    books.add(tables.companies, id="c1", name="Acme", name_key="acme", sector="growers", fields={})
    books.lead("ann", company_id="c1")
    form(web, company="ACME", **{"company.legal_form": "bv", "company.sector": "shops"})
    form(web, company="Other")
    [company], [lead] = books.rows(tables.companies), books.rows(tables.leads)
    assert (company.legal_form, company.sector, lead.company_id) == ("bv", "growers", "c1")
    assert ["company.sector “shops”" in noted(books)[0], "company “Other” (known: Acme)" in noted(books)[1]] == [
        True
    ] * 2


@pytest.mark.parametrize("event", ["page.viewed", "enrol", "unsubscribed", "nothing.known", "../api/events"])
def test_only_conversions_come_by_form(web: TestClient, books: Books, event: str) -> None:
    assert form(web, event).status_code in (401, 404, 405)
    assert books.count(tables.events) == 0


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/thanks", "/thanks"),
        ("http://127.0.0.1:8000/thanks", "http://127.0.0.1:8000/thanks"),
        ("https://www.lisveld.example.com/bedankt?p=1", "https://www.lisveld.example.com/bedankt?p=1"),
        ("http://www.lisveld.example.com/bedankt", None),
        ("https://www.lisveld.example.com.evil.example/", None),
        ("https://www.lisveld.example.com:444/", None),
        ("https://lisveld.example.com/", None),
        ("https://www.lisveld.example.com@evil.example/", None),
        ("https://[::1", None),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("https://evil.example", None),
        ("http://127.0.0.1:8000@evil.example", None),
        ("javascript:alert(1)", None),
        ("/a\r\nSet-Cookie: x=1", None),
    ],
)
def test_a_form_goes_on_to_our_own_pages_and_websites_only(web: TestClient, target: str, goes: str | None) -> None:
    answer = form(web, redirect=target)
    assert (answer.status_code, answer.headers.get("location")) == ((303, goes) if goes else (200, None))


def test_a_form_with_an_id_sent_twice_is_one_event(web: TestClient, books: Books) -> None:
    for _ in range(2):
        form(web, id="6f1c")
    assert books.count(tables.events) == 1


def test_a_script_at_a_form_is_slowed_down(web: TestClient, house: House) -> None:
    house.form_rate.most = 3
    assert [form(web).status_code for _ in range(4)] == [200, 200, 200, 429]
