"""What stands behind a key or a dash, as far as that can be told without YAML?"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from kweek.flow.yaml.lines import outside_quotes, shape
from kweek.flow.yaml.sheet import Trap

_COMMENT: Final = re.compile(r"\s+#.*$")
_WHOLE_IN_BRACES: Final = re.compile(
    r"""  "(?:[^"\\]|\\.)*"
        | '(?:[^']|'')*'
        | [^\s"'\[\]{},\#&*!|>%@`?-][^,\[\]{}\#]*
        | """,
    re.VERBOSE,
)


class Value(Struct, frozen=True):
    """What stands behind a key or a dash. core: without the comment behind it. column: where it begins, from 0."""

    line: str
    number: int
    column: int
    key: str | None
    body: str
    core: str

    def trap(self, code: str, what: str, why: str, at: int = 0, fix: str = "") -> Trap:
        """at: how far inside the value. fix: where it is not enough to put the whole value in quotes."""
        safe = quoted(self.core)
        shown = f'"{self.core}"' if '"' not in self.core else safe
        quote = f"Put the whole value in quotes: {f'{self.key}: ' if self.key else ''}{shown}"
        return Trap(self.number, self.column + at, code, what, why, fix + quote, [self.replaced_by(safe)])

    def written(self, other: str, code: str, what: str, why: str, at: int = 0) -> Trap:
        """The trap of which the remedy is to write this instead."""
        fix = f"Write: {f'{self.key}: ' if self.key else ''}{other}"
        return Trap(self.number, self.column + at, code, what, why, fix, [self.replaced_by(other)])

    def parted(self, at: int, below: list[str], column: int, code: str, what: str, why: str, fix: str) -> Trap:
        """The trap of which the remedy is to write these, each on a line of its own. at: where they begin inside the
        value."""
        upper, lines = self.line[: self.column + at].rstrip(" ,"), [" " * column + line for line in below]
        return Trap(self.number, self.column + at, code, what, why, fix, [upper, *lines], added=len(lines))

    def replaced_by(self, other: str) -> str:
        """The line with this instead."""
        return self.line[: self.column] + other + self.body[len(self.core) :]


def value_of(line: str, number: int) -> Value | None:
    match = shape(line)
    if match is None or not match["body"].strip() or match["body"].startswith("#"):
        return None
    body = match["body"]
    if body[0] in "\"'":  # a # within quotes begins no comment
        hashes = (at for at, char in outside_quotes(body) if char == "#" and body[at - 1] == " ")
        core = body[: next(hashes, len(body))].rstrip()
    else:
        core = _COMMENT.sub("", body).rstrip()
    return Value(line, number, match.start("body"), match["key"], body, core)


def whole(value: str) -> bool:
    """Can it stand inside { } as it is?"""
    return _WHOLE_IN_BRACES.fullmatch(value) is not None


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def exclaimed(key: str | None, text: str) -> tuple[str, str, str, str]:
    """What was meant with a text that begins with !, and what, why and fix of it. In a condition it says “not”."""
    if key == "if":
        meant = f"not {text[1:].lstrip()}"
        return meant, "“!” has no meaning in a condition.", "", f"Write: if: {meant}"
    why, shown = "That character has a meaning of its own in YAML.", f"{key}: " if key else ""
    return text, f"A text that begins with {text[0]} needs quotes.", why, f'Put it in quotes: {shown}"{text}"'
