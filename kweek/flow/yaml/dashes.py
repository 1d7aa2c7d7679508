"""Which dash was forgotten, or is one too many, or lacks the blank behind it? `-end: done` is a key to YAML; no key of
ours begins with a dash. And words below each other are one text to it, where one of them has no dash."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from kweek.flow.words import OPTIONS
from kweek.flow.yaml.lines import dashed, indent, opens, says_something, shape, without_comment
from kweek.flow.yaml.sheet import Sheet

_GLUED: Final = re.compile(r"( *)-([a-z_]+ ?[a-z_]*:(?: .*|))")
_DOUBLE: Final = re.compile(r"( *)--+ *([a-z_]+ ?[a-z_]*:(?: .*|))")


_NUMBERED: Final = re.compile(rf"( *)(\d{{1,2}}[.)] +)((?:{'|'.join(OPTIONS)}):(?: .*|))")
_WORD: Final = re.compile(r"( *)-([a-z][\w.]*(?: [a-z][\w.]*)*)(?: +#.*)?")
"""A word of a list of words, such as an outcome or an event."""


class Word(NamedTuple):
    """An item of a list of words: where it stands (from 0), and whether it has its dash."""

    line: int
    column: int
    text: str
    dashed: bool


def words_of_a_list(lines: Iterable[tuple[int, str]], first_is_dashed: bool) -> list[Word]:
    """The words of what YAML has read as one text. Empty: it is no list, for at most one of these lines says something,
    or none has a dash. lines: with their numbers. first_is_dashed: YAML has seen that dash."""
    words: list[Word] = []
    for number, line in lines:
        said = without_comment(line).strip()
        if said:
            word = said.removeprefix("- ").strip()
            has_dash = said.startswith("- ") or (first_is_dashed and not words)
            words.append(Word(number, line.index(word), word, has_dash))
    return words if len(words) > 1 and any(word.dashed for word in words) else []


def mend_dashes(sheet: Sheet) -> None:
    """Said at each, and read as it was meant."""
    for number, line in enumerate(sheet.lines):
        if line.lstrip(" ")[:2] == "--" and (found := _DOUBLE.fullmatch(line)) and not in_prose(sheet.lines, number):
            what, why = "One dash too many stands here.", "An item of a list begins with one."
            sheet.add(sheet.place(number, len(found[1])), "dash", what, why, f"Write: - {found[2].strip()}")
            _double(sheet, number, found)
        elif (
            line.lstrip(" ")[:1].isdecimal()
            and (found := _NUMBERED.fullmatch(line))
            and not in_prose(sheet.lines, number)
        ):
            what, why = (
                f"“{found[2].strip()}” begins no step.",
                "A list runs downwards by itself; each step has a dash.",
            )
            sheet.add(sheet.place(number, len(found[1])), "dash", what, why, f"Write: - {found[3].strip()}")
            below = next((text for text in sheet.lines[number + 1 :] if says_something(text)), "")
            deeper = indent(below) > len(found[1])
            column = indent(below) if deeper else len(found[1]) + 2
            sheet.lines[number] = f"{found[1]}-".ljust(column) + found[3]
            sheet.shifts[number] = sheet.shifts.get(number, 0) + column - found.start(3)
        elif line.lstrip(" ")[:1] == "-" and (found := _glued(sheet.lines, number)):
            what, why = "There is no blank behind this dash.", "Without it, it is no item of a list."
            sheet.add(sheet.place(number, len(found[1])), "dash", what, why, f"Write: - {found[2].strip()}")
            _push(sheet, number, f"{found[1]}- {found[2]}")
            for below in _belongs(sheet.lines, number):
                _push(sheet, below, f" {sheet.lines[below]}")


def _glued(lines: list[str], number: int) -> re.Match[str] | None:
    """A dash that lacks the blank behind it: before a key, or before a word among the items of a list."""
    found = _GLUED.fullmatch(lines[number])
    if found is None and (word := _WORD.fullmatch(lines[number])) and _in_list(lines, number):
        found = word
    return None if found is None or in_prose(lines, number) else found


def _in_list(lines: list[str], number: int) -> bool:
    """Does it stand below a key, with another item right above it or right below it?"""
    column = indent(lines[number])
    uppers = (text for text in reversed(lines[:number]) if says_something(text) and indent(text) <= column)
    head = next((text for text in uppers if indent(text) < column or not (dashed(text) or _WORD.fullmatch(text))), "")
    if not opens(head):
        return False
    above = next((text for text in reversed(lines[:number]) if says_something(text)), "")
    below = next((text for text in lines[number + 1 :] if says_something(text)), "")
    return any(indent(text) == column and (dashed(text) or _WORD.fullmatch(text)) for text in (above, below))


def _double(sheet: Sheet, number: int, found: re.Match[str]) -> None:
    """Its key goes to where the lines of the same item stand, and to its usual place where there is none."""
    below = next((text for text in sheet.lines[number + 1 :] if says_something(text)), "")
    column = indent(below) if found.start(2) >= indent(below) > len(found[1]) + 1 else len(found[1]) + 2
    sheet.lines[number] = f"{found[1]}-".ljust(column) + found[2]
    sheet.shifts[number] = sheet.shifts.get(number, 0) + column - found.start(2)


def _push(sheet: Sheet, number: int, line: str) -> None:
    sheet.lines[number] = line
    sheet.shifts[number] = sheet.shifts.get(number, 0) + 1


def _belongs(lines: list[str], number: int) -> list[int]:
    """The lines of the same item, where they stand below its first letter as it was written."""
    column = indent(lines[number])
    found: list[int] = []
    for below in range(number + 1, len(lines)):
        if says_something(lines[below]):
            if indent(lines[below]) <= column:
                break
            found.append(below)
    return found if found and indent(lines[found[0]]) == column + 1 else []


def in_prose(lines: list[str], number: int) -> bool:
    """Does it stand in a text of several lines (`|`, `>`)?"""
    column = indent(lines[number])
    for above in range(number - 1, -1, -1):
        if says_something(lines[above]) and indent(lines[above]) < column:
            match = shape(lines[above])
            if match is None or match["body"][:1] in ("|", ">"):
                return True
            column = indent(lines[above])
    return False
