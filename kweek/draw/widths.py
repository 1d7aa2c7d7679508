"""How wide is a text? Measured without a font: the widest of those that may come to draw it.

Thousandths of the size for the printable characters of ASCII, from the space on: the maximum of Inter, Liberation Sans
(which has the widths of Arial and Helvetica) and DejaVu Sans. A picture is laid out once and drawn with whichever of
them the reader has; so a line is never longer than its room.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_REGULAR: Final = (
    318, 401, 466, 838, 642, 982, 780, 300, 390, 390, 501, 838, 318, 460, 318, 360, 636, 636, 636, 636, 646, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 556, 1015, 690, 686, 730, 770, 667, 611, 778, 752, 295, 571, 672, 565, 903,
    753, 787, 667, 787, 722, 667, 646, 744, 690, 989, 685, 679, 685, 390, 360, 390, 838, 556, 500, 613, 635, 571, 635,
    615, 370, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 528, 392, 634, 592, 818, 592, 592, 552, 636,
    337, 636, 838,
)  # fmt: skip
_BOLD: Final = (
    348, 456, 523, 838, 696, 1004, 872, 326, 457, 457, 540, 838, 380, 465, 380, 379, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 611, 1000, 774, 762, 737, 830, 683, 683, 821, 837, 372, 580, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 379, 457, 838, 556, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
)  # fmt: skip
_LONGEST: Final = 2000  # characters: of a longer text, no more is looked at


class _Table(dict[str, int]):
    """The width of each character, once it was asked for."""

    def __init__(self, ascii_: tuple[int, ...], other: int) -> None:
        super().__init__((chr(32 + n), wide) for n, wide in enumerate(ascii_))
        self.other = other

    def __missing__(self, one: str) -> int:
        if len(self) > 20_000:
            return self._measured(one)
        return self.setdefault(one, self._measured(one))

    def _measured(self, one: str) -> int:
        parts = [part for part in unicodedata.normalize("NFKD", one) if unicodedata.category(part) != "Mn"]
        if one.isspace():
            return self[" "]
        if parts and all("!" <= part <= "~" for part in parts):  # é about as wide as e, but ď wider than d
            return max(sum(self[part] for part in parts) + 80, 560)
        if unicodedata.category(one) in ("Mn", "Me", "Cf"):
            return 0
        return 1400 if unicodedata.east_asian_width(one) in "WF" or ord(one) > 0xFFFF else self.other


_WIDTHS: Final = {False: _Table(_REGULAR, 1100), True: _Table(_BOLD, 1200)}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """In pixels, rather too much than too little."""
    return sum(map(_WIDTHS[bold].__getitem__, text)) * size / 1000


@lru_cache(maxsize=8192)
def wrap(text: str, room: float, size: float, bold: bool = False, most: int = 8) -> tuple[str, ...]:
    """Lines no wider than `room`: broken at spaces, a word that is too long behind a hyphen or dot, or anywhere.

    No more than `most`, the last one with an ellipsis; at least one, perhaps empty.
    """
    text = " ".join(text[:_LONGEST].split())
    if width(text, size, bold=bold) <= room:
        return (text,)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size, bold=bold) <= room:
            lines[-1] = longer
            continue
        first, *others = _parts(word, room, size, bold) if width(word, size, bold=bold) > room else (word,)
        lines[-1:] = [*filter(None, lines[-1:]), first, *others]
        if len(lines) > most:
            break
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and width(last + "…", size, bold=bold) > room:
        last = last[:-1]
    return (*lines[: most - 1], last.rstrip() + "…")


def _parts(word: str, room: float, size: float, bold: bool) -> list[str]:
    """A word that is longer than a line: behind its hyphens where that leaves enough, else where the line is full."""
    parts: list[str] = []
    part = ""
    for one in word:
        if part and width(part + one, size, bold=bold) > room:
            cut = max(part.rfind(mark) for mark in "-._/") + 1
            if cut <= len(part) // 2:
                cut = len(part)
            parts.append(part[:cut])
            part = part[cut:]
        part += one
    return [*parts, part]
