"""How deep was a line meant to stand that begins with a tab? As deep as makes the file sound, near its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from kweek.flow.problems import Problem
from kweek.flow.yaml.lines import indent, nearest_above, says_something, shape, spaces


def with_depth(source: str | bytes, problems: Sequence[Problem], sound: Callable[[str], bool]) -> Sequence[Problem]:
    """The same messages; where one line alone begins with tabs, the remedy says how many spaces it takes.

    sound: may this text be read without an error?"""
    if [problem.code for problem in problems] != ["tab"]:
        return problems
    lines = (source.decode("utf-8", "replace") if isinstance(source, bytes) else source).splitlines()
    tabbed = [number for number, line in enumerate(lines) if "\t" in line]
    if len(tabbed) != 1 or not lines[tabbed[0]].startswith((" ", "\t")):
        return problems
    number = tabbed[0]
    bare = lines[number].lstrip(" \t")
    for depth in _depths(lines, number) if "\t" not in bare else ():
        if sound("\n".join([*lines[:number], " " * depth + bare, *lines[number + 1 :], ""])):
            margin = lines[number][: -len(bare)]
            less = "instead" if set(margin) == {"\t"} else f"instead of all that stands before “{bare.split()[0]}”"
            return [replace(problems[0], fix=f"Write {spaces(depth)} {less}: it begins in column {depth + 1} then.")]
    return problems


def _depths(lines: list[str], number: int) -> list[int]:
    """Those of the line below and of the lines above it, and of what may stand below the nearest."""
    found: dict[int, None] = {}
    below = next((line for line in lines[number + 1 :] if says_something(line)), "")
    found[indent(below)] = None
    above = nearest_above(lines, number)
    for _ in range(5):
        match = shape(lines[above]) if above is not None else None
        if above is None or match is None:
            break
        found |= dict.fromkeys((match.start("key") if match["key"] else indent(lines[above]), indent(lines[above])))
        found[indent(lines[above]) + 2] = None
        above = nearest_above(lines, above)
    return list(found)
