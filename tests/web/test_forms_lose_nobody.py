"""Forms of a website: whatever stands in one, only the address may be a reason to refuse it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kweek.intake.check_lead import COMPANY_KEYS, Vocabulary
from kweek.intake.forms import event_of_form
from kweek.intake.incoming import OWN_COLUMNS
from kweek.intake.sources import FIELDS as SOURCE_FIELDS
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.rules.said import bant
from kweek.web.form_choice import label_of
from kweek.words import Tongue
from tests.web.conftest import NOW, Books, TestClient
from tests.web.pages import form
from tests.web.test_forms import noted


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


UNFIT = {
    "a bad number": ({"phone": "ring me"}, "sent phone “ring me”: this is not a telephone number"),
    "no country": (
        {"country": "Mars"},
        "sent country “Mars”: this is not a country: write its two letters, such as NL",
    ),
    "a bad date": ({"contract_end": "1 mei"}, "sent contract end “1 mei”: this must be a date"),
    "a company's size in words": (
        {"company": "Acme", "company.size": "10-50"},
        "sent size of the company “10-50”: this must be a number",
    ),
    "a company without a name": ({"company.size": "12"}, "sent size of the company without company: this is missing"),
    "an unknown legal form": ({"company": "Acme", "company.legal_form": "gvr"}, "legal form “gvr”: “gvr” is no legal"),
    "a day that there is not": ({"contract_end": "2026-11-31"}, "“2026-11-31”: there is no such day"),
    "a channel that is none": (
        {"consent.advice.phone": "Bel mij"},
        "sent consent for “advice” by phone: “phone” is none of email, telephone",
    ),
    "no company, and a size that is none": ({"company.size": "50+"}, "size of the company without company"),
    "a blank company, and no country": ({"company": " ", "company.country": "Mars"}, "country of the company without"),
    "no company, and no legal form": ({"company.legal_form": "zz"}, "sent legal form without company: this is missing"),
    "words too many, by a channel that is none": (
        {"consent.advice.fax": "x" * 4_001},
        f"sent consent for “advice” by fax “{'x' * 100}…”: this is too long: 4001 characters, at most 4000",
    ),
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


def test_with_the_name_of_a_company_goes_what_was_said_of_it(web: TestClient, books: Books) -> None:
    details = {"company.size": "50+", "company.sector": "kas"}
    assert form(web, first_name="Ann", company="Acme\x01", **details).status_code == 200
    assert (books.count(tables.leads), books.count(tables.companies)) == (1, 0)
    [words] = noted(books)
    assert "sent company “?”: this holds characters that no text has. It was left out." in words
    assert words.endswith("So was what was said of it: size of the company, sector.")


LETTER = "Geachte heer, ik zoek een ontvochtiger.\n" * 500  # 20,000 characters, as a browser counts them


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_message_is_kept_whole_and_the_end_of_a_line_is_one_character(
    web: TestClient, books: Books, end: str
) -> None:
    text = f"{LETTER[:-1]}!"
    assert len(text) == 20_000
    assert form(web, "contact.requested", message=text.replace("\n", end)).status_code == 200
    [event] = books.rows(tables.events)
    assert (event.data, noted(books)) == ({"message": text}, [])


def test_a_message_in_any_letters_is_kept_whole(web: TestClient, books: Books) -> None:
    assert form(web, "contact.requested", message="字" * 20_000).status_code == 200
    assert [event.data for event in books.rows(tables.events)] == [{"message": "字" * 20_000}]


CUT = {
    "a message": ("message", "m" * 20_001, 20_000, "message"),
    "a first name": ("first_name", "n" * 2_001, 2_000, "first name"),
    "a field of the workspace's own": ("city", "c" * 2_001, 2_000, "city"),
    "a company": ("company", "k" * 201, 200, "company"),
}


@pytest.mark.parametrize(("name", "text", "most", "called"), CUT.values(), ids=CUT.keys())
def test_a_text_that_is_too_long_is_cut_and_never_dropped(
    web: TestClient, books: Books, name: str, text: str, most: int, called: str
) -> None:
    assert form(web, "contact.requested", **{name: text}).status_code == 200
    [event], [lead] = books.rows(tables.events), books.rows(tables.leads)
    companies = [row.name for row in books.rows(tables.companies)]
    kept = {"message": event.data.get(name), "city": lead.fields.get(name), "company": next(iter(companies), None)}
    assert kept.get(name, lead.first_name) == f"{text[: most - 1]}…"
    assert noted(books) == [
        f"The form contact.requested sent {called} “{text[:100]}…”: "
        f"this is too long: {most + 1} characters, at most {most:d}. It was cut."
    ]


@pytest.mark.parametrize("name", ["phone", "bant.budget", "country"])
def test_half_of_what_must_be_whole_is_left_out(web: TestClient, books: Books, name: str) -> None:
    assert form(web, **{name: "1" * 2_001}).status_code == 200
    [words] = noted(books)
    assert words.endswith("It was left out.")


@pytest.mark.parametrize("name", ["lead-1/2", "x" * 300, "a\nb"])
def test_an_id_that_cannot_be_one_loses_nobody_and_is_one_event_still(web: TestClient, books: Books, name: str) -> None:
    assert [form(web, id=name).status_code for _ in range(2)] == [200, 200]
    assert (books.count(tables.leads), books.count(tables.events), noted(books)) == (1, 1, [])


def test_a_page_that_gives_everybody_the_same_id_loses_nobody(web: TestClient, books: Books) -> None:
    for name in ("ann", "bob", "ann", "bob", "eve"):
        assert form(web, email=f"{name}@example.com", id="contact").status_code == 200
    assert form(web, "quote.requested", id="contact").status_code == 200
    assert (books.count(tables.leads), books.count(tables.events)) == (3, 4)
    assert noted(books) == [
        "The form brochure.requested puts one and the same id into several: each one that is shown needs its own.",
        "The form quote.requested puts one and the same id into several: each one that is shown needs its own.",
    ]


def test_a_blank_id_is_none(web: TestClient, books: Books) -> None:
    assert [form(web, email=f"{name}@example.com", id=" ").status_code for name in "ab"] == [200, 200]
    assert (books.count(tables.events), noted(books)) == (2, [])


def test_more_consents_than_anybody_gives_lose_nobody(web: TestClient, books: Books) -> None:
    assert form(web, **{f"consent.p{n}": "Ja" for n in range(30)}).status_code == 200
    assert books.count(tables.consents) == 20
    assert noted(books)[-1] == "The form brochure.requested asks more than 20 consents: the rest is left out."


ODD = st.sampled_from([
    " ", "\t", "x" * 201, "x" * 4_001, "\x01", "50+", "1e999", "-1", "nan", "Mars", "zz", "2026-11-31", "ja", "12",
    "2026-11-31T10:00", "0001-01-01T00:00:00+14:00", "9999-12-31", "{'a': 1}", "bv", "lead-1/2", "..", "https://[::1",
    "٣", "NL",
])  # fmt: skip
WORDS = Vocabulary(
    {"quote.requested": {"surface": "number", "starts": "moment", "day": "date", "urgent": "yes/no", "note": "text"}},
    {"contract_end": "date", "seen": "moment", "many": "number", "ours": "yes/no", "city": "text"},
    purposes=lambda: ("advice",),
    country="NL",
)
ASKED = (
    *WORDS.events["quote.requested"], *WORDS.fields, *OWN_COLUMNS, *SOURCE_FIELDS, *(f"bant.{one}" for one in bant()),
    "company", *(f"company.{one}" for one in COMPANY_KEYS), "id", "question.bant.budget", "visitor", "redirect",
    "consent.", "consent.advice", "consent.advice.telephone", "consent.advice.fax", "consent..", "nobody.knows",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(ASKED), st.lists(ODD | st.text(max_size=20), min_size=1, max_size=25)))
def test_whatever_is_in_any_field_but_the_address_the_visitor_is_taken(fields: dict[str, list[str]]) -> None:
    event = event_of_form("quote.requested", {**fields, "email": ["ann@example.com"]}, WORDS, NOW, "proof")
    assert event is not None
    assert event.lead.email == "ann@example.com"
    assert all(len(note.words) < 600 for note in event.notes)


@pytest.mark.parametrize(("field", "label"), [("company.name", "Company"), ("company.size", "Size of the company")])
def test_what_is_said_of_a_company_is_not_taken_for_the_visitors_own(field: str, label: str) -> None:
    assert label_of(field, "quote.requested", WORDS, Tongue("en")) == label


def test_the_first_page_is_not_filled_by_whoever_sends_a_form(staff: TestClient, books: Books) -> None:
    before = len(staff.get("/").text)
    many = {"consent.advice.fax": "w" * 3_900, "phone": "x" * 1_900, "company.sector": "y" * 1_900}
    for n in range(12):
        form(staff, email=f"ann{n}@example.com", **many)
    assert books.count(tables.problems) == 36
    assert all(len(words) < 400 and "'" not in words for words in noted(books))
    shown = staff.get("/").text
    assert "It was left out" in shown
    assert len(shown) - before < 24_000


def test_what_a_form_says_otherwise_is_cut_on_the_first_page(staff: TestClient, books: Books) -> None:
    books.lead("ann", first_name="Ann", job_title="Buyer")
    form(staff, first_name="A", job_title="j" * 1_900)
    assert "j" * 1_900 in noted(books)[0]
    assert "j" * 300 in (page := staff.get("/").text)
    assert "j" * 400 not in page


def test_data_that_cannot_be_taken_loses_nobody(web: TestClient, books: Books) -> None:
    assert form(web, "quote.requested", surface="ongeveer 200", building="kas").status_code == 200
    [event] = books.rows(tables.events)
    assert event.data == {"building": "kas"}
    assert "sent surface in m² “ongeveer 200”: this must be a number" in noted(books)[0]
