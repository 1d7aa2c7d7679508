"""What does not stand in a condition as it should? Each is refused, with its place and with what to write instead."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from kweek.errors import KweekError

ENDS: Final = ("operand", "close")
"""What something may end with, so that another thing beside it needs a word between the two."""
_CURLY: Final = re.compile('[“”„‘’«»]([^“”„‘’«»"]+)[“”‘’«»]')
_BRACED: Final = re.compile(r"""\{((?:\s*(?:"[^"]*"|'[^']*'|\d+)\s*,?)+)\}(?!\})""")
_STRANGE: Final = {
    **dict.fromkeys("“”„‘’«»", 'straight quotes: "A"'), "&": "and", "|": "or", "!": "not",
    "≥": ">=", "≤": "<=", "≠": "!=", "\u00a0": "an ordinary space",
}  # fmt: skip


class ConditionError(KweekError):
    """This is not a condition. `offset` counts characters from 0; `fix` says what to write."""

    def __init__(self, message: str, offset: int, fix: str) -> None:
        super().__init__(f"{message}; {fix}")
        self.message = message
        self.offset = offset
        self.fix = fix


_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?![\w.])")


def refuse_thousands(before: str, text: str, at: int) -> None:
    """`1.000` is a thousand in one country and one in the other; in a list, a comma may part two numbers."""
    found = _THOUSANDS.match(text, at)
    if found and (before == "binary" or "," not in found[0]):
        plain = re.sub("[.,]", "", found[0])
        raise ConditionError(f"“{found[0]}” is read in two ways", at, f"write {plain} for a thousand and more")


def refuse_number(token: str, at: int) -> None:
    if len(token) > 15:
        raise ConditionError("this number is too large", at, "use at most 15 digits")
    if len(token) > 1 and token[0] == "0" and token[1] != ".":
        raise ConditionError(
            f"“{token}” begins with a zero", at, f'write {token.lstrip("0") or "0"}, or "{token}" as text'
        )


def refuse_arithmetic(sign: str, at: int) -> NoReturn:
    raise ConditionError(
        f"conditions do not calculate (“{sign}”)", at, "compare with a number, or use days_since(…) and days_until(…)"
    )


_UNIT: Final = re.compile(r"business|(minute|hour|day|week|month|time)s?")
_BEGINS: Final = ("operand", "function", "open", "sign")


def refuse_neighbours(before: str, kind: str, token: str, at: int, within: str) -> None:
    """Two things side by side that need something between them, or one thing that misses its other half."""
    if before == "not after" and kind != "in":
        constant = token[0] in "\"'" or token[0].isdigit()
        fix = "write !=" if constant else "Did you mean “not in”, or “and not”?"
        raise ConditionError("“not” stands between two things", at, fix)
    if kind == "in" and before == "not":
        raise ConditionError(
            "something is missing before “not in”", at, "write what is looked for: lead.profile not in [...]"
        )
    if before in ENDS and kind in _BEGINS:
        values = (
            before == "operand" and within == "(" and token[0] in "\"'"
        )  # within a function, for it compares nothing
        fix = (
            "put a comma between the two"
            if within == "[" or values
            else "put a comparison, “and” or “or” between the two"
        )
        if _UNIT.fullmatch(token):
            fix = 'put the period in quotes: "14 days"' if within else f"leave “{token}” out"
        raise ConditionError(f"something is missing before “{token}”", at, fix)
    if kind in ("binary", "in") and before in ("start", "binary", "in", "open", "comma", "sign"):
        fix = "write what is compared, on both sides"
        if token in ("and", "or"):
            fix = f"write a condition on both sides of “{token}”, or take “{token}” away"
        raise ConditionError(f"something is missing before “{token}”", at, fix)
    if kind == "binary" and before == "not":
        raise ConditionError(f"something is missing before “{token}”", at, "write what comes after not")
    if kind == "not" and before == "sign":
        refuse_arithmetic("-", at)
    if kind == "close" and before in ("binary", "in", "not", "sign"):
        raise ConditionError(f"something is missing before “{token}”", at, "write what it is compared with")


def refuse_period(number: str, word: str, at: int, within: str) -> None:
    """In a function, a period without its quotes."""
    if number.isdecimal() and within == "(" and _UNIT.fullmatch(word) and word != "business":
        fix = f'put the period in quotes: "{number} {word}"'
        raise ConditionError(f"something is missing before “{word}”", at, fix)


_ASKED: Final = {
    "known": "known({})", "tagged": 'tagged("{}")', "opened": 'opened("{}")', "happened": 'happened("{}")',
    "clicked": 'clicked("…", "{}"), with the name of the mail before that of the link',
    "days_since": 'days_since("{}")', "days_until": "days_until({})", "count": 'count("{}")',
}  # fmt: skip
_COMPARED: Final = {"days_since": " < 30", "days_until": " < 90", "count": " > 0"}
_COMPARISON: Final = re.compile(r"\s*(?:==|!=|<=|>=|<|>)\s*\d+")


def refuse_unasked(function: str, at: int, what: str, behind: str) -> None:
    """`known lead.phone`: a function without its parentheses. behind: the text behind it."""
    if function in _ASKED:
        right = _ASKED[function].format(what.strip("\"'"))
        if function in _COMPARED:
            right += own[0] if (own := _COMPARISON.match(behind)) else _COMPARED[function]
        raise ConditionError(f"“{function}” asks in parentheses", at, f"write {right}")


def _straight(text: str, at: int) -> str:
    """Where other texts have such quotes too: their list, or all of the condition, with straight ones. Else empty."""
    begun, end = text.rfind("[", 0, at), text.find("]", at)
    listed = text[begun : end + 1] if begun >= 0 and end > begun and "]" not in text[begun:at] else ""
    count = len(_CURLY.findall(text))
    whole = listed if len(_CURLY.findall(listed)) == count else text
    return _LISTED.sub(r"\1 [\2]", _CURLY.sub(r'"\1"', whole)) if count > 1 else ""


_LISTED: Final = re.compile(r"""\b(in)\s+("[^"]*"(?:\s*,\s*"[^"]*")+)""")
"""Several texts behind `in`, without their brackets."""


def refuse_sign(text: str, at: int) -> NoReturn:
    sign = text[at]
    if sign in "\"'":
        if "\\" in text[at:]:
            where = text.index("\\", at)
            raise ConditionError("a backslash has no meaning in a text", where, "take it away")
        raise ConditionError(f"the text that begins with {sign} has no end", at, f"close it with {sign}")
    if sign.isdigit() and sign.isascii():
        token = re.match(r"[\w.]+", text[at:])
        word = token[0] if token else sign
        number = re.match(r"\d+(?=[^\W\d]+[²³\d]?\Z)", word)
        fix = f'write {number[0] if number else "a number"}, or "{word}" in quotes'
        raise ConditionError(f"“{word}” is neither number nor name", at, fix)
    if text.startswith("<>", at):
        raise ConditionError("“<>” does not compare", at, "Did you mean “!=”?")
    if quoted := _CURLY.match(text, at):
        right = _straight(text, at) or f'"{quoted[1]}"'
        raise ConditionError(f"“{sign}” has no meaning in a condition", at, f"write straight quotes: {right}")
    if sign in _STRANGE:
        raise ConditionError(f"“{sign}” has no meaning in a condition", at, f"write {_STRANGE[sign]}")
    if sign in "+*/%^~@":
        refuse_arithmetic(sign, at)
    if listed := _BRACED.match(text, at):
        raise ConditionError("a list stands in square brackets", at, f"write [{listed[1].strip()}]")
    if sign in "{}":
        raise ConditionError(
            f"“{sign}” has no meaning in a condition", at, "a field stands by itself: lead.profile, without {{ }}"
        )
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    raise ConditionError(f"“{shown}” has no meaning in a condition", at, "take it away, or put the text in quotes")
