"""What stands in a file that an import stores? Its headings and rows, as when it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kweek.intake.imports.csv_file import Line
from kweek.intake.imports.how import How
from kweek.leads import imports
from kweek.leads.database import Database

_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class StoredFile:
    """As long as no row of it is in: what became a lead stands there, and here no more."""

    db: Database
    id: str
    how: How

    @property
    def headings(self) -> tuple[str, ...]:
        return self.how.headings

    @property
    def encoding(self) -> str:
        return self.how.encoding

    @property
    def separator(self) -> str:
        return self.how.separator

    @property
    def skipped(self) -> int:
        return self.how.skipped

    @property
    def broken(self) -> tuple[int, ...]:
        return self.how.broken

    def lines(self) -> Iterator[Line]:
        after = 0
        while True:
            with self.db.read() as read:
                some = imports.rows(read, self.id, ["waiting"], _AT_ONCE, after)
            if not some:
                return
            yield from (Line(row.number, tuple(row.cells)) for row in some)
            after = some[-1].number
