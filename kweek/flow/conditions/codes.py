"""Which fields hold a code, and what does one look like? `lead.country` is “NL”, and never “Netherlands”."""

from __future__ import annotations

import re
from typing import Final

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_COUNTRY: Final = (re.compile("[A-Z]{2}"), 'a country is its two letters, in capitals: "NL" (ISO 3166)')
_LANGUAGE: Final = (LANGUAGE, 'a language is its two letters: "nl" (ISO 639)')
CODES: Final = {"lead.country": _COUNTRY, "company.country": _COUNTRY, "lead.language": _LANGUAGE}
"""Fields that hold a code, with what one looks like, and the remedy."""
