"""Which rows do the pages of colleagues show? One named question each; every number on a page is one of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, exists, func, literal, select, tuple_

from kweek.leads import tables
from kweek.leads.listed import WHO

MOST: Final = 100  # rows of one list: with all three full, the first page stays under 100 kB
OPEN: Final = ("open", "taken")
WITH_SALES: Final = ("open", "accepted")
_NO_TRIES: Final = ("taken", "given_back", "call_back")  # what a colleague does with a call task and is no attempt

_lead: Final = tables.leads.c

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """The first rows of a list, and how many there are of them all."""

    rows: list[Row[Any]]
    total: int


def work(read: Connection, now: datetime) -> Mapping[str, int]:
    """How much waits for people, and how much stands still."""
    c, h, t = tables.call_tasks.c, tables.handovers.c, tables.tasks.c
    late = (h.status.in_(WITH_SALES), h.contacted_at.is_(None), h.follow_up_at < now)
    held = _how_many(tables.leads, _lead.held.is_not(None)) + _how_many(tables.mails, tables.mails.c.status == "held")
    columns = (
        _how_many(tables.handovers, h.status.in_(WITH_SALES)).label("handovers"),
        _how_many(tables.handovers, *late).label("overdue"),
        _how_many(tables.tasks, t.status.in_(OPEN)).label("tasks"),
        _how_many(tables.call_tasks, c.status.in_(OPEN)).label("calls"),
        held.label("held"),
    )
    return dict(read.execute(select(*columns)).mappings().one())


def _how_many(table: Any, *which: Any) -> Any:
    return select(func.count()).select_from(table).where(*which).scalar_subquery()


# --- what waits for a colleague ---------------------------------------------------------------------


def calls() -> AnySelect:
    """Call tasks. tried: attempts so far. taken_at: when whoever has it took it."""
    c, e = tables.call_tasks.c, tables.events.c
    tries = (e.lead_id == c.lead_id, e.ref == c.key, e.by.is_not(None), e.kind.not_in(_NO_TRIES))
    tried = select(func.count()).select_from(tables.events).where(*tries).scalar_subquery().label("tried")
    return select(tables.call_tasks, WHO, tried, _taken_at(c)).join(tables.leads, _lead.id == c.lead_id)


def handovers() -> AnySelect:
    return select(tables.handovers, WHO).join(tables.leads, _lead.id == tables.handovers.c.lead_id)


def tasks() -> AnySelect:
    t = tables.tasks.c
    return select(tables.tasks, WHO, _taken_at(t)).join(tables.leads, _lead.id == t.lead_id)


def _taken_at(task: Any) -> Any:
    e = tables.events.c
    about = (e.lead_id == task.lead_id, e.ref == task.key, e.kind == "taken")
    return select(func.max(e.at)).where(*about).scalar_subquery().label("taken_at")


def waiting(read: Connection) -> dict[str, Listed]:
    """The lists of the first page, by their names there."""
    return {"handovers": open_handovers(read), "tasks": open_tasks(read), "calls": open_calls(read)}


def open_calls(read: Connection, lead_id: str | None = None) -> Listed:
    """Open and taken call tasks, the oldest first. lead_id: of this lead only."""
    return _open(read, _CALLS, lead_id)


def open_handovers(read: Connection, lead_id: str | None = None) -> Listed:
    """Handovers that sales has not closed, whose clock runs out first on top."""
    return _open(read, _HANDOVERS, lead_id)


def open_tasks(read: Connection, lead_id: str | None = None) -> Listed:
    """Open and taken tasks, the oldest first."""
    return _open(read, _TASKS, lead_id)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What lies open of one kind. query: all that is shown of each. order: which is on top."""

    query: AnySelect
    table: Table
    states: tuple[str, ...]
    order: tuple[Any, ...]

    def which(self) -> ColumnElement[bool]:
        return self.table.c.status.in_(self.states)


_C: Final = tables.call_tasks.c
_CALLS: Final = _Waiting(calls(), tables.call_tasks, OPEN, (_C.opened_at, _C.key))
_H: Final = tables.handovers.c
_HANDOVERS: Final = _Waiting(
    handovers(), tables.handovers, WITH_SALES,
    (_H.contacted_at.is_not(None), _H.follow_up_at.is_(None), _H.follow_up_at, _H.given_at, _H.key),
)  # fmt: skip
_T: Final = tables.tasks.c
_TASKS: Final = _Waiting(tasks(), tables.tasks, OPEN, (_T.opened_at, _T.key))
_KINDS: Final = {"handovers": _HANDOVERS, "tasks": _TASKS, "calls": _CALLS}


def all_waiting(read: Connection, name: str) -> Sequence[Row[Any]]:
    """One of the lists of `waiting`, to its last row."""
    kind = _KINDS[name]
    return read.execute(kind.query.where(kind.which()).order_by(*kind.order)).all()


def _open(read: Connection, kind: _Waiting, lead: str | None) -> Listed:
    """The first are chosen before anything is asked about them: of thousands that wait, only these are looked up."""
    key, which = kind.table.c.key, [kind.which(), *([] if lead is None else [kind.table.c.lead_id == lead])]
    first = select(key).where(*which).order_by(*kind.order).limit(MOST)
    rows = list(read.execute(kind.query.where(key.in_(first.scalar_subquery())).order_by(*kind.order)).all())
    if len(rows) < MOST:
        return Listed(rows, len(rows))
    return Listed(rows, read.execute(select(func.count()).select_from(kind.table).where(*which)).scalar_one())


# --- mails, and what stands still -------------------------------------------------------------------


def last_mails(read: Connection, most: int, leads: Sequence[str] | None = None) -> list[Row[Any]]:
    """The newest first, without their texts; `who`: the lead. Of these leads: those that they got themselves."""
    mails = tables.mails.c
    query = _mails().add_columns(WHO).join(tables.leads, _lead.id == mails.lead_id)
    query = query.order_by(mails.claimed_at.desc(), mails.key).limit(most)
    if leads is not None:
        query = query.where(mails.lead_id.in_(leads), mails.audience == "lead")
    return list(read.execute(query).all())


def last_caught(read: Connection, most: int) -> tuple[Row[*tuple[Any, ...]], ...]:
    """What the local catcher caught, the newest first."""
    c = tables.caught.c
    return tuple(read.execute(select(c.id, c.subject, c.recipient, c.at).order_by(c.id.desc()).limit(most)).all())


def caught_to(address: str | None, only: bool) -> list[ColumnElement[bool]]:
    """Which of the caught: those to this address, or to anybody's. only: of Kweek's own mails to leads."""
    c, m = tables.caught.c, tables.mails.c
    ours = exists().where(m.message_id == c.message_id, m.audience == "lead")
    return [*([] if address is None else [c.recipient == address]), *([ours] if only else [])]


def caught_since(read: Connection, top: int, address: str | None, only: bool) -> int:
    """How many arrived after the one with this id."""
    which = (tables.caught.c.id > top, *caught_to(address, only))
    return read.execute(select(func.count()).select_from(tables.caught).where(*which)).scalar_one()


def held_mails(read: Connection) -> Listed:
    """Mails that wait for a person, for nobody knows whether they left."""
    return listed(read, _HELD["mails"])


def held_leads(read: Connection) -> Listed:
    return listed(read, _HELD["leads"])


def all_held(read: Connection, name: str) -> Sequence[Row[Any]]:
    """One of the two, to its last row."""
    return read.execute(_HELD[name]).all()


def last_problems(read: Connection, most: int, before: Row[Any] | None = None) -> list[Row[Any]]:
    """What went wrong, the newest first; a problem may be about no lead at all. before: the last one of those above."""
    p = tables.problems.c
    query = select(tables.problems, WHO).join_from(tables.problems, tables.leads, _lead.id == p.lead_id, isouter=True)
    if before is not None:
        query = query.where(tuple_(p.at, p.id) < tuple_(literal(before.at, tables.Moment()), before.id))
    return list(read.execute(query.order_by(p.at.desc(), p.id.desc()).limit(most)).all())


def _mails() -> AnySelect:
    m = tables.mails.c
    what = (m.key, m.lead_id, m.enrolment_id, m.mail, m.audience, m.recipient, m.subject)
    return select(*what, m.status, m.why, m.claimed_at, m.sent_at)


_M: Final = tables.mails.c
_HELD: Final[Mapping[str, AnySelect]] = {
    "leads": select(_lead.id, _lead.held, WHO).where(_lead.held.is_not(None)).order_by(_lead.id),
    "mails": _mails().where(_M.status == "held").order_by(_M.claimed_at, _M.key),
}


def listed(read: Connection, query: AnySelect) -> Listed:
    rows = list(read.execute(query.limit(MOST)).all())
    if len(rows) < MOST:
        return Listed(rows, len(rows))
    total = read.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    return Listed(rows, total)
