"""How is a text asked for a part of it? In other languages by a word between the two: `lead.job_title contains "a"`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow.conditions.globs import globs_behind, globs_meant
from kweek.flow.conditions.pieces import TAGS, Piece, Slip, bare_run

_GLOBS: Final = {
    "matches": "{}", "contains": "*{}*", "includes": "*{}*", "has": "*{}*", "like": "*{}*", "starts with": "{}*",
    "begins with": "{}*", "ends with": "*{}", "startswith": "{}*", "endswith": "*{}",
    "~": "*{}*", "= ~": "*{}*", "~ =": "*{}*",
}  # fmt: skip


_AMONG: Final = ("contains", "includes", "has")
_OF_PATTERNS: Final = ("matches", "like", "~", "= ~", "~ =")


def _globs(field: str, word: str, part: str) -> tuple[str, ...]:
    """Signs for “anything” stay where the author put them, after `like`: `like "guide%"` begins so."""
    if globs := globs_behind(field, part) if word in _OF_PATTERNS else globs_meant(part):
        return globs
    if word == "matches" or (word == "like" and set(part) & {"*", "%"}):
        return (part.replace("%", "*"),)
    return (_GLOBS[word].format(part.strip("*%")),)


def phrases(text: str, pieces: Sequence[Piece]) -> Iterator[Slip]:
    for number, field in enumerate(pieces[:-2]):
        of_tags = field.word.removeprefix("lead.") in TAGS
        if field.kind != "word" or not ("." in field.word or of_tags):
            continue
        denied = pieces[number + 1].word in ("not", "!")
        for length in (2, 1):
            words = pieces[number + 1 + denied : number + 1 + denied + length]
            word = " ".join(piece.word for piece in words).lower()
            at = number + 1 + denied + length
            value = (bare_run(pieces, at) or list(pieces[at : at + 1])) if word in _GLOBS else []
            if not value or value[0].kind not in ("text", "word", "bare", "number"):
                continue
            part = text[value[0].at : value[-1].end].strip("\"'")
            asked = [f'matches({field.word}, "{glob}")' for glob in _globs(field.word, word, part)]
            asked = [f'tagged("{part}")'] if of_tags else asked
            either = " or ".join(asked)
            right = f"{'not ' * denied}{f'({either})' if asked[1:] else either}"
            fix = f"write {right}"
            if value[0].kind == "number" and word in _AMONG and not of_tags:  # what the field holds, nobody knows here
                equal = f"{field.word} {'!=' if denied else '=='} {part}"
                right, fix = equal, f"write {equal} — or, of a text, {right}"
            what = f"“{word.replace(' ~', '~').replace('~ ', '~')}” does not stand between two things"
            yield Slip(field.at, value[-1].end, right, what, fix, said_at=words[0].at)
            break
