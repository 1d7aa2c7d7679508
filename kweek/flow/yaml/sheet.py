"""What lies under the reader's hands? The text, with all that was found in it and mended in it."""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct, field

from kweek.flow.problems import Position, Problem

UNSAID: Final = "…"
"""Stands in an added line for what only its author knows."""


class Trap(NamedTuple):
    """What YAML misunderstood, and where; line and column from 0.

    mended: the lines from `line` on that replace as many; None: nobody can tell. shift: how far to the right they move.
    added: so many of them are new, the first or those below it. said_at: the line at which it is said, where that is
    another.
    """

    line: int
    column: int
    code: str
    what: str
    why: str
    fix: str
    mended: list[str] | None
    shift: int = 0
    added: int = 0
    said_at: int | None = None


class Sheet(Struct):
    """The text under the reader's hands; lines count from 0.

    shifts: how many characters we put at the beginning of a line. mended: (line, code) of what was tried already.
    tabbed: lines of which only the author knows how deep they stand. tab: how many blanks each tab there is read as.
    added: a line that the author has not written; many: how many of them there are.
    """

    file: str
    tab: int = 2
    lines: list[str] = []
    problems: list[Problem] = []
    shifts: dict[int, int] = {}
    mended: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])
    tabbed: set[int] = field(default_factory=set[int])
    added: int | None = None
    many: int = 0

    def line(self, number: int) -> str:
        """From 0. What ends at the end of the file may be said to stand below it."""
        return self.lines[number] if number < len(self.lines) else ""

    def place(self, line: int, column: int) -> Position:
        """Where that stands in what the author wrote; line and column from 0."""
        theirs = line if self.added is None or line <= self.added else max(self.added, line - self.many)
        return Position(theirs + 1, max(1, column - self.shifts.get(line, 0) + 1))

    def behind(self, at: Position) -> str:
        """The rest of the line, as it is read now, from a place in what the author wrote."""
        number = at.line - 1 if self.added is None or at.line <= self.added else at.line - 1 + self.many
        return self.line(number)[at.column - 1 + self.shifts.get(number, 0) :]

    def mend(self, trap: Trap) -> bool:
        """Put what was meant where the trap is. False: nobody can tell, or that did not help before."""
        if trap.mended is None or (trap.line, trap.code) in self.mended:
            return False
        self.mended.add((trap.line, trap.code))
        end = trap.line + len(trap.mended) - trap.added
        if trap.added:
            self.added, self.many = trap.line, trap.added
        self.lines[trap.line : end] = trap.mended
        for number in range(trap.line, end if trap.shift else trap.line):
            self.shifts[number] = self.shifts.get(number, 0) + trap.shift
        return True

    def note(self, trap: Trap) -> None:
        line = trap.line if trap.said_at is None else trap.said_at
        self.add(self.place(line, trap.column), trap.code, trap.what, trap.why, trap.fix)

    def add(self, at: Position, code: str, what: str, why: str, fix: str) -> None:
        self.problems.append(Problem(self.file, at.line, at.column, "error", code, what, why, fix))
