"""On the spot without a network: what is typed waits in the telephone, none takes the place of another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kweek.leads import tables
from kweek.web.house import House
from kweek.web.session import login_link
from tests.web.browsing import fits
from tests.web.conftest import Books
from tests.web.test_spot import names


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


def type_in(page: Page, name: str, **more: str) -> None:
    """And save."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower().replace(' ', '.')}@acme.example")
    for label, text in more.items():
        page.get_by_label(label, exact=True).fill(text)
    page.locator("#f-by").evaluate("field => field.closest('details').open = true")
    page.get_by_label("Typed in by").select_option("anna")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_enabled()


def comes(page: Page, books: Books, *expected: str) -> None:
    """Wait until these are leads."""
    for _ in range(200):
        if names(books) == sorted(expected):
            return
        page.wait_for_timeout(25)
    assert names(books) == sorted(expected)


@pytest.mark.slow
def test_what_is_typed_in_a_page_that_was_opened_again_takes_the_place_of_nothing(
    browser: Browser, served: House, books: Books
) -> None:
    context, page = telephone(browser, served)
    type_in(page, "Online")
    comes(page, books, "Online")
    context.set_offline(True)
    for name in ("Off One", "Off Two", "Off Three"):
        page.goto(f"{served.settings.base_url}/spot")
        type_in(page, name)
    tabs = [context.new_page() for _ in "AB"]
    for tab in tabs:
        tab.goto(f"{served.settings.base_url}/spot")
    for tab, name in zip(tabs, ("Tab A", "Tab B"), strict=True):
        type_in(tab, name)
    expect(tabs[1].locator("#waits")).to_contain_text("Waiting in this telephone: 5")
    context.set_offline(False)
    comes(page, books, "Online", "Off One", "Off Two", "Off Three", "Tab A", "Tab B")
    expect(tabs[1].locator("#waits")).to_contain_text("Saved.")
    expect(tabs[1].locator("#mend")).to_be_hidden()
    context.close()


@pytest.mark.slow
def test_what_is_begun_in_two_tabs_is_two(browser: Browser, served: House, books: Books) -> None:
    context, page = telephone(browser, served)
    page.get_by_label("Name", exact=True).fill("Ann")
    other = context.new_page()
    other.goto(f"{served.settings.base_url}/spot")
    assert other.get_by_label("Name", exact=True).input_value() == "Ann"
    context.set_offline(True)
    type_in(other, "Bob")
    type_in(page, "Ann")
    context.set_offline(False)
    comes(page, books, "Ann", "Bob")
    context.close()


@pytest.mark.slow
def test_back_at_the_page_it_is_another_form(browser: Browser, served: House, books: Books) -> None:
    context, page = telephone(browser, served)
    page.get_by_label("Name", exact=True).fill("Ann")
    page.goto(f"{served.settings.base_url}/leads")
    page.goto(f"{served.settings.base_url}/spot?kind=fair.visited")
    type_in(page, "Ann")
    comes(page, books, "Ann")
    page.go_back()
    page.go_back()
    page.wait_for_url("**/spot?kind=fair.visited")
    before = page.locator("input[name=id]").input_value()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert page.locator("input[name=id]").input_value() != before
    type_in(page, "Bob")
    comes(page, books, "Ann", "Bob")
    context.close()


OLD = """([id, name]) => localStorage.setItem("kweek-spot", JSON.stringify([{ id, at: Date.now(), fields: [
  ["id", id], ["kind", "fair.visited"], ["by", "anna"], ["name", name], ["email", "old@acme.example"]] }]))"""
"""What an earlier script kept."""


@pytest.mark.slow
def test_what_waits_under_the_id_of_another_can_be_mended(browser: Browser, served: House, books: Books) -> None:
    context, page = telephone(browser, served)
    used = page.locator("input[name=id]").input_value()
    type_in(page, "Ann")
    comes(page, books, "Ann")
    page.evaluate(OLD, [used, "Old"])
    page.reload()
    expect(page.locator("#mend li")).to_contain_text("Something else was saved from this form already")
    expect(page.locator("#waits")).not_to_contain_text("No connection")
    page.get_by_role("button", name="Open in the form").click()
    page.get_by_role("button", name="Save").click()
    comes(page, books, "Ann", "Old")
    expect(page.locator("#mend")).to_be_hidden()
    page.evaluate(OLD, ["00ff", "Old"])
    page.reload()
    for _ in range(200):
        if page.evaluate("localStorage.getItem('kweek-spot')") == "[]":
            break
        page.wait_for_timeout(25)
    expect(page.locator("#mend")).to_be_hidden()
    assert [row.id for row in books.rows(tables.events)][-1] == "spot:00ff"
    context.close()


@pytest.mark.slow
def test_what_is_too_long_is_said_to_be_and_can_be_mended(browser: Browser, served: House, books: Books) -> None:
    context, page = telephone(browser, served, "/spot?kind=fair.visited")
    context.set_offline(True)
    type_in(page, "Waited", Note="x" * 70_000)
    context.set_offline(False)
    expect(page.locator("#mend li")).to_contain_text("This is too long")
    type_in(page, "At once", Note="x" * 70_000)
    expect(page.locator("#waits")).to_contain_text("This is too long")
    assert page.get_by_label("Name", exact=True).input_value() == "At once"
    page.reload()
    page.get_by_label("Note").fill("short")
    page.get_by_role("button", name="Save").click()
    comes(page, books, "At once")
    page.get_by_role("button", name="Throw away").click()
    page.get_by_role("button", name="Throw away for good").click()
    expect(page.locator("#mend")).to_be_hidden()
    context.close()


@pytest.mark.slow
def test_the_address_says_which_event_it_is_without_a_network_too(
    browser: Browser, served: House, books: Books
) -> None:
    context, page = telephone(browser, served, "/spot?kind=fair.visited")
    context.set_offline(True)
    page.reload()
    expect(page.locator("details.kinds strong").first).to_have_text(re.compile("visited us at a fair", re.IGNORECASE))
    page.locator("details.kinds summary").first.click()
    page.get_by_role("link", name="Quote requested").click()
    page.wait_for_url("**kind=quote.requested")
    expect(page.locator("details.kinds strong").first).to_have_text(re.compile("quote requested", re.IGNORECASE))
    expect(page.locator(".kinds [aria-current=page]")).to_have_text(re.compile("quote requested", re.IGNORECASE))
    page.get_by_label("Building").fill("hall")
    type_in(page, "Ann")
    page.goto(f"{served.settings.base_url}/spot?kind=fair.visited&lead=l1")
    expect(page.locator("#absent")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_hidden()
    context.set_offline(False)
    comes(page, books, "Ann")
    [event] = books.rows(tables.events)
    assert (event.kind, event.data) == ("quote.requested", {"building": "hall"})
    context.close()


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
