"""Which one slip explains all this? Each that may have been made is tried, by reading the file as if it had not been.

A line in the wrong column makes YAML stumble later, and what stands below it belong to something else: five messages,
none of them where the slip is. Only whoever knows what a flow is can tell which reading makes sense.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Final, Protocol, TypeVar

from kweek.flow.problems import Problem, errors
from kweek.flow.yaml import Trap, lines_of, slips


class Read(Protocol):
    """What came of reading a file. readable: it was more than nothing."""

    @property
    def problems(self) -> Sequence[Problem]: ...

    @property
    def readable(self) -> bool: ...


T = TypeVar("T", bound=Read)
_OF_SHAPE: Final = frozenset((
    "indentation", "dash", "dashes", "yaml", "unknown-key", "unknown-option", "two-verbs", "no-verb", "not-a-step",
    "choose-line", "nothing-below", "list-wanted", "keys-wanted", "text-wanted", "duplicate-key", "colon-missing",
    "key-missing", "else", "missing", "nothing", "same-id",
))  # fmt: skip
"""Codes of what a line in the wrong place may bring about."""
_HARD_TO_PLACE: Final = ("indentation", "missing", "nothing")
"""Where one of them is all that is said, it may still be another line that is to blame."""
_MOST_TRIED: Final = 400
_MOST_SLIPS: Final = 3
_LONGEST: Final = 24 * 1024  # characters; nobody waits for a hundred readings of more


def least_wrong(source: str | bytes, read: Callable[[tuple[Trap, ...]], T]) -> T:
    """What is read of it with as few slips mended as explain the most. read: with these mended and noted."""
    mended: tuple[Trap, ...] = ()
    best = read(mended)
    while len(mended) < _MOST_SLIPS and (slip := _slip(source, mended, best, read)) is not None:
        mended = (*mended, slip)
        best = read(mended)
    return best


def _slip(
    source: str | bytes, mended: tuple[Trap, ...], before: Read, read: Callable[[tuple[Trap, ...]], Read]
) -> Trap | None:
    found = errors(before.problems)
    shapes = [problem for problem in found if problem.code in _OF_SHAPE]
    alone = len(found) == 1
    if not shapes or (alone and found[0].code not in _HARD_TO_PLACE) or _is_too_much(source, found):
        return None
    known = {problem.what for problem in found}
    best, left = None, len(found) + alone
    lines = lines_of(source, mended)
    around = dict.fromkeys(problem.line - 1 for problem in (*shapes, *found))
    for number, trap in enumerate(slips(lines, around)):
        if number == _MOST_TRIED:
            break
        if alone and not _explains_more(trap, found[0], lines):
            continue
        tried = read((*mended, trap))
        after = errors(tried.problems)
        if len(after) < left and tried.readable and _is_mended(trap, after, known):
            best, left = trap, len(after)
            if left == 1 + len(mended):
                break
    return best


def _is_too_much(source: str | bytes, found: Sequence[Problem]) -> bool:
    """Nobody waits for so many readings; and where tabs stand, columns say nothing."""
    return len(source) > _LONGEST or any(problem.code == "tab" for problem in found)


def _explains_more(trap: Trap, said: Problem, lines: list[str]) -> bool:
    """Than the one thing that was said: it lies elsewhere, and then several lines stand right as they are."""
    if trap.code != "indentation" or said.code != "indentation":
        return trap.code == "doubled"
    here = len(lines[said.line - 1]) - len(lines[said.line - 1].lstrip(" "))
    right = sum(line.startswith(" " * here) and line[here : here + 1] not in ("", " ", "#") for line in lines)
    return len(trap.mended or ()) == 1 and trap.line != said.line - 1 and right > 1


def _is_mended(trap: Trap, after: Sequence[Problem], known: Container[str]) -> bool:
    """Is nothing new wrong, and nothing odd any more near by?"""
    others = [problem for problem in after if problem.what != trap.what]
    end = trap.line + len(trap.mended or ())
    odd = any(problem.code in _OF_SHAPE and trap.line - 2 <= problem.line <= end + 2 for problem in others)
    return not odd and len(others) == len(after) - 1 and all(problem.what in known for problem in others)
