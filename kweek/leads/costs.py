"""What did a campaign cost? Entries by day. None is ever changed: what was wrong is taken back by a row of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select

from kweek.errors import KweekError
from kweek.leads.rows import insert_once
from kweek.leads.tables import costs

_C: Final = costs.c
_ALL_OF: Final = select(costs).where(_C.campaign_id == bindparam("campaign")).order_by(_C.on.desc(), _C.id.desc())
_OF: Final = _ALL_OF.limit(bindparam("most"))
_ENTRY: Final = select(costs).where(_C.id == bindparam("id"), _C.campaign_id == bindparam("campaign"))
_HOW_MANY: Final = select(func.count()).where(_C.campaign_id == bindparam("campaign"))


class NoSuchEntryError(KweekError):
    """This campaign has no such entry, or it was made to take another one back."""


@dataclass(frozen=True, slots=True)
class CostIn:
    """cents: what was paid; less than nothing for what came back. once: by which the same entry is known again."""

    campaign: str
    on: date
    cents: int
    words: str | None
    by: str
    once: str | None = None


def spend(tx: Connection, said: CostIn, now: datetime) -> bool:
    """False: this very entry is here already."""
    row = {
        "campaign_id": said.campaign, "on": said.on, "cents": said.cents, "words": said.words, "by": said.by,
        "at": now, "once": said.once,
    }  # fmt: skip
    return insert_once(tx, costs, row, "once")


def take_back(tx: Connection, campaign: str, entry_id: int, by: str, now: datetime) -> bool:
    """By a row of the same day that takes it off again. False: it was taken back before. NoSuchEntryError."""
    entry = tx.execute(_ENTRY, {"id": entry_id, "campaign": campaign}).one_or_none()
    if entry is None or entry.takes_back is not None:
        raise NoSuchEntryError(f"there is no entry {entry_id} of “{campaign}” that could be taken back")
    row = {
        "campaign_id": campaign, "on": entry.on, "cents": -entry.cents, "words": entry.words, "by": by, "at": now,
        "takes_back": entry.id,
    }  # fmt: skip
    return insert_once(tx, costs, row, "takes_back")


def all_entries(read: Connection, campaign: str) -> Sequence[Row[Any]]:
    """In the same order, to the first."""
    return read.execute(_ALL_OF, {"campaign": campaign}).all()


def entries(read: Connection, campaign: str, most: int) -> tuple[Sequence[Row[Any]], int]:
    """The last ones by their day, and how many there are of them all."""
    rows = read.execute(_OF, {"campaign": campaign, "most": most}).all()
    return rows, read.execute(_HOW_MANY, {"campaign": campaign}).scalar_one()
