"""Which single slip may have been made around here? A line in the wrong column, a dash too many or too few, a key gone.

Nothing is judged here: each is tried by reading the whole file with it mended (`kweek.flow.load.one_slip`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kweek.flow.problems import lines_in_words
from kweek.flow.words import OPTIONS
from kweek.flow.yaml.beside import above_steps, condition_of_starts, path_beside_steps, paths_for_steps
from kweek.flow.yaml.columns import LINES, begin_in
from kweek.flow.yaml.dashes import in_prose
from kweek.flow.yaml.heads import heads
from kweek.flow.yaml.keys import glued, no_colons
from kweek.flow.yaml.lines import dashed, indent, nearest_above, opens, says_something, shape, spaces, without_comment
from kweek.flow.yaml.lost import lost, named_only, paths_lost
from kweek.flow.yaml.moved import fallen, joined, swapped
from kweek.flow.yaml.sheet import Trap

_OPTIONS: Final = ("when", "otherwise", "within", "escalate", "goal", "steps", "paths")
"""Keys at which the neighbours of a line that moves may be at an end."""
_NEIGHBOURS: Final = 8  # lines above and below whose columns are tried


def slips(lines: list[str], around: Iterable[int]) -> Iterator[Trap]:
    """What may have been meant, the likeliest first. around: the lines (from 0) near which something is wrong."""
    return (trap for trap in _all(lines, around) if not in_prose(mended_by(lines, trap), trap.line))


def mended_by(lines: list[str], trap: Trap) -> list[str]:
    """The lines with what was meant."""
    mended = trap.mended or ()
    return [*lines[: trap.line], *mended, *lines[trap.line + len(mended) - trap.added :]]


def _all(lines: list[str], around: Iterable[int]) -> Iterator[Trap]:
    around = tuple(around)
    near = dict.fromkeys(_near(lines, around))
    numbers = [number for number in near if number < len(lines) and says_something(lines[number])]
    for number in numbers:
        yield from _doubled(lines, number)
        yield from no_colons(lines, number)
        yield from filter(None, (glued(lines, number), _bracket(lines[number], number), _too_high(lines, number)))
        yield from filter(None, (fallen(lines, number),))
        yield from filter(
            None, (above_steps(lines, number), condition_of_starts(lines, number), path_beside_steps(lines, number))
        )
        yield from filter(None, (paths_for_steps(lines, number), paths_lost(lines, number)))
        yield from heads(lines, number)
    alone = (_shifted(lines, *move) for number in numbers for move in _moves(lines, number, alone=True))
    yield from _nearest(lines, alone)
    heads_of = dict.fromkeys((*numbers, *(_first(lines, over) for one in around for over in _over(lines, one))))
    for number in heads_of:
        yield from _dashes(lines, number)
    blocks = (_shifted(lines, *move) for number in numbers for move in _moves(lines, number, alone=False))
    yield from _nearest(lines, blocks)
    unsaid = named_only(lines)
    for number in heads_of:
        yield from lost(lines, number, unsaid)
    for number in numbers:
        yield from joined(lines, number, sorted(_columns(lines, number)))
    for number in numbers:
        yield from swapped(lines, number)


def _near(lines: list[str], around: Iterable[int]) -> Iterator[int]:
    """Each line, the two that say something above it, the one below it, and those below which it stands."""
    for number in around:
        yield number
        above = nearest_above(lines, number)
        if above is not None:
            yield above
            if (higher := nearest_above(lines, above)) is not None:
                yield higher
        below = next((n for n in range(number + 1, len(lines)) if says_something(lines[n])), None)
        if below is not None:
            yield below
        yield from _over(lines, number)
        yield _first(lines, number)


def _first(lines: list[str], number: int) -> int:
    """The first of the neighbours of this line, which stand in its column."""
    number = min(number, len(lines) - 1)
    first, column = number, indent(lines[number])
    for above in range(number - 1, -1, -1):
        if says_something(lines[above]):
            if indent(lines[above]) < column:
                break
            first = above if indent(lines[above]) == column else first
    return first


def _over(lines: list[str], number: int) -> Iterator[int]:
    """The lines above it that no other between stands left of: below one of these it stands, or may be meant to."""
    left = 10**6
    for above in range(min(number, len(lines)) - 1, -1, -1):
        column = indent(lines[above]) + dashed(lines[above])  # the items of a key may stand in its own column
        if says_something(lines[above]) and column < left:
            left = column
            yield above


def _doubled(lines: list[str], number: int) -> Iterator[Trap]:
    """It says what the line above it says, and has more below it."""
    above = nearest_above(lines, number)
    has_more = _below(lines, number, indent(lines[number])) > number + 1
    if above is not None and has_more and lines[above].rstrip() == lines[number].rstrip():
        what, why = f"This line stands in line {above + 1} already.", "Only one can be meant."
        fix = "Delete one of them."
        yield Trap(number, indent(lines[number]), "doubled", what, why, fix, [""])


def _too_high(lines: list[str], number: int) -> Trap | None:
    """An option that stands above the line of its verb."""
    here, below = shape(lines[number]), shape(lines[number + 1]) if number + 1 < len(lines) else None
    if not here or not below or dashed(lines[number]) or not here["key"] or not dashed(lines[number + 1]):
        return None
    word, verb = here["key"], below["key"] or ""
    if word not in OPTIONS.get(verb, ()) or opens(lines[number]) or below.start("key") != indent(lines[number]):
        return None
    what, why = f"“{word}” stands above the line of its step.", f"It is an option of the “{verb}” below it."
    fix = f"Put it below “- {verb}: {without_comment(below['body'])}”."
    return Trap(number, indent(lines[number]), "misplaced", what, why, fix, [lines[number + 1], lines[number]])


def _bracket(line: str, number: int) -> Trap | None:
    """One that was closed once too often."""
    said = without_comment(line)
    for mark, close in ("{}", "[]"):
        if said.endswith(close) and said.count(close) == said.count(mark) + 1:
            what, why = f"There is one {close} too many.", "No other was opened that it could close."
            return Trap(number, len(said) - 1, "never-opened", what, why, "Take it away.", [said[:-1]])
    return None


def _nearest(lines: list[str], traps: Iterable[Trap]) -> list[Trap]:
    return sorted(traps, key=lambda trap: (abs(trap.shift), _stands_well(lines, trap), len(trap.mended or ())))


def _stands_well(lines: list[str], trap: Trap) -> bool:
    """Would it move the first item of a list, which stands deeper than its key, into the column of that key?"""
    above = nearest_above(lines, trap.line)
    wanted = indent(lines[trap.line]) + trap.shift
    return dashed(lines[trap.line]) and above is not None and opens(lines[above]) and indent(lines[above]) == wanted


def joins_verb(lines: list[str], number: int) -> bool:
    """Is it an option of the step whose verb stands right above it?"""
    above, here = nearest_above(lines, number), shape(lines[number])
    upper = shape(lines[above]) if above is not None else None
    return upper is not None and here is not None and here["key"] in OPTIONS.get(upper["key"], ())


def _moves(lines: list[str], number: int, *, alone: bool) -> Iterator[tuple[int, int, int]]:
    """Lines from and until, and another column for them: the line alone; or with what stands below it and, where it is
    the first below a key, with its neighbours too."""
    column = indent(lines[number])
    ends = [number + 1] if alone else _ends(lines, number)
    for wanted in sorted(_columns(lines, number) - {column}):
        yield from ((number, end, wanted) for end in ends)
        end = _stands_right(lines, number, wanted)
        if end is not None and not alone and end not in ends:
            yield number, end, wanted


def _stands_right(lines: list[str], number: int, wanted: int) -> int | None:
    """Where only the first lines below a key stand too far left: the first of their neighbours that does not."""
    above, column = nearest_above(lines, number), indent(lines[number])
    if above is None or not opens(lines[above]) or wanted <= column:
        return None
    for below in range(number + 1, _below(lines, number, column - 1)):
        if says_something(lines[below]) and indent(lines[below]) == wanted:
            upper = nearest_above(lines, below)
            if upper is not None and not opens(lines[upper]):
                return below
    return None


def _ends(lines: list[str], number: int) -> list[int]:
    column, above = indent(lines[number]), nearest_above(lines, number)
    if above is None or not opens(lines[above]):
        ends = dict.fromkeys((_below(lines, number, column), _neighbours(lines, number)))
        return [end for end in ends if end > number + 1]
    below = _below(lines, number, column - 1)
    options = (n for n in range(number + 1, below) if indent(lines[n]) == column and _opens_option(lines[n]))
    ends = dict.fromkeys((_below(lines, number, column), next(options, below), below))
    return [end for end in ends if end > number + 1]


def _neighbours(lines: list[str], number: int) -> int:
    """The end of the keys in the same column, with what stands below them: of the options of a step."""
    column, end = indent(lines[number]), number
    while end < len(lines) and indent(lines[end]) == column and not dashed(lines[end]) and says_something(lines[end]):
        end = _below(lines, end, column)
    return end


def _opens_option(line: str) -> bool:
    match = shape(line)
    return match is not None and (match["key"] in _OPTIONS or (dashed(line) and match["key"] in LINES))


def _columns(lines: list[str], number: int) -> set[int]:
    """Those in which the lines around it and their keys begin, and two deeper than those."""
    said = [n for n in range(len(lines)) if says_something(lines[n])]
    here = said.index(number)
    found: set[int] = set()
    for near in (*said[max(0, here - _NEIGHBOURS) : here + _NEIGHBOURS], *_over(lines, number)):
        match = shape(lines[near])
        key = match.start("key") if match and match["key"] else indent(lines[near])
        found |= {indent(lines[near]), key, key + 2} if opens(lines[near]) else {indent(lines[near]), key}
    return {column for column in (0, *found) if abs(column - indent(lines[number])) <= _NEIGHBOURS}


def _below(lines: list[str], number: int, column: int) -> int:
    """The end of what stands deeper than this column below this line."""
    end = number + 1
    for below in range(number + 1, len(lines)):
        if says_something(lines[below]):
            if indent(lines[below]) <= column:
                break
            end = below + 1
    return end


def _shifted(lines: list[str], number: int, end: int, wanted: int) -> Trap:
    delta = wanted - indent(lines[number])
    mended = [" " * max(0, indent(text) + delta) + text.lstrip(" ") if text else text for text in lines[number:end]]
    what = f"This line begins in column {indent(lines[number]) + 1}, which does not fit the lines around it."
    fix = begin_in(wanted, lines[number:end], number)
    why = _belongs([*lines[:number], *mended, *lines[end:]], number)
    return Trap(number, indent(lines[number]), "indentation", what, why, fix, mended, delta)


def _belongs(lines: list[str], number: int) -> str:
    """To what the line belongs where it stands now."""
    column, above = indent(lines[number]), nearest_above(lines, number)
    while above is not None and indent(lines[above]) + (dashed(lines[above]) or not dashed(lines[number])) > column:
        above = nearest_above(lines, above)
    match = shape(lines[above]) if above is not None else None
    return (
        f"It belongs to “{match['key']}” in line {above + 1}." if match and match["key"] and above is not None else ""
    )


def _dashes(lines: list[str], number: int) -> Iterator[Trap]:
    line, column = lines[number], indent(lines[number])
    if dashed(line):
        bare = line.lstrip(" ")[1:].lstrip(" ")
        what, why = "This line has a dash that does not belong there.", "A dash begins an item of a list."
        for wanted in (column, column + 2):
            mended = [" " * wanted + bare]
            delta = wanted - column - 2
            where = f" — in column {wanted + 1} ({spaces(wanted)})" if wanted != column else ""
            yield Trap(number, column, "dash", what, why, f"Write: {without_comment(bare)}{where}", mended, delta)
        return
    what, why = "The dash of this line is missing.", "Each item of a list begins with one."
    fix = f"Write: - {without_comment(line).strip()}"
    for wanted in (column, column - 2):
        if wanted >= 0:
            mended = [" " * wanted + "- " + line.lstrip(" ")]
            where = "" if wanted == column else f" — in column {wanted + 1} ({spaces(wanted)})"
            yield Trap(number, column, "dash", what, why, fix + where, mended, wanted + 2 - column)
    if beside := _beside(lines, number):  # the other keys of the item, which stood where they should, but for its dash
        last = f" — and {lines_in_words(below + 1 for below in beside)} two columns further right"
        mended = [" " * column + "- " + line.lstrip(" "), *(f"  {lines[below]}" for below in beside)]
        yield Trap(number, column, "dash", what, why, fix + last, mended, 2)


def _beside(lines: list[str], number: int) -> range:
    """The lines right below, in the same column."""
    end = number + 1
    while (
        end < len(lines)
        and says_something(lines[end])
        and not dashed(lines[end])
        and indent(lines[end]) == indent(lines[number])
    ):
        end += 1
    return range(number + 1, end)
