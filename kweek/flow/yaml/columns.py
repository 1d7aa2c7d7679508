"""Which line stands in the wrong column, or lacks its dash? And what moves along with it to where it belongs."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from kweek.flow.problems import lines_in_words
from kweek.flow.words import OPTIONS
from kweek.flow.yaml.lines import (
    BLOCK,
    dashed,
    indent,
    nearest_above,
    opens,
    says_something,
    shape,
    spaces,
    without_comment,
)
from kweek.flow.yaml.sheet import Trap

VERBS: Final = frozenset(OPTIONS)
_COMMENT: Final = re.compile(r"\s+#.*$")
LINES: Final = frozenset(("if", "share", "else"))
"""With what a step begins, and with what a line of choose does."""


def too_deep(lines: list[str], line: int, above: int) -> Trap | None:
    """A line that stands deeper than the key above it, though that has its value already."""
    here, upper = shape(lines[line]), shape(lines[above])
    if here is None or upper is None or upper["key"] is None or not upper["body"] or here["key"] is None:
        return None
    column, wanted = indent(lines[line]), upper.start("key")
    if column <= wanted:
        return None
    if column == wanted + 2 and not dashed(lines[above]) and _dashed_below(lines, line, wanted):
        return _dash(above, wanted, [f"{' ' * wanted}- {lines[above].lstrip()}"])
    if trap := _verb_too_far_left(lines, line, above) or _step_below(lines, line, above):
        return trap
    return _moved(lines, line, wanted, above, f"“{upper['key']}” in line {above + 1} has its value already")


def _verb_too_far_left(lines: list[str], line: int, above: int) -> Trap | None:
    """The first step of a list in the column of the key of that list, though its options stand where they should."""
    head, upper, here = nearest_above(lines, above), shape(lines[above]), shape(lines[line])
    column, delta = indent(lines[above]), indent(lines[line]) - indent(lines[above]) - 2
    if head is None or upper is None or here is None or upper["key"] is None or not dashed(lines[above]):
        return None
    if not opens(lines[head]) or indent(lines[head]) != column or delta != 2 or dashed(lines[head]):
        return None
    if here["key"] not in OPTIONS.get(upper["key"], ()):
        return None
    what = f"This line begins in column {column + 1}, which does not fit its “{here['key']}” in line {line + 1}."
    why = f"The options of a step stand below its verb, “{upper['key']}”."
    fix = f"Begin it in column {column + 3} ({spaces(column + 2)})."
    return Trap(above, column, "indentation", what, why, fix, ["  " + lines[above]], 2)


def _step_below(lines: list[str], line: int, above: int) -> Trap | None:
    """A step that stands without its dash below the verb of another: `- wait: 7 days`, and deeper `tag: met`."""
    head: int | None = above
    while head is not None and not dashed(lines[head]):
        head = nearest_above(lines, head)
    verb, column = _key(lines[line]), indent(lines[line])
    upper = _key(lines[head]) if head is not None else None
    if head is None or upper not in VERBS or verb not in VERBS or dashed(lines[line]) or verb in OPTIONS[upper]:
        return None
    wanted = indent(lines[head])
    first, *below = _block(lines, line, wanted + 2)
    delta = next((wanted + 2 - indent(text) for text in below if says_something(text)), 0)
    moved = [" " * max(0, indent(text) + delta) + text.lstrip(" ") if text.strip() else text for text in below]
    what, why = f"“{verb}” is a step, and stands below another, “{upper}”.", "A list runs downwards, a dash a step."
    fix = f"Write in column {wanted + 1}: - {without_comment(first.strip())}"
    fix += f" — and what stands below it {_further(delta)}" if delta else ""
    mended = [f"{' ' * wanted}- {first.lstrip()}", *moved]
    return Trap(line, column, "dash", what, why, fix, mended, wanted + 2 - column)


def _further(delta: int) -> str:
    """`2 columns further right`"""
    return f"{abs(delta)} column{'s' * (abs(delta) > 1)} further {'right' if delta > 0 else 'left'}"


def unindented(lines: list[str], line: int) -> Trap | None:
    """A text of several lines that stands no deeper than its key, `about: >-`."""
    above = nearest_above(lines, line)
    upper = shape(lines[above]) if above is not None else None
    if above is None or upper is None or not upper["key"] or not BLOCK.fullmatch(without_comment(upper["body"])):
        return None
    wanted = upper.start("key") + 2
    if indent(lines[line]) >= wanted:
        return None
    end = next((n for n in range(line, len(lines)) if _key(lines[n]) or dashed(lines[n])), len(lines))
    if end == line:
        return None
    mended = [" " * wanted + text.strip() for text in lines[line:end]]
    what = f"This line begins in column {indent(lines[line]) + 1}, and is no part of the text of “{upper['key']}”."
    why, fix = "The lines of a text stand deeper than its key.", f"Begin it in column {wanted + 1} ({spaces(wanted)})."
    return Trap(line, indent(lines[line]), "indentation", what, why, fix, mended, wanted - indent(lines[line]))


def between(lines: list[str], line: int) -> Trap | None:
    """A line whose column is none of those that are open above it."""
    if trap := _else(lines, line) or _undashed(lines, line) or _way(lines, line):
        return trap
    column = indent(lines[line])
    open_at = _open_above(lines, line)
    if not open_at or column in open_at:
        return None
    wanted = min(open_at, key=lambda place: (abs(place - column), -place))
    owner = open_at[wanted]
    return _moved(lines, line, wanted, owner, f"line {owner + 1}, to which it seems to belong, begins elsewhere")


def _open_above(lines: list[str], line: int) -> dict[int, int]:
    """The columns in which a line of this kind (with a dash or without) may begin here; each with who opened it."""
    is_item = _begins_item(lines[line])
    found: dict[int, int] = {}
    low = 10**6
    for number in range(line - 1, -1, -1):
        match = shape(lines[number])
        if match is None or not says_something(lines[number]):
            continue
        start = indent(lines[number])
        if start < low and _begins_item(lines[number]) >= is_item:
            found.setdefault(match.start("key") if match["key"] and not is_item else start, number)
        low = min(low, start)
    return found


def _undashed(lines: list[str], line: int) -> Trap | None:
    """An item that stands in the column of the dashes above it, without one of its own."""
    column, key = indent(lines[line]), _key(lines[line])
    above = next((n for n in range(line - 1, -1, -1) if says_something(lines[n]) and indent(lines[n]) <= column), None)
    if key is None or dashed(lines[line]) or above is None or indent(lines[above]) < column or not dashed(lines[above]):
        return None
    first, deeper = _key(lines[above]), column + 2
    said = {_key(text) for text in lines[above:line] if dashed(text) or indent(text) == deeper}
    if key in said or {first, key} <= VERBS or {first, key} <= LINES:
        return _dash(line, column, [f"{' ' * column}- {lines[line].lstrip()}"])
    return None


def _else(lines: list[str], line: int) -> Trap | None:
    """`else: next` in the very column of `- choose:`."""
    column, here = indent(lines[line]), shape(lines[line])
    above = next((n for n in range(line - 1, -1, -1) if says_something(lines[n]) and indent(lines[n]) <= column), None)
    if not here or here["key"] != "else" or above is None or _key(lines[above]) != "choose" or dashed(lines[line]):
        return None
    first = next((text for text in lines[above + 1 :] if says_something(text)), "")
    if indent(lines[above]) != column or not dashed(first):
        return None
    what, why = "“else” stands beside choose.", "For all others is the last line of its list."
    fix = f"Write in column {indent(first) + 1}: - else: {without_comment(here['body'])}"
    mended = [f"{' ' * indent(first)}- {lines[line].lstrip()}"]
    return Trap(line, column, "choose-line", what, why, fix, mended, indent(first) + 2 - column)


def _way(lines: list[str], line: int) -> Trap | None:
    """`- end: discard` where the `go` of a line of choose should be."""
    above, here, column = nearest_above(lines, line), shape(lines[line]), indent(lines[line])
    upper = shape(lines[above]) if above is not None else None
    if not here or not dashed(lines[line]) or here["key"] not in ("go", "end") or not here["body"]:
        return None
    if not upper or upper["key"] not in ("if", "share") or upper.start("key") != column:
        return None
    what = f"“{here['key']}” stands here as a step of its own."
    why = f"Where the lead goes, “go” says, below its “{upper['key']}” and without a dash."
    fix = f"Write: go: {without_comment(here['body'])}"
    return Trap(line, column, "choose-line", what, why, fix, [f"{' ' * column}go: {here['body']}"])


def _dashed_below(lines: list[str], line: int, column: int) -> bool:
    """Does an item follow in this column, below what stands deeper?"""
    below = next((text for text in lines[line:] if says_something(text) and indent(text) <= column), "")
    return dashed(below) and indent(below) == column


def _dash(line: int, column: int, mended: list[str]) -> Trap:
    what, why = "The dash of this line is missing.", "Each item of a list begins with one, as those beside it do."
    return Trap(line, column, "dash", what, why, f"Write: {_COMMENT.sub('', mended[0]).strip()}", mended, 2)


def _key(line: str) -> str | None:
    match = shape(line)
    return match["key"] if match else None


def _begins_item(line: str) -> bool:
    return line.lstrip().startswith("- ")


def _moved(lines: list[str], line: int, wanted: int, owner: int, why: str) -> Trap:
    """owner: the line beside which it belongs."""
    column = indent(lines[line])
    delta = wanted - column
    block = _block(lines, line, wanted)
    stays = _lines_of_clauses(block, OPTIONS.get(_key(lines[owner]) or "", ()))
    moved = [
        text if number in stays or not text.strip() else " " * max(0, indent(text) + delta) + text.lstrip(" ")
        for number, text in enumerate(block)
    ]
    what = f"This line begins in column {column + 1}, which fits nothing above it."
    fix = begin_in(wanted, block, line, stays)
    return Trap(line, column, "indentation", what, why[0].upper() + why[1:] + ".", fix, moved, delta)


def _lines_of_clauses(block: list[str], options: Collection[str]) -> set[int]:
    """Of options in a wrong column, what stands in that same column though it is below one of them: it stands right."""
    column, found = indent(block[0]), set[int]()
    opened = inside = False
    for number, text in enumerate(block):
        if says_something(text) and indent(text) == column:
            own = _key(text) in options
            inside = opened and not own
            opened = opens(text) if own else opened
        if inside:
            found.add(number)
    return found


def begin_in(wanted: int, block: list[str], line: int, stays: Collection[int] = ()) -> str:
    """The remedy that names all the lines which move with the first. block: from this line (from 0) on. stays: those of
    the block that do not move."""
    fix = f"Begin it in column {wanted + 1} ({spaces(wanted)})"
    moving = [(number, text) for number, text in enumerate(block) if says_something(text) and number not in stays]
    beside = [line + number + 1 for number, text in moving[1:] if indent(text) == indent(block[0])]
    column = indent(block[0])
    below = [indent(text) for _, text in moving if indent(text) > column]
    if beside:
        return f"{fix}, and {lines_in_words(beside)} too{', with what stands below' * bool(below)}."
    if not below or below[0] == wanted + 2:  # it stands where it should
        return f"{fix}."
    return f"{fix}, and what stands below it {_further(wanted - column)}."


def _block(lines: list[str], line: int, wanted: int) -> list[str]:
    """What moves along with a line: what is below it, and its neighbours in the same wrong column."""
    column, is_item = indent(lines[line]), dashed(lines[line])
    found, above = [lines[line]], lines[line]
    for text in lines[line + 1 :]:
        if says_something(text):
            here, alike = indent(text), dashed(text) == is_item
            if here < column or (here == column and not alike):
                break
            child = opens(above) or (is_item and not alike)
            if here == wanted and not child and alike:
                break  # this one stands where the first should
            above = text
        found.append(text)
    return found
