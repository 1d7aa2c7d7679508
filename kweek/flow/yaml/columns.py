"""Which line stands in the wrong column? And what moves along with it to where it belongs."""

from __future__ import annotations

from kweek.flow.yaml.lines import dashed, indent, opens, says_something, shape
from kweek.flow.yaml.sheet import Trap


def too_deep(lines: list[str], line: int, above: int) -> Trap | None:
    """A line that stands deeper than the key above it, though that has its value already."""
    here, upper = shape(lines[line]), shape(lines[above])
    if here is None or upper is None or upper["key"] is None or not upper["body"] or here["key"] is None:
        return None
    column, wanted = indent(lines[line]), upper.start("key")
    if column <= wanted:
        return None
    return _moved(lines, line, wanted, f"“{upper['key']}” in line {above + 1} has its value already")


def between(lines: list[str], line: int) -> Trap | None:
    """A line whose column is none of those that are open above it."""
    column = indent(lines[line])
    open_at = _open_above(lines, line)
    if not open_at or column in open_at:
        return None
    wanted = min(open_at, key=lambda place: (abs(place - column), -place))
    return _moved(lines, line, wanted, f"line {open_at[wanted] + 1}, to which it seems to belong, begins elsewhere")


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


def _begins_item(line: str) -> bool:
    return line.lstrip().startswith("- ")


def _moved(lines: list[str], line: int, wanted: int, why: str) -> Trap:
    column = indent(lines[line])
    delta = wanted - column
    block = _block(lines, line, wanted)
    moved = [" " * (indent(text) + delta) + text.lstrip(" ") if text.strip() else text for text in block]
    what = f"This line begins in column {column + 1}, which fits nothing above it."
    fix = f"Begin it in column {wanted + 1} ({wanted} spaces)."
    return Trap(line, column, "indentation", what, why[0].upper() + why[1:] + ".", fix, moved, delta)


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
