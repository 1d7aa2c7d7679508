"""A word as long as a title may be, without a space: in a heading, a link or a cell it wraps, and no page overflows."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from kweek.leads import publish, tables
from kweek.leads.database import Database
from kweek.leads.duplicates import propose
from kweek.versions import source_of
from kweek.web.house import House
from kweek.workspace import read_workspace
from tests.web.browsing import fits, visit
from tests.web.conftest import NOW, ROOT, Books
from tests.web.scene import ANSWER, CALL, HANDOVER, event, scene

pytestmark = pytest.mark.slow

LONG: Final = "W" * 200  # no letter is wider
PATHS: Final = (
    "/", "/flows/brochure-request", "/flows/brochure-request/leads", "/leads/ann", f"/handovers/{HANDOVER}?as=anna",
    f"/tasks/{ANSWER}?as=anna", f"/calls/{CALL}?as=anna", "/companies/c1", "/duplicates/ann/bas?as=anna",
    "/spot?lead=ann", "/companies", "/companies/c1?as=anna", "/companies/c0", "/campaigns", "/campaigns/stand?as=anna",
    "/campaigns/stand/leads", "/visitors", "/matrix", "/leads",
)  # fmt: skip
BEYOND: Final = """() => [...document.querySelectorAll("main :is(h1, h2, h3, a, bdi, dd)")].filter(one =>
  one.checkVisibility() && !one.closest("svg, .wide, .work, table") &&
  one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML)"""
CUT: Final = """() => [...document.querySelectorAll("[data-stream] li > :is(a, span)")].filter(one =>
  one.textContent && (getComputedStyle(one).textOverflow !== "ellipsis" || one.title !== one.textContent))
  .map(one => one.outerHTML)"""


@pytest.fixture
def named(books: Books, db: Database, served: House) -> House:
    source = dict(source_of(read_workspace(ROOT), "brochure-request"))
    file = "flows/brochure-request.yaml"
    title = next(one for one in source[file].splitlines() if one.startswith("title:"))
    source[file] = source[file].replace(title, f"title: {LONG}")
    scene(books, publish.publish(db, source, "brochure-request", "test", NOW).hash)
    everywhere: dict[Any, dict[str, str]] = {
        tables.leads: {"name": LONG, "job_title": LONG, "campaign": "stand", "last_campaign": "stand"},
        tables.companies: {"name": LONG, "sector": LONG, "legal_form": LONG},
        tables.tasks: {"title": LONG}, tables.handovers: {"owner": LONG[:80], "team": LONG[:80]},
    }  # fmt: skip
    of_company = {"name": LONG, "fields": {}}
    books.add(tables.companies, id="c0", name_key="c0", **of_company)
    books.add(tables.companies, id="c2", name_key="c2", parent_id="c1", **of_company)
    books.add(tables.campaigns, id="fair", title=LONG, created_at=NOW)
    books.add(tables.campaigns, id="stand", title=LONG, parent_id="fair", channel=LONG, created_at=NOW)
    books.add(tables.campaigns, id="corner", title=LONG, parent_id="stand", created_at=NOW)
    books.add(tables.costs, campaign_id="stand", on=NOW.date(), cents=1, words=LONG, by=LONG, at=NOW)
    books.add(tables.visitors, id="v1", consent="Yes", at=NOW)
    for n, kind in enumerate(("page.viewed", "download.taken")):
        source = {"utm_source": LONG, "utm_campaign": LONG}
        books.add(
            tables.visits, id=f"w{n}", visitor_id="v1", kind=kind, what=f"/{LONG}", title=LONG, topic=LONG, at=NOW,
            source=source,
        )  # fmt: skip
    with db.write() as tx:
        tx.execute(tables.companies.update().where(tables.companies.c.id == "c1").values(parent_id="c0"))
        for table, values in everywhere.items():
            tx.execute(table.update().values(**values))
        propose(tx, "ann", "bas", "name and company", 0.96, NOW)
    return served


def shut_in(page: Page, house: House, path: str) -> bool:
    page.goto(house.settings.base_url + path)
    return fits(page) and not page.evaluate(BEYOND)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_long_word_wraps_on_every_page(browser: Browser, named: House, width: int) -> None:
    with visit(browser, named, viewport={"width": width, "height": 900}) as page:
        assert [path for path in PATHS if not shut_in(page, named, path)] == []


@pytest.mark.parametrize("width", [390, 1440])
def test_a_line_of_the_stream_that_has_no_room_ends_with_an_ellipsis_and_has_all_its_words_as_title(
    browser: Browser, named: House, books: Books, width: int
) -> None:
    with visit(browser, named, viewport={"width": width, "height": 900}) as page:
        first = page.locator("[data-stream] li").first
        assert page.evaluate(CUT) == []
        expect(page.locator("[data-live=on]")).to_be_visible()
        event(books, "ann", 9, "quoted", NOW, HANDOVER, ("anna", None))
        expect(first).to_contain_text("Quote sent (anna)", timeout=4000)
        assert page.evaluate(CUT) == []
        words = first.locator("span")
        assert (words.get_attribute("title") or "").startswith("Quote sent (anna)")
