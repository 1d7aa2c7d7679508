"""Which fields hold a code, and which one was meant? `lead.country` is “NL”, and never “Netherlands”."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, cast

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_COUNTRY: Final = (re.compile("(?!UK)[A-Z]{2}"), 'a country is its two letters, in capitals: "NL" (ISO 3166)')
_LANGUAGE: Final = (LANGUAGE, 'a language is its two letters: "nl" (ISO 639)')
CODES: Final = {"lead.country": _COUNTRY, "company.country": _COUNTRY, "lead.language": _LANGUAGE}
"""Fields that hold a code, with what one looks like, and the remedy."""
_TWICE_NAMED: Final = {
    "holland": "NL", "the netherlands": "NL", "england": "GB", "uk": "GB", "great britain": "GB", "usa": "US",
    "america": "US",
    "amerika": "US", "engeland": "GB", "czech republic": "CZ", "turkey": "TR", "flanders": "BE", "vlaanderen": "BE",
    "flemish": "nl", "vlaams": "nl",
}  # fmt: skip
"""Names that are in use beside those of the library."""


def code_meant(name: str, text: str) -> str | None:
    """The code of a country or a language that is written as people call it, in English, in Dutch or in its own
    language. None: nobody can tell."""
    field = "lead.language" if CODES[name] is _LANGUAGE else "lead.country"
    folded = text.strip().casefold()
    code = _named(field).get(folded) or _TWICE_NAMED.get(folded)
    if code is None and len(folded) == 2:
        code = folded if field == "lead.language" else folded.upper()
        code = code if code in _named(field).values() else None
    return code if code and CODES[name][0].fullmatch(code) else None


@cache
def _named(field: str) -> dict[str, str]:
    """What people call it, in small letters → its code."""
    from babel import Locale  # only when somebody wrote a name

    found: dict[str, str] = {}
    for spoken in ("en", "nl", "de", "fr"):
        locale = Locale(spoken)
        names = cast("Mapping[str, str]", locale.languages if field == "lead.language" else locale.territories)
        for code, called in names.items():
            if CODES[field][0].fullmatch(code):
                found.setdefault(called.casefold(), code)
    return found
