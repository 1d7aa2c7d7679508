"""What do the cells of the matrix say? A row for each letter, in it a cell for each digit: `flow long-term`, or `rest`.

`else` stands for the rows, or the cells, that are not told; a row of one word says it of all its cells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from kweek.flow.kebab import NAME, parse_name
from kweek.flow.load.reader import Reader
from kweek.flow.meant import meant
from kweek.flow.problems import Located, Position
from kweek.flow.yaml import Pair, Pairs
from kweek.rules.grades import ENGAGEMENTS, PROFILES
from kweek.rules.matrix import GRADES, REST

CELLS: Final = (*map(str, ENGAGEMENTS), "else")
ROWS: Final = (*PROFILES, "else")
EXAMPLE: Final = "A: { 1: flow hot-lead, else: rest }"

Cell = Located[str | None]
"""The flow; None: it rests."""


def parse_cell(text: str) -> str | None:
    """`flow long-term` is its name; `rest` is None."""
    word, _, name = text.partition(" ")
    if text == REST:
        return None
    if word != "flow" or not name:
        right = f"write flow {text}, or rest" if NAME.fullmatch(text) else "write flow and its name, or rest"
        right = "write rest" if meant(text.lower(), (REST,)) else right
        raise ValueError(f"“{text}” is nothing that a lead can do here; {right}")
    return parse_name(name.strip())


class MatrixReader(Reader):
    """Reads `matrix:` of rules/scoring.yaml."""

    def matrix(self, pair: Pair | None) -> dict[str, Located[str]]:
        """Grade → the flow, where there is one."""
        if pair is None:
            return {}
        lines = self.fields(pair.value, pair.key, ROWS, EXAMPLE)
        if not isinstance(pair.value, Pairs):
            return {}
        rows = {word: self._row(line) for word, line in lines.items()}
        self._all_told("The matrix", "row", rows, PROFILES, pair.key.at, "else: rest")
        cells = {grade: rows.get(grade[0], rows.get("else", {})).get(grade[1]) for grade in GRADES}
        return {
            grade: Located(cell.value, cell.at, cell.key)
            for grade, cell in cells.items()
            if cell is not None and cell.value is not None
        }

    def _row(self, line: Pair) -> Mapping[str, Cell | None]:
        """Engagement → its cell."""
        if not isinstance(line.value, Pairs):
            whole = self._cell(line)
            return {str(engagement): whole for engagement in ENGAGEMENTS}
        told = self.fields(line.value, line.key, CELLS, "1: flow hot-lead, else: rest")
        cells = {word: self._cell(cell) for word, cell in told.items()}
        digits = [str(engagement) for engagement in ENGAGEMENTS]
        self._all_told(f"“{line.key.value}”", "cell", cells, digits, line.key.at, "else: rest")
        return {digit: cells.get(digit, cells.get("else")) for digit in digits}

    def _cell(self, cell: Pair) -> Cell | None:
        return self.parsed(cell, parse_cell, "cell")

    def _all_told(
        self, what: str, kind: str, told: Collection[str], wanted: Collection[str], at: Position, fix: str
    ) -> None:
        missing = [word for word in wanted if word not in told]
        if missing and "else" not in told:
            why = "Every grade is told what follows from it, if only that it rests."
            self.note(at, "missing", f"{what} has no {kind} for {', '.join(missing)}.", why, f"Add it, or: {fix}")
