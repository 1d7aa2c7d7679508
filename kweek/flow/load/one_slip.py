"""Which one slip explains all this? Each that may have been made is tried, by reading the file as if it had not been.

A line in the wrong column makes YAML stumble later, and what stands below it belong to something else: five messages,
none of them where the slip is. Only whoever knows what a flow is can tell which reading makes sense.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, Generic, TypeVar

from msgspec import Struct

from kweek.flow.problems import Problem, errors
from kweek.flow.words import BUILT_IN
from kweek.flow.yaml import Trap, lines_of, mended_by, slips, stumbles
from kweek.flow.yaml.heads import BESIDE
from kweek.flow.yaml.lines import indent, opens, says_something, shape
from kweek.flow.yaml.slips import joins_verb

_OF_SHAPE: Final = frozenset((
    "indentation", "dash", "dashes", "yaml", "unknown-key", "unknown-option", "two-verbs", "no-verb", "not-a-step",
    "choose-line", "nothing-below", "list-wanted", "keys-wanted", "text-wanted", "duplicate-key", "colon-missing",
    "key-missing", "else", "state", "missing", "nothing", "same-id", "second-colon",
))  # fmt: skip
"""Codes of what a line in the wrong place may bring about."""
_HARD_TO_PLACE: Final = (
    "indentation",
    "missing",
    "nothing",
    "yaml",
    "unknown-key",
    "list-wanted",
    "state",
    "same-id",
    "keys-wanted",
)
"""Where one of them is all that is said, it may still be another line that is to blame."""
_MOST_TRIED: Final = 60
_MOST_SLIPS: Final = 2
_LONGEST: Final = 24 * 1024  # characters; nobody waits for a hundred readings of more


V = TypeVar("V")


class Reading(Struct, Generic[V], frozen=True):
    """What came of reading a file. readable: it was more than nothing."""

    value: V
    problems: Sequence[Problem]
    readable: bool


def least_wrong(source: str | bytes, read: Callable[[tuple[Trap, ...]], Reading[V]]) -> Reading[V]:
    """What is read of it with as few slips mended as explain the most. read: with these mended and noted."""
    mended: tuple[Trap, ...] = ()
    best = read(mended)
    while len(mended) < _MOST_SLIPS and _may_be_explained(source, best.problems):
        lines, found = lines_of(source, mended), errors(best.problems)
        slip = _slip(lines, found, len(mended), lambda trap, mended=mended: read((*mended, trap)))
        if slip is None:
            break
        mended = (*mended, slip)
        best = read(mended)
        if slip.added:  # below it, our lines are no longer the author's
            break
    return best


def _may_be_explained(source: str | bytes, said: Sequence[Problem]) -> bool:
    """Where tabs stand, columns say nothing."""
    codes = [problem.code for problem in errors(said)]
    if len(source) > _LONGEST or "tab" in codes:
        return False
    return not _OF_SHAPE.isdisjoint(codes) and (len(codes) > 1 or codes[0] in _HARD_TO_PLACE)


def _slip(lines: list[str], found: Sequence[Problem], known: int, read: Callable[[Trap], Reading[V]]) -> Trap | None:
    """known: so many of what was found are slips already."""
    whats = {problem.what for problem in found}
    for traps in _likely(lines, found):
        best, left = None, len(found) + (len(found) == 1)
        for trap in traps:
            tried = read(trap)
            after = errors(tried.problems)
            if len(after) < left and tried.readable and _is_mended(trap, after, whats):
                best, left = trap, len(after)
                if left == known + 1:
                    break
        if best is not None:
            return best
    return None


def _likely(lines: list[str], found: Sequence[Problem]) -> Iterator[Iterator[Trap]]:
    """First those with which YAML reads on where it stumbled; then, those behind which it stumbles as before."""
    before = stumbles(lines)
    first = (problem for problem in found if problem.code in _OF_SHAPE)
    around = dict.fromkeys((*(() if before is None else (before,)), *(one.line - 1 for one in (*first, *found))))
    traps = [trap for trap in slips(lines, around) if len(found) > 1 or _explains_more(trap, found[0], lines)]
    alike: list[Trap] = []
    yield islice(_better(lines, traps, before, alike), _MOST_TRIED)
    yield islice(alike, _MOST_TRIED // 3)


def _better(lines: list[str], traps: Iterable[Trap], before: int | None, alike: list[Trap]) -> Iterator[Trap]:
    """before: where YAML stumbles as it is. alike: where those go behind which it stumbles there still."""
    for trap in traps:
        now = stumbles(mended_by(lines, trap))
        if now is None or (before is not None and before < now):
            yield trap
        elif now == before:
            alike.append(trap)


def _explains_more(trap: Trap, said: Problem, lines: list[str]) -> bool:
    """Than the one thing that was said."""
    moves = trap.code == "indentation" and len(trap.mended or ()) == 1
    match said.code:
        case "yaml":
            return True
        case "indentation":  # another line: then several stand right as they are
            column = indent(lines[said.line - 1])
            right = sum(says_something(line) and indent(line) == column for line in lines)
            astray = trap.line != said.line - 1 and not joins_verb(lines, said.line - 1)
            return moves and astray and right > 1
        case "unknown-key" if trap.said_at is not None:
            return trap.said_at == said.line - 1
        case "unknown-key" if trap.code == "space-after-colon":  # `start:{ … }`
            return trap.line == said.line - 1
        case "unknown-key" | "list-wanted":  # its key belongs elsewhere, with what stands below it
            key = match["key"] if (match := shape(lines[trap.line])) else None
            alone = opens(lines[trap.line]) or key in BESIDE | {"else"} or (key is not None and _happens(key, lines))
            within = indent(lines[trap.line]) == 0 and key == "if"
            astray = key == "otherwise" and trap.why.startswith("It belongs to “when”")  # where it would be no event
            return moves and trap.line in (said.line - 1, said.line - 2) and (alone or within) and not astray
        case "keys-wanted":  # the only line of a block, which YAML does not see as a key
            return trap.code in ("colon-missing", "space-after-colon") and trap.line == said.line - 1
        case "missing" if trap.code == "dash":  # `- reassign: sales`, which says nothing of when
            return trap.line == said.line - 1
        case "state":
            return trap.code == "key-missing"
        case _:
            return trap.code == "doubled"


def _happens(key: str, lines: list[str]) -> bool:
    """Is it an event, or an outcome of a task?"""
    outcomes = (match["body"] for match in map(shape, lines) if match and match["key"] == "outcomes")
    declared = {word.strip(" []") for said in outcomes for word in said.split(",")}
    return "." in key or key in BUILT_IN or key.startswith("clicked ") or key in declared


def _is_mended(trap: Trap, after: Sequence[Problem], known: Container[str]) -> bool:
    """Is nothing new wrong, and nothing odd any more near by?"""
    line = trap.line if trap.said_at is None else trap.said_at
    others = [problem for problem in after if problem.what != trap.what or problem.line != line + 1]
    end = trap.line + len(trap.mended or ())
    odd = any(problem.code in _OF_SHAPE and trap.line - 2 <= problem.line <= end + 2 for problem in others)
    return not odd and len(others) == len(after) - 1 and all(problem.what in known for problem in others)
