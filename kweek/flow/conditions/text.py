"""Which words does a condition use? Its text, scanned: tame enough for Python's parser, or refused.

The grammar is Python's own expression grammar, cut down. Whatever is not a rule's word is refused here, with its
place and with what to write instead, so that no text, however deep, long or odd, makes the parser fall over.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Final

from kweek.flow.conditions.refused import (
    ENDS,
    ConditionError,
    refuse_arithmetic,
    refuse_neighbours,
    refuse_number,
    refuse_period,
    refuse_sign,
    refuse_thousands,
    refuse_unasked,
)

LONGEST: Final = 2_000
DEEPEST: Final = 30


_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>"[^"\\]*"|'[^'\\]*')
      | (?P<word>[A-Za-z_]\w*(?:[.-]\w+)*)
      | (?P<number>\d+(?:\.\d+)?(?![\w.]))
      | (?P<binary>==|!=|<=|>=|<(?!>)|>)
      | (?P<equals>=)
      | (?P<minus>-)
      | (?P<open>[(\[])
      | (?P<close>[)\]])
      | (?P<comma>,)""",
    re.VERBOSE | re.ASCII,
)
# One letter each for `.` and `-` within a name: `survey.long-term.class` is one name to Python's parser.
DOT, DASH = "\u0298", "\u01c2"
_INSTEAD: Final = {
    "is": "==", "equals": "==", "eq": "==", "none": "known(field)", "null": "known(field)", "nil": "known(field)",
    "empty": "not known(field)", "xor": "or, and, not",
}  # fmt: skip


def scan(text: str) -> str:
    """The same text, tame and of the same length, fit for Python's parser."""
    _refuse_size(text)
    out: list[str] = []
    open_at: list[tuple[str, int]] = []
    before, last = "start", ("", 0)
    for kind, token, at in _tokens(text):
        if kind == "space":
            out.append(" " * len(token))
            continue
        does = _does(kind, token, before, text, at)
        if before == "operand" and does == "operand":
            refuse_unasked(*last, token, text[at + len(token) :])
        refuse_period(last[0], token, at, open_at[-1][0] if open_at else "")
        refuse_neighbours(before, does, token, at, open_at[-1][0] if open_at else "")
        _brackets(open_at, does, token, at)
        out.append(token.replace(".", DOT).replace("-", DASH) if kind == "word" else token)
        before, last = does, (token, at)
    if before in ("binary", "in", "not", "not after", "comma", "sign"):
        fix = "write what it is compared with"
        if last[0] in ("and", "or", "not"):
            fix = f"write a condition behind “{last[0]}”, or take “{last[0]}” away"
        raise ConditionError("the condition stops half-way", len(text.rstrip()), fix)
    if open_at:
        bracket, where = open_at[-1]
        raise ConditionError(f"“{bracket}” is never closed", where, f"add the “{_PAIR[bracket]}”")
    return "".join(out)


def _refuse_size(text: str) -> None:
    if not text.strip():
        raise ConditionError("the condition is empty", 0, 'write what must be true: lead.profile in ["A", "B"]')
    if len(text) > LONGEST:
        fix = f"keep it under {LONGEST}, or use several lines of if:"
        raise ConditionError(f"the condition is {len(text)} characters long", 0, fix)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Each with its kind and its place."""
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            refuse_sign(text, at)
        yield match.lastgroup or "", match[0], at
        at = match.end()


def mixed(text: str) -> int | None:
    """Where the first `and` or `or` stands beside the other without parentheses round either. None: nowhere. text: of
    a condition that can be read."""
    words = [""]
    for kind, word, at in _tokens(text):
        if kind == "open":
            words.append("")
        elif kind == "close":
            words.pop()
        elif word in ("and", "or"):
            if words[-1] not in ("", word):
                return at
            words[-1] = word
    return None


_PAIR: Final = {"(": ")", "[": "]"}


def _brackets(open_at: list[tuple[str, int]], does: str, token: str, at: int) -> None:
    """Keep in mind which brackets are open, and where."""
    if does == "open":
        open_at.append((token, at))
        if len(open_at) > DEEPEST:
            raise ConditionError("brackets are nested too deeply", at, "split the condition over lines of if:")
    elif does == "close":
        if not open_at or _PAIR[open_at[-1][0]] != token:
            raise ConditionError(f"this “{token}” closes nothing", at, "take it away, or open it before")
        open_at.pop()


def _does(kind: str, token: str, before: str, text: str, at: int) -> str:
    """What the token does: `operand`, `binary`, `not`, `open`, `close`, `comma`, `function`."""
    match kind:
        case "word":
            return _word(token, before, text, at)
        case "text" | "number":
            if kind == "number":
                if day := _DATE.match(text, at):
                    raise ConditionError("a date is a text", at, f'put it in quotes: "{day[0]}"')
                refuse_thousands(before, text, at)
                refuse_number(token, at)
            return "operand"
        case "equals":
            turned = text[at + 1 : at + 2]  # => and =< are >= and <=
            sign = f"={turned}" if turned in ("<", ">") and turned else "="
            right = f"{turned}=" if len(sign) == 2 else "=="
            if word := _BARE.match(text, at + len(sign)):
                truth = _TRUTH.get(word[1].lower()) if not _OF_WORDS.search(text[:at]) else None
                right += f" {truth}" if truth else f' "{word[1]}"'
            said, field = _SAID.match(text, at + len(sign)), _LEFT.search(text[:at])
            if said and field and sign == "=" and not _OF_WORDS.search(text[:at]):
                asked = f"{'not ' * (said[1] in ('no', 'false'))}{field[1]}"
                other = f" — or {field[1]} == {said[0].strip()}, where it is a text" * (said[1] in _TRUTH)
                raise ConditionError("“=” does not compare", at, f"write {asked}{other}")
            raise ConditionError(f"“{sign}” does not compare", at, f"Did you mean “{right}”?")
        case "minus":
            return "sign" if before in ("start", "binary", "open", "comma", "not") else refuse_arithmetic("-", at)
        case _:
            return kind


def _word(token: str, before: str, text: str, at: int) -> str:
    low = token.lower()
    if low in ("and", "or", "in", "not", "true", "false") and token != low:
        raise ConditionError(f"“{token}” is written small", at, f"write {low}")
    match token:
        case "and" | "or":
            return "binary"
        case "in":
            return "in"
        case "not":
            return "not after" if before in ENDS else "not"
        case "true" | "false":
            return "operand"
        case _:
            pass
    if low in _THAN_BEGINS and before in ENDS and (asked := _asked_in_words(text, at)):
        what, right = asked
        raise ConditionError(f"“{what}” is no word of conditions", at, f"write {right}")
    if low == "is" and _NOT.match(text, at + 2):
        raise ConditionError("“is not” is no word of conditions", at, "write !=")
    if asked := _ASKS_NULL.search(text[: at + len(token)]):
        right = f"known({asked['field']})" if asked["sign"] == "!=" else f"not known({asked['field']})"
        raise ConditionError(f"“{token}” is no word of conditions", at, f"write {right}")
    if low in (*_INSTEAD, "between") and (before in ("operand", "close") or low in ("none", "null", "nil")):
        raise ConditionError(f"“{token}” is no word of conditions", at, f"write {_instead(low, text, at)}")
    if keyword.iskeyword(token):
        raise ConditionError(
            f"“{token}” is no word of conditions", at, "use and, or, not, in, comparisons, fields and functions"
        )
    if len(token) > 200:
        raise ConditionError("this name is too long", at, "check the name")
    return "function" if text[at + len(token) :].lstrip().startswith("(") else "operand"


_ASKS_NULL: Final = re.compile(r"(?P<field>[A-Za-z_][\w.-]*)\s*(?P<sign>==|!=)\s*(?:none|null|nil)\Z", re.IGNORECASE)
_LEFT: Final = re.compile(r"([\w.-]+(?:\([^()]*\))?)\s+\Z")
_BOUND: Final = r"""(\d{4}-\d\d-\d\d|\d[\d.]*|"[^"]*")"""
_BOUNDS: Final = re.compile(rf"\s+{_BOUND}\s+and\s+{_BOUND}")


def _instead(word: str, text: str, at: int) -> str:
    """What to write for a word of another language, with what stands on both sides of it."""
    left, behind = _LEFT.search(text[:at]), text[at + len(word) :]
    field = left[1] if left else "field"
    if word != "between":
        return _INSTEAD[word]
    bounds = _BOUNDS.match(behind)
    if not bounds:
        return f"1 < {field} < 3"
    low, high = bounds.groups()
    if _DATE.fullmatch(low) and _DATE.fullmatch(high):
        return f'({field} >= "{low}" and {field} <= "{high}")'
    return f"{low} <= {field} <= {high}"


_THAN: Final = {
    "more": ">", "greater": ">", "larger": ">", "bigger": ">", "higher": ">", "over": ">", "above": ">", "after": ">",
    "less": "<", "fewer": "<", "smaller": "<", "lower": "<", "under": "<", "below": "<", "before": "<",
    "at least": ">=", "at most": "<=",
}  # fmt: skip
_THAN_BEGINS: Final = frozenset(("is", *(words.split()[0] for words in _THAN)))
_IN_WORDS: Final = re.compile(
    rf"(?P<words>(?:is +)?(?P<sign>{'|'.join(_THAN)})(?: than)?) +(?P<right>[\w.\"'-]+)", re.IGNORECASE
)
_IS_NOTHING: Final = re.compile(r"is +(?P<no>not +)?(?:none|null|nil|empty|blank|unknown|missing)\b", re.IGNORECASE)
_IS_SOMETHING: Final = re.compile(r"is +(?P<no>not +)?(?:known|set|filled|present)\b", re.IGNORECASE)


def _asked_in_words(text: str, at: int) -> tuple[str, str] | None:
    """`lead.phone is empty`, `lead.hectares is more than 40`: what was said, and what to write."""
    left = _LEFT.search(text[:at])
    field = left[1] if left else "field"
    if (found := _IS_NOTHING.match(text, at)) and "(" not in field:
        return found[0], f"known({field})" if found["no"] else f"not known({field})"
    if (found := _IS_SOMETHING.match(text, at)) and "(" not in field:
        return found[0], f"not known({field})" if found["no"] else f"known({field})"
    if left and (found := _IN_WORDS.match(text, at)):
        right = f'"{found["right"]}"' if _DATE.fullmatch(found["right"]) else found["right"]
        return found["words"], f"{field} {_THAN[found['sign'].lower()]} {right}"
    return None


_NOT: Final = re.compile(r"\s+not\b")
_BARE: Final = re.compile(r"\s*(?!(?:true|false|today)\b)([A-Za-z][\w-]*)(?![\w.(-])")  # a text without quotes
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?![\w.])")
_OF_WORDS: Final = re.compile(r"\b(?:survey|bant)\.[\w.-]+\s*\Z")
"""What is answered with one of several words; “yes” may be one of them."""
_SAID: Final = re.compile(r"""\s*["'](yes|no|true|false)["']""")
_TRUTH: Final = {"yes": "true", "no": "false"}
