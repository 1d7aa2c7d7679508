"""How does a person close a task? What calls, handovers and tasks share: who said what, and what may not be said.

A task's row and its event are written in one transaction with the lead locked: the desk and the flow never disagree.
The event keeps who did it, when, and his note.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, or_, select, update

from kweek.errors import KweekError
from kweek.flow.state import Event, Value
from kweek.intake.incoming import Incoming, LeadIn, OtherEventError, Recorded
from kweek.intake.record import Ears, append
from kweek.leads import events, tables
from kweek.leads.database import Database
from kweek.leads.merged import living_tx


@dataclass(frozen=True, slots=True)
class Said:
    """Who did it, in flow time. `id`: the sender's own, one for each thing done: a request sent twice counts once."""

    by: str
    at: datetime
    note: str | None = None
    id: str | None = None


class NoSuchTaskError(KweekError):
    """There is no task with this key."""


class ClosedError(KweekError):
    """Too late: someone closed it, or the flow withdrew it."""

    def __init__(self, what: str, by: str | None, at: datetime | None, outcome: str | None) -> None:
        who = f", by {by}" if by else "" if outcome else ", by the flow"
        when = f" on {at:%Y-%m-%d at %H:%M} UTC" if at else ""
        super().__init__(f"This {what} is closed: {outcome or 'withdrawn'}{who}{when}.")
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
    """One task under lock: whose it is now, what it is to people, its row as it is, and the pen."""

    tx: Connection
    lead_id: str
    table: Table
    row: Row[Any]
    said: Said
    what: str
    ears: Ears | None = None

    def change(self, **values: object) -> None:
        self.tx.execute(update(self.table).where(self.table.c.key == self.row.key).values(**values))

    def tell(
        self,
        kind: str,
        data: Mapping[str, Value] | None = None,
        lead: LeadIn | None = None,
        also: str = "",
        untold: Sequence[Event] = (),
    ) -> Recorded:
        """Record the event, with who did it and what he noted. lead: what else was learnt of the lead. also: a mark of
        what else was sent, by which this request is known again. untold: as `append` has it."""
        key, said = self.row.key, self.said
        name = self._name(also) if said.id else f"{kind}/{self._count(kind) + 1}"
        whose = lead or LeadIn(id=self.lead_id)
        event = Incoming(f"{key}/{name}", kind, said.at, whose, data or {}, key, said.by, said.note)
        return append(self.tx, self.lead_id, event, said.at, self.ears, untold=untold)

    def done_before(self, kind: str, data: Mapping[str, Value] | None = None, also: str = "") -> Recorded | None:
        """This very request came before: its answer, and nothing is done again. OtherEventError: its id was used for
        something else."""
        if not self.said.id:
            return None
        before = events.find(self.tx, f"{self.row.key}/{self._name(also)}")
        if before is None and not self._id_is_used():
            return None
        event, by, note = before or (None, None, None)
        if event is None or (event.kind, event.data, by, note) != (kind, data or {}, self.said.by, self.said.note):
            words = f"The id “{self.said.id}” was used before, for something else; everything done needs its own."
            raise OtherEventError(words)
        return Recorded(self.lead_id, event.seq, fresh=False)

    def _name(self, also: str = "") -> str:
        """An id here has no slash."""
        return f"said/{self.said.id}/{also}" if also else f"said/{self.said.id}"

    def _id_is_used(self) -> bool:
        event, name = tables.events.c, f"{self.row.key}/{self._name()}"
        same = or_(event.id == name, event.id.startswith(f"{name}/", autoescape=True))
        query = select(event.seq).where(event.lead_id == self.lead_id, event.ref == self.row.key, same)
        return self.tx.execute(query.limit(1)).first() is not None

    def may_close(self) -> None:
        """A withdrawn task still accepts the outcome of whoever had taken it."""
        row, said = self.row, self.said
        if row.status == "closed" or (row.status == "withdrawn" and row.taken_by != said.by):
            raise self.closed()
        if row.status == "taken" and row.taken_by not in (None, said.by):
            raise TakenError(self.what, row.taken_by)

    def take(self) -> Recorded | None:
        """None: this person had it already."""
        row = self.row
        if before := self.done_before("taken"):
            return before
        if row.status == "taken" and row.taken_by == self.said.by:
            return None
        if row.status == "taken":
            raise TakenError(self.what, row.taken_by)
        if row.status != "open":
            raise self.closed()
        self.change(status="taken", taken_by=self.said.by)
        return self.tell("taken")

    def give_back(self) -> Recorded | None:
        """None: nobody had it."""
        row = self.row
        if before := self.done_before("given_back"):
            return before
        if row.status == "open":
            return None
        if row.status == "taken" and row.taken_by != self.said.by:
            raise TakenError(self.what, row.taken_by)
        if row.status != "taken":
            raise self.closed()
        self.change(status="open", taken_by=None)
        return self.tell("given_back")

    def closed(self) -> ClosedError:
        """Who closed it, when and how; where the flow did, nobody."""
        row = self.row
        if row.status != "closed" or row.outcome == "withdrawn":
            return ClosedError(self.what, None, row.closed_at, None)
        return ClosedError(self.what, self._who(row.outcome), row.closed_at, row.outcome)

    def _who(self, outcome: str) -> str | None:
        """The colleague whose event this was. None: an older release closed it, and kept no name."""
        event = tables.events.c
        query = select(event.by).where(*self._about(outcome)).order_by(event.seq.desc()).limit(1)
        return self.tx.execute(query).scalar_one_or_none()

    def _count(self, kind: str) -> int:
        return self.tx.execute(select(func.count()).select_from(tables.events).where(*self._about(kind))).scalar_one()

    def _about(self, kind: str) -> tuple[ColumnElement[bool], ...]:
        event = tables.events.c
        return event.lead_id == self.lead_id, event.ref == self.row.key, event.kind == kind


@contextmanager
def at_desk(db: Database, table: Table, key: str, said: Said, what: str, ears: Ears | None = None) -> Generator[Desk]:
    """The task with its lead locked, for one transaction. what: the word for it. ears: who wants to hear of what is
    done. NoSuchTaskError."""
    with db.read() as read:
        lead_id = read.execute(select(table.c.lead_id).where(table.c.key == key)).scalar_one_or_none()
    if lead_id is None:
        raise NoSuchTaskError(f"There is no {what} with this key; it may have been erased with its lead.")
    with living_tx(db, lead_id) as (tx, whose):
        row = tx.execute(select(table).where(table.c.key == key)).one()
        yield Desk(tx, whose, table, row, said, what, ears)
