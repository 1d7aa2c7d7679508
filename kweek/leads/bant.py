"""What was found out of a lead: by whom, on what evidence, until when? Facts of whatever set; the lead is locked by
whoever calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, delete, select

from kweek.leads.replaced import FORGOTTEN, Replaced, keep_replaced
from kweek.leads.rows import upsert
from kweek.leads.tables import bant

How = Literal["form", "survey", "call", "person", "import", "api"]

_SAID: Final = select(bant.c.at, bant.c.value).where(
    bant.c.lead_id == bindparam("lead"), bant.c.fact == bindparam("fact")
)
_ALL: Final = select(bant).where(bant.c.lead_id == bindparam("lead"))
_RESTS_ON: Final = (
    delete(bant)
    .where(
        bant.c.lead_id == bindparam("lead"),
        bant.c.fact == bindparam("fact"),
        bant.c.source == bindparam("source"),
        bant.c.how == bindparam("how"),
    )
    .returning(bant.c.value)
)


@dataclass(frozen=True, slots=True)
class Found:
    """A fact (`budget`) as it was said. evidence: in words, the question with its answer, or what a colleague noted.
    by: that colleague. expires_at: None: it holds for good."""

    fact: str
    value: str | int | float | bool | list[str]
    how: How
    expires_at: datetime | None = None
    evidence: str | None = None
    by: str | None = None


def keep(tx: Connection, lead_id: str, found: Iterable[Found], source: str, at: datetime) -> bool:
    """Keep what was said at this moment; did anything change? The last word counts: what is heard late does not write
    over what was said after it, and is kept as what did not count. source: key of the mail or the call task, or id of
    the event."""
    changed, instead = False, Replaced()
    for one in found:
        said = tx.execute(_SAID, {"lead": lead_id, "fact": one.fact}).one_or_none()
        if newer := said is None or said.at <= at:
            upsert(tx, bant, {"lead_id": lead_id, "source": source, "at": at, **asdict(one)})
            changed = True
        if said is not None and said.value != one.value:
            instead[f"bant.{one.fact}"] = (said.value, one.value) if newer else (one.value, None)
    keep_replaced(tx, lead_id, instead, source, at)
    return changed


def withdraw(tx: Connection, lead_id: str, fact: str, rests_on: str, how: How, source: str, at: datetime) -> bool:
    """Take it away where it still rests on what was said there, in this way; did it? rests_on, source: keys of mails or
    call tasks."""
    said = {"lead": lead_id, "fact": fact, "source": rests_on, "how": how}
    gone = tx.execute(_RESTS_ON, said).one_or_none()
    if gone is not None:
        keep_replaced(tx, lead_id, {f"bant.{fact}": (gone.value, FORGOTTEN)}, source, at)
    return gone is not None


def of_lead(read: Connection, lead_id: str) -> Mapping[str, Row[Any]]:
    """All that was ever found out, by fact, those that hold no longer too."""
    return {row.fact: row for row in read.execute(_ALL, {"lead": lead_id})}


def holds(row: Row[Any], now: datetime) -> bool:
    return row.expires_at is None or now < row.expires_at


def holding(read: Connection, lead_id: str, now: datetime) -> Mapping[str, Any]:
    """Fact → value, as far as it holds."""
    return {fact: row.value for fact, row in of_lead(read, lead_id).items() if holds(row, now)}
