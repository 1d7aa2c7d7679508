"""Which quote of a condition is lost, one too many, or of the other kind?

Each that may be is tried: with it mended, the condition can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from kweek.flow.conditions.refused import ConditionError

_LONGEST: Final = 400  # characters; nobody waits for many readings of more
_WORDS: Final = r"(?P<text>\w[\w.-]*(?: \w[\w.-]*){0,2}?)"
_LAST: Final = _WORDS.replace("text", "last")
_DOUBLED: Final = rf"""(?P<mark>["']){{2}}{_WORDS}(?P=mark)|(?P<end>["']){_LAST}(?P=end){{2}}"""
_SLIPS: Final = (
    (re.compile(rf"""(?P<mark>["']){_WORDS}(?!(?P=mark))["']"""), "begins with {0} and ends with {1}"),
    (re.compile(_DOUBLED), "has one quote too many"),
    (re.compile(rf"""(?P<mark>["']){_WORDS}(?=[\s,\])]|$)"""), "has no {0} behind it"),
    (re.compile(rf"""(?<![\w"'.-]){_WORDS}(?P<mark>["'])(?=[\s,\])]|$)"""), "has no {0} before it"),
)  # fmt: skip


def quote_meant(text: str, read: Callable[[str], object]) -> ConditionError | None:
    """What is wrong with one of its quotes. read: raises ConditionError."""
    if len(text) > _LONGEST or not (text.count('"') % 2 or text.count("'") % 2):
        return None
    for start, end, what, right in _likely(text):
        try:
            read(f"{text[:start]}{right}{text[end:]}")
        except ConditionError:
            continue
        return ConditionError(what, start, f"close it: {right}" if "behind" in what else f"write {right}")
    return None


def _likely(text: str) -> Iterator[tuple[int, int, str, str]]:
    """From and until, what is wrong there, and what to write."""
    for slip, what in _SLIPS:
        for at in range(len(text)):
            if found := slip.match(text, at):
                groups = found.groupdict()
                mark, inner = groups["mark"] or groups["end"], groups["text"] or groups["last"]
                shown = what.format(mark, found[0][-1])
                yield found.start(), found.end(), f"the text “{inner}” {shown}", f"{mark}{inner}{mark}"
