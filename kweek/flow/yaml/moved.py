"""Which two lines became one, stand in each other's place, or one below another? Each way of parting them is tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kweek.flow.words import BUILT_IN, STATES
from kweek.flow.yaml.keys import outcomes
from kweek.flow.yaml.lines import indent, opens, says_something, shape, spaces, without_comment
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
            yield Trap(number, found.end(), "second-colon", what, why, fix, mended, added=1)


def swapped(lines: list[str], number: int) -> Iterator[Trap]:
    """With the line below it."""
    if number + 1 >= len(lines) or not says_something(lines[number + 1]) or lines[number] == lines[number + 1]:
        return
    upper, lower = (without_comment(line).strip() for line in lines[number : number + 2])
    what = "This line and the next stand in each other's place."
    fix = f"Put “{lower}” above “{upper}”."
    yield Trap(number, indent(lines[number]), "swapped", what, "", fix, [lines[number + 1], lines[number]])


def fallen(lines: list[str], number: int) -> Trap | None:
    """A line of `when` that stands below the `otherwise` of its step."""
    here, column = shape(lines[number]), indent(lines[number])
    word = here["key"] if here else None
    head = next(
        (n for n in range(number - 1, -1, -1) if says_something(lines[n]) and _key(lines[n]) == "otherwise"), None
    )
    if head is None or not word or not (word in _HAPPENS or word in outcomes(lines)):
        return None
    own = indent(lines[head])
    when = next((n for n in range(head - 1, -1, -1) if says_something(lines[n]) and indent(lines[n]) <= own), None)
    if when is None or _key(lines[when]) != "when" or indent(lines[when]) != own or not opens(lines[when]):
        return None
    between = [text for text in lines[head + 1 : number] if says_something(text)]
    if column not in (own, own + 2) or any(indent(text) < column or indent(text) <= own for text in between):
        return None
    end = next(
        (n for n in range(number + 1, len(lines)) if says_something(lines[n]) and indent(lines[n]) <= column), None
    )
    end = len(lines) if end is None else end
    while not lines[end - 1].strip():
        end -= 1
    inside = next((indent(text) for text in lines[when + 1 : head] if says_something(text)), own + 2)
    shift = inside - column
    last = next((n for n in range(when + 1, head) if _key(lines[n]) == "else" and indent(lines[n]) == inside), head)
    block = [" " * (indent(text) + shift) + text.lstrip() for text in lines[number:end]]
    what, why = f"“{word}” stands below “otherwise”.", "It is something that happens, and no state when the time is up."
    fix = f"Put it above line {last + 1}, below “when” in line {when + 1}."
    return Trap(last, column, "misplaced", what, why, fix, [*block, *lines[last:number]], said_at=number)


_HAPPENS: Final = frozenset(BUILT_IN) - {state for states in STATES.values() for state in states}


def _key(line: str) -> str | None:
    match = shape(line)
    return match["key"] if match else None
