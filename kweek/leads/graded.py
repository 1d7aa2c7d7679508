"""Has a lead another grade than was told last? Then that is an event of its own, where a flow listens to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from kweek.flow.machine import ever_listens
from kweek.flow.state import Event
from kweek.flow.words import GRADE_CHANGED
from kweek.leads import events
from kweek.leads.publish import plan_in, versions_now
from kweek.leads.tables import enrolments, leads
from kweek.rules.grades import Grades, Points

_TOLD: Final = update(leads).where(leads.c.id == bindparam("lead")).values(graded=bindparam("grade"))
_WALKED: Final = (
    select(enrolments.c.version)
    .where(enrolments.c.lead_id == bindparam("lead"), enrolments.c.ended_at.is_(None))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Graded:
    """A (locked) lead, as it is now. told: the grade that was told last. profile, engagement: None: it never had a
    point."""

    lead: str
    seq: int
    told: str | None
    profile: str | None
    engagement: int | None

    @classmethod
    def of(cls, row: Row[Any]) -> Graded:
        """By its row."""
        return cls(row.id, row.seq, row.graded, row.profile, row.engagement)


def tell_grade(
    tx: Connection, lead: Graded, grades: Grades, at: datetime, now: datetime, *, heard: bool = False
) -> Event | None:
    """The event, recorded as its next; None: its grade is as it was, or nobody listens.

    at: when what changed it happened; now: flow time. heard: somebody listens, whatever flows do."""
    fresh = grades.grade_of(Points())
    before, grade = lead.told or fresh, f"{lead.profile}{lead.engagement}" if lead.profile else fresh
    if grade == before:
        return None
    tx.execute(_TOLD, {"lead": lead.lead, "grade": grade})
    if not heard and not any(ever_listens(plan_in(tx, version), GRADE_CHANGED) for version in _versions(tx, lead.lead)):
        return None
    said, identifier = {"from": before, "to": grade}, f"{lead.lead}/graded/{lead.seq + 1}"
    seq = events.append(tx, lead.lead, identifier, GRADE_CHANGED, at, data=said, recorded_at=now)
    return None if seq is None else Event(seq, GRADE_CHANGED, at, data=said)


def _versions(tx: Connection, lead_id: str) -> Iterator[str]:
    """What is published, and what this lead walks."""
    yield from versions_now(tx)
    yield from tx.execute(_WALKED, {"lead": lead_id}).scalars()
