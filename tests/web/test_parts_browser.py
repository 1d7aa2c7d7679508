"""A page about one lead in a real browser: what becomes of it is there at once, and what is read stays in its place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from kweek.flow.state import Enrolment, Token
from kweek.flow.stored import dump_enrolment
from kweek.leads import tables
from kweek.web.house import House
from tests.web.browsing import SHIFTS, caught, fits, visit
from tests.web.conftest import NOW, Books
from tests.web.scene import DAY, HOUR, event, scene

pytestmark = pytest.mark.slow

IN_ITS_FRAME = """one => {
  const card = one.getBoundingClientRect(), frame = one.closest(".picture").getBoundingClientRect();
  return card.left < frame.right && card.right > frame.left &&
    (card.width > frame.width || (card.left >= frame.left - 1 && card.right <= frame.right + 1));
}"""
TOP = "one => one.getBoundingClientRect().top"


@pytest.fixture
def mailed(books: Books, served: House, published: str) -> House:
    scene(books, published)
    books.mail("bas-1/1", "bas", enrolment_id="bas-1", message_id="<bas@x>", subject="Wat past bij uw gebouw?")
    caught(books, "Wat past bij uw gebouw?", "<p>Hallo Bas</p>", message_id="<bas@x>")
    return served


def opened(page: Page, house: House, path: str) -> None:
    page.goto(house.settings.base_url + path)
    expect(page.locator("[data-live=on]")).to_be_visible()
    page.evaluate(SHIFTS)


def stands(books: Books, lead: str, step: str) -> None:
    """Where the machine would have brought it."""
    with books.db.write() as tx:
        e = tables.enrolments.c
        version = tx.execute(tables.enrolments.select().where(e.id == f"{lead}-1")).one().version
        token = Token(step, 2, NOW, deadline=NOW + DAY)
        state = dump_enrolment(Enrolment(f"{lead}-1", "brochure-request", version, NOW - 9 * DAY, 2, token))
        tx.execute(tables.enrolments.update().where(e.id == f"{lead}-1").values(step=step, entered_at=NOW, state=state))
        tx.execute(tables.leads.update().where(tables.leads.c.id == lead).values(turn=tables.leads.c.turn + 1))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_mails_page_says_what_came_of_it_while_somebody_writes(
    browser: Browser, mailed: House, books: Books, width: int
) -> None:
    with visit(browser, mailed, viewport={"width": width, "height": 900}) as page:
        opened(page, mailed, "/mails/1")
        after = page.locator("#after")
        expect(after).to_contain_text("Call with brochure")
        page.get_by_label("Your answer").fill("Wat kost")
        place = page.get_by_label("Your answer").evaluate(TOP)
        hit = {"mail_key": "bas-1/1", "lead_id": "bas", "at": NOW, "method": "GET"}
        books.add(tables.hits, kind="click", link="prices", grade="human", reasons=[], **hit)
        expect(after).to_contain_text("Clicked “prices”: a person", timeout=4000)
        event(books, "bas", 3, "bounced", NOW, "bas-1/1")
        stands(books, "bas", "steps/send-survey")
        with books.db.write() as tx:
            tx.execute(tables.mails.update().where(tables.mails.c.key == "bas-1/1").values(status="bounced"))
        expect(after).to_contain_text("stands at Send survey, wait 7 days", timeout=4000)
        expect(page.locator("#status")).to_have_text("bounced")
        page.keyboard.type(" het?")
        assert page.get_by_label("Your answer").input_value() == "Wat kost het?"
        assert page.get_by_label("Your answer").evaluate(TOP) == place
        assert page.evaluate("window.shifted") == 0
        expect(page.get_by_text("Something new became of this lead.")).not_to_be_visible()
        assert fits(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_leads_page_moves_on_with_it(browser: Browser, mailed: House, books: Books, width: int) -> None:
    with visit(browser, mailed, viewport={"width": width, "height": 900}) as page:
        opened(page, mailed, "/leads/bas")
        assert page.locator(".here").first.evaluate(IN_ITS_FRAME)
        page.locator("#open a").focus()
        with books.db.write() as tx:
            tx.execute(tables.call_tasks.delete())
        event(books, "bas", 3, "interested", NOW, "bas-1/2", ("els", None))
        stands(books, "bas", "steps/send-survey")
        expect(page.locator(".stands")).to_contain_text("Send survey, wait 7 days", timeout=4000)
        expect(page.locator(".here")).to_have_attribute("data-step", "steps/send-survey")
        assert page.locator("#open a").evaluate("one => one === document.activeElement"), "not from under a hand"
        page.locator("#open a").evaluate("one => one.blur()")
        expect(page.locator("#open")).to_contain_text("Nobody has to do anything now.")
        expect(page.locator("#past li").first).to_contain_text("Is interested")
        assert page.evaluate("window.shifted") == 0
        assert fits(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_read_stays_where_it_is_and_the_rest_comes_when_nobody_looks(
    browser: Browser, mailed: House, books: Books, width: int
) -> None:
    for n in range(30):
        event(books, "bas", n + 3, "contact.requested", NOW - n * HOUR)
    with visit(browser, mailed, viewport={"width": width, "height": 600}) as page:
        opened(page, mailed, "/leads/bas")
        line = page.locator("#past li").nth(20)
        line.evaluate("one => one.scrollIntoView({block: 'center'})")
        place = line.evaluate(TOP)
        event(books, "bas", 40, "contacted", NOW, "bas-1/2", ("els", "Rings back\n\nafter four\n\nor tomorrow"))
        news = page.get_by_text("Something new became of this lead.")
        expect(news).to_be_visible(timeout=4000)
        expect(page.locator("#said")).to_contain_text("Rings back")  # above what is seen
        assert line.evaluate(TOP) == pytest.approx(place, abs=1)
        expect(page.locator("#past")).not_to_contain_text("Contacted")
        page.evaluate("scrollTo(0, 0)")
        expect(page.locator("#past li").first).to_contain_text("Contacted")
        expect(news).not_to_be_visible()
        assert page.evaluate("window.shifted") == 0


def test_without_script_the_pages_are_those_of_now(browser: Browser, mailed: House) -> None:
    with visit(browser, mailed, java_script_enabled=False) as page:
        for path, words in (("/leads/bas", "Call with brochure"), ("/mails/1", "What came of it")):
            page.goto(mailed.settings.base_url + path)
            assert page.get_by_text(words).first.is_visible()
            expect(page.get_by_role("link", name="Load again")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_what_a_lead_is_worth_stands_before_its_story_which_is_read_to_its_beginning_without_script(
    browser: Browser, mailed: House, books: Books, width: int
) -> None:
    with books.db.write() as tx:
        row = {"lead_id": "ann", "kind": "brochure.requested", "recorded_at": NOW, "data": {}}
        rows = [{**row, "seq": n, "id": f"more-{n}", "at": NOW - n * HOUR} for n in range(50, 200)]
        tx.execute(tables.events.insert(), rows)
    with visit(browser, mailed, viewport={"width": width, "height": 900}, java_script_enabled=False) as page:
        page.goto(mailed.settings.base_url + "/leads/ann")
        places = {name: page.locator(f"#{name}").bounding_box() for name in ("open", "who", "ready", "flows", "past")}
        at = {name: place for name, place in places.items() if place is not None}
        assert at["open"]["y"] <= at["who"]["y"] < at["ready"]["y"] < at["past"]["y"]
        if width == 1440:
            assert at["who"]["x"] > at["past"]["x"] + at["past"]["width"], "beside it"
            assert at["flows"]["y"] - at["open"]["y"] - at["open"]["height"] < 60, "no hole beneath the first part"
        assert page.locator("#past li").count() == 100
        assert fits(page)
        page.get_by_role("link", name="Older lines").click()
        expect(page.get_by_text("Nothing is older than this.")).to_be_visible()
        assert page.locator("#past li").count() < 100
        assert fits(page)
        page.get_by_role("link", name="The newest", exact=True).click()
        expect(page.locator("#past li")).to_have_count(100)
