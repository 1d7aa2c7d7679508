"""How does a picture look? Its colours, light and dark, and its style sheet: much white, one accent.

Inside a page the page may choose with `data-theme="light"` or `"dark"` on any element around the picture.
"""

from __future__ import annotations

from functools import cache
from typing import Final, Literal

from kweek.draw.picture import CAPTION, CHIP, COUNT, HEAD, HEADING, LINK, NOTE, ROW, STRONG, TAG, TITLE, TOTAL

Theme = Literal["auto", "light", "dark", "page"]
FONTS: Final = 'Inter, "Liberation Sans", Arial, Helvetica, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'

LIGHT: Final = {
    "ground": "#fbfcfb", "card": "#ffffff", "inset": "#f4f7f5", "head": "#e7f1eb", "ink": "#1b211d", "soft": "#59635c",
    "line": "#d9e0db", "edge": "#94a69b", "accent": "#1f7a4d", "tint": "#e7f1eb", "red": "#b3261e",
    "won": "#d3efdf", "won-ink": "#0d5a34", "done": "#dfe9f5", "done-ink": "#234d7d",
    "lost": "#f7e8cf", "lost-ink": "#734a05", "discard": "#ececea", "discard-ink": "#55514b",
}  # fmt: skip
DARK: Final = {
    "ground": "#141815", "card": "#1b211d", "inset": "#222a25", "head": "#22382c", "ink": "#e7ece8", "soft": "#a3aea6",
    "line": "#343d37", "edge": "#66766c", "accent": "#6fcf9b", "tint": "#22382c", "red": "#ff8f86",
    "won": "#1d4a33", "won-ink": "#a5e8c4", "done": "#213a57", "done-ink": "#b4d3f5",
    "lost": "#4b3815", "lost-ink": "#f2d195", "discard": "#363835", "discard-ink": "#c9c7c2",
}  # fmt: skip

_FILLS: Final = {
    "text": "ink", ".note": "soft", ".caption": "soft", ".count": "soft", ".total": "accent", ".way": "accent",
    ".tag": "accent", ".ground": "ground", ".box": "card", ".inset": "inset", ".headbox": "head", ".tile": "tint",
    ".door": "card", ".pill-won": "won", ".pill-done": "done", ".pill-lost": "lost", ".pill-discard": "discard",
    ".ink-won": "won-ink", ".ink-done": "done-ink", ".ink-lost": "lost-ink", ".ink-discard": "discard-ink",
    ".row.here>.label": "accent", ".row.here>a>.label": "accent", ".missing": "red", ".arrow": "edge", ".port": "edge",
    ".arrow.lit": "accent", ".port.lit": "accent", ".arrow.dim": "line", ".port.dim": "line",
}  # fmt: skip
_STROKES: Final = {
    ".box": "line", ".door": "line", ".icon": "accent", ".sign": "soft", ".edge": "edge", ".fall": "edge",
    ".edge.lit": "accent", ".fall.lit": "accent", ".edge.dim": "line", ".fall.dim": "line", ".here>.box": "accent",
    ".here>.inset": "accent", ".new>.box": "accent", ".changed>.box": "accent", ".new>.inset": "accent",
    ".changed>.inset": "accent",
}  # fmt: skip
_SHAPES: Final = """\
.kweek-picture text{font-family:FONTS;stroke:none}
.kweek-picture .hit,.kweek-picture .said{fill:none;pointer-events:all}
.kweek-picture .icon,.kweek-picture .sign{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.kweek-picture .edge,.kweek-picture .fall{fill:none;stroke-width:1.5}
.kweek-picture .back{stroke-dasharray:5 4}
.kweek-picture .edge.lit,.kweek-picture .fall.lit{stroke-width:2.5}
.kweek-picture .here>.box,.kweek-picture .here>.inset{stroke-width:2.5}
.kweek-picture .new>.box,.kweek-picture .new>.inset{stroke-width:2}
.kweek-picture .changed>.box,.kweek-picture .changed>.inset{stroke-width:2;stroke-dasharray:6 3}
.kweek-picture .gone text{text-decoration:line-through}
.kweek-picture .gone text.tag{text-decoration:none}
.kweek-picture .gone>.box,.kweek-picture .gone>.inset{stroke-dasharray:2 3}
.kweek-picture .dim{opacity:.62}
.kweek-picture .dim .dim,.kweek-picture .edge.dim,.kweek-picture .fall.dim,.kweek-picture .arrow.dim{opacity:1}
.kweek-picture.stale{opacity:.5;filter:grayscale(1)}
.kweek-picture a{text-decoration:none}
.kweek-picture .count,.kweek-picture .total{font-variant-numeric:tabular-nums}
"""


@cache
def style_sheet(theme: Theme = "auto") -> str:
    """`light` and `dark` say every colour outright; `auto` leaves the choice to the reader's system or page.

    `page` is `auto`: a page whose policy refuses styles within it links to this sheet as a file of its own.
    """
    fixed = {"light": LIGHT, "dark": DARK}.get(theme)
    if fixed is not None:
        return _rules(fixed)
    named = _rules({name: f"var(--k-{name})" for name in LIGHT})
    root = ".kweek-picture"
    return (
        f"{_properties(root, LIGHT)}"
        f"@media (prefers-color-scheme:dark){{{_properties(root, DARK)}}}\n"
        f"{_properties(f'[data-theme=light] {root},{root}[data-theme=light]', LIGHT)}"
        f"{_properties(f'[data-theme=dark] {root},{root}[data-theme=dark]', DARK)}"
        f"{named}"
        ".kweek-picture a:hover text,.kweek-picture a:focus text{text-decoration:underline}\n"
        ".kweek-picture a:focus-visible .hit{stroke:var(--k-accent);stroke-width:2}\n"
    )


def _rules(colours: dict[str, str]) -> str:
    styles = (HEADING, HEAD, TITLE, STRONG, ROW, NOTE, CAPTION, CHIP, LINK, COUNT, TAG, TOTAL)
    lines = [_SHAPES.replace("FONTS", FONTS)]
    for style in styles:
        weight = 600 if style.bold else 400
        lines.append(f".kweek-picture .{style.name}{{font-size:{style.size}px;font-weight:{weight}}}\n")
    lines += (f".kweek-picture {part}{{fill:{colours[name]}}}\n" for part, name in _FILLS.items())
    lines += (f".kweek-picture {part}{{stroke:{colours[name]}}}\n" for part, name in _STROKES.items())
    return "".join(lines)


def _properties(selector: str, colours: dict[str, str]) -> str:
    return f"{selector}{{{''.join(f'--k-{name}:{colour};' for name, colour in colours.items())}}}\n"
