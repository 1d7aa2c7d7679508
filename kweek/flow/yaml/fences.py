"""Which lines set a text apart from others, and belong to none of its own? ```yaml above it and ``` below it are
Markdown, from the page from which it was copied; --- begins another document."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.problems import lines_in_words
from kweek.flow.yaml.dashes import in_prose
from kweek.flow.yaml.lines import nearest_above
from kweek.flow.yaml.sheet import Sheet, Trap

SECOND_DOCUMENT: Final = (
    "A second document begins here (`---`).",
    "One file is one thing.",
    "Delete this line; where it begins something else, put that in a file of its own.",
)
_FENCE: Final = re.compile(r" *(?:`{3,}|~{3,}) *[a-z]* *")


def mend_fences(sheet: Sheet) -> None:
    """Said once, at the first; read as if they were not there."""
    fences = [n for n, line in enumerate(sheet.lines) if _FENCE.fullmatch(line) and not in_prose(sheet.lines, n)]
    if not fences:
        return
    first, *others = fences
    mark = sheet.lines[first].strip()
    what, why = f"“{mark}” is no line of a flow.", "It marks the text on the page from which it was copied."
    fix = "Delete this line" + (f", and {lines_in_words(n + 1 for n in others)} too." if others else ".")
    sheet.add(sheet.place(first, sheet.lines[first].index(mark)), "lookalike", what, why, fix)
    for number in fences:
        sheet.lines[number] = ""


def cut_in_two(lines: list[str], line: int) -> Trap | None:
    """A --- in the midst of what belongs together, above the line in which YAML cannot read on."""
    number = next((n for n in range(min(line, len(lines) - 1), 0, -1) if _is_cut(lines[n])), None)
    if number is None or nearest_above(lines, number) is None:
        return None
    return Trap(number, 0, "several-documents", *SECOND_DOCUMENT, [""])


def _is_cut(line: str) -> bool:
    return line.partition(" #")[0].rstrip() == "---"
