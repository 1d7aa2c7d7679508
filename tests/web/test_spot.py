"""A lead that stands before us: typed in within twenty seconds, also where there is no network, and counted once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kweek.leads import tables
from kweek.web.house import House
from kweek.web.session import login_link
from tests.web.browsing import fits
from tests.web.conftest import NOW, ORIGIN, Books, TestClient

CARD = {"id": "a1", "kind": "fair.visited", "by": "anna", "name": "Ann de Vries", "email": "ann@acme.example"}


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


@pytest.mark.slow
def test_without_a_network_it_waits_in_the_telephone(browser: Browser, served: House, books: Books) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(login_link(served.settings))
    page.goto(f"{served.settings.base_url}/spot?kind=fair.visited")
    page.evaluate("navigator.serviceWorker.ready")
    assert fits(page)
    context.set_offline(True)
    page.reload()  # as somebody would who has put it away
    page.get_by_label("Name", exact=True).fill("Ann de Vries")
    page.get_by_label("E-mail").fill("ann@acme.example")
    page.get_by_label("Typed in by").select_option("anna")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#waits")).to_contain_text("Waiting in this telephone: 1")
    assert page.get_by_label("Name", exact=True).input_value() == ""
    assert books.count(tables.events) == 0
    context.set_offline(False)
    expect(page.locator("#waits")).to_contain_text("Saved.")
    assert [row.name for row in books.rows(tables.leads)] == ["Ann de Vries"]
    context.close()


def telephone(browser: Browser, house: House, path: str = "/spot?kind=fair.visited") -> tuple[BrowserContext, Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(login_link(house.settings))
    page.goto(f"{house.settings.base_url}{path}")
    page.evaluate("navigator.serviceWorker.ready")
    return context, page


def refuse(context: BrowserContext, page: Page, typed: dict[str, str], *, and_then: dict[str, str]) -> None:
    """One that waits, is refused while another is being typed."""
    context.set_offline(True)
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Typed in by").select_option("anna")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#waits")).to_contain_text("Waiting in this telephone: 1")
    for label, text in and_then.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("You may call me.").check()
    context.set_offline(False)
    expect(page.locator("#mend")).to_be_visible()


@pytest.mark.slow
def test_what_was_refused_waits_beside_the_form(browser: Browser, served: House, books: Books) -> None:
    context, page = telephone(browser, served)
    refuse(context, page, {"Name": "Offline A", "Telephone": "12"}, and_then={"Name": "Mrs B", "E-mail": "b@b.example"})
    assert page.get_by_label("Name", exact=True).input_value() == "Mrs B"
    expect(page.locator("#mend li")).to_contain_text("Offline A, 12")
    expect(page.locator("#mend li")).to_contain_text("This is no telephone number.")
    assert fits(page)
    page.reload()
    expect(page.locator("#mend li")).to_contain_text("Offline A, 12")
    assert page.get_by_label("E-mail").input_value() == "b@b.example"
    assert page.get_by_label("You may call me.").is_checked()
    page.get_by_role("button", name="Open in the form").click()
    assert page.get_by_label("Name", exact=True).input_value() == "Mrs B"
    page.get_by_role("button", name="Put aside what I am typing, and open this").click()
    assert page.get_by_label("Name", exact=True).input_value() == "Offline A"
    assert not page.get_by_label("You may call me.").is_checked()
    expect(page.locator("#mend li")).to_contain_text("Mrs B")
    page.reload()
    assert page.get_by_label("Name", exact=True).input_value() == "Offline A"
    page.get_by_label("Telephone").fill("020 123 4567")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#waits")).to_contain_text("Saved.")
    page.get_by_role("button", name="Open in the form").click()
    assert page.get_by_label("You may call me.").is_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    expect(page.locator("#mend")).to_be_hidden()
    assert [row.name for row in books.rows(tables.leads)] == ["Offline A", "Mrs B"]
    [consent] = books.rows(tables.consents)
    assert consent.lead_id == books.rows(tables.leads)[1].id
    context.close()


@pytest.mark.slow
def test_what_was_refused_opens_as_the_event_that_it_was(browser: Browser, served: House) -> None:
    context, page = telephone(browser, served)
    refuse(context, page, {"Name": "Offline A", "Fair": "GreenTech"}, and_then={"Name": "Mrs B"})
    page.goto(f"{served.settings.base_url}/spot?kind=contact.requested")
    assert page.get_by_label("Name", exact=True).input_value() == "Mrs B"
    page.get_by_role("button", name="Open in the form").click()
    page.get_by_role("button", name="Put aside what I am typing, and open this").click()
    page.wait_for_url("**kind=fair.visited**")
    assert page.get_by_label("Name", exact=True).input_value() == "Offline A"
    assert page.get_by_label("Fair").input_value() == "GreenTech"
    expect(page.locator("#mend li")).to_contain_text("Mrs B")
    context.close()


@pytest.mark.slow
def test_who_types_and_for_what_campaign_stays(browser: Browser, served: House) -> None:
    context, page = telephone(browser, served)
    page.get_by_label("Typed in by").select_option("anna")
    page.get_by_label("Campaign").fill("greentech")
    page.goto(f"{served.settings.base_url}/spot")
    assert page.get_by_label("Typed in by").input_value() == "anna"
    assert page.locator("#f-campaign").input_value() == "greentech"
    context.close()
