"""How is a file taken in? Which column is which field, on whose word, with which permission: as its import keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from kweek.intake.imports.cells import Decimal, Order
from kweek.intake.imports.said import HowError

_DUTCH: Final = {"minuut": "minute", "uur": "hour", "dag": "day"}
_RATE: Final = re.compile(
    rf"\s*(\d[\d.,]*)\s*(?:leads?\s+)?(?:per|a|an)\s+(minute|hour|day|{'|'.join(_DUTCH)})\s*", re.IGNORECASE
)
_SPANS: Final = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_FASTEST: Final = 60_000  # an hour


class Why(Struct, frozen=True):
    """A sentence of `kweek.words`, by its key, with what goes into it."""

    key: str
    values: Mapping[str, str] = {}


class Column(Struct, frozen=True):
    """target: the field that it fills, `own.<name>` for one that nobody declared; None: it is left out. dates,
    decimal: how its days and numbers are written. sure: nothing in it could be read in another way."""

    heading: str
    target: str | None
    why: Why
    dates: Order = "dmy"
    decimal: Decimal = "."
    sure: bool = True


class Permission(Struct, frozen=True):
    """words: as the people in the file were told, and where. purpose: of the mails that it allows."""

    words: str
    purpose: str


class Rate(Struct, frozen=True):
    """So many leads in such a time."""

    count: int
    per: str

    @property
    def each(self) -> timedelta:
        """Between one lead and the next."""
        return _SPANS[self.per] / self.count

    def __str__(self) -> str:
        return f"{self.count:,} per {self.per}"


class How(Struct, frozen=True):
    """permission: None, none was given: no marketing mail leaves by this import. campaign: of the rows that name none.
    keeps: what is known already counts, not the file's word. row_ids: the row is the external id. flow, rate: what the
    leads enter, and how fast. skipped: rows above the headings. broken: the numbers of rows whose quotes are out of
    order. moves: an external id may bring somebody another address."""

    columns: tuple[Column, ...]
    encoding: str = "utf-8"
    separator: str = ";"
    permission: Permission | None = None
    campaign: str | None = None
    keeps: bool = False
    row_ids: bool = False
    flow: str | None = None
    rate: Rate | None = None
    skipped: int = 0
    broken: tuple[int, ...] = ()
    moves: bool = False

    def dump(self) -> Any:
        """For the books."""
        return msgspec.to_builtins(self)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.heading for column in self.columns)


def load_how(raw: object) -> How:
    return msgspec.convert(raw, How)


def read_rate(text: str) -> Rate:
    """`200 per hour`, `200 per uur`. HowError."""
    found = _RATE.fullmatch(text)
    count = int(re.sub(r"[.,]", "", found[1])) if found else 0
    if found is None or not count:
        raise HowError("rate", "import.wrong.rate", rate=text[:60])
    unit = found[2].lower()
    rate = Rate(count, _DUTCH.get(unit, unit))
    if rate.each < timedelta(hours=1) / _FASTEST:
        raise HowError("rate", "import.wrong.fast", most=_FASTEST)
    return rate
