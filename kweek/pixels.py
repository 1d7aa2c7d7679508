"""How does a picture become pixels? Through resvg, with the font that ships: the same bytes on every machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FONTS: Final = tuple(Path(__file__).parent / "fonts" / f"Inter-{weight}.ttf" for weight in ("Regular", "SemiBold"))
_OURS: Final = "\u2e80"  # Inter writes Latin, Greek and Cyrillic; for what lies beyond, this machine's fonts are asked

MOST: Final = 40_000_000  # pixels: what takes seconds to draw, and any viewer opens
_ZOOM: Final = 2  # as sharp as screens are


def zoom_of(width: int, height: int) -> float:
    """How many pixels there are to one of a picture of this size: two, and fewer where it would have too many."""
    return min(_ZOOM, (MOST / (width * height)) ** 0.5)


def png(svg: str, zoom: float = _ZOOM) -> bytes:
    """The picture of an SVG whose colours are said outright (theme `light` or `dark`)."""
    import resvg_py  # only where somebody wants pixels

    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=zoom,
        font_files=[str(font) for font in FONTS],
        font_family="Inter",
        sans_serif_family="Inter",
        skip_system_fonts=max(svg) < _OURS,
    )
    return bytes(drawn)
