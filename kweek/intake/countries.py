"""Which country is meant? Its two letters, from its name as people write it: with or without accents.

The names and the codes of three letters are Unicode's (CLDR, by Babel); what people say besides stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from kweek.intake.imports.headings import tidy

_SPOKEN: Final = ("en", "nl", "de", "fr")
"""Whose names of countries and languages are understood."""

_EVERYDAY: Final[Mapping[str, tuple[str, ...]]] = {
    "AE": ("VAE", "Emirates", "Emiraten"),
    "BA": ("Bosnia", "Bosnië"),
    "CD": ("DRC",),
    "CI": ("Ivory Coast",),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic", "Tsjechische Republiek"),
    "GB": (
        "VK", "Britain", "Great Britain", "Groot-Brittannië", "England", "Engeland", "Scotland", "Schotland", "Wales",
        "Northern Ireland", "Noord-Ierland",
    ),
    "IE": ("Republic of Ireland", "Eire"),
    "KR": ("Korea",),
    "MK": ("Macedonia", "Macedonië"),
    "MM": ("Burma", "Birma", "Myanmar"),
    "NL": ("Holland",),
    "SZ": ("Swaziland",),
    "TR": ("Turkey",),
    "US": ("VS", "America", "Amerika", "United States of America", "Verenigde Staten van Amerika"),
}  # fmt: skip

_BETWEEN: Final = ("the", "and", "en", "und", "et")


def read_country(text: str) -> str:
    """Its code, where it is named in a language that is understood; else as it stands."""
    return _names().get(_key(text), text.upper() if len(text) == 2 else text)


def spoken_names(kind: Literal["territories", "languages"]) -> dict[str, str]:
    """What countries or languages are called → their codes."""
    from babel import Locale

    names: dict[str, str] = {}
    for spoken in reversed(_SPOKEN):
        known: Mapping[str, str] = getattr(Locale(spoken), kind)
        names |= {name: code for code, name in known.items() if len(code) == 2}
    return names


@cache
def _names() -> Mapping[str, str]:
    """What countries are called → their codes."""
    from babel.core import get_global

    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    names = {alias: into[0] for alias, into in aliases.items() if alias.isalpha() and len(into) == 1}
    names |= spoken_names("territories")
    names |= {name: code for code, each in _EVERYDAY.items() for name in each}
    return {_key(name): code for name, code in names.items() if len(code) == 2}


def _key(name: str) -> str:
    """`U.K.` is UK, `The Netherlands` is Netherlands."""
    words = tidy(name).split()
    return "".join(word for word in words if len(words) == 1 or word not in _BETWEEN)
