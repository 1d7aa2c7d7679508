"""Which two lines became one, or stand in each other's place? Each way of parting them is tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kweek.flow.yaml.lines import indent, says_something, shape, spaces, without_comment
from kweek.flow.yaml.sheet import Trap

_ANOTHER: Final = re.compile(r",? (?=(?P<below>(?:- )?(?P<key>[a-z_][\w.-]*(?: [a-z]+)?):(?: .*|$)))")
"""Where another key, of one or two words, begins within a line."""


def joined(lines: list[str], number: int, columns: Iterable[int]) -> Iterator[Trap]:
    """`within: 7 days when:`. columns: those in which its second half may have begun."""
    line = lines[number]
    match = shape(line)
    if match is None or not match["key"]:
        return
    for found in _ANOTHER.finditer(line, match.start("body") - 1):
        upper = line[: found.start()].rstrip(" ,")
        if upper.count("{") > upper.count("}") or upper.count('"') % 2 or upper.count("[") > upper.count("]"):
            continue
        what, why = f"“{found['key']}” stands on the line of “{match['key']}”.", "Each key has a line of its own."
        said = without_comment(found["below"])
        for column in columns:
            fix = f"Put “{said}” on a line of its own below it, in column {column + 1} ({spaces(column)})."
            mended = [upper, " " * column + found["below"]]
            yield Trap(number, found.end(), "second-colon", what, why, fix, mended, added=True)


def swapped(lines: list[str], number: int) -> Iterator[Trap]:
    """With the line below it."""
    if number + 1 >= len(lines) or not says_something(lines[number + 1]) or lines[number] == lines[number + 1]:
        return
    upper, lower = (without_comment(line).strip() for line in lines[number : number + 2])
    what = "This line and the next stand in each other's place."
    fix = f"Put “{lower}” above “{upper}”."
    yield Trap(number, indent(lines[number]), "swapped", what, "", fix, [lines[number + 1], lines[number]])
