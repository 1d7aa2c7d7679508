"""In a real browser: the pages need no script, break no rule of their own policy, and fit a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from kweek.leads import tables
from kweek.mails.addresses import Addresses
from kweek.web.house import House
from kweek.web.session import login_link
from tests.web.browsing import caught, fits
from tests.web.conftest import Books
from tests.web.scene import ANSWER, CALL, HANDOVER, scene

pytestmark = pytest.mark.slow


@pytest.fixture
def invited(books: Books, served: House, published: str) -> House:
    books.lead(name="Ann de Vries")
    books.enrolment(published, "steps/send-survey")
    books.mail(enrolment_id="l1-1")
    link = served.tokens.url(served.settings.base_url, "survey", "l1-1/1")
    html = f'<p onclick="x()">Hi <script>x()</script><a href="{link}">Answer</a></p>'
    caught(books, "What suits your building?", html)
    return served


def test_a_lead_answers_without_script_from_the_mail_in_the_catcher(
    browser: Browser, invited: House, books: Books
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False, locale="nl-NL")
    page = context.new_page()
    page.goto(login_link(invited.settings))
    page.locator(".flow h3 a").click()
    number = page.locator('[data-count="steps/send-survey"]')
    expect(number).to_be_visible()
    expect(number).to_have_text("1")
    page.goto(f"{invited.settings.base_url}/mails")
    page.get_by_role("link", name="What suits your building?").click()
    with context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Answer").click()
    survey = opened.value
    survey.get_by_role("button").click()
    expect(survey.get_by_text("Beantwoord deze vraag.")).to_have_count(1)
    survey.get_by_label("Ik oriënteer mij alleen", exact=True).check()
    survey.get_by_role("button").click()
    for answer in ("Later", "Voorlopig niets"):
        survey.get_by_label(answer, exact=True).check()
    survey.get_by_role("button").click()
    expect(survey.get_by_role("heading", name="Dank u wel")).to_be_visible()
    assert [row.kind for row in books.rows(tables.events)] == ["answered"]
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_a_colleague_acts_from_the_notice_in_his_mailbox(
    browser: Browser, served: House, books: Books, published: str, width: int
) -> None:
    """The link comes from another site, as a mailbox is; he is signed in, and has to press a button himself."""
    scene(books, published)
    link = f"{served.settings.base_url}/handovers/{HANDOVER}?as=anna"
    caught(books, "Nieuwe lead voor u: Ann de Vries", f'<a href="{link}">Openen in Kweek</a>')
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=False,
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
    )
    mailbox = context.new_page()
    mailbox.goto(login_link(served.settings))
    mailbox.get_by_role("link", name="Mailvanger").click()
    mailbox.get_by_role("link", name="Nieuwe lead voor u").click()
    with context.expect_page() as opened:
        mailbox.frame_locator("iframe").get_by_role("link", name="Openen in Kweek").click()
    page = opened.value
    expect(page.get_by_text("U handelt als anna.")).to_be_visible()
    assert not [row for row in books.rows(tables.events) if row.by == "anna"]
    page.get_by_role("button", name="Terug naar marketing").click()
    expect(page.locator("#fault-reject")).to_be_visible()
    page.get_by_label("Notitie").fill("Wil in mei een rondleiding")
    page.get_by_role("button", name="Ik belde of schreef").click()
    expect(page.locator("p.noted")).to_have_text("Genoteerd: Contact gezocht.")
    expect(page.get_by_text("Wil in mei een rondleiding")).to_be_visible()
    page.get_by_label("Wil weer van ons horen vanaf").fill("2026-05-01")
    page.get_by_label("Wil weer van ons horen vanaf").press("Enter")  # its own form: no other button is pressed by it
    expect(page.get_by_text("Gesloten: Later")).to_be_visible()
    assert fits(page)
    assert [row.kind for row in books.rows(tables.events) if row.by == "anna"] == ["contacted", "later"]
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_catchers_buttons_write_back_bounce_and_complain(
    browser: Browser, served: House, books: Books, published: str, width: int
) -> None:
    scene(books, published)
    addresses = Addresses(served.settings.key, "own.example")
    identifier = addresses.message_id("ann-1/9")
    books.mail("ann-1/9", "ann", enrolment_id="ann-1", message_id=identifier, subject="Uw brochure")
    caught(books, "Uw brochure", "<p>Hallo</p>", sender=addresses.address("bounces", identifier), message_id=identifier)
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False, locale="nl-NL")
    page = context.new_page()
    page.goto(login_link(served.settings))
    page.goto(f"{served.settings.base_url}/mails/1")
    page.get_by_role("button", name="Terugschrijven").click()
    expect(page.get_by_role("alert")).to_have_text("Schrijf eerst iets.")
    page.get_by_label("Uw antwoord").fill("Wat kost het?")
    for button, status in (
        ("Terugschrijven", "Het antwoord kwam"),
        ("Klagen", "De klacht kwam"),
        ("Laten", "Hij kwam"),
    ):
        page.get_by_role("button", name=button).click()
        expect(page.locator("p.noted")).to_contain_text(status)
    assert fits(page)
    page.get_by_role("link", name="← Alle mails").click()
    page.get_by_role("link", name="Re: Uw brochure").click()
    page.get_by_role("link", name="Tekst").click()
    expect(page.get_by_text("Wat kost het?")).to_be_visible()
    mine = [row.kind for row in books.rows(tables.events) if row.ref == "ann-1/9"]
    assert mine == ["replied", "complained", "bounced"]
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_breaks_its_policy_or_overflows(
    browser: Browser, invited: House, books: Books, published: str, width: int
) -> None:
    scene(books, published)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(login_link(invited.settings))
    base = invited.settings.base_url
    unsubscribe = invited.tokens.url("", "unsubscribe", "l1-1/1")
    survey = invited.tokens.url("", "survey", "l1-1/1")
    work = [
        f"/handovers/{HANDOVER}",
        f"/handovers/{HANDOVER}?as=anna",
        f"/calls/{CALL}?as=els",
        f"/tasks/{ANSWER}?as=bram",
    ]
    mails = ["/mails", "/mails/1", "/mails/1?view=text", "/mails/1?view=source"]
    for path in ("/", *work, "/leads/ann", *mails, survey, unsubscribe, "/nowhere", "/u/forged"):
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        assert fits(page), path
    # the caught mail's own script is stopped, and the browser says so; nothing else may be said
    assert [
        line
        for line in said
        if "/mails/1/html" not in line and "Blocked script execution" not in line and "404" not in line
    ] == []
    context.close()
