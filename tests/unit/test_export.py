"""Does nothing run in a spreadsheet that a lead wrote, and is the rest as it was?"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from kweek.leads.formulas import Cell, as_it_was, harmless
from kweek.leads.spreadsheet import as_csv, in_parts

RUNS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "=",
    "+31=1",
    "-",
    "--5",
    "'=1",
    "''+1+1",
)
SAYS_ONLY_THAT = (
    "Ann de Vries", "a=b", "", "'s-Hertogenbosch", -20, 3.5, None, "-20", "+5", "3,50", "+31201234567",
    "+31 20 123 4567", "+1 201-555-0123",
)  # fmt: skip


@pytest.mark.parametrize("cell", RUNS)
def test_what_would_run_is_shut_in(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert as_it_was(harmless(cell)) == cell


@pytest.mark.parametrize("cell", SAYS_ONLY_THAT)
def test_what_only_says_something_stays(cell: Cell) -> None:
    assert harmless(cell) == cell
    assert not isinstance(cell, str) or as_it_was(cell) == cell


@pytest.mark.parametrize("separator", [";", ","])
def test_every_cell_comes_back_as_it_went(separator: str) -> None:
    rows: list[list[Cell]] = [["name", "note"], ['Ann "A" de Vries; B.V., Lisveld', "two\nlines"], [None, -3]]
    text = "".join(as_csv(rows, separator))
    read = list(csv.reader(text.splitlines(keepends=True), delimiter=separator))
    assert read == [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert text.startswith(f"name{separator}note\r\n")


def test_many_lines_leave_together_and_none_is_lost() -> None:
    lines = [f"lead {n};{'x' * 100}\r\n" for n in range(2_000)]
    parts = list(in_parts(lines))
    assert "".join(parts) == "".join(lines)
    assert len(parts) < 10
    assert list(in_parts([])) == []


def test_the_first_lines_leave_before_the_last_is_read() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "a line\r\n"

    assert next(in_parts(endless())).startswith("a line")
