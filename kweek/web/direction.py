"""What if a name runs from right to left, or turns its surroundings around? It stays in its own place on the page.

Inline elements are isolated by the style sheet (`unicode-bidi`); here is what a style sheet cannot do: texts within a
sentence, and characters that reach out of their element.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from markupsafe import Markup

from kweek.words import Tongue

_TURNS: Final = re.compile("[\u202a-\u202e]")
_ISOLATES: Final = re.compile("[\u2066-\u2069]")
_FIRST_STRONG, _POP = "\u2068", "\u2069"


class PageTongue(Tongue):
    """Sentences for a page: what is filled into them turns none of their own words."""

    def _value(self, value: object) -> object:
        return isolated(value) if isinstance(value, str) else super()._value(value)


def calm(value: object) -> object:
    """Jinja's last look at what stands in a page: without characters that turn what follows them."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isascii():
        return value
    text = _TURNS.sub("", value)
    return text if _balanced(text) else _ISOLATES.sub("", text)


def isolated(text: str) -> str:
    """Within a sentence: shut in where it runs from right to left."""
    if text.isascii():
        return text
    text = _ISOLATES.sub("", _TURNS.sub("", text))
    turned = any(unicodedata.bidirectional(one) in ("R", "AL", "AN") for one in text)
    return f"{_FIRST_STRONG}{text}{_POP}" if turned else text


def _balanced(text: str) -> bool:
    depth = 0
    for one in _ISOLATES.findall(text):
        depth += -1 if one == _POP else 1
        if depth < 0:
            return False
    return depth == 0
