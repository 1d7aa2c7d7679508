"""In a real browser, on a website of another origin: nothing without consent, and five pages before a form with it."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kweek.leads import tables
from kweek.web.house import House
from kweek.web.rules import WorkspaceRules
from kweek.web.session import login_link
from tests.web.browsing import chromium, free_port, serving
from tests.web.conftest import NOW, ROOT, Books

pytestmark = pytest.mark.slow

LINE, BANNER, _, TOPIC = re.findall(r"```html\n(.*?)```", (ROOT / "docs" / "visitors.md").read_text(), re.DOTALL)
"""As the manual has them put in."""


def website(base_url: str) -> type[BaseHTTPRequestHandler]:
    form = f"""<form method="post" action="{base_url}/forms/contact.requested">
      <input name="email"><input name="redirect" value="{{}}/thanks" hidden><button>Send</button></form>"""

    class Website(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            links = '<a href="/files/guide.pdf" download>Guide</a>' + "".join(
                f'<a href="/{n}">{n}</a> ' for n in range(6)
            )
            head = f"<title>Page {path}</title>{LINE}{TOPIC if path == '/3' else ''}"
            here = f"http://{self.headers['host']}"
            html = f"<!doctype html><head>{head}</head><body>{BANNER}{links}{form.format(here)}</body>"
            html = html.replace("https://leads.example.com", base_url)
            body = b"%PDF-1.4" if path.endswith(".pdf") else html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/pdf" if path.endswith(".pdf") else "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Website


@contextmanager
def visited(base_url: str, port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), website(base_url))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One that does not say that it is a program."""
    with chromium(
        "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
    ) as found:
        yield found


@pytest.fixture
def site(house: House, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A house whose website is another origin of this machine, and that."""
    here, there = free_port(), free_port()
    origin = f"http://localhost:{there}"
    shutil.copytree(ROOT / "rules", tmp_path / "workspace" / "rules")
    file = tmp_path / "workspace" / "rules" / "workspace.yaml"
    file.write_text(file.read_text().replace("https://www.lisveld.example.com", origin))
    rules = WorkspaceRules(tmp_path / "workspace", house.db)
    seconds = count()
    goes = replace(house, rules=rules, now=lambda: NOW + timedelta(seconds=next(seconds)))
    with serving(goes, here) as served, visited(served.settings.base_url, there):
        yield served, origin


def test_a_visitor_is_nobody_until_he_agrees_and_a_lead_once_he_says_who_he_is(
    browser: Browser, site: tuple[House, str], books: Books
) -> None:
    house, origin = site
    private = browser.new_context()
    private.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })")
    page = private.new_page()
    asked = requests_of(page, house)
    page.goto(f"{origin}/1")
    assert page.evaluate("[kweek.asks, kweek.agree('x'), kweek.asks]") == [False, None, False]
    assert page.get_by_text("Yes, you may").is_hidden()
    page.goto(f"{origin}/2")
    assert (private.cookies(), asked()) == ([], ["/v.js"]), "who wants none of it anywhere"
    private.close()

    context = browser.new_context()
    page = context.new_page()
    asked = requests_of(page, house)
    page.goto(f"{origin}/1?utm_source=fair")
    page.goto(f"{origin}/2?kweek=abc.def&a=1")
    assert page.url == f"{origin}/2?a=1"
    assert (context.cookies(), asked(), page.evaluate("localStorage.length")) == ([], ["/v.js"], 0)
    assert books.count(tables.visitors) == 0

    page.get_by_text("Yes, you may").click()
    comes(page, books, "/2")
    [cookie] = context.cookies()
    assert (cookie["name"], cookie["sameSite"], cookie["domain"]) == ("kweek", "Lax", "localhost")
    for n in "345":
        page.get_by_role("link", name=n, exact=True).click()
        comes(page, books, f"/{n}")
    with page.expect_download():
        page.get_by_role("link", name="Guide").click()
    comes(page, books, "guide.pdf")
    page.goto(f"{origin}/0?utm_campaign=spring&secret=7")
    comes(page, books, "/0")
    assert page.get_by_text("Yes, you may").is_hidden()
    page.get_by_role("textbox").fill("ann@example.com")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(f"{origin}/thanks")
    comes(page, books, "/thanks")

    [lead], [visitor] = books.rows(tables.leads), books.rows(tables.visitors)
    assert visitor.consent.startswith("May we remember which pages you read")
    assert (lead.points_interest, lead.points_intent) == (11, 15), "a page about humidity, a download; a request"
    events = books.rows(tables.events)
    assert {row.data["path"]: row.data["depth"] for row in events if row.kind == "page.read"}["/3"] == 100
    assert "secret" not in str([*map(str, events), *map(str, books.rows(tables.visits))])
    page.evaluate("kweek.forget()")
    page.goto(f"{origin}/1")
    assert context.cookies() == []

    page.goto(login_link(house.settings))
    page.goto(f"{house.settings.base_url}/leads/{lead.id}")
    story = page.locator("#past li").all_inner_texts()
    told = re.findall(r"page: (/\w+), title|(guide.pdf)|(Contact requested)|(\+\d+ \w+)", "\n".join(reversed(story)))
    assert ["".join(one) for one in told] == [
        "/2", "/3", "+1 interest", "/4", "/5", "guide.pdf", "+10 interest", "/0", "Contact requested",
        "+15 intent", "/thanks",
    ]  # fmt: skip
    context.close()


def test_two_tabs_are_one_visitor(browser: Browser, site: tuple[House, str], books: Books) -> None:
    _, origin = site
    context = browser.new_context()
    first, second = context.new_page(), context.new_page()
    first.goto(f"{origin}/1")
    second.goto(f"{origin}/2")
    second.evaluate("kweek.agree('yes')")
    comes(second, books, "/2")
    assert first.evaluate("kweek.asks") is False
    first.evaluate("kweek.agree('yes')")
    comes(first, books, "/1")
    assert books.count(tables.visitors) == 1
    third = context.new_page()
    third.goto(f"{origin}/3")
    comes(third, books, "/3")
    third.evaluate("kweek.forget()")
    assert first.evaluate("kweek.asks") is True
    context.close()


def test_a_form_sends_the_visitor_that_another_tab_made(
    browser: Browser, site: tuple[House, str], books: Books
) -> None:
    _, origin = site
    context = browser.new_context()
    first, second = context.new_page(), context.new_page()
    first.goto(f"{origin}/1")
    second.goto(f"{origin}/2?" + "&".join(f"utm_x{n}=1" for n in range(30)))
    second.evaluate("kweek.agree('yes')")
    comes(second, books, "/2")
    first.get_by_role("textbox").fill("ann@example.com")
    first.get_by_role("button", name="Send").click()
    first.wait_for_url(f"{origin}/thanks")
    assert sorted(row.kind for row in books.rows(tables.events))[:2] == ["contact.requested", "page.viewed"]
    context.close()


def comes(page: Page, books: Books, what: str) -> None:
    """Wait until it is kept that this was looked at."""
    for _ in range(500):
        if any(row.what == what for row in books.rows(tables.visits)):
            return
        page.wait_for_timeout(20)
    raise AssertionError(what)


def requests_of(page: Page, house: House) -> Callable[[], list[str]]:
    """What it asks of Kweek, each address once."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    base = house.settings.base_url
    return lambda: sorted({url.removeprefix(base) for url in asked if url.startswith(base)})
