"""Has a lead another grade than was told last? Then that is an event of its own, where a flow listens to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from kweek.flow.machine import ever_listens
from kweek.flow.state import Event
from kweek.flow.words import GRADE_CHANGED
from kweek.leads import events
from kweek.leads.publish import plan_in, published
from kweek.leads.tables import enrolments, leads
from kweek.rules.grades import Grades, Points

_LEAD: Final = select(leads.c.profile, leads.c.engagement, leads.c.graded, leads.c.seq).where(
    leads.c.id == bindparam("lead")
)
_WALKED: Final = (
    select(enrolments.c.version)
    .where(enrolments.c.lead_id == bindparam("lead"), enrolments.c.ended_at.is_(None))
    .distinct()
)


def tell_grade(tx: Connection, lead_id: str, grades: Grades, at: datetime, now: datetime) -> Event | None:
    """The event, recorded as the next of this (locked) lead; None: its grade is as it was, or nobody listens.

    at: when what changed it happened; now: flow time."""
    row, fresh = tx.execute(_LEAD, {"lead": lead_id}).one(), grades.grade_of(Points())
    before, grade = row.graded or fresh, f"{row.profile}{row.engagement}" if row.profile else fresh
    if grade == before:
        return None
    tx.execute(update(leads).where(leads.c.id == lead_id).values(graded=grade))
    if not any(ever_listens(plan_in(tx, version), GRADE_CHANGED) for version in _versions(tx, lead_id)):
        return None
    said = {"from": before, "to": grade}
    seq = events.append(tx, lead_id, f"{lead_id}/graded/{row.seq + 1}", GRADE_CHANGED, at, data=said, recorded_at=now)
    return None if seq is None else Event(seq, GRADE_CHANGED, at, data=said)


def _versions(tx: Connection, lead_id: str) -> Iterator[str]:
    """What is published, and what this lead walks."""
    yield from (row.version for row in published(tx))
    yield from tx.execute(_WALKED, {"lead": lead_id}).scalars()
