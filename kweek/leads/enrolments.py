"""Where does a lead stand? The machine's memory, as rows: load before a turn, save after it, in the same transaction.

The lead is locked by whoever calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from kweek.flow import stored
from kweek.flow.rows import place_in
from kweek.flow.state import Enrolment, Entry, LeadState
from kweek.flow.stored import dump_enrolment, load_enrolment
from kweek.leads.publish import PUBLISHED
from kweek.leads.rows import upsert
from kweek.leads.tables import enrolments, journal, leads
from kweek.leads.whole import WHOLE_BY

_LEAD: Final = select(leads, PUBLISHED, WHOLE_BY).where(leads.c.id == bindparam("lead"))
_LEADS: Final = (
    select(leads, PUBLISHED, WHOLE_BY).where(leads.c.id.in_(bindparam("leads", expanding=True))).order_by(leads.c.id)
)
_SAVE: Final = update(leads).where(leads.c.id == bindparam("lead"))
_WRITE: Final = insert(journal)
_LIVE: Final = select(enrolments.c.state).where(enrolments.c.lead_id == bindparam("lead"), enrolments.c.live)
_OVER: Final = select(enrolments.c.state).where(
    enrolments.c.id.in_(bindparam("again", expanding=True)), ~enrolments.c.live
)
_MERGED: Final = select(enrolments.c.state).where(
    enrolments.c.lead_id == bindparam("lead"), enrolments.c.result == "merged", ~enrolments.c.live
)


def lead_row(tx: Connection, lead_id: str) -> Row[Any]:
    """The lead's own row, with what is `PUBLISHED`, and `WHOLE_BY`. NoResultFound where there is none; `lead_tx` has
    looked."""
    return tx.execute(_LEAD, {"lead": lead_id}).one()


def lead_rows(tx: Connection, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The same of many, by their ids."""
    return tx.execute(_LEADS, {"leads": ids}).all()


def load_state(tx: Connection, row: Row[Any], over: Iterable[str] = (), *, merged: bool = False) -> LeadState:
    """All that the machine remembers of this lead; row: of `leads`. over: enrolments that count again, though they
    ended, also of a lead that was merged into this one. merged: and those of its own that a merge ended."""
    states = [*tx.execute(_LIVE, {"lead": row.id}).scalars()]
    if again := list(over):
        states += tx.execute(_OVER, {"again": again}).scalars()
    if merged:
        states += tx.execute(_MERGED, {"lead": row.id}).scalars()
    born = {one.id: one for one in map(load_enrolment, states)}
    return stored.load_state({"lead": row.id, **(row.state or {})}, sorted(born.values(), key=_birth))


def save_state(
    tx: Connection,
    before: LeadState,
    after: LeadState,
    *,
    turn: int,
    seen: int,
    wake_at: datetime | None,
    turned_at: datetime | None = None,
) -> None:
    """Write what has changed, and where the turn ended. wake_at, turned_at: flow time."""
    known = {enrolment.id: enrolment for enrolment in before.enrolments}
    for enrolment in after.enrolments:
        if known.get(enrolment.id) != enrolment:
            upsert(tx, enrolments, _row(enrolment))
    is_open = any(enrolment.ended is None for enrolment in after.enrolments)
    row = {"turn": turn, "seen": seen, "born": after.born, "state": stored.dump_state(after), "turned_at": turned_at}
    tx.execute(_SAVE, {**row, "open": is_open, "wake_at": wake_at, "lead": after.lead})


def hold(tx: Connection, lead_id: str, why: str, turn: int) -> None:
    """Have the lead stand still from this turn on, and say why; `release` lets it go on from there."""
    tx.execute(update(leads).where(leads.c.id == lead_id).values(held=why, turn=turn))


def release(tx: Connection) -> int:
    """Let all leads go on that stand still; how many. What their rows say is believed from now on."""
    return tx.execute(update(leads).where(leads.c.held.is_not(None)).values(held=None)).rowcount


# --- the journal ------------------------------------------------------------------------------------


def write_journal(tx: Connection, lead_id: str, turn: int, at: datetime, entries: Iterable[Entry]) -> None:
    rows = [
        {
            "lead_id": lead_id, "enrolment_id": entry.enrolment, "turn": turn, "at": at, "kind": entry.kind,
            "step": entry.step, "visit": entry.visit, "detail": dict(entry.detail), "place": place_in(entry),
        }
        for entry in entries
    ]  # fmt: skip
    if rows:
        tx.execute(_WRITE, rows)


def read_journal(tx: Connection, lead_id: str) -> list[Row[Any]]:
    """Every line about this lead, in the order in which it was written."""
    return list(tx.execute(select(journal).where(journal.c.lead_id == lead_id).order_by(journal.c.id)))


def fold(rows: Iterable[Any]) -> dict[str, tuple[str, int]]:
    """Where each enrolment stands, by its journal alone: enrolment → (step, visit). rows: in the order written, of
    the journal or `Entry` with `enrolment`."""
    positions: dict[str, tuple[str, int]] = {}
    for row in rows:
        enrolment = row.enrolment if isinstance(row, Entry) else row.enrolment_id
        if row.kind == "entered" and row.step is not None:
            positions[enrolment] = (row.step, row.visit or 0)
        elif row.kind == "left":
            positions.pop(enrolment, None)
    return positions


def positions(tx: Connection, lead_id: str) -> dict[str, tuple[str, int]]:
    """The same by the stored tokens; the two agree, always."""
    query = select(enrolments.c.state).where(enrolments.c.lead_id == lead_id)
    stored = map(load_enrolment, tx.execute(query).scalars())
    return {one.id: (one.token.step, one.token.visit) for one in stored if one.token and one.token.visit}


def standing(tx: Connection) -> Mapping[str, Mapping[str, int]]:
    """How many leads stand on each step: flow → step → count."""
    counts: dict[str, dict[str, int]] = {}
    e = enrolments.c
    query = select(e.flow, e.step, func.count()).where(e.step.is_not(None)).group_by(e.flow, e.step)
    for flow, step, count in tx.execute(query.order_by(e.flow, e.step)):
        counts.setdefault(flow, {})[step] = count
    return counts


# --- as a row ----------------------------------------------------------------------------------------


def _row(enrolment: Enrolment) -> dict[str, object]:
    token, ended = enrolment.token, enrolment.ended
    return {
        "id": enrolment.id,
        "lead_id": enrolment.id.rpartition("-")[0],
        "flow": enrolment.flow,
        "version": enrolment.version,
        "per": enrolment.per,
        "started_at": enrolment.started_at,
        "step": token.step if token and not ended else None,
        "entered_at": token.entered_at if token and not ended else None,
        "state": dump_enrolment(enrolment),
        "live": enrolment.live,
        "ended_at": ended.at if ended else None,
        "result": ended.result if ended else None,
        "because": ended.because if ended else None,
    }


def _birth(enrolment: Enrolment) -> int:
    """Ids are `<lead>-<born>`; the machine looks at the oldest first."""
    return int(enrolment.id.rpartition("-")[2])
