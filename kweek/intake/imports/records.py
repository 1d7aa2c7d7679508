"""Where does a row of CSV end? A cell in quotes may hold line ends; a quote that is out of order ends with its line.

`"blauw;Ede` without a second quote would take all rows up to the next quote into one cell. So a cell in quotes behind
which neither a separator nor a line end stands is one row that is out of order, and the lines below it are rows again.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO


@dataclass(frozen=True, slots=True)
class Record:
    """line: of the file, its last; the first is 1. broken: its quotes are out of order, and cells are its first line,
    parted at every separator."""

    cells: Sequence[str]
    line: int = 0
    broken: bool = False

    @property
    def filled(self) -> bool:
        return any(cell and not cell.isspace() for cell in self.cells)


def records(text: str, separator: str) -> Iterator[Record]:
    """All of them, also the empty ones."""
    lines = _Lines(text)
    while True:
        try:
            for cells in csv.reader(lines, delimiter=separator, strict=True):
                lines.taken.clear()
                yield Record(cells, lines.number)
        except csv.Error:
            first = lines.all_but_first().rstrip("\r\n")
            cells = _parted(first, separator) if len(first) > csv.field_size_limit() else None
            yield Record(cells or first.split(separator), lines.number, broken=cells is None)
        else:
            return


def _parted(line: str, separator: str) -> list[str] | None:
    """One in which a cell is longer than the reader takes. None: its quotes are out of order."""
    sign = re.escape(separator)
    cell = re.compile(rf'(?:"((?:[^"]++|"")*+)"|([^"{sign}][^{sign}]*+|))(?:{sign}|\Z)')
    cells, at = list[str](), 0
    while at <= len(line):
        if (found := cell.match(line, at)) is None:
            return None
        quoted, plain = found.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        if found.end() == at or not found[0].endswith(separator):
            break
        at = found.end()
    return cells


class _Lines:
    """taken: those of the record that is being read. number: how many were."""

    def __init__(self, text: str) -> None:
        self._file = StringIO(text, newline="")
        self._again = deque[str]()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._file)
        self.taken.append(line)
        self.number += 1
        return line

    def all_but_first(self) -> str:
        """Are read again; the first one."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        self.number -= len(others)
        self.taken.clear()
        return first
