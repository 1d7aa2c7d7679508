"""How is said what a column was taken for, and why?"""

from __future__ import annotations

from collections.abc import Iterator

from kweek.intake.imports.cells import WRITTEN
from kweek.intake.imports.how import Column
from kweek.words import Tongue


def column_words(say: Tongue, column: Column, kind: str = "") -> str:
    """kind: what its field holds, where days or numbers are written in more ways than one."""
    return "; ".join(_words(say, column, kind))


def _words(say: Tongue, column: Column, kind: str) -> Iterator[str]:
    yield say(column.why.key, **column.why.values)
    if kind in ("date", "moment"):
        yield say("column.dates", day=WRITTEN[column.dates])
    if kind == "number":
        yield say("column.decimal", number=f"1{column.decimal}5")
    if kind and not column.sure:
        yield say("column.unsure")
