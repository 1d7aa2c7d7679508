"""What is asked as one would say it aloud? `lead is sales_ready`, `is one of ["A"]`, `days since("sent")`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow.conditions.pieces import COMPARES, Piece, Slip
from kweek.flow.conditions.shape import FUNCTIONS

_FIELD: Final = r"(?P<field>[A-Za-z_]\w*(?:\.[\w-]+)+)"
_TEXT: Final = r"""(?:"[^"]*"|'[^']*')"""
_BARE: Final = r"(?<![\w-])(?!(?:or|and|not)\b)[\w-]+(?![\w.(-])"
_WORD: Final = rf"(?:{_TEXT}|{_BARE}(?:[ ]{_BARE}){{0,2}})"
_WORDS: Final = re.compile(_WORD)
_ONE_OF: Final = re.compile(
    rf"""{_FIELD}\s+(?P<said>
            (?:(?:is|are)\s+)?(?:(?P<no>not\s+)?(?:one|any|either)|(?P<none>none))\s+of
            |is\s+(?P<not>not\s+)?either
        )\s+(?P<list>\[[^\[\]]*\]|{_WORD}(?:\s*(?:,|,?\s*or\b)\s*{_WORD})+)""",
    re.IGNORECASE | re.VERBOSE,
)
_IS_SO: Final = re.compile(
    r"(?<![\w.])(?P<owner>lead|company|event)\s+is\s+(?P<no>not\s+)?(?P<field>[a-z_]\w*)(?![\w.(])"
)
_OF_AN_OWNER: Final = re.compile(
    r"(?<![\w.\"'])(?P<owner>lead|company|event) "
    r"(?P<field>(?!(?:is|are|was|not|in|and|or|has|like)\b)[a-z]\w*(?: [a-z]\w*)?)"
    r"(?= *(?:[<>]=?|[=!]=| (?:not )?in +\[))"
)
"""`company size >= 50`"""
_NO_ADJECTIVE: Final = (
    "in", "not", "known", "unknown", "set", "empty", "none", "null", "missing", "one", "any", "either",
)  # fmt: skip
_READY: Final = "lead.sales_ready"
_READY_WORDS: Final = ("ready", "qualified", "sales-ready")
_SALES_READY: Final = re.compile(r"(?<![\w.\"'])(?:lead )?(?:is )?sales[ -]ready(?![\w.\"'])")
_HOT: Final = 'lead.grade == "A1"'
_COMPARISON: Final = re.compile(r"\s*(?:[<>]=?|[=!]=)\s*\d+")
_UNASKED: Final = re.compile(rf"\bmatches\s+{_FIELD}\s*,?\s*(?P<glob>\"[^\"]*\"|'[^']*')")


def spoken(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    for found in _ONE_OF.finditer(text):
        denied = "not " * bool(found["no"] or found["none"] or found["not"])
        listed = found["list"] if found["list"][0] == "[" else f"[{', '.join(_quoted(found['list']))}]"
        right = f"{found['field']} {denied}in {listed}"
        what = f"“{found['said']}” is no word of conditions"
        yield Slip(found.start(), found.end(), right, what, f"write {right}", said_at=found.start("said"))
    for found in _IS_SO.finditer(text):
        if found["field"] not in _NO_ADJECTIVE:
            said = _READY if found["field"] in _READY_WORDS else _HOT if found["field"] == "hot" else ""
            asked = said if said and found["owner"] == "lead" else f"{found['owner']}.{found['field']}"
            right = f"{'not ' * bool(found['no'])}{asked}"
            what = f"“{found[0]}” is no condition"
            yield Slip(found.start(), found.end(), right, what, f"write {right}")
    for found in _OF_AN_OWNER.finditer(text):
        sign = "." if found["field"].startswith("score ") else "_"
        right = f"{found['owner']}.{found['field'].replace(' ', sign)}"
        what = f"“{found[0]}” is no field: a point stands behind “{found['owner']}”"
        yield Slip(found.start(), found.end(), right, what, f"write {right}")
    for found in _SALES_READY.finditer(text):
        yield Slip(found.start(), found.end(), _READY, f"“{found[0]}” is no condition", f"write {_READY}")
    for found in _UNASKED.finditer(text):
        right = f"matches({found['field']}, {found['glob']})"
        yield Slip(found.start(), found.end(), right, "“matches” asks in parentheses", f"write {right}")
    yield from _of_functions(text, pieces)


def _quoted(listed: str) -> Iterator[str]:
    """Each with its quotes; a number has none."""
    for word in _WORDS.findall(listed):
        yield word if word[0] in "\"'" or word.isdecimal() else f'"{word}"'


def _of_functions(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`days since("sent")`, `no tagged("rival")`"""
    for number, piece in enumerate(pieces[:-2]):
        behind, opens = pieces[number + 1 : number + 3]
        close = next((one.end for one in pieces[number + 3 :] if one.word == ")"), None)
        if behind.kind != "word" or opens.word != "(" or close is None:
            continue
        asked = text[behind.at : close]
        if (name := f"{piece.word}_{behind.word}".lower()) in FUNCTIONS:
            compared = _COMPARISON.match(text, close)
            end = compared.end() if compared else close
            right = f"{name}{text[behind.end : end]}"
            yield Slip(piece.at, end, right, f"“{name}” is one word", f"write {right}")
        elif piece.word.lower() == "no" and (not number or pieces[number - 1].word not in COMPARES):
            yield Slip(piece.at, close, f"not {asked}", "“no” is no word of conditions", f"write not {asked}")
