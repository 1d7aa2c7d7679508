"""How much is it? A sum of money as people type it (1.250,00 · 1,250.00 · € 95 · 1.250,-) becomes whole cents; pure."""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 2_000_000_000
"""Cents in one entry: twenty million."""

_LONGEST: Final = 40
_SUM: Final = re.compile(
    r"(?P<minus>-?)(?P<whole>[1-9]\d{0,2}(?:(?P<group>[.,' ])\d{3})(?:(?P=group)\d{3})*|\d+)(?P<part>.*)"
)
_PART: Final = re.compile(r"[.,](?P<cents>\d{1,2}|-{1,2})")
_SIGNS: Final = {"EUR": "€|euros?|eur", "USD": r"\$|usd", "GBP": "£|gbp"}


def cents_of(written: str, currency: str) -> int | None:
    """`1.250` and `1,250` are twelve hundred and fifty: money has two places behind the comma, or none. currency: whose
    sign may stand beside it. None: it is no such sum of money, or more than twenty million."""
    sign = _SIGNS.get(currency, re.escape(currency))
    plain = re.sub(rf"(?i)(?<![a-z])(?:{sign})(?![a-z])", "", written, count=1)
    plain = " ".join(re.sub("[−–]", "-", plain).replace("’", "'").split())
    plain = plain.replace("- ", "-") if plain.startswith("- ") else plain
    if len(plain) > _LONGEST or (found := _SUM.fullmatch(plain)) is None:
        return None
    part = found["part"].rstrip()
    behind = _PART.fullmatch(part)
    if part and (behind is None or behind[0][0] == found["group"]):
        return None
    places = behind["cents"].replace("-", "0") if behind else "0"
    cents = int(re.sub(r"\D", "", found["whole"])) * 100 + int(places.ljust(2, "0"))
    return None if cents > MOST else -cents if found["minus"] else cents
