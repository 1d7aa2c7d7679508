"""Which lines belong to the page from which a file was copied? ```yaml above it and ``` below it are Markdown."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.problems import lines_in_words
from kweek.flow.yaml.dashes import in_prose
from kweek.flow.yaml.sheet import Sheet

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
