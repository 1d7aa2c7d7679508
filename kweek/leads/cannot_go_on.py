"""Which leads cannot go on? Those whose turns failed just now, while something waits for their next one.

Of a turn that failed once, and was taken when it was tried again, nothing waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, literal, or_, select

from kweek.leads.tables import effects, events, leads, problems
from kweek.leads.workflow_ids import TURN, failing, workflow_of

LATELY: Final = timedelta(minutes=15)
"""Of real time. A turn that fails is tried again every minute."""

_UNHEARD: Final = and_(events.c.lead_id == leads.c.id, events.c.seq > leads.c.seen, events.c.merged.is_(None))
_DUE: Final = and_(effects.c.lead_id == leads.c.id, effects.c.status == "pending", effects.c.due_at <= bindparam("now"))
_ITS_TURN: Final = literal(workflow_of("")).concat(leads.c.id).concat(failing("", TURN))
_WHO: Final = and_(
    leads.c.id == problems.c.lead_id,
    leads.c.held.is_(None),
    problems.c.key == _ITS_TURN,
    problems.c.at >= bindparam("lately"),
    or_(leads.c.wake_at <= bindparam("now"), exists().where(_UNHEARD), exists().where(_DUE)),
)
_THEY: Final = (
    select(
        problems,
        leads.c.wake_at,
        select(func.min(events.c.recorded_at)).where(_UNHEARD).scalar_subquery().label("unheard"),
        select(func.min(effects.c.due_at)).where(_DUE).scalar_subquery().label("due"),
    )
    .where(_WHO)
    .order_by(problems.c.at.desc(), problems.c.id.desc())
)
_HOW_MANY: Final = select(func.count(leads.c.id.distinct())).where(_WHO)


@dataclass(frozen=True, slots=True)
class Stuck:
    """since: flow time, when what waits first should have been seen to. at, code, words, times: of its last failure."""

    lead: str
    since: datetime
    at: datetime
    code: str
    words: str
    times: int


def how_many(read: Connection, lately: datetime, now: datetime) -> int:
    """Whose turns failed after `lately`. Both in flow time."""
    return read.execute(_HOW_MANY, {"lately": lately, "now": now}).scalar_one()


def the_last(read: Connection, lately: datetime, now: datetime, most: int) -> list[Stuck]:
    """So many of them, who failed last first."""
    rows = read.execute(_THEY.limit(most * 2), {"lately": lately, "now": now})  # one may fail in two ways
    found: dict[str, Stuck] = {}
    for row in rows:
        found.setdefault(row.lead_id, _stuck(row, now))
    return list(found.values())[:most]


def of_lead(read: Connection, lead_id: str, lately: datetime, now: datetime) -> Stuck | None:
    """None: it goes on."""
    row = read.execute(_THEY.where(leads.c.id == lead_id).limit(1), {"lately": lately, "now": now}).one_or_none()
    return None if row is None else _stuck(row, now)


def _stuck(row: Row[Any], now: datetime) -> Stuck:
    waits = [at for at in (row.wake_at, row.unheard, row.due) if at is not None and at <= now]
    return Stuck(row.lead_id, min(waits, default=row.at), row.at, row.code, row.words, row.times)
