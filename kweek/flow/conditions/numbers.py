"""Which numbers were meant by a text? `company.size == "50-100"`, `"50+"`, `"> 50"`, `"fifty"`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kweek.flow.conditions.units import amount_in
from kweek.flow.duration import NUMBERS

_NUMBER: Final = r"\d(?:[\d.,]*\d)?"
_SPAN: Final = re.compile(
    rf"(?:from |van )?(?P<low>{_NUMBER}) *(?:[-–—]|\.{{2,3}}|…|to|tot|t/m) *(?P<high>{_NUMBER})\D*"
    rf"|(?:between|tussen) (?P<least>{_NUMBER}) *(?:[-–—]|and|en) *(?P<most>{_NUMBER})\D*"
)
_SEVERAL: Final = re.compile(rf"{_NUMBER}(?:(?:, | ?[/|] ?|,? (?:or|and|of|en) ){_NUMBER})+")
_SIGNS: Final = {"≥": ">=", "≤": "<=", "=": "==", "=>": ">=", "=<": "<="}
_SIGNED: Final = re.compile(rf"([<>]=?|=[<>]?|≥|≤) *({_NUMBER})\D*")
_OR_MORE: Final = re.compile(rf"({_NUMBER}) *(?:\+|(?:or|and) (?:more|over|up)\b|(?:of|en) meer\b)\D*")
_AT_LEAST: Final = re.compile(rf"(?:at least|minimum|min\.?|minimaal|vanaf|from) +({_NUMBER})\D*")
_AT_MOST: Final = re.compile(rf"(?:at most|up to|maximum|max\.?|maximaal|tot) +({_NUMBER})\D*")
_MORE_THAN: Final = re.compile(rf"(?:(?:more|greater|larger|higher) than|over|above|meer dan|boven) +({_NUMBER})\D*")
_LESS_THAN: Final = re.compile(rf"(?:(?:less|fewer|smaller|lower) than|under|below|minder dan|onder) +({_NUMBER})\D*")
_ORDERS: Final = ((_OR_MORE, ">="), (_AT_LEAST, ">="), (_AT_MOST, "<="), (_MORE_THAN, ">"), (_LESS_THAN, "<"))
_DENIED: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!="}
_TENS: Final = re.compile(r"(?P<tens>[a-z]+ty)[ -](?P<ones>[a-z]+)|(?P<een>[a-zé]+?)(?:en|ën)(?P<tig>[a-z]+tig)")
"""twenty-five, vijfentwintig"""


def in_digits(word: str) -> int | None:
    """None: it is no number in words."""
    said = word.lower().strip()
    if said in ("zero", "nul"):
        return 0
    if len(said) < 3:  # “a” and “an” are rather words than ones
        return None
    if (number := NUMBERS.get(said)) is not None or not (found := _TENS.fullmatch(said)):
        return number
    tens, ones = NUMBERS.get(found["tens"] or found["tig"]), NUMBERS.get(found["ones"] or found["een"])
    return tens + ones if tens and ones and ones < 10 else None


def comparison_meant(name: str, sign: str, text: str, holds: Callable[[float], bool]) -> str:
    """The whole comparison to write. holds: can the field be this number? Empty: nobody can tell."""
    said = text.strip().lower()
    if span := _SPAN.fullmatch(said):
        low, high = (_plain(one, holds) for one in span.groups() if one)
        between = f"{low} <= {name} <= {high}"
        right = {"==": between, "!=": f"not ({between})"}.get(sign) or (
            f"{name} {sign} {low if sign in ('>=', '<') else high}"
        )
        return right if low and high else ""
    order, number = _ordered(said)
    if number is not None:
        number = _plain(number, holds)
        order = order if sign != "!=" else _DENIED[order]
        fits = sign in ("==", "!=") or sign[0] == order[0]
        return f"{name} {order} {number}" if number and fits else ""
    if _SEVERAL.fullmatch(said) and sign in ("==", "!="):
        several = [_plain(one, holds) for one in re.findall(_NUMBER, said)]
        return f"{name} {'not ' * (sign == '!=')}in [{', '.join(several)}]" if all(several) else ""
    digits = in_digits(said)
    number = str(digits) if digits is not None else amount_in(said)
    return f"{name} {sign} {number}" if number and _plain(number, holds) else ""


def _ordered(said: str) -> tuple[str, str | None]:
    if found := _SIGNED.fullmatch(said):
        return _SIGNS.get(found[1], found[1]), found[2]
    return next(((sign, found[1]) for words, sign in _ORDERS if (found := words.fullmatch(said))), ("", None))


def _plain(number: str, holds: Callable[[float], bool]) -> str:
    """As a condition writes it; empty: the field is never that."""
    plain = amount_in(number) or ""
    return plain if plain and holds(float(plain)) else ""
