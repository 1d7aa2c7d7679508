"""Has a lead another grade than was told last? Then flows that listen hear of it, and it enters that of the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from kweek.flow.machine import ever_listens
from kweek.flow.state import Event, Value
from kweek.flow.words import GRADE_CHANGED
from kweek.leads import events
from kweek.leads.publish import plan_in, versions_now
from kweek.leads.tables import enrolments, leads
from kweek.rules.grades import Grades, Points
from kweek.rules.matrix import Matrix

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
    tx: Connection, lead: Graded, grades: Grades, matrix: Matrix, at: datetime, now: datetime, *, heard: bool = False
) -> list[Event]:
    """What follows, recorded as its next events; none: its grade is as it was, or nobody minds.

    at: when what changed it happened; now: flow time. heard: somebody listens, whatever flows do. Whether the lead is
    let into the flow, its own turn decides."""
    fresh = grades.grade_of(Points())
    before, grade = lead.told or fresh, f"{lead.profile}{lead.engagement}" if lead.profile else fresh
    if grade == before:
        return []
    tx.execute(_TOLD, {"lead": lead.lead, "grade": grade})
    found: list[Event] = []
    for n, (kind, said) in enumerate(_follows(tx, lead.lead, matrix, before, grade, heard=heard), lead.seq + 1):
        seq = events.append(tx, lead.lead, f"{lead.lead}/graded/{n}", kind, at, data=said, recorded_at=now)
        found += [] if seq is None else [Event(seq, kind, at, data=said)]
    return found


def _follows(
    tx: Connection, lead_id: str, matrix: Matrix, before: str, grade: str, *, heard: bool
) -> Iterator[tuple[str, dict[str, Value]]]:
    if heard or any(ever_listens(plan_in(tx, version), GRADE_CHANGED) for version in _versions(tx, lead_id)):
        yield GRADE_CHANGED, {"from": before, "to": grade}
    flow = matrix.get(grade)
    if flow is not None and any(plan_in(tx, version).flow == flow for version in versions_now(tx)):
        yield "enrol", {"flow": flow, "grade": grade}


def _versions(tx: Connection, lead_id: str) -> Iterator[str]:
    """What is published, and what this lead walks."""
    yield from versions_now(tx)
    yield from tx.execute(_WALKED, {"lead": lead_id}).scalars()
