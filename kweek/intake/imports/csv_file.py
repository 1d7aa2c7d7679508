"""What stands in this CSV file? Its encoding and separator are found, and its rows are read one by one.

Files come from spreadsheets of all kinds: a Dutch Excel writes `;` and Windows-1252, others tabs, UTF-16, quotes with
line breaks between them, rows of different lengths. What cannot be read is said in a sentence, with what would help.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from kweek.intake.imports.headings import names_columns
from kweek.intake.imports.letters import decoded
from kweek.intake.imports.records import Record, records
from kweek.intake.imports.said import FileError
from kweek.leads.formulas import as_it_was

MOST_BYTES: Final = 200_000_000
MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 200
MOST_BROKEN: Final = 1_000  # rows whose quotes are out of order; of more, it is the file that cannot be read

SEPARATORS: Final = (";", ",", "\t", "|")
_SAMPLE: Final = 64_000  # characters from which the separator is found
_ABOVE: Final = 20  # rows among which the headings are looked for
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAYS_SEPARATOR: Final = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\S+@\S+\.\S+")
_VALUE: Final = re.compile(r"[-+]?[\d.,:/ -]*\d[\d.,:/ -]*")  # a number, a day, a telephone


@dataclass(frozen=True, slots=True)
class Line:
    """A row with something in it. number: the first below the headings is 1, and empty ones count. cells: one for each
    heading, and those that are beyond the last."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The file as a table. count: its rows with something in them; empty: those without. skipped: rows above the
    headings: a title. broken: the numbers of those whose quotes are out of order."""

    text: str
    encoding: str
    separator: str
    headings: tuple[str, ...]
    named: bool
    count: int
    empty: int
    skipped: int = 0
    broken: tuple[int, ...] = ()

    def lines(self) -> Iterator[Line]:
        """From the first row, each time anew."""
        below = _below(self.text, self.separator, self.skipped + self.named)
        for number, record in enumerate(below, 1):
            if record.filled:
                yield Line(number, _fitted(record.cells, len(self.headings)))


def sign_of(said: str | None) -> str | None:
    """The separator that somebody names; None: it is to be found."""
    return "\t" if said in ("tab", "\\t") else said or None


def read_csv(data: bytes, *, encoding: str | None = None, separator: str | None = None, named: bool = True) -> Sheet:
    """The file, read through once. encoding, separator: None, they are found. named: its first row holds headings.
    FileError."""
    if len(data) > MOST_BYTES:
        raise FileError("file.large", megabytes=MOST_BYTES // 1_000_000)
    if data.startswith(_WORKBOOKS):
        raise FileError("file.workbook")
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        raise FileError("file.separator", sign=separator[:20])
    text, encoding = decoded(data, encoding)
    text, said = _without_said(text)
    separator = separator or said or _found(text)
    skipped = _above(text, separator) if named else 0
    headings = _headings(text, separator, skipped, named=named)
    count, empty, broken = _counted(text, separator, skipped + named)
    if not count:
        raise FileError("file.no-rows" if named else "file.empty")
    return Sheet(text, encoding, separator, headings, named, count, empty, skipped, broken)


# --- its columns ------------------------------------------------------------------------------------------


def _without_said(text: str) -> tuple[str, str | None]:
    """`sep=;` on the first line is for Excel, and tells us as well."""
    said = _SAYS_SEPARATOR.match(text)
    return (text, None) if said is None else (text[said.end() :], said[1])


def _found(text: str) -> str:
    """The separator by which most rows have as many cells as the first; of one column: the comma."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, found = (False, 0.0, 1), ","
    for separator in SEPARATORS:
        widths = [len(one.cells) for one in records(sample, separator) if one.filled]
        if not widths:
            continue
        usual, times = Counter(widths).most_common(1)[0]
        fits = (widths[0] == usual, round(times / len(widths), 2), usual)
        if usual > 1 and fits > best:
            best, found = fits, separator
    return found


def _above(text: str, separator: str) -> int:
    """How many rows stand above the headings: a title has fewer cells, and names no columns."""
    widest = 0
    for n, record in enumerate(islice(records(text, separator), _ABOVE)):
        width = sum(bool(cell.strip()) for cell in record.cells)
        if width > widest and names_columns(record.cells):
            return n
        widest = max(widest, width)
    return next((n for n, record in enumerate(records(text, separator)) if record.filled), 0)


def _headings(text: str, separator: str, skipped: int, *, named: bool) -> tuple[str, ...]:
    record = next((one for one in _below(text, separator, skipped) if one.filled), Record(()))
    if record.broken:
        raise FileError("file.quote", row=skipped + 1)
    first = record.cells
    if len(first) > MOST_COLUMNS:
        raise FileError("file.columns", number=len(first), most=MOST_COLUMNS)
    if not first:
        raise FileError("file.empty")
    if not named:
        return tuple(_letter(n) for n in range(len(first)))
    if data := _no_heading(first):
        raise FileError("file.no-headings", cell=data[:60])
    return tuple(_named(first))


def _no_heading(cells: Sequence[str]) -> str | None:
    """A cell that nobody would write above a column; None: these may well be headings."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    address = next((cell for cell in filled if _ADDRESS.fullmatch(cell)), None)
    values = [cell for cell in filled if _VALUE.fullmatch(cell)]
    return address or (values[0] if len(values) * 2 > len(filled) else None)


def _named(cells: Sequence[str]) -> Iterator[str]:
    """Each by a name of its own: `Name`, `Name (2)`, and the letter of a column without one."""
    seen = Counter[str]()
    for n, cell in enumerate(cells):
        name = " ".join(as_it_was(cell).split())[:200] or _letter(n)
        seen[name.casefold()] += 1
        times = seen[name.casefold()]
        yield name if times == 1 else f"{name} ({times})"


def _letter(n: int) -> str:
    """As above the columns of a spreadsheet: A, Z, AA."""
    return (_letter(n // 26 - 1) if n >= 26 else "") + chr(ord("A") + n % 26)


# --- its rows ---------------------------------------------------------------------------------------------


def _counted(text: str, separator: str, first: int) -> tuple[int, int, tuple[int, ...]]:
    """How many with something in them, and without; which are broken."""
    count, empty, broken = 0, 0, list[int]()
    for number, record in enumerate(_below(text, separator, first), 1):
        if record.filled:
            count += 1
        else:
            empty += 1
        if record.broken:
            broken.append(number)
        if count > MOST_ROWS:
            raise FileError("file.rows", most=MOST_ROWS)
        if len(broken) > MOST_BROKEN:
            raise FileError("file.quotes", most=MOST_BROKEN, row=broken[0])
    return count, empty, tuple(broken)


def _below(text: str, separator: str, first: int) -> Iterator[Record]:
    """All rows from this one on; 0: from the top."""
    return islice(records(text, separator), first, None)


def _fitted(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """One for each heading; beyond the last only what holds something. What was shut in, is as it was."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return (*map(as_it_was, cells), *("",) * (width - len(cells)))
