"""The board in a real browser: it moves and nothing shifts, it comes back, it is for everybody, on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kweek.leads import tables
from kweek.web.house import House
from kweek.web.session import login_link
from kweek.web.standstill import Standstill
from tests.web.browsing import SHIFTS, caught, fits, free_port, serving, visit
from tests.web.conftest import NOW, Books
from tests.web.scene import scene

pytestmark = pytest.mark.slow

FLOW = "/flows/brochure-request"
PAGES = (
    "/", FLOW, f"{FLOW}/leads", f"{FLOW}/leads?q=nobody", "/leads/ann", "/mails", "/mails/1", "/calls/bas-1/2?as=els",
    "/handovers/ann-1/3?as=anna", f"{FLOW}?version=99", "/matrix", "/matrix/rules",
)  # fmt: skip
CLIPPED = """() => [...document.querySelectorAll(".work td, .work td > *")].filter(one => one.checkVisibility() &&
  getComputedStyle(one).display !== "inline" && (one.scrollWidth > one.clientWidth + 1 ||
  one.scrollHeight > one.clientHeight + 2)).map(one => one.textContent.trim())"""

APART = """() => { const words = document.createRange(), all = document.querySelector("#calls .all");
  words.selectNodeContents(document.querySelector("#calls h2"));
  const [head, rest] = [words.getBoundingClientRect(), all.getBoundingClientRect()];
  return head.right < rest.left || head.bottom < rest.top; }"""


@pytest.fixture
def lived(books: Books, served: House, published: str) -> House:
    scene(books, published)
    books.mail("bas-1/1", "bas", message_id="<bas@x>", subject="Wat past bij uw gebouw?")
    caught(books, "Wat past bij uw gebouw?", "<p>Hallo Bas</p>", message_id="<bas@x>")
    books.add(
        tables.hits, mail_key="bas-1/1", lead_id="bas", kind="open", at=NOW - timedelta(hours=30), method="GET",
        grade="human", reasons=["nothing speaks against a person"],
    )  # fmt: skip
    return served


SCREENS = [(1440, "light", "nl-NL"), (390, "dark", "nl-NL"), (1440, "dark", "en-GB"), (390, "light", "en-GB")]
"""Every two of width, scheme and language meet once."""


@pytest.mark.parametrize(("width", "scheme", "locale"), SCREENS)
def test_axe_finds_nothing_serious_and_everything_fits(
    browser: Browser, lived: House, width: int, scheme: str, locale: str
) -> None:
    with visit(browser, lived, viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        for path in PAGES:
            page.goto(lived.settings.base_url + path)
            assert fits(page), path
            found = Axe().run(page).response["violations"]
            bad = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found
                   if one["impact"] in ("serious", "critical")]  # fmt: skip
            assert bad == [], path
        assert [line for line in said if "404" not in line] == []


def test_numbers_move_and_nothing_shifts(browser: Browser, lived: House, books: Books, published: str) -> None:
    with visit(browser, lived) as page:
        for path, place in (("/", "brochure-request|steps/wait-1"), (FLOW, "steps/wait-1")):
            page.goto(lived.settings.base_url + path)
            expect(page.locator("[data-live=on]")).to_be_visible()
            page.evaluate(SHIFTS)
            lead = books.lead(f"new{len(path)}", name="Nieuw")
            books.add(
                tables.enrolments, id=f"{lead}-1", lead_id=lead, flow="brochure-request", version=published,
                started_at=NOW, entered_at=NOW, step="steps/wait-1", state={}, live=True,
            )  # fmt: skip
            about = {"lead_id": lead, "enrolment_id": f"{lead}-1", "turn": 1, "at": NOW, "detail": {}}
            books.add(tables.journal, kind="entered", step="steps/wait-1", **about)
            number = page.locator(f'[data-count="{place}"]')
            expect(number).to_have_text("1" if path == "/" else "2", timeout=4000)
            expect(page.locator("[data-stream] li").first).to_contain_text("Nieuw")
            assert page.evaluate("window.shifted") == 0, path


@pytest.mark.parametrize("width", [1440, 390])
def test_what_waits_moves_too_and_not_under_anybodys_hand(
    browser: Browser, lived: House, books: Books, width: int
) -> None:
    with visit(browser, lived, viewport={"width": width, "height": 900}) as page:
        page.goto(lived.settings.base_url)
        expect(page.locator("[data-live=on]")).to_be_visible()
        page.evaluate(SHIFTS)
        calls = page.locator("[data-work=calls] tbody tr")

        def call(key: str, **values: object) -> None:
            about = {"lead_id": "carla", "enrolment_id": "carla-1", "script": "brochure", "attempts_allowed": 3}
            books.add(tables.call_tasks, key=key, status="open", opened_at=NOW, **about, **values)

        def close(key: str) -> None:
            with books.db.write() as tx:
                tx.execute(tables.call_tasks.update().where(tables.call_tasks.c.key == key).values(status="closed"))

        call("carla-1/7")
        expect(calls).to_have_count(2, timeout=2500)
        expect(calls.nth(1)).to_contain_text("Carla Smit")
        expect(page.locator('.sums [data-count="|calls"]')).to_have_text("2")
        calls.nth(0).get_by_role("link").focus()
        close("bas-1/2")
        expect(page.locator('.sums [data-count="|calls"]')).to_have_text("1", timeout=2500)
        expect(page.locator("[data-oldest=calls]")).to_have_text("0 min")
        expect(calls.nth(0)).to_contain_text("Bas Jansen")  # whoever is about to press it presses what he sees
        page.locator("h1").evaluate("() => document.activeElement.blur()")
        expect(calls).to_have_count(1)
        expect(calls.nth(0)).to_contain_text("Carla Smit")
        close("carla-1/7")
        expect(page.get_by_text("Nobody needs to be called now.")).to_be_visible(timeout=2500)
        expect(page.locator("[data-oldest=calls]")).not_to_be_visible()
        assert page.evaluate("window.shifted") == 0


def open_call(books: Books, number: int) -> None:
    about = {"lead_id": "carla", "enrolment_id": "carla-1", "script": "brochure", "attempts_allowed": 3}
    books.add(tables.call_tasks, key=f"carla-1/{number}", status="open", opened_at=NOW, **about)


def test_a_list_that_was_empty_has_room_for_its_heads_and_some_rows(
    browser: Browser, lived: House, books: Books
) -> None:
    with books.db.write() as tx:
        tx.execute(tables.call_tasks.delete())
    with visit(browser, lived, viewport={"width": 1440, "height": 2000}) as page:
        page.goto(lived.settings.base_url)
        expect(page.locator("[data-live=on]")).to_be_visible()
        page.evaluate(SHIFTS)
        assert page.locator("#calls .work").bounding_box()["height"] < 120  # pyright: ignore
        for n in range(10, 14):
            open_call(books, n)
        expect(page.locator("#calls tbody tr:visible")).to_have_count(2, timeout=4000)
        inside = "one => one.scrollHeight <= one.clientHeight + 2 && one.querySelector('th').checkVisibility()"
        assert page.locator("#calls .work").evaluate(inside)
        assert page.evaluate("window.shifted") == 0
        page.locator("#calls .all").click()
        expect(page.locator("#calls tbody tr:visible")).to_have_count(4)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_list_that_nobody_sees_takes_the_room_that_it_needs(
    browser: Browser, lived: House, books: Books, width: int
) -> None:
    with books.db.write() as tx:
        tx.execute(tables.call_tasks.delete())
    with visit(browser, lived, viewport={"width": width, "height": 500}) as page:
        page.goto(lived.settings.base_url)
        expect(page.locator("[data-live=on]")).to_be_visible()
        for n in range(10, 14):
            open_call(books, n)
        expect(page.locator("#calls tbody tr:visible")).to_have_count(4, timeout=4000)
        assert page.locator("#calls .all").is_hidden()
        assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize(("width", "room"), [(1440, 10), (390, 5)])
def test_a_list_has_no_scroller_of_its_own_and_shows_the_rest_when_asked(
    browser: Browser, lived: House, books: Books, width: int, room: int
) -> None:
    for n in range(13):
        open_call(books, n + 10)
    title = "Ask the growers' association who decides about the roof of the house"
    books.add(
        tables.tasks, key="bas-1/9", lead_id="bas", enrolment_id="bas-1", title=title, assignee="bram",
        outcomes=["done"], status="open", opened_at=NOW, due_at=NOW + timedelta(days=285),
    )  # fmt: skip
    with books.db.write() as tx:
        tx.execute(tables.handovers.update().values(given_at=NOW, contacted_at=NOW + timedelta(days=287, minutes=12)))
    with visit(browser, lived, viewport={"width": width, "height": 900}, locale="nl-NL") as page:
        page.goto(lived.settings.base_url)
        rows = page.locator("#calls tbody tr:visible")
        assert rows.count() == room
        assert page.locator("#tasks .all").is_hidden()
        assert page.evaluate(CLIPPED) == []
        page.locator("#calls .all").click()
        expect(rows).to_have_count(14)
        assert page.evaluate(CLIPPED) == []
        assert fits(page)


@pytest.mark.parametrize("script", [True, False])
def test_on_a_telephone_the_first_five_of_each_list_are_shown_and_the_rest_by_a_key(
    browser: Browser, lived: House, books: Books, script: bool
) -> None:
    for n in range(8):
        books.lead(f"held{n}", held="its flow is gone")
        books.mail(f"held{n}-1/1", f"held{n}", status="held", why="nobody knows whether it arrived")
        open_call(books, n + 10)
    screen = {"viewport": {"width": 390, "height": 900}, "java_script_enabled": script, "locale": "nl-NL"}
    with visit(browser, lived, **screen) as page:
        leads, held = page.locator("#held .few").first, page.locator("#held .few").last
        for part, many in ((leads, 8), (held, 8), (page.locator("#mails"), 13), (page.locator("#calls"), 9)):
            rows, box = part.locator("tbody tr:visible"), part.locator(".all")
            assert rows.count() == 5
            assert box.inner_text().strip() == f"Toon alle {many}"
            box.locator("input").press("Space")
            expect(rows).to_have_count(many)
            assert fits(page)
        assert page.locator("#tasks .all, #flows .all").filter(visible=True).count() == 0
    with visit(browser, lived) as page:
        assert leads_on(page) == 8, "where there is room, there is nothing to be asked"


def leads_on(page: Page) -> int:
    assert page.locator(".few > .all").filter(visible=True).count() == 0
    return page.locator("#held .few").first.locator("tbody tr:visible").count()


@pytest.mark.parametrize("width", [390, 1440])
def test_how_many_can_be_shown_stays_true_while_they_come(
    browser: Browser, lived: House, books: Books, width: int
) -> None:
    for n in range(98):
        open_call(books, n + 10)
    with visit(browser, lived, viewport={"width": width, "height": 900}, locale="nl-NL") as page:
        page.goto(lived.settings.base_url)
        expect(page.locator("[data-live=on]")).to_be_visible()
        rest, head = page.locator("#calls .all"), page.locator("#calls h2")
        assert rest.inner_text().strip() == "Toon alle 99"
        for number, words in ((200, "Toon alle 100"), (201, "Toon de eerste 100")):
            open_call(books, number)
            expect(head.locator("[data-count]")).to_have_text(str(number - 100), timeout=4000)
            expect(rest).to_have_text(words, use_inner_text=True)
        assert page.evaluate(APART), "beside or below the heading, not over it"


def test_it_says_which_part_is_away_and_forgets_it(
    browser: Browser, house: House, books: Books, published: str
) -> None:
    away = [""]
    house = replace(house, standstill=Standstill(lambda: away[0]))
    with serving(house, free_port()) as there, visit(browser, there, viewport={"width": 390, "height": 800}) as page:
        page.goto(there.settings.base_url + FLOW)
        expect(page.locator("[data-live=on]")).to_be_visible()
        page.evaluate(SHIFTS)
        for part, words in (("temporal", "The Temporal server does not answer"), ("worker", "No worker is at work")):
            away[0] = part
            expect(page.get_by_text(words)).to_be_visible(timeout=6000)
            assert fits(page)
        away[0] = ""
        expect(page.locator("[data-live=on]")).to_be_visible(timeout=6000)
        expect(page.get_by_text("No worker is at work")).not_to_be_visible()
        assert page.evaluate("window.shifted") == 0


def test_it_says_when_it_is_not_live_and_comes_back(
    browser: Browser, house: House, books: Books, published: str
) -> None:
    scene(books, published)

    port = free_port()
    with visit_when_served(browser, house, port) as page:
        with serving(house, port):
            page.goto(f"http://127.0.0.1:{port}{FLOW}")
            expect(page.locator("[data-live=on]")).to_be_visible()
        expect(page.locator("[data-live=off]")).to_be_visible(timeout=8000)
        assert page.locator('[data-count="|under way"]').inner_text() == "3"
        with serving(house, port):
            expect(page.locator("[data-live=on]")).to_be_visible(timeout=15000)


@contextmanager
def visit_when_served(browser: Browser, house: House, port: int) -> Iterator[Page]:
    with serving(house, port) as there:
        context = browser.new_context()
        page = context.new_page()
        page.goto(login_link(there.settings))
        page.goto("about:blank")
    yield page
    context.close()


@pytest.mark.parametrize("path", ["/mails", "/mails/1"])
def test_mails_that_arrive_are_counted_and_nothing_moves_until_one_asks(
    browser: Browser, lived: House, books: Books, path: str
) -> None:
    with visit(browser, lived) as page:
        page.goto(lived.settings.base_url + path)
        expect(page.locator("[data-arrived]")).not_to_be_visible()
        page.wait_for_timeout(300)  # the first paint is over
        page.evaluate(SHIFTS)
        for n in (1, 2):
            caught(books, f"Just now {n}", "<p>Hi</p>")
            expect(page.get_by_role("link", name=f"New mails: {n}")).to_be_visible(timeout=4000)
        assert page.locator(".inbox li").count() == 1
        assert page.evaluate("window.shifted") == 0
        page.get_by_role("link", name="New mails: 2").click()
        page.get_by_role("link", name="Just now 2").click()
        expect(page.get_by_role("heading", name="Just now 2")).to_be_visible()
        expect(page.get_by_role("link", name="Wat past bij uw gebouw?")).to_be_visible()


def test_without_script_the_numbers_are_those_of_now(browser: Browser, lived: House) -> None:
    with visit(browser, lived, java_script_enabled=False) as page:
        page.goto(lived.settings.base_url + FLOW)
        assert page.locator('[data-count="sales/handover-sales"]').text_content() == "1"
        expect(page.get_by_role("link", name="Load again")).to_be_visible()


def test_from_the_board_to_a_lead_by_keyboard_alone(browser: Browser, lived: House) -> None:
    with visit(browser, lived, reduced_motion="reduce") as page:
        page.goto(lived.settings.base_url + FLOW)
        link = page.locator('a[href$="at=sales%2Fhandover-sales"]')
        for _ in range(120):
            page.keyboard.press("Tab")
            if link.evaluate("one => one === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/leads?at=**")
        page.get_by_role("link", name="Ann de Vries").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/leads/ann")
        expect(page.locator(".here")).to_have_count(1)
