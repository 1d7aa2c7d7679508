"""Of what does a condition consist that cannot be read? Words and signs, whatever they are; and slips among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from keyword import iskeyword
from typing import Final, NamedTuple

JOINS: Final = frozenset(("and", "or"))
KEYWORDS: Final = frozenset(("and", "or", "not", "in"))
TAGS: Final = ("tag", "tags", "label", "labels")
"""What somebody may take for a field of a lead; they are asked by a function."""
COMPARES: Final = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))
_PIECE: Final = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')
      | (?P<bare>(?<![^\s=,(\[{])(?:/(?=\w)|https?://|www\.)[^\s"',)\]}]+|[\w.+-]+@[\w-]+\.[\w.-]*\w)
      | (?P<word>[^\W\d]\w*(?:[.-]\w+)*)
      | (?P<number>\d+(?:\.\d+)?(?![\w.]))
      | (?P<glued>\d[\w.]*)
      | (?P<sign>[=!<>]+)
      | (?P<other>\S)""",
    re.VERBOSE,
)


class Piece(NamedTuple):
    """kind: `text` (with its quotes), `bare` (/prices), `word`, `number`, `glued` (500m2), `sign` or `other`. at:
    characters from 0."""

    kind: str
    word: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.word)

    @property
    def holds(self) -> bool:
        """Is it a value, or a field that holds one?"""
        return self.kind in ("text", "number") or (self.kind == "word" and self.word not in KEYWORDS)


class Slip(NamedTuple):
    """What stands from `start` until `end` should be `right`. said_at: where the message points; None: the start."""

    start: int
    end: int
    right: str
    what: str
    fix: str
    said_at: int | None = None

    @property
    def at(self) -> int:
        return self.start if self.said_at is None else self.said_at


def pieces_of(text: str) -> list[Piece]:
    return [Piece(found.lastgroup or "", found[0], found.start()) for found in _PIECE.finditer(text)]


def bare_run(pieces: Sequence[Piece], at: int) -> list[Piece]:
    """The words from there on that may be one text without its quotes."""
    if pieces[at : at + 1] and pieces[at].kind == "bare":
        return [pieces[at]]
    run: list[Piece] = []
    for piece in pieces[at:]:
        if piece.kind != "word" or "." in piece.word or iskeyword(piece.word.lower()):
            break
        run.append(piece)
    return run


def ends_at(pieces: Sequence[Piece], at: int) -> bool:
    """Does a comparison end before that piece?"""
    return at >= len(pieces) or pieces[at].word in (*JOINS, ")")
