"""The picture in a real browser: its texts are no wider than was reckoned, and a page may choose light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kweek.draw import lay_out, style_sheet, svg
from kweek.draw.style import DARK, LIGHT
from kweek.draw.widths import width
from kweek.words import Tongue
from tests.unit.drawn_flows import flow_of, generated
from tests.unit.every_word import EVERY_WORD

pytestmark = pytest.mark.slow
FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.yaml"))

TEXTS = """() => [...document.querySelectorAll('svg text')].flatMap(text => {
  const lines = text.querySelectorAll('tspan'), style = getComputedStyle(text)
  return [...(lines.length ? lines : [text])].map(line => [
    line.textContent, parseFloat(style.fontSize), style.fontWeight >= 600, line.getComputedTextLength()])
})"""
FILL = "() => getComputedStyle(document.querySelector('.box')).fill"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page()
    yield found
    found.close()


@pytest.mark.parametrize("font", ["Liberation Sans", "DejaVu Sans"])
def test_no_text_is_wider_than_was_reckoned(page: Page, font: str) -> None:
    flows = [flow_of(file.read_bytes(), file.stem) for file in FLOWS]
    for flow in (*flows, flow_of(EVERY_WORD), *map(generated, range(5))):
        picture = lay_out(flow, Tongue("nl"))
        page.set_content(svg(picture, {card.id: 123_456 for card in picture.cards()}))
        page.add_style_tag(content=f'.kweek-picture text {{ font-family: "{font}" !important }}')
        for text, size, bold, wide in page.evaluate(TEXTS):
            assert wide <= width(text, size, bold=bold) + 0.1, text


def test_light_and_dark_follow_the_reader_unless_the_page_has_chosen(page: Page) -> None:
    drawn = svg(lay_out(flow_of(EVERY_WORD), Tongue("en")), theme="page")
    for reader in ("light", "dark"):
        page.emulate_media(color_scheme=reader)
        for chosen in (None, "light", "dark"):
            theme = f' data-theme="{chosen}"' if chosen else ""
            page.set_content(f"<html{theme}><style>{style_sheet('page')}</style><body>{drawn}</body></html>")
            assert page.evaluate(FILL) == _rgb((DARK if (chosen or reader) == "dark" else LIGHT)["card"])


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))})"
