"""Which rows were refused, and why? A file to mend and to take in again: their cells as they were, and the reason.

A spreadsheet runs nothing in it: a formula stands behind an apostrophe, as in every file that leaves the house.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import Any, Final

from sqlalchemy import Row

from kweek.intake.imports.file_row import Refusal
from kweek.intake.imports.how import load_how
from kweek.leads import imports
from kweek.leads.database import Database
from kweek.leads.formulas import harmless

_AT_ONCE: Final = 1_000
REASON: Final = "why it was refused"

Refused = tuple[Sequence[str], Sequence[str]]
"""The cells of a row, and what is wrong with it."""


def error_file(headings: Sequence[str], separator: str, rows: Iterable[Refused], reason: str = REASON) -> Iterator[str]:
    """Line by line; a spreadsheet reads it with a byte-order mark before it. reason: the heading above the reasons. A
    row that is too long stays so: only a person knows which two of its cells are one."""
    yield _line((*headings, reason), separator)
    for cells, why in rows:
        filled = [*cells, *("",) * (len(headings) - len(cells))]
        yield _line((*filled, "; ".join(why)), separator)


def refused_of(
    db: Database, import_id: str, worded: Callable[[Refusal], str] = str, reason: str = REASON
) -> Iterator[str]:
    """The error file of an import. worded: each reason, in the language of whoever asks. NoSuchImportError."""
    with db.read() as read:
        how = load_how(imports.one(read, import_id).how)
    return error_file(how.headings, how.separator, _stored(db, import_id, worded), reason)


def _stored(db: Database, import_id: str, worded: Callable[[Refusal], str]) -> Iterator[Refused]:
    after = 0
    while True:
        with db.read() as read:
            some = imports.rows(read, import_id, ["refused"], _AT_ONCE, after)
        if not some:
            return
        yield from ((row.cells, list(why_of(row, worded))) for row in some)
        after = some[-1].number


def why_of(row: Row[Any], worded: Callable[[Refusal], str] = str) -> Iterator[str]:
    """Each reason as a sentence."""
    for one in row.why or ():
        yield worded(Refusal.load(one))


def _line(cells: Sequence[str], separator: str) -> str:
    line = StringIO(newline="")
    csv.writer(line, delimiter=separator).writerow(map(harmless, cells))
    return line.getvalue()
