"""What is said in a turn of speech? `lead.phone not known`, `in 5..10`, `count("a") > 3 within "14 days"`.

Each is one that other languages have, or that one would say aloud.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow.conditions.pieces import Piece, Slip, ends_at

_FIELD: Final = r"(?P<field>[A-Za-z_]\w*(?:\.[\w-]+)+)"
_SOMETHING: Final = ("known", "set", "filled", "given", "present", "exists")
_NOTHING: Final = ("unknown", "empty", "blank", "missing", "unset", "absent")
_SPAN: Final = re.compile(
    rf"{_FIELD}\s*(?:\s(?P<no>not\s+)?in\s|==?|(?P<differs>!=))\s*(?:(?:range)?[(\[]\s*)?"
    r"(?P<low>\d+(?:\.\d+)?)\s*(?:\.{2,3}|…|–|-|\bto\b)\s*(?P<high>\d+(?:\.\d+)?)(?![\w.-])(?:\s*[)\]])?"
)
_LATER: Final = re.compile(
    r"""(?P<ask>(?:count|happened)\(\s*(?P<event>"[^"]*"|'[^']*')\s*)\)(?P<sign>\s*(?:[<>]=?|[=!]=)\s*\d+)?\s*"""
    r"""(?P<word>(?:\bwithin|\bin|\bduring|\bover|\bsince)(?:\s+the)?(?:\s+(?:last|past))?\s+)?"""
    r"""["']?(?P<period>\d+\s+(?:minute|hour|day|week)s?)(?:\s+ago)?["']?(?P<then>\s*(?:[<>]=?|[=!]=)\s*\d+)?"""
)
_COMPARED: Final = re.compile(r"[<>=]\s*\Z")
_WITHIN: Final = re.compile(
    r"""(?:(?P<ask>count|happened)\(\s*)?(?P<event>"[^"]*"|'[^']*')\s*"""
    r"""(?P<word>within|in|during|over|since)(?:\s+the)?(?:\s+(?:last|past))?\s+"""
    r"""["']?(?P<period>\d+\s+(?:minute|hour|day|week)s?)(?:\s+ago)?["']?(?(ask)\s*\))"""
)
_FROM_TODAY: Final = re.compile(
    rf"{_FIELD}\s*(?P<sign>[<>]=?)\s*(?P<said>(?:(?:today|now)\s*(?:\+|(?P<back>-))|in)\s*(?P<days>\d+)(?:\s*days?\b)?)(?![\w.])"
)
_SOON: Final = re.compile(
    rf"""{_FIELD}\s+(?:is\s+)?(?P<no>not\s+)?(?P<said>
        (?:within|in|during)\s+(?:the\s+)?(?P<way>next|coming|last|past)?\s*["']?(?P<count>\d+)\s+(?P<unit>day|week)s?["']?
    )(?![\w.])""",
    re.VERBOSE,
)
_DENIED: Final = re.compile(r"""(?P<sign>[=!]=)\s*not\s+(?=(?P<is>"[^"]*"|'[^']*'|\d+))""")
_PATTERN: Final = re.compile(rf"matches\(\s*{_FIELD}\s*,\s*(?P<glob>[^\s\"'(),]*\*[^\s\"'(),]*)\s*\)")


def turns(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    yield from _known(pieces)
    for found in _SPAN.finditer(text):
        between = f"{found['low']} <= {found['field']} <= {found['high']}"
        right = f"not ({between})" if found["no"] or found["differs"] else between
        what = f"“{text[found.start('low') : found.end('high')]}” is neither number nor name"
        yield Slip(found.start(), found.end(), right, what, f"write {right}", said_at=found.start("low"))
    for found in _FROM_TODAY.finditer(text):
        days = f"{'-' if found['back'] else ''}{found['days']}"
        right = f"days_until({found['field']}) {found['sign']} {days}"
        what = "conditions do not calculate with dates"
        yield Slip(found.start(), found.end(), right, what, f"write {right}", said_at=found.start("said"))
    for found in _SOON.finditer(text):
        days = int(found["count"]) * (7 if found["unit"] == "week" else 1)
        asked = f"days_until({found['field']})"
        right = f"-{days} <= {asked} <= 0" if found["way"] in ("last", "past") else f"0 <= {asked} <= {days}"
        right = f"not ({right})" if found["no"] else right
        what = f"“{found['said']}” does not compare"
        yield Slip(found.start(), found.end(), right, what, f"write {right}", said_at=found.start("said"))
    for found in _DENIED.finditer(text):
        right = "!=" if found["sign"] == "==" else "=="
        yield Slip(
            found.start(), found.end(), f"{right} ", "“not” stands between two things", f"write {right} {found['is']}"
        )
    for found in _LATER.finditer(text):
        counted = " > 0" if found["ask"].startswith("count") and not _COMPARED.search(text[: found.start()]) else ""
        right = f'{found["ask"]}, "{found["period"]}"){found["sign"] or found["then"] or counted}'
        what = f"“{found['word'] or ''}{found['period']}” stands behind what it is of"
        at = found.start("word" if found["word"] else "period")
        yield Slip(found.start(), found.end(), right, what, f"write {right}", said_at=at)
    for found in _WITHIN.finditer(text):
        right = f'{found["ask"] or "happened"}({found["event"]}, "{found["period"]}")'
        what = f"“{found['word']}” does not stand between an event and its period"
        yield Slip(found.start(), found.end(), right, what, f"write {right}", said_at=found.start("word"))
    for found in _PATTERN.finditer(text):
        what, right = "a text stands in quotes", f'"{found["glob"]}"'
        fix = f"write matches({found['field']}, {right})"
        yield Slip(found.start("glob"), found.end("glob"), right, what, fix)


def _known(pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.phone not known`, `lead.phone empty`"""
    for number, field in enumerate(pieces[:-1]):
        if field.kind != "word" or "." not in field.word:
            continue
        denied = pieces[number + 1].word == "not"
        said = pieces[number + 1 + denied : number + 2 + denied]
        word = said[0].word.lower() if said else ""
        if word not in (*_SOMETHING, *_NOTHING) or not ends_at(pieces, number + 2 + denied):
            continue
        right = f"{'not ' * (denied != (word in _NOTHING))}known({field.word})"
        what = f"“{'not ' * denied}{word}” stands behind what it asks of"
        yield Slip(field.at, said[0].end, right, what, f"write {right}", said_at=pieces[number + 1].at)
