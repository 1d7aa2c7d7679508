"""What does a unit do behind a number? A condition compares bare numbers: `event.surface > 500 m²`, `> 1 minute`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow.conditions.pieces import COMPARES, JOINS, KEYWORDS, Piece, Slip, ends_at

_SECONDS: Final = {
    "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_592_000, "year": 31_536_000,
    "sec": 1, "min": 60, "hr": 3_600,
}  # fmt: skip
_OF_A_DATE: Final = re.compile(r"(?:_at|_on|_end|_until|date|day)\Z")
"""How the name of a date or a moment ends: starts_at, lease_end."""
_ORDERS: Final = ("<", "<=", ">", ">=")
_GLUED: Final = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_]+[²³\d]?)")
_LONGEST: Final = 3  # words of a unit: square metres of floor


def units(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    for number, piece in enumerate(pieces[2:], 2):
        sign = pieces[number - 1].word
        if piece.kind == "number" and sign in ("==", *_ORDERS) and _more(text, pieces, number):
            asked = f"{pieces[number - 2].word} " if pieces[number - 2].kind == "word" else ""
            right = f">= {piece.word}" if sign in ("==", ">=") else f"{sign} {piece.word}"
            yield _behind("+", pieces[number - 1].at, piece.at, piece.end + 1, right, f"write {asked}{right}")
        if piece.kind == "glued" and sign in _ORDERS and (parts := _GLUED.fullmatch(piece.word)):
            right, fix = _without(parts[2], parts[1], sign, _asked(pieces, number - 2))
            yield _behind(parts[2], piece.at, piece.end - len(parts[2]), piece.end, right, fix)
        if piece.kind != "number" or sign not in COMPARES:
            continue
        end = number + 1
        while not ends_at(pieces, end) and _may_be_unit(pieces[end]):
            end += 1
        if number + 1 < end <= number + 1 + _LONGEST and ends_at(pieces, end):
            unit = text[pieces[number + 1].at : pieces[end - 1].end]
            right, fix = _without(unit, piece.word, sign, _asked(pieces, number - 2))
            yield _behind(unit, piece.at, pieces[number + 1].at, pieces[end - 1].end, right, fix)


def money(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`€ 500`, `500,-`, `EUR 1.500,00`"""
    for found in _MONEY.finditer(text):
        said, parts = found["said"], _AMOUNT.fullmatch(found["number"])
        if parts and (found["coin"] or found["tail"] or (parts["cents"] and set(parts["whole"]) & {".", ","})):
            number = f"{'-' * bool(found['minus'])}{_plain(parts)}"
            yield Slip(found.start("said"), found.end(), number, f"“{said}” is more than its number", f"write {number}")


def amount_in(text: str) -> str | None:
    """The one number of a text, as it is written among values; None: there is none, or more than one."""
    found = [parts for parts in _AMOUNT.finditer(text) if not text[: parts.start()].endswith((".", ","))]
    return f"{'-' * text.strip().startswith('-')}{_plain(found[0])}" if len(found) == 1 else None


def _plain(amount: re.Match[str]) -> str:
    cents = f".{amount['cents']}" if int(amount["cents"] or 0) else ""
    return re.sub("[.,]", "", amount["whole"]) + cents


_COIN: Final = r"(?:€|\$|£|EUR|USD|GBP|euros?)"
_MONEY: Final = re.compile(
    rf"(?:[<>]=?|[=!]=)\s*(?P<said>(?P<minus>-\s*)?(?P<coin>{_COIN}\s*)?(?P<number>\d(?:[\d.,]*\d)?)(?P<tail>\s*[.,](?:[-–—]+|=))?"
    rf"(?:\s*{_COIN})?)(?![\w.,-])",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(r"(?P<whole>\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](?P<cents>\d\d?))?")
"""1.500,00, with the point or the comma of either country."""


def _more(text: str, pieces: Sequence[Piece], number: int) -> bool:
    """`> 10+`"""
    return text[pieces[number].end :].startswith("+") and ends_at(pieces, number + 2)


def _behind(unit: str, start: int, at: int, end: int, right: str, fix: str) -> Slip:
    return Slip(start, end, right, f"“{unit}” stands behind a number", fix, said_at=at)


def _may_be_unit(piece: Piece) -> bool:
    word = piece.kind == "word" and "." not in piece.word and piece.word not in KEYWORDS
    return word or piece.word in ("%", "€", "$", "£", "°", "²", "³", "/")


def _asked(pieces: Sequence[Piece], at: int) -> str:
    """The field that is compared, or the function with its `(`; empty: nobody can tell."""
    if pieces[at].word != ")":
        return pieces[at].word if pieces[at].kind == "word" else ""
    opens = next((before for before in range(at, 0, -1) if pieces[before].word == "("), 0)
    name = pieces[opens - 1].word if opens and pieces[opens - 1].kind == "word" else ""
    return "" if name in JOINS else f"{name}("


def _without(unit: str, number: str, sign: str, asked: str) -> tuple[str, str]:
    """The number to write, and the remedy."""
    if unit.lower() == "k":
        return (thousands := f"{float(number) * 1_000:.10g}"), f"write {thousands}"
    seconds = _SECONDS.get(unit.lower().removesuffix("s"))
    if seconds is None or asked == "count(":
        return number, f"leave the unit out: {number}"
    counts = "day" if asked.startswith("days_") else asked.rpartition(".")[2].rpartition("_")[2].removesuffix("s")
    if counts in _SECONDS and _SECONDS[counts] != seconds:
        right = f"{float(number) * seconds / _SECONDS[counts]:.10g}"
        name = f"{asked}…)" if asked.endswith("(") else asked
        return right, f"{name} counts {counts}s: write {right}"
    fix = f"leave the unit out: {number}"
    if counts not in _SECONDS and unit.lower() not in ("day", "days"):
        fix = "the field holds a number; write it in its own unit, without a word"
    if seconds >= _SECONDS["day"] and sign in _ORDERS and "." in asked and counts not in _SECONDS:
        days = f"{float(number) * seconds / _SECONDS['day']:.10g}"
        right = f"days_until({asked}) {sign} {days}"
        if _OF_A_DATE.search(asked):
            return number, f"of a date, ask {right}"
        fix += f" — or, of a date, ask {right}"
    return number, fix
