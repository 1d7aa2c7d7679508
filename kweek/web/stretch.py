"""Which lines of a lead's story stand on one page? Those before the last one of the page above, and no more at once.

A place in a story is a moment and, of one moment, what followed from what. It stays where it is when more happens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select

from kweek.web.past import Happened, Place

Key = tuple[datetime, Place]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN: Final = re.compile(r"(-?\d{1,18})~(\d{1,18})\.(\d{1,18})\.(\d{1,18})", re.ASCII)
_ROWS: Final = 4  # of the books, to a line that is shown: a page and what it means, and what each was worth


@dataclass(frozen=True, slots=True)
class Page:
    """lines: the newest first. further: is it a page after the first? older: where the next one goes on; None: this is
    where it began."""

    lines: Sequence[Happened] = ()
    further: bool = False
    older: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another, with all of both; None: from the beginning, to the end."""

    since: datetime | None = None
    until: datetime | None = None

    def of(self, at: ColumnElement[datetime]) -> Sequence[ColumnElement[bool]]:
        """What holds of a row in it."""
        bounds = (None if self.since is None else at >= self.since, None if self.until is None else at <= self.until)
        return [one for one in bounds if one is not None]


def key_of(line: Happened) -> Key:
    return line.at, line.place


def written(line: Happened) -> str:
    """Its place as it stands in an address."""
    return f"{(line.at - _EPOCH) // timedelta(microseconds=1)}~{'.'.join(map(str, line.place))}"


def place_in(words: str) -> Key | None:
    """None: no place is written so."""
    found = _WRITTEN.fullmatch(words)
    if found is None:
        return None
    moment, rank, number, more = map(int, found.groups())
    try:
        return _EPOCH + timedelta(microseconds=moment), (rank, number, more)
    except OverflowError:
        return None


def page_of(
    read: Connection,
    moments: Sequence[Select[datetime]],
    told: Callable[[Stretch], Iterable[Happened]],
    before: Key | None,
    most: int,
) -> Page:
    """So many lines before this place, or the newest. moments: those of the rows of which there may be many. told: the
    lines of a stretch, in any order; of others, too.

    What stands at the same place is not torn apart."""
    until, rows = before[0] if before else None, _ROWS * most
    while True:
        stretch = Stretch(_since(read, moments, until, rows), until)
        lines = [line for line in told(stretch) if _stands(line, stretch, before)]
        if len(lines) > most or stretch.since is None:
            break
        rows *= _ROWS
    lines.sort(key=key_of, reverse=True)
    shown = lines[:most]
    for line in lines[most:]:
        if key_of(line) != key_of(shown[-1]):
            return Page(shown, before is not None, written(shown[-1]))
        shown.append(line)
    return Page(shown, before is not None)


def _stands(line: Happened, stretch: Stretch, before: Key | None) -> bool:
    return (stretch.since is None or line.at >= stretch.since) and (before is None or key_of(line) < before)


def _since(read: Connection, moments: Sequence[Select[datetime]], until: datetime | None, rows: int) -> datetime | None:
    """From when on none of them has many more rows than this."""
    found: list[datetime] = []
    for query in moments:
        at: Any = query.selected_columns[0]
        earlier = query if until is None else query.where(at < until)
        found += read.scalars(earlier.order_by(at.desc()).offset(rows).limit(1)).all()
    return max(found, default=None)
