"""The report of a simulation in a real browser: its day moves by mouse and by keyboard, and nothing shifts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kweek.flow.simulate.arrivals import Arrivals
from kweek.flow.simulate.mix import usual
from kweek.report.page import page
from kweek.report.shown import Shown
from kweek.simulating import Crowding, simulate
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.web.browsing import fits

pytestmark = pytest.mark.slow

FLOW, STEP, DAYS = "brochure-request", "steps/wait-1", 40
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifted += entry.value; }).observe({type: "layout-shift"}); }"""


@pytest.fixture(scope="module")
def shown() -> Shown:
    workspace = read_workspace(Path(__file__).parents[2])
    world = world_of(workspace)
    plan = world.plans[FLOW]
    one = simulate(workspace, world, plan, Crowding(300, DAYS, 1, usual(plan), Arrivals(8)))
    return Shown(one, workspace.flows[FLOW], "draft")


@contextmanager
def opened(browser: Browser, shown: Shown, folder: Path, language: str, **how: object) -> Iterator[Page]:
    file = folder / "report.html"
    file.write_text(page(shown, Shown(shown.simulation, shown.flow, "version 1"), language), "utf-8")
    context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | how))  # pyright: ignore
    found = context.new_page()
    found.goto(file.as_uri())
    yield found
    context.close()


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(1440, "light", "en"), (390, "dark", "nl"), (1440, "dark", "nl"), (390, "light", "en")],
)
def test_axe_finds_nothing_and_everything_fits(
    browser: Browser, shown: Shown, tmp_path: Path, width: int, scheme: str, language: str
) -> None:
    how = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with opened(browser, shown, tmp_path, language, **how) as found:
        for summary in found.locator("summary").all():
            if not summary.evaluate("one => one.parentElement.open"):
                summary.click()
        assert fits(found)
        violations = Axe().run(found).response["violations"]
        assert [one["id"] for one in violations] == []
        tables = found.locator("table.both")
        assert tables.count() == 2
        for table in tables.all():
            seen = "one => one.scrollWidth <= one.parentElement.clientWidth"
            assert table.evaluate(seen), "both versions are in sight"


@pytest.mark.parametrize("width", [1440, 390])
def test_the_day_moves_by_keyboard_and_by_mouse_and_nothing_shifts(
    browser: Browser, shown: Shown, tmp_path: Path, width: int
) -> None:
    standing = shown.simulation.steps[STEP].standing or ()
    with opened(browser, shown, tmp_path, "en", viewport={"width": width, "height": 900}) as found:
        slider, today = found.locator("#day"), found.locator("#today")
        number = found.locator(f'[data-picture="0"] [data-count="{STEP}"]')

        def stands(day: int) -> None:
            assert (slider.get_attribute("aria-valuetext") or "").startswith(f"Day {day},")
            assert today.inner_text() == slider.get_attribute("aria-valuetext")
            assert number.text_content() == (str(standing[day]) if standing[day] else "")

        stands(DAYS - 1)
        found.keyboard.press("Tab")
        while not slider.evaluate("one => one === document.activeElement"):
            found.keyboard.press("Tab")
        found.evaluate(SHIFTS)
        found.keyboard.press("Home")
        stands(0)
        for day in range(1, 9):
            found.keyboard.press("ArrowRight")
            stands(day)
        assert max(standing[:9]) > 50, "the numbers flow"
        box = slider.bounding_box()
        assert box
        found.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        day = int(slider.input_value())
        assert abs(day - (DAYS - 1) / 2) <= 1
        stands(day)
        found.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        found.mouse.down()
        found.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
        found.mouse.up()
        stands(0)
        found.locator("#play").press("Enter")
        found.wait_for_function("+document.getElementById('day').value >= 2")
        found.locator("#play").press("Enter")
        expect(found.locator("#play")).to_have_text("Play")
        assert found.evaluate("window.shifted") == 0
