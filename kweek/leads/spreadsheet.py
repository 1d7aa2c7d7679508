"""How does a table leave the house? As CSV that Excel opens as it is meant, and that runs nothing in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from io import StringIO
from typing import Final

from kweek.leads.formulas import Cell, harmless

BOM: Final = "\ufeff"
"""Without it, Excel takes UTF-8 for what Windows wrote thirty years ago."""
_A_PART: Final = 32 * 1024  # characters


def as_csv(lines: Iterable[Sequence[Cell]], separator: str) -> Iterator[str]:
    """A line of text for each. Where the separator is `;`, a fraction has its comma: to such an Excel 12.5 is a day."""
    buffer, comma = StringIO(), separator == ";"
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")  # RFC 4180
    for line in lines:
        writer.writerow([_with_comma(cell) if comma and isinstance(cell, float) else harmless(cell) for cell in line])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _with_comma(fraction: float) -> str:
    return str(fraction).replace(".", ",")


def in_parts(lines: Iterable[str]) -> Iterator[str]:
    """Many lines together: what a server sends costs as much for one as for hundreds."""
    part, size = list[str](), 0
    for line in lines:
        part.append(line)
        size += len(line)
        if size >= _A_PART:
            yield "".join(part)
            part, size = [], 0
    if part:
        yield "".join(part)


def moment_cell(at: datetime | None, zone: tzinfo) -> str | None:
    """As every Excel reads it, whatever it speaks."""
    return None if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
