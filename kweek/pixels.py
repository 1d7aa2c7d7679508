"""How does a picture become pixels? Through resvg, with the font that ships: the same bytes on every machine."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final
from unicodedata import category

FONTS: Final = tuple(Path(__file__).parent / "fonts" / f"Inter-{weight}.ttf" for weight in ("Regular", "SemiBold"))
MOST: Final = 40_000_000  # pixels: what takes seconds to draw, and any viewer opens
_ZOOM: Final = 2  # as sharp as screens are
_TEXT: Final = re.compile("<text[^>]*>(.*?)</text>", re.DOTALL)
_UNSEEN: Final = ("Cc", "Cf", "Mn", "Me", "Zs")
_OF_NO_FONT: Final = "\U0010fffd"  # the last of those that everybody may use as he likes: it is drawn as a box


def zoom_of(width: int, height: int) -> float:
    """How many pixels there are to one of a picture of this size: two, and fewer where it would have too many."""
    return min(_ZOOM, (MOST / (width * height)) ** 0.5)


def png(svg: str, zoom: float = _ZOOM) -> bytes:
    """The picture of an SVG whose colours are said outright (theme `light` or `dark`). For what the font that ships
    cannot write, this machine's fonts are asked."""
    return _drawn(svg, zoom, with_others=bool(_beyond(svg)))


def without_picture(svg: str) -> tuple[str, ...]:
    """The characters of its texts for which neither the font that ships nor this machine has a picture, in their order:
    a box stands in their place."""
    return tuple(one for one in _beyond(svg) if _is_box(one, with_others=True))


def _beyond(svg: str) -> tuple[str, ...]:
    """What the font that ships cannot write: it has Latin, Greek and Cyrillic."""
    seen = dict.fromkeys(one for text in _TEXT.findall(svg) for one in text if not one.isascii())
    return tuple(one for one in seen if category(one) not in _UNSEEN and _is_box(one, with_others=False))


@lru_cache(maxsize=4096)
def _is_box(one: str, *, with_others: bool) -> bool:
    return _alone(one, with_others=with_others) == _alone(_OF_NO_FONT, with_others=with_others)


def _alone(one: str, *, with_others: bool) -> bytes:
    text = f'<text x="8" y="24" font-family="Inter" font-size="20">{one}</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="32">{text}</svg>'
    return _drawn(svg, 1, with_others=with_others)


def _drawn(svg: str, zoom: float, *, with_others: bool) -> bytes:
    import resvg_py  # only where somebody wants pixels

    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=zoom,
        font_files=[str(font) for font in FONTS],
        font_family="Inter",
        sans_serif_family="Inter",
        skip_system_fonts=not with_others,
    )
    return bytes(drawn)
