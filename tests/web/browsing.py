"""A house that a real browser can visit, and what a test asks of any page."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from kweek.leads import tables
from kweek.web.app import make_app
from kweek.web.house import House
from kweek.web.seats import Seats
from kweek.web.session import login_link
from tests.web.conftest import NOW, Books

CHROMIUM = shutil.which("chromium")
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
          "--disable-sync", "--no-first-run")  # fmt: skip
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifted += entry.value; }).observe({type: "layout-shift"}); }"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(house: House, port: int) -> Iterator[House]:
    """The house on this port of this machine; gone afterwards."""
    there = replace(house, settings=replace(house.settings, base_url=f"http://127.0.0.1:{port}"), seats=Seats())
    server = uvicorn.Server(uvicorn.Config(make_app(there), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    try:
        yield there
    finally:
        there.seats.close()
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """more: arguments of the program."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *more])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, house: House, **how: object) -> Iterator[Page]:
    context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | how))  # pyright: ignore
    page = context.new_page()
    page.goto(login_link(house.settings))
    yield page
    context.close()


def caught(
    books: Books, subject: str, html: str, sender: str = "us@example.com", message_id: str | None = None
) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "us@example.com"
    if message_id:
        message["Message-ID"] = message_id
    message.set_content("Hi")
    message.add_alternative(html, subtype="html")
    row = {"sender": sender, "recipient": "l1@example.com", "subject": subject, "message_id": message_id, "at": NOW}
    books.add(tables.caught, raw=message.as_bytes(), **row)


def fits(page: Page) -> bool:
    """Asked of the whole page: its words may be there before its styles, after a press that leads to it."""
    page.wait_for_load_state("load")
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
