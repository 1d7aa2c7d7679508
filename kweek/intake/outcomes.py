"""How does a person close a task? What calls, handovers and tasks share: who said what, and what may not be said.

A task's row and its event are written in one transaction with the lead locked: the desk and the flow never disagree.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from kweek.errors import KweekError
from kweek.flow.state import Value
from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.record import append
from kweek.leads import tables
from kweek.leads.database import Database


@dataclass(frozen=True, slots=True)
class Said:
    """Who did it, in flow time. `id`: the sender's own, so that a request sent twice counts once."""

    by: str
    at: datetime
    note: str | None = None
    id: str | None = None


class NoSuchTaskError(KweekError):
    """There is no task with this key."""


class ClosedError(KweekError):
    """Too late: someone closed it, or the flow withdrew it."""

    def __init__(self, what: str, by: str | None, at: datetime | None, outcome: str | None) -> None:
        when = f" on {at:%Y-%m-%d at %H:%M} UTC" if at else ""
        super().__init__(f"This {what} is closed: {outcome or 'withdrawn'}, by {by or 'the flow'}{when}.")
        self.by, self.at, self.outcome = by, at, outcome


class TakenError(KweekError):
    """Someone else has it."""

    def __init__(self, what: str, by: str) -> None:
        super().__init__(f"This {what} is with {by}; it must be given back before another can take it.")
        self.by = by


class OutcomeError(KweekError):
    """It cannot end so. `allowed`: what can be said; `field`: which field is wrong."""

    def __init__(self, words: str, allowed: tuple[str, ...] = (), field: str = "outcome") -> None:
        super().__init__(words)
        self.allowed, self.field = allowed, field


@dataclass(slots=True)
class Desk:
    """One task under lock: its row as it is now, and the pen."""

    tx: Connection
    table: Table
    row: Row[Any]
    said: Said
    _events: int = field(default=0)

    def change(self, **values: object) -> None:
        self.tx.execute(update(self.table).where(self.table.c.key == self.row.key).values(**values))

    def tell(self, kind: str, name: str, data: Mapping[str, Value] | None = None) -> Recorded:
        """Record the event; `name` tells it from the task's other events (its id is `<key>/<name>`)."""
        key, lead = self.row.key, LeadIn(id=self.row.lead_id)
        event = Incoming(f"{key}/{name}", kind, self.said.at, lead, data or {}, ref=key)
        return append(self.tx, self.row.lead_id, event, self.said.at)

    def done_before(self, name: str) -> Recorded | None:
        """This very request came before: its answer, and nothing is done again."""
        events = tables.events.c
        query = select(events.lead_id, events.seq).where(events.id == f"{self.row.key}/{name}")
        row = self.tx.execute(query).one_or_none()
        return None if row is None else Recorded(row.lead_id, row.seq, fresh=False)

    def may_close(self, what: str, closed_by: str | None) -> None:
        """A withdrawn task still accepts the outcome of whoever had taken it."""
        row, said = self.row, self.said
        if row.status == "closed":
            raise ClosedError(what, closed_by, row.closed_at, row.outcome)
        if row.status == "withdrawn" and row.taken_by != said.by:
            raise ClosedError(what, None, row.closed_at, None)
        if row.status == "taken" and row.taken_by not in (None, said.by):
            raise TakenError(what, row.taken_by)

    def take(self, what: str) -> Recorded | None:
        """None: this person had it already."""
        row = self.row
        if row.status == "taken" and row.taken_by == self.said.by:
            return None
        if row.status == "taken":
            raise TakenError(what, row.taken_by)
        if row.status != "open":
            raise ClosedError(what, None, row.closed_at, row.outcome)
        self.change(status="taken", taken_by=self.said.by)
        return self.tell("taken", self.once("taken"))

    def give_back(self, what: str) -> Recorded | None:
        row = self.row
        if row.status == "open":
            return None
        if row.status == "taken" and row.taken_by != self.said.by:
            raise TakenError(what, row.taken_by)
        if row.status != "taken":
            raise ClosedError(what, None, row.closed_at, row.outcome)
        self.change(status="open", taken_by=None)
        return self.tell("given_back", self.once("given_back"))

    def once(self, kind: str) -> str:
        """A name for an event that may happen several times to one task: the sender's id, else the next number."""
        if self.said.id:
            return f"{kind}/{self.said.id}"
        events = tables.events.c
        query = select(events.seq).where(
            events.lead_id == self.row.lead_id, events.ref == self.row.key, events.kind == kind
        )
        return f"{kind}/{len(self.tx.execute(query).all()) + 1}"


@contextmanager
def at_desk(db: Database, table: Table, key: str, said: Said) -> Generator[Desk]:
    """The task with its lead locked, for one transaction. NoSuchTaskError."""
    with db.read() as read:
        lead_id = read.execute(select(table.c.lead_id).where(table.c.key == key)).scalar_one_or_none()
    if lead_id is None:
        raise NoSuchTaskError("There is no task with this key; it may have been erased with its lead.")
    with db.lead_tx(lead_id) as tx:
        row = tx.execute(select(table).where(table.c.key == key)).one()
        yield Desk(tx, table, row, said)
