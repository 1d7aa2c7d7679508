"""Which line may have been lost, on which others hang? They stand there, and belong to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kweek.flow.options import WORDS, likeliest
from kweek.flow.yaml.lines import dashed, indent, nearest_above, opens, says_something, shape, spaces
from kweek.flow.yaml.sheet import UNSAID, Trap

_ABOVE_KEYS: Final = ("when", "otherwise", "paths", "whenever")
_ABOVE_LISTS: Final = ("otherwise", "steps")
_ABOVE: Final = {
    "if": ("start", "goal"), "go": ("- if",), "event": ("start",), "at": ("start",), "every": ("start", "- after"),
    "tell": ("- after",), "reassign": ("- after",),
    "- after": ("escalate",), "- if": ("- choose",), "- share": ("- choose",), "- else": ("- choose",),
}  # fmt: skip
"""Above what some lines can only have stood."""
_LINES: Final = {"- if": "- if: lead.sales_ready", "- after": "- after: 1 hour"}
_DEEPER: Final = {"- choose": (4, 2, 3)}
"""How much further left the line above stands, where that is not two columns; the likeliest first."""
_CLAUSES: Final = ("when", "whenever", "otherwise")
_NAME: Final = re.compile(r"([a-z][a-z0-9-]*) *(?:#.*)?")
_NO_TARGETS: Final = frozenset((
    "flow", "title", "start", "event", "reentry", "send", "call", "handover", "tell", "task", "to", "tag", "untag",
    "queue", "priority", "prefer", "webhook", "reassign", "end", "mail", "id", "send_hours", "pace", "because", "text",
    "about",
))  # fmt: skip
_ENDS: Final = ("next", "done", "discard", "won", "lost", "steps")
_FEW: Final = 4


def named_only(lines: list[str]) -> list[str]:
    """Words that some line leads to, and below which nothing stands: of paths that may have lost their headings."""
    shapes = [match for match in map(shape, lines) if match and match["key"]]
    bodies = (_NAME.fullmatch(match["body"]) for match in shapes if match["key"] not in _NO_TARGETS)
    named = dict.fromkeys(match[1] for match in bodies if match)
    headings = {match["key"] for match in map(shape, filter(opens, lines)) if match and "-" not in match["lead"]}
    return [name for name in named if name not in headings and name not in _ENDS][:_FEW]


def lost(lines: list[str], number: int, unsaid: Iterable[str]) -> Iterator[Trap]:
    """A line on which others hang that is not there any more, above this one. unsaid: see above."""
    line = lines[number]
    if dashed(line) and (trap := _event(lines, number)):
        yield trap
        return
    if dashed(line) and (above := nearest_above(lines, number)) is not None:
        asks = (match := shape(lines[above])) is not None and dashed(lines[above]) and match["key"] in ("if", "share")
        deeper = indent(line) - indent(lines[above]) - 2
        if asks and deeper >= 0:
            yield _missing(lines, number, "go", "go:", deeper)
    if dashed(line):
        yield from (_missing(lines, number, name, f"{name}:", 2) for name in unsaid if indent(line) >= 2)
    match = shape(line)
    key = match["key"] if match and match["key"] else ""
    head = f"- {key}" if dashed(line) else key
    for word in (*_ABOVE.get(head, ()), *(_ABOVE_LISTS if dashed(line) else _ABOVE_KEYS)):
        for deeper in _DEEPER.get(word, (2,)):
            if indent(line) >= deeper:
                yield _missing(lines, number, word, _LINES.get(word, f"{word}:"), deeper)
    if not dashed(line) and key in WORDS and indent(line) >= 2 and (trap := _verb(lines, number)):
        yield trap


def paths_lost(lines: list[str], number: int) -> Trap | None:
    """`paths:` above the first path, where no line says it: the lines above would take the paths for their own."""
    steps = next((n for n, line in enumerate(lines) if line.startswith("steps:")), None)
    if steps is None or any(line.startswith("paths:") for line in lines):
        return None
    first = next((n for n in range(steps + 1, len(lines)) if indent(lines[n]) == 2 and _is_path(lines, n)), None)
    return _missing(lines, number, "paths", "paths:", 2) if first == number else None


def _is_path(lines: list[str], number: int) -> bool:
    below = next((line for line in lines[number + 1 :] if says_something(line)), "")
    return not dashed(lines[number]) and opens(lines[number]) and dashed(below)


def _missing(lines: list[str], number: int, key: str, line: str, deeper: int) -> Trap:
    column = indent(lines[number])
    what = f"“{key.removeprefix('- ')}:” seems to be missing above this line."
    fix = f"Write {key}: above it, in column {column - deeper + 1} ({spaces(column - deeper)})."
    return _added(lines, number, line, column - deeper, what, "What stands here has nothing to belong to.", fix)


def _verb(lines: list[str], number: int) -> Trap | None:
    """Above the options of a step."""
    column = indent(lines[number])
    beside = list(_beside(lines, number))
    words = [match["key"] for match in map(shape, (lines[n] for n in beside)) if match and match["key"]]
    verbs = likeliest(words, list(_events(lines, beside)))
    if not verbs:
        return None
    below = next((text for text in lines[beside[-1] + 1 :] if says_something(text) and indent(text) < column), "")
    if verbs == ["end", "score"] and dashed(below) and indent(below) == column - 2:
        verbs.reverse()  # below an end nothing follows
    what, why = f"“{verbs[0]}:” seems to be missing above this line.", "What stands here has nothing to belong to."
    shown = f"- {verbs[0]}:"
    if verbs[1:]:
        what = "The line with the verb seems to be missing above this line."
        why = f"“{words[0]}” is an option of {', '.join(verbs)}."
        shown = " or ".join(f"- {verb}: …" for verb in verbs)
    fix = f"Write {shown} above it, in column {column - 1} ({spaces(column - 2)})."
    return _added(lines, number, f"- {verbs[0]}: {UNSAID}", column - 2, what, why, fix)


def _event(lines: list[str], number: int) -> Trap | None:
    """Above the steps that are taken when it happens."""
    column, above = indent(lines[number]), nearest_above(lines, number)
    match = shape(lines[above]) if above is not None and opens(lines[above]) else None
    if match is None or match["key"] not in _CLAUSES or column - 2 <= match.start("key"):
        return None
    word = "state" if match["key"] == "otherwise" else "event"
    what = f"The line with the {word} seems to be missing above this line."
    why = f"Below “{match['key']}”, each list of steps has one."
    fix = f"Write it above this line, with a colon, in column {column - 1} ({spaces(column - 2)})."
    return _added(lines, number, f"{UNSAID}:", column - 2, what, why, fix)


def _added(lines: list[str], number: int, line: str, column: int, what: str, why: str, fix: str) -> Trap:
    mended = [" " * column + line, lines[number]]
    return Trap(number, indent(lines[number]), "key-missing", what, why, fix, mended, added=1)


def _beside(lines: list[str], number: int) -> Iterator[int]:
    """This line, and those in its column below it, as far as nothing stands left of them."""
    column = indent(lines[number])
    for below in range(number, len(lines)):
        if says_something(lines[below]):
            if indent(lines[below]) < column:
                break
            if indent(lines[below]) == column:
                yield below


def _events(lines: list[str], beside: Iterable[int]) -> Iterator[str]:
    """What stands below `when` and `otherwise` of these lines."""
    for number in beside:
        match = shape(lines[number])
        if match and match["key"] in _CLAUSES and opens(lines[number]):
            first = next((n for n in range(number + 1, len(lines)) if says_something(lines[n])), None)
            if first is not None and indent(lines[first]) > indent(lines[number]):
                found = map(shape, (lines[n] for n in _beside(lines, first)))
                yield from (one["key"] for one in found if one and one["key"])
