"""Which small slip explains why a condition cannot be read? A word too many, another sign, a bracket lost.

Each that may be is tried: with it mended, the condition can be read, or at least as far as the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import Final, NamedTuple

from kweek.flow.conditions.dates import dates
from kweek.flow.conditions.globs import patterns
from kweek.flow.conditions.lists import lists
from kweek.flow.conditions.phrases import phrases
from kweek.flow.conditions.pieces import COMPARES, JOINS, KEYWORDS, Piece, Slip, bare_run, ends_at, pieces_of
from kweek.flow.conditions.refused import ConditionError
from kweek.flow.conditions.spoken import spoken
from kweek.flow.conditions.turns import turns
from kweek.flow.conditions.units import money, units

_LONGEST: Final = 400  # characters; nobody waits for many readings of more
_SIGNS: Final = {"===": "==", "!==": "!=", "=!": "!=", "=!=": "!=", ">==": ">=", "=>=": ">=", "<==": "<=", "=<=": "<="}
_FOREIGN: Final = {"&&": "and", "||": "or", "=": "==", **_SIGNS}
_BARE: Final = re.compile(r"\s*(?!(?:true|false|today)\b)([a-zA-Z][\w-]*)(?![\w.(-])")  # a text without its quotes
_WAY: Final = re.compile(r",? +(?:then|->|=>|→)(?: +go(?: +to)?:?)? *(?P<to>(?:flow )?[a-z][a-z0-9-]*)\s*\Z")
_SHARE: Final = re.compile(r"\s*(?:share\W*)?(\d+) ?%\W*", re.IGNORECASE)


def slip_meant(text: str, read: Callable[[str], object]) -> ConditionError | None:
    """What is wrong with it, and what to write. read: raises ConditionError."""
    if len(text) > _LONGEST:
        return None
    if share := _SHARE.fullmatch(text):
        return ConditionError(f"“{text.strip()}” is a share, not a condition", 0, f"write - share: {share[1]}%")
    pieces = pieces_of(text)
    for find in (
        _foreign,
        spoken,
        _signs,
        _colons,
        dates,
        lists,
        patterns,
        _texts,
        money,
        units,
        turns,
        phrases,
        _commas,
        _spare,
        _ways,
        _answers,
        _unclosed,
    ):
        for slip in find(text, pieces):
            if _mends(slip, text, read):
                return ConditionError(slip.what, slip.at, slip.fix)
    return None


def _mends(slip: Slip, text: str, read: Callable[[str], object]) -> bool:
    try:
        read(f"{text[: slip.start]}{slip.right}{text[slip.end :]}")
    except ConditionError as error:
        return error.offset > slip.start + len(slip.right)
    return True


def _foreign(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.a = "x" && lead.b = "y"`: all of them at once."""
    odd = [(piece, _FOREIGN[word]) for piece, word in _words(pieces) if word in _FOREIGN]
    if len(odd) > 1:
        right = text
        for piece, ours in reversed(odd):
            end = piece.at + (2 if ours in JOINS else len(piece.word))
            words = _BARE.match(right, end) if ours in ("==", "!=") else None
            if words:
                right = f'{right[: words.start(1)]}"{words[1]}"{right[words.end() :]}'
            right = f"{right[: piece.at]}{ours}{right[end:]}"
        signs = dict.fromkeys(text[piece.at : piece.at + (2 if ours in JOINS else 1)] for piece, ours in odd)
        what = f"{' and '.join(f'“{sign}”' for sign in signs)} {'are' if len(signs) > 1 else 'is'} of another language"
        yield Slip(0, len(text), right.strip(), what, f"write {right.strip()}", said_at=odd[0][0].at)


def _words(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, str]]:
    """Two signs that stand together are one."""
    for piece, behind in zip_longest(pieces, pieces[1:]):
        twin = piece.word in "&|" and behind is not None and behind.word == piece.word and behind.at == piece.end
        yield piece, piece.word * 2 if twin else piece.word


def _signs(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.profile === "A"`"""
    for piece in pieces:
        if right := _SIGNS.get(piece.word):
            what, fix = f"“{piece.word}” does not compare", f"Did you mean “{right}”?"
            yield Slip(piece.at, piece.end, right, what, fix)


def _colons(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.sales_ready: true`"""
    for number, (field, colon) in enumerate(pairwise(pieces)):
        if field.kind != "word" or colon.word != ":":
            continue
        run = bare_run(pieces, number + 2) or pieces[number + 2 : number + 3]
        if not run:
            continue
        if run[0].word == "[":
            close = next((at for at in pieces[number + 2 :] if at.word == "]"), run[0])
            right = f"{field.word} in {text[run[0].at : close.end]}"
            yield Slip(field.at, close.end, right, "“:” does not compare", f"write {right}", said_at=colon.at)
            continue
        said = text[run[0].at : run[-1].end]
        value = {"yes": "true", "no": "false"}.get(said.lower(), said)
        if run[0].kind == "word" and value not in ("true", "false") and "." not in value:
            value = f'"{value}"'
        right = f"{field.word} == {value}"
        yield Slip(field.at, run[-1].end, right, "“:” does not compare", f"write {right}", said_at=colon.at)


def _texts(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.building == cold store`, `event.path == /prices`, `matches(event.path, /prices)`"""
    for number, sign in enumerate(pieces):
        run = bare_run(pieces, number + 1) if sign.word in ("=", "==", "!=", "(", ",") else []
        bare = bool(run) and run[0].kind == "bare"
        if not bare and (len(run) < 2 or sign.word in ("(", ",") or not ends_at(pieces, number + 1 + len(run))):
            continue
        said = text[run[0].at : run[-1].end]
        field = pieces[number - 1] if number else sign
        if "*" in said and sign.word in ("==", "!=") and field.kind == "word":
            right = f'{"not " * (sign.word == "!=")}matches({field.word}, "{said}")'
            yield Slip(field.at, run[-1].end, right, f"with “{sign.word}” the * is only a star", f"write {right}")
        elif sign.word == "=":
            right = f'== "{said}"'
            yield Slip(sign.at, run[-1].end, right, "“=” does not compare", f"Did you mean “{right}”?")
        else:
            right = f'"{said}"'
            yield Slip(run[0].at, run[-1].end, right, "a text stands in quotes", f"write {right}")


def _commas(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.sales_ready, or lead.score.intent > 3`"""
    for one, two in pairwise(pieces):
        if "," in (one.word, two.word) and (join := {one.word, two.word} & JOINS):
            comma = one if one.word == "," else two
            what = f"a comma stands {'before' if comma is one else 'behind'} “{join.pop()}”"
            yield Slip(comma.at, comma.end, "", what, "take the comma away")


def _spare(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`a or if b > 2`, `lead.country is in ["NL"]`"""
    for number, piece in enumerate(pieces):
        before = pieces[number - 1].word if number else "and"
        behind = [piece.word for piece in pieces[number + 1 : number + 3]]
        repeats = piece.word.lower() in ("if", "when") and before in (*JOINS, "not", "(")
        if repeats or (piece.word.lower() == "is" and (behind[:1] == ["in"] or behind == ["not", "in"])):
            yield Slip(piece.at, piece.end, "", f"“{piece.word}” is a word too many", "leave it out")


def _ways(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.sales_ready then call`"""
    if found := _WAY.search(text):
        said, right = found[0].strip(" ,"), text[: found.start()]
        what = f"“{said}” says where it leads, and a condition only asks"
        fix = f"leave it out: {right} — where it leads, its line “go” says: go: {found['to']}"
        yield Slip(found.start(), len(text), "", what, fix, said_at=text.index(said, found.start()))


def _answers(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`lead.sales_ready yes`"""
    for number, (field, said) in enumerate(pairwise(pieces)):
        truth = {"yes": True, "true": True, "no": False, "false": False}.get(said.word.lower())
        if truth is None or "." not in field.word or field.kind != "word" or not ends_at(pieces, number + 2):
            continue
        if number and pieces[number - 1].word in COMPARES:
            continue
        what = f"something is missing before “{said.word}”"
        if field.word.startswith(("survey.", "bant.")):
            right = f'{field.word} == "{said.word}"'
            yield Slip(field.at, said.end, right, what, f"write {right}", said_at=said.at)
        elif truth:
            what = f"“{said.word}” is a word too many"
            yield Slip(field.at, said.end, field.word, what, f"leave it out: {field.word}", said_at=said.at)
        else:
            right = f"not {field.word}"
            what = f"“{said.word}” stands behind what it denies"
            yield Slip(field.at, said.end, right, what, f"write {right}", said_at=said.at)


class _Bracket(NamedTuple):
    opens: Piece
    last: Piece


def _unclosed(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    """`count("clicked", "14 days" > 2`"""
    if sum(piece.word in ("(", "[") for piece in pieces) <= sum(piece.word in (")", "]") for piece in pieces):
        return
    for opens, last in _cut_off(pieces):
        closes = {"(": ")", "[": "]"}[opens.word]
        what, fix = f"“{opens.word}” is never closed", f"put “{closes}” behind {last.word}"
        yield Slip(last.end, last.end, closes, what, fix, said_at=opens.at)


def _cut_off(pieces: Sequence[Piece]) -> Iterator[_Bracket]:
    """Lists, and what functions are asked, behind which no bracket closes."""
    for number, opens in enumerate(pieces):
        function = number > 0 and pieces[number - 1].kind == "word" and pieces[number - 1].word not in KEYWORDS
        if opens.word != "[" and not (opens.word == "(" and function):
            continue
        at = number + 1
        while at + 1 < len(pieces) and pieces[at].holds and pieces[at + 1].word == ",":
            at += 2
        over = at + 1 >= len(pieces) or pieces[at + 1].word in (*JOINS, *COMPARES)
        if at < len(pieces) and pieces[at].holds and over:
            yield _Bracket(opens, pieces[at])
