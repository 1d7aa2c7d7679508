"""What stands in this CSV file? Its encoding and separator are found, and its rows are read one by one.

Files come from spreadsheets of all kinds: a Dutch Excel writes `;` and Windows-1252, others tabs, UTF-16, quotes with
line breaks between them, rows of different lengths. What cannot be read is said in a sentence, with what would help.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from kweek.intake.imports.said import FileError
from kweek.leads.formulas import as_it_was

MOST_BYTES: Final = 200_000_000
MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 200

SEPARATORS: Final = (";", ",", "\t", "|")
_SAMPLE: Final = 64_000  # characters from which the separator is found
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
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
    """The file as a table. count: its rows with something in them; empty: those without."""

    text: str
    encoding: str
    separator: str
    headings: tuple[str, ...]
    named: bool
    count: int
    empty: int

    def lines(self) -> Iterator[Line]:
        """From the first row, each time anew."""
        for number, cells in enumerate(_below(self.text, self.separator, self.named), 1):
            if _filled(cells):
                yield Line(number, _fitted(cells, len(self.headings)))


def read_csv(data: bytes, *, encoding: str | None = None, separator: str | None = None, named: bool = True) -> Sheet:
    """The file, read through once. encoding, separator: None, they are found. named: its first row holds headings.
    FileError."""
    if len(data) > MOST_BYTES:
        raise FileError("file.large", megabytes=MOST_BYTES // 1_000_000)
    if data.startswith(_WORKBOOKS):
        raise FileError("file.workbook")
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        raise FileError("file.separator", sign=separator[:20])
    text, encoding = _decoded(data, encoding)
    text, said = _without_said(text)
    separator = separator or said or _found(text)
    headings = _headings(text, separator, named=named)
    count, empty = _counted(text, separator, named)
    if not count:
        raise FileError("file.no-rows" if named else "file.empty")
    return Sheet(text, encoding, separator, headings, named, count, empty)


# --- its letters ------------------------------------------------------------------------------------------


def _decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text, and the encoding in which it was written."""
    for name in [encoding] if encoding else _likely(data):
        try:
            text = data.decode(name).removeprefix("\ufeff")
        except UnicodeError:
            continue
        except LookupError:
            raise FileError("file.encoding.unknown", name=name[:60]) from None
        if "\0" in text:
            raise FileError("file.no-text")
        return text, name
    if encoding:
        raise FileError("file.encoding.other", name=encoding)
    raise FileError("file.encoding")


def _likely(data: bytes) -> Sequence[str]:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return (name,)
    start = data[:2_000]
    if start.count(0) * 3 > len(start):  # every other byte of plain letters is nothing
        return ("utf-16-le",) if start[1::2].count(0) > start[::2].count(0) else ("utf-16-be",)
    return ("utf-8", "cp1252")


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
        widths = [len(cells) for cells in _lenient(sample, separator) if _filled(cells)]
        if not widths:
            continue
        usual, times = Counter(widths).most_common(1)[0]
        fits = (widths[0] == usual, round(times / len(widths), 2), usual)
        if usual > 1 and fits > best:
            best, found = fits, separator
    return found


def _lenient(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        return


def _headings(text: str, separator: str, *, named: bool) -> tuple[str, ...]:
    first = next((cells for cells in _records(text, separator) if _filled(cells)), list[str]())
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


def _counted(text: str, separator: str, named: bool) -> tuple[int, int]:
    count, empty = 0, 0
    for cells in _below(text, separator, named):
        if _filled(cells):
            count += 1
        else:
            empty += 1
        if count > MOST_ROWS:
            raise FileError("file.rows", most=MOST_ROWS)
    return count, empty


def _below(text: str, separator: str, named: bool) -> Iterator[list[str]]:
    """All rows below the headings."""
    records = _records(text, separator)
    if named:
        next(cells for cells in records if _filled(cells))
    yield from records


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """FileError where a quote is never closed: all that follows would be one cell."""
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in StringIO(text, newline=""):
            taken.append(line)
            yield line

    number, last = 0, ""
    try:
        for cells in csv.reader(noted(), delimiter=separator):
            number, last = number + 1, "".join(taken)
            taken.clear()
            yield cells
    except csv.Error:
        raise FileError("file.quote", row=number + 1) from None
    if _is_open(last, separator):
        raise FileError("file.quote", row=number)


def _is_open(record: str, separator: str) -> bool:
    """Does it end within a quote?"""
    try:
        list(csv.reader([record], delimiter=separator, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _filled(cells: Sequence[str]) -> bool:
    return any(cell and not cell.isspace() for cell in cells)


def _fitted(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """One for each heading; beyond the last only what holds something. What was shut in, is as it was."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return (*map(as_it_was, cells), *("",) * (width - len(cells)))
