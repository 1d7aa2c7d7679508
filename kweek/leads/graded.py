"""Has a lead another grade than was told last? Then flows that listen hear of it, and it enters that of the matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from kweek.flow.machine import ever_listens
from kweek.flow.state import Event, Value
from kweek.flow.words import GRADE_CHANGED
from kweek.leads import events
from kweek.leads.bulk import update_rows
from kweek.leads.publish import plan_in, published_with
from kweek.leads.tables import enrolments, leads
from kweek.rules.grades import Grades, Points
from kweek.rules.matrix import Matrix

_WALKED: Final = (
    select(enrolments.c.version)
    .where(enrolments.c.lead_id == bindparam("lead"), enrolments.c.ended_at.is_(None))
    .distinct()
)

_listening: Final[dict[str, bool]] = {}  # by version, which never changes


@dataclass(frozen=True, slots=True)
class Graded:
    """A (locked) lead, as it is now. told: the grade that was told last. profile, engagement: None: it never had a
    point. born: enrolments ever. published: versions."""

    lead: str
    seq: int
    told: str | None
    profile: str | None
    engagement: int | None
    born: int
    published: Sequence[str]

    def grade(self, fresh: str) -> str:
        """fresh: of whoever never had a point."""
        return f"{self.profile}{self.engagement}" if self.profile else fresh

    @classmethod
    def of(cls, row: Row[Any], seq: int | None = None, columns: Mapping[str, Any] | None = None) -> Graded:
        """By its row, as `lead_row` reads it; seq, columns: what it is by now, where that is not written yet."""
        now = columns or {}
        profile, engagement = (now.get(name, getattr(row, name)) for name in ("profile", "engagement"))
        last = row.seq if seq is None else seq
        return cls(row.id, last, row.graded, profile, engagement, row.born, published_with(row))


@dataclass(frozen=True, slots=True)
class Told:
    """What follows from another grade: events, written already, and columns of the lead, which the caller writes."""

    events: Sequence[Event] = ()
    columns: Mapping[str, Any] = field(default_factory=dict[str, Any])


def tell_grade(
    tx: Connection, lead: Graded, grades: Grades, matrix: Matrix, at: datetime, now: datetime, *, heard: bool = False
) -> Told:
    """What follows, recorded as its next events; nothing: its grade is as it was.

    at: when what changed it happened; now: flow time. It follows when we hear of that, however long ago it was. heard:
    somebody listens, whatever flows do. Whether the lead is let into the flow, its own turn decides."""
    fresh = grades.grade_of(Points())
    due = list(_due(tx, lead, fresh, matrix, max(at, now), heard=heard))
    return _told(lead, fresh, [event for event in due if events.put(tx, _row(lead, event, now))])


def tell_grades(
    tx: Connection, many: Sequence[Graded], grades: Grades, matrix: Matrix, now: datetime, *, heard: bool = False
) -> dict[str, Told]:
    """The same of many leads, in a few statements: by their ids."""
    fresh = grades.grade_of(Points())
    rows = {
        lead.lead: [(event, _row(lead, event, now)) for event in _due(tx, lead, fresh, matrix, now, heard=heard)]
        for lead in many
    }
    known = events.known(tx, [row["id"] for its in rows.values() for _, row in its])
    new = {lead: [one for one in its if one[1]["id"] not in known] for lead, its in rows.items()}
    events.put_all(tx, [row for its in new.values() for _, row in its])
    return {lead.lead: _told(lead, fresh, [event for event, _ in new[lead.lead]]) for lead in many}


def _due(tx: Connection, lead: Graded, fresh: str, matrix: Matrix, at: datetime, *, heard: bool) -> Iterator[Event]:
    """Its next events, where its grade is another than was told last."""
    before, grade = lead.told or fresh, lead.grade(fresh)
    if grade != before:
        for n, (kind, said) in enumerate(_follows(tx, lead, matrix, before, grade, heard=heard), 1):
            yield Event(lead.seq + n, kind, at, data=said)


def _row(lead: Graded, event: Event, now: datetime) -> dict[str, Any]:
    return events.row_of(lead.lead, f"{lead.lead}/graded/{event.seq}", event, recorded_at=now)


def _told(lead: Graded, fresh: str, found: Sequence[Event]) -> Told:
    grade = lead.grade(fresh)
    if grade == (lead.told or fresh):
        return Told()
    return Told(found, {"graded": grade, "seq": max((event.seq for event in found), default=lead.seq)})


def grade_in(columns: Mapping[str, Any]) -> str:
    """Of a lead that has points."""
    return f"{columns['profile']}{columns['engagement']}"


def write_told(tx: Connection, told: Mapping[str, Told]) -> None:
    """For whoever writes nothing else of these leads."""
    update_rows(tx, leads, [{"id": lead, **one.columns} for lead, one in told.items() if one.columns])


def _follows(
    tx: Connection, lead: Graded, matrix: Matrix, before: str, grade: str, *, heard: bool
) -> Iterator[tuple[str, dict[str, Value]]]:
    if heard or any(_listens(tx, version) for version in _versions(tx, lead)):
        yield GRADE_CHANGED, {"from": before, "to": grade}
    flow = matrix.get(grade)
    if flow is not None and any(plan_in(tx, version).flow == flow for version in lead.published):
        yield "enrol", {"flow": flow, "grade": grade}


def _listens(tx: Connection, version: str) -> bool:
    if version not in _listening:
        _listening[version] = ever_listens(plan_in(tx, version), GRADE_CHANGED)
    return _listening[version]


def _versions(tx: Connection, lead: Graded) -> Iterator[str]:
    """What is published, and what this lead walks."""
    yield from lead.published
    if lead.born:
        yield from tx.execute(_WALKED, {"lead": lead.lead}).scalars()
