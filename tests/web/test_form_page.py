"""A colleague makes a form, and whoever fills in that very HTML comes in with the very words that he read."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest

from kweek.leads import tables
from tests.web.conftest import ORIGIN, Books, TestClient

WORDS = 'Ja, mail mij over “klimaat” & meer — tot ik mij afmeld <"zo">.'
CHOSEN: list[tuple[str, str]] = [
    ("language", "nl"), ("field", "first_name"), ("field", "phone"), ("field", "contract_end"),
    ("field", "preferred_at"), ("label.preferred_at", "Wanneer schikt het?"), ("title", "Maak een afspraak"),
    ("purpose", "advice"), ("words", WORDS), ("phone_words", "Ja, bel mij."),
    ("redirect", "https://www.lisveld.example.com/bedankt"),
]  # fmt: skip


class Read(HTMLParser):
    """What a browser makes of a form: its fields with what they hold, all boxes ticked, and what it shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.fields, self.shown = "", dict[str, str](), ""
        self.types: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = said["action"]
        elif tag in ("input", "textarea"):
            self.fields[said["name"]] = said.get("value", "")
            self.types[said["name"]] = said.get("type", tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


def copied(page: str) -> str:
    """The HTML that the page gives to copy."""
    found = re.search(r"<textarea readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    inner = Read(f"<p>{found[1]}</p>")
    return inner.shown


def test_the_very_html_that_is_copied_makes_a_lead(staff: TestClient, books: Books) -> None:
    page = staff.get("/forms/appointment.requested", params=CHOSEN)
    assert page.status_code == 200
    form = Read(copied(page.text))
    assert form.types["preferred_at"] == "datetime-local"
    assert "Wanneer schikt het?" in form.shown
    assert WORDS in form.shown  # word for word beside its box
    assert "id" not in form.fields  # every visitor would be the same
    filled = form.fields | {
        "email": "ann@example.com", "first_name": "Ann", "phone": "06 12345678", "preferred_at": "2026-03-09T10:00",
    }  # fmt: skip
    staff.cookies.clear()
    answer = staff.post(urlsplit(form.action).path, data=filled)
    assert (answer.status_code, answer.headers["location"]) == (303, "https://www.lisveld.example.com/bedankt")
    [lead], [event] = books.rows(tables.leads), books.rows(tables.events)
    assert (lead.first_name, lead.language, lead.phone) == ("Ann", "nl", "+31612345678")
    assert event.data["preferred_at"] in ("2026-03-09T09:00:00+00:00", {"moment": "2026-03-09T09:00:00+00:00"})
    assert {row.channel: row.words for row in books.rows(tables.consents)} == {
        "email": WORDS, "telephone": "Ja, bel mij.",
    }  # fmt: skip
    assert books.rows(tables.problems) == []


def test_the_page_of_ours_shows_that_same_form_to_anybody_and_once(staff: TestClient, books: Books) -> None:
    page = staff.get("/forms/appointment.requested", params=CHOSEN).text
    found = re.search(r'<iframe class="mail" src="([^"]+)"', page)
    assert found is not None
    path = found[1].replace("&amp;", "&")
    staff.cookies.clear()
    shown = staff.get(path)
    ours, theirs = Read(shown.text), Read(copied(page))
    assert ours.fields.pop("id") != Read(staff.get(path).text).fields["id"]
    assert (ours.fields, ours.types.keys() - {"id"}) == (theirs.fields, theirs.types.keys())
    assert "<h1>Maak een afspraak</h1>" in shown.text
    assert "script" not in shown.text
    policy = shown.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://www.lisveld.example.com" in policy
    assert "form-action 'self' https://www.lisveld.example.com" in policy
    fields = Read(shown.text).fields | {"email": "ann@example.com"}
    answers = [staff.post(ours.action, data=fields | {"redirect": ""}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "https://www.lisveld.example.com" in answers[0].headers["content-security-policy"]
    assert books.count(tables.events) == 1


@pytest.mark.parametrize("change", [("words", "Ja, alles."), ("title", "Win!"), ("sign", "x"), ("field", "name")])
def test_nobody_else_puts_words_on_our_page(staff: TestClient, change: tuple[str, str]) -> None:
    page = staff.get("/forms/appointment.requested", params=CHOSEN).text
    found = re.search(r'<iframe class="mail" src="([^"]+)"', page)
    assert found is not None
    query = parse_qsl(urlsplit(found[1].replace("&amp;", "&")).query)
    changed = [*query, change] if change[0] == "field" else [*(one for one in query if one[0] != change[0]), change]
    assert staff.get("/f/appointment.requested", params=changed).status_code == 404


def test_a_message_may_be_as_long_as_it_is_kept(web: TestClient) -> None:
    assert re.search(r'<textarea [^>]*name="message"[^>]* maxlength="20000">', web.get("/f/contact.requested").text)


def test_where_nobody_chose_it_asks_the_usual(web: TestClient) -> None:
    form = Read(web.get("/f/brochure.requested", headers={"accept-language": "nl"}).text)
    assert list(form.fields) == [
        "email", "first_name", "last_name", "company", "brochure", "consent.advice", "homepage_url", "language", "id",
    ]  # fmt: skip
    assert "Ja, Lisveld Klimaattechniek mag mij per e-mail op de hoogte houden." in form.fields["consent.advice"]


def test_a_form_may_ask_what_makes_a_lead_sales_ready_in_its_own_language(staff: TestClient) -> None:
    asked = [("language", "nl"), ("field", "bant.budget"), ("field", "bant.charm")]
    page = staff.get("/forms/brochure.requested", params=asked, headers={"accept-language": "en"}).text
    html = copied(page)
    assert '<select id="kweek-bant.budget" name="bant.budget"><option value=""></option>' in html
    assert '<option value="planned">in de begroting</option>' in html
    assert '<input type="hidden" name="question.bant.budget" value="Budget">' in html
    assert "charm" not in html


def test_what_is_always_the_same_comes_along_and_is_not_asked(staff: TestClient) -> None:
    chosen = [("language", "en"), ("field", "brochure"), ("fixed.brochure", "humidity")]
    form = Read(copied(staff.get("/forms/brochure.requested", params=chosen).text))
    assert (form.types["brochure"], form.fields["brochure"]) == ("hidden", "humidity")


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ([("language", "xx")], "language"),
        ([("language", "nl"), ("redirect", "https://evil.example/")], "redirect"),
        ([("language", "nl"), ("words", "Ja")], "purpose"),
        ([("language", "nl"), ("title", "\x01")], "title"),
    ],
)
def test_what_cannot_be_is_said(staff: TestClient, chosen: list[tuple[str, str]], field: str) -> None:
    answer = staff.get("/forms/brochure.requested", params=chosen)
    assert answer.status_code == 422
    assert field in answer.text


@pytest.mark.parametrize("event", ["page.viewed", "nothing.known", "enrol"])
def test_only_conversions_have_a_form(staff: TestClient, event: str) -> None:
    assert [staff.get(f"/{where}/{event}").status_code for where in ("forms", "f")] == [404, 404]
    assert f'href="/forms/{event}"' not in staff.get("/forms").text


@pytest.mark.parametrize("path", ["/forms", "/forms/quote.requested"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pages_say_all_in_both_languages(staff: TestClient, path: str, language: str) -> None:
    answer = staff.get(path, headers={"accept-language": language, "origin": ORIGIN})
    assert answer.status_code == 200
    assert not re.search(r">\s*forms?\.[a-z.]+\s*<", answer.text)
