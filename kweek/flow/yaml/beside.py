"""What stands beside the lines below which it belongs? A condition beside a list of starts, a path beside `steps`."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.yaml.lines import dashed, indent, nearest_above, opens, says_something, shape, spaces
from kweek.flow.yaml.sheet import Trap

_NAME: Final = re.compile(r"(?P<name>[a-z][a-z0-9-]*): *(?:#.*)?")
_EVENT: Final = re.compile(r" *- +(?:event: +)?(?P<event>[a-z][\w-]*\.[a-z_]+)(?P<rest> *(?:#.*)?)")
_OF_FLOW: Final = ("about", "start", "whenever", "goal", "steps", "paths", "moved")
"""Keys of the outermost level below which something stands."""


def above_steps(lines: list[str], number: int) -> Trap | None:
    """`whenever` as the first line below `steps`, though it is a key of the flow."""
    over = nearest_above(lines, number)
    here = shape(lines[number])
    key = here["key"] if here else None
    if over is None or key not in _OF_FLOW or lines[over].rstrip() != "steps:" or not indent(lines[number]):
        return None
    column = indent(lines[number])
    end = next(
        (n for n in range(number + 1, len(lines)) if lines[n].strip() and indent(lines[n]) <= column), len(lines)
    )
    what, why = f"“{key}” stands below “steps”, and is no step.", "It says something of the whole flow."
    fix = f"Put it above “steps:”, in column 1 (0 spaces), with what stands below it {column} columns further left."
    mended = [*(line[column:] for line in lines[over + 1 : end]), lines[over]]
    return Trap(over, column, "indentation", what, why, fix, mended, said_at=number)


def condition_of_starts(lines: list[str], number: int) -> Trap | None:
    """`if:` in the column of the dashes of the starts above it."""
    match, column = shape(lines[number]), indent(lines[number])
    above = nearest_above(lines, number)
    if match is None or match["key"] != "if" or dashed(lines[number]) or above is None:
        return None
    item, head = _EVENT.fullmatch(lines[above]), _head(lines, above, column)
    if item is None or indent(lines[above]) != column or head is None or not lines[head].startswith("start:"):
        return None
    said = " " * (column + 2) + lines[number].strip()
    place = f"in column {column + 3} ({spaces(column + 2)})"
    what, why = "This “if” stands beside the list of starts.", f"It belongs to the one in line {above + 1}."
    if "event:" in lines[above]:
        return Trap(number, column, "indentation", what, why, f"Begin it {place}.", [said])
    upper = f"{' ' * column}- event: {item['event']}{item['rest']}"
    fix = f"Write there - event: {item['event']}, and begin this line {place}."
    between = [*lines[above + 1 : number], said]
    return Trap(above, column, "indentation", what, why, fix, [upper, *between], said_at=number)


def path_beside_steps(lines: list[str], number: int) -> Trap | None:
    """A path in the first column, where no line says `paths:`."""
    found = _NAME.fullmatch(lines[number])
    if found is None or found["name"] in _OF_FLOW or any(line.startswith("paths:") for line in lines):
        return None
    below = next((line for line in lines[number + 1 :] if says_something(line)), "")
    if not dashed(below) or not opens(lines[number]):
        return None
    what, why = "“paths:” seems to be missing above this line.", f"“{found['name']}” is no key of a flow."
    fix = "Write paths: above it, in column 1, and begin this line in column 3 (2 spaces)."
    mended = ["paths:", f"  {lines[number]}"]
    return Trap(number, 0, "key-missing", what, why, fix, mended, added=1)


def paths_for_steps(lines: list[str], number: int) -> Trap | None:
    """`paths:` above the steps, and again above the paths."""
    heads = [n for n, line in enumerate(lines) if _NAME.fullmatch(line) and line.startswith(("paths:", "steps:"))]
    if len(heads) != 2 or number != heads[0] or not all(lines[n].startswith("paths:") for n in heads):
        return None
    what = f"“paths” stands here and in line {heads[1] + 1}, and no line says “steps”."
    why = "The steps are the way in."
    mended = [lines[number].replace("paths:", "steps:", 1)]
    return Trap(number, 0, "duplicate-key", what, why, "Write: steps:", mended)


def _head(lines: list[str], number: int, column: int) -> int | None:
    """The line left of it, below which it stands; or in its column, where that is no item."""
    for above in range(number, -1, -1):
        line = lines[above]
        if says_something(line) and (indent(line) < column or (indent(line) == column and not dashed(line))):
            return above
    return None
