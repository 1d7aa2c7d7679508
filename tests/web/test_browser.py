"""In a real browser: the pages need no script, break no rule of their own policy, and fit a telephone."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from kweek.leads import tables
from kweek.web.app import make_app
from kweek.web.house import House
from kweek.web.session import login_link
from tests.web.conftest import NOW, Books

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium")


@pytest.fixture
def served(house: House) -> Iterator[House]:
    """The house on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    there = replace(house, settings=replace(house.settings, base_url=f"http://127.0.0.1:{port}"))
    server = uvicorn.Server(uvicorn.Config(make_app(there), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    yield there
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def invited(books: Books, served: House, published: str) -> House:
    books.lead(name="Ann de Vries")
    books.enrolment(published, "steps/send-survey")
    books.mail(enrolment_id="l1-1")
    message = EmailMessage()
    message["Subject"], message["From"] = "What suits your building?", "us@example.com"
    message.set_content("Hi")
    link = served.tokens.url(served.settings.base_url, "survey", "l1-1/1")
    message.add_alternative(f'<p onclick="x()">Hi <script>x()</script><a href="{link}">Answer</a></p>', subtype="html")
    row = {"sender": "us@example.com", "recipient": "l1@example.com", "subject": "What suits your building?", "at": NOW}
    books.add(tables.caught, raw=message.as_bytes(), **row)
    return served


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_lead_answers_without_script_from_the_mail_in_the_catcher(
    browser: Browser, invited: House, books: Books
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False, locale="nl-NL")
    page = context.new_page()
    page.goto(login_link(invited.settings))
    assert page.get_by_text("survey versturen, 7 dagen wachten").is_visible()
    page.goto(f"{invited.settings.base_url}/mails")
    page.get_by_role("link", name="What suits your building?").click()
    with context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Answer").click()
    survey = opened.value
    survey.get_by_role("button").click()
    assert survey.get_by_text("Beantwoord deze vraag.").count() == 3
    for answer in ("Ik oriënteer mij alleen", "Later", "Voorlopig niets"):
        survey.get_by_label(answer, exact=True).check()
    survey.get_by_role("button").click()
    assert survey.get_by_role("heading", name="Dank u wel").is_visible()
    assert [row.kind for row in books.rows(tables.events)] == ["answered"]
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_breaks_its_policy_or_overflows(browser: Browser, invited: House, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(login_link(invited.settings))
    base = invited.settings.base_url
    unsubscribe = invited.tokens.url("", "unsubscribe", "l1-1/1")
    survey = invited.tokens.url("", "survey", "l1-1/1")
    for path in ("/", "/mails", "/mails/1", survey, unsubscribe):
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        assert fits(page), path
    # the caught mail's own script is stopped, and the browser says so; nothing else may be said
    assert [line for line in said if "/mails/1/html" not in line and "Blocked script execution" not in line] == []
    context.close()
