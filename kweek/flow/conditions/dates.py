"""Which date did the author mean? `01-01-2026`, `31/12/2026`, `1 January 2026`, `2026-1-1`: a condition has one way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from kweek.flow.conditions.pieces import Piece, Slip

_MONTHS: Final = (
    ("january", "januari"), ("february", "februari"), ("march", "maart", "mrt"), ("april",), ("may", "mei"),
    ("june", "juni"), ("july", "juli"), ("august", "augustus"), ("september",), ("october", "oktober"),
    ("november",), ("december",),
)  # fmt: skip
_DATES: Final = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        r"(?P<day>\d{1,2})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|e)?[ -](?:of )?(?P<month>[a-z]{3,9})\.?,?[ -](?P<year>\d{4})",
        r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})",
    )
)
_ENDS: Final = re.compile(r"(?![\w.-])")


def date_meant(text: str) -> str | None:
    """The date as a condition writes it, the year first. None: there is none in it, or there is no such day."""
    return next((right for one in _DATES if (found := one.fullmatch(text.strip())) and (right := _right(found))), None)


def _right(found: re.Match[str]) -> str | None:
    year, day, said = int(found["year"]), int(found["day"]), found["month"].lower()
    month = int(said) if said.isdecimal() else _month(said)
    if month > 12 >= day:  # as Americans write it
        day, month = month, day
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(word: str) -> int:
    """1 to 12; 0: it is the name of none."""
    return next((at for at, names in enumerate(_MONTHS, 1) if any(name.startswith(word) for name in names)), 0)


def dates(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    for piece in pieces:
        for one in _DATES:
            found = one.match(text, piece.at) if piece.kind != "text" else None
            if found and _ENDS.match(text, found.end()) and (right := _right(found)):
                fix = f'put it in quotes: "{right}"' if found[0] == right else f'write "{right}"'
                yield Slip(piece.at, found.end(), f'"{right}"', "a date is a text, the year first", fix)
