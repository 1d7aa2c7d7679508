"""How is a flow paused, and let on again? A row that every send obeys at once, and a bell for each lead in it.

The bell has the lead look at the clock: from then on the time that it has left is frozen, or runs again. Bells leave in
the relay's own time where nobody asks for less, for what rests may all want to leave at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from kweek.errors import KweekError
from kweek.flow.problems import did_you_mean
from kweek.leads import publish
from kweek.leads.database import Database
from kweek.leads.tables import effects, enrolments, leads, outbox

_TICK: Final = 1.0  # seconds between bells, where a rate is asked for


class NoSuchFlowError(KweekError):
    """Nobody has published a flow of this name."""

    exit_code = 2


def pause(db: Database, flow: str, at: datetime) -> int:
    """From now on no mail of this flow leaves, and its leads stand still; how many. NoSuchFlowError."""
    with db.write() as tx:
        _note(tx, flow, at)
        walking = _walking(tx, flow)
        _ring(tx, walking)
        return len(walking)


def resume(
    db: Database,
    flow: str,
    rate: float | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """It goes on; how many leads. rate: so many a second (None: all at once). told: so many were rung, of so many.
    Broken off in between, and begun again, it rings all of them: twice does no harm. NoSuchFlowError."""
    with db.write() as tx:
        _note(tx, flow, None)
        walking = _walking(tx, flow)
        if rate is None:
            _ring(tx, walking)
            return len(walking)
    done = 0
    for tick in count(1):
        upto = min(len(walking), int(rate * tick))
        with db.write() as tx:
            _ring(tx, walking[done:upto])
        done = upto
        told(done, len(walking))
        if done == len(walking):
            break
        sleep(_TICK)
    return len(walking)


def _note(tx: Connection, flow: str, at: datetime | None) -> None:
    if not publish.pause(tx, flow, at):
        there = [row.flow for row in publish.published(tx)]
        fix = did_you_mean(flow, there) or "None was: kweek publish makes versions."
        raise NoSuchFlowError(f"nobody has published a flow “{flow}”. {fix}")


def _walking(tx: Connection, flow: str) -> list[dict[str, Any]]:
    """Who is in it, or has left it with a mail of it still to come; as rows of the outbox."""
    e = enrolments.c
    in_it = select(e.lead_id).where(e.flow == flow, e.ended_at.is_(None))
    to_come = select(e.lead_id).join(effects, effects.c.enrolment_id == e.id)
    to_come = to_come.where(e.flow == flow, effects.c.status == "pending")
    who = leads.c.id.in_(in_it.union(to_come))
    rows = tx.execute(select(leads.c.id, leads.c.seq).where(who).order_by(leads.c.id))
    return [{"lead_id": row.id, "seq": row.seq, "mass": True} for row in rows]


def _ring(tx: Connection, bells: list[dict[str, Any]]) -> None:
    if bells:
        tx.execute(insert(outbox), bells)
