"""How does a line look? Its indentation, its key and its body, as far as that can be told without YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 2_000
_LINE: Final = re.compile(
    r"""(?P<lead>\ *(?:-\ +)*)                                  # indentation and dashes
        (?:(?P<key>[^\s"'\[\]{}\#&*!|>%@`,?:-][^"'\#\[\]{}]*?)\ *:(?:\ +|$))?
        (?P<body>.*)""",
    re.VERBOSE,
)
BLOCK: Final = re.compile(r"[|>][-+0-9]{0,2}")
"""What announces a text of several lines."""
_QUOTED: Final = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}


def shape(line: str) -> re.Match[str] | None:
    """Indentation, key and body. A line that nobody can oversee is not looked into (the search would take long)."""
    return _LINE.fullmatch(line) if len(line) <= LONGEST else None


def indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def says_something(line: str) -> bool:
    """It is neither blank nor a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def dashed(line: str) -> bool:
    return line.lstrip().startswith("- ") or line.strip() == "-"


def opens(line: str) -> bool:
    """Is it a key whose value stands below it?"""
    match = shape(line)
    return match is not None and match["key"] is not None and (not match["body"] or match["body"].startswith("#"))


def nearest_above(lines: list[str], line: int) -> int | None:
    """The nearest line above that says something."""
    return next((number for number in range(line - 1, -1, -1) if says_something(lines[number])), None)


def without_comment(line: str) -> str:
    return line.partition(" #")[0].rstrip()


def outside_quotes(text: str) -> Iterator[tuple[int, str]]:
    """Each character that stands in no quotes, with its place."""
    mark = ""
    for at, char in enumerate(text):
        if mark:
            mark = "" if char == mark else mark
        elif char in "\"'":
            mark = char
        else:
            yield at, char


def quoted_text(body: str) -> re.Match[str] | None:
    """The text in quotes with which this body begins; None: its quote is not closed on this line."""
    return _QUOTED[body[0]].match(body)


def spaces(count: int) -> str:
    """`2 spaces`"""
    return f"{count} space{'' if count == 1 else 's'}"
