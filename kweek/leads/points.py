"""Why is this lead worth so much? The ledger of points, and the totals and grade that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select

from kweek.leads.bulk import update_rows
from kweek.leads.rows import insert_once
from kweek.leads.tables import leads, points
from kweek.rules.grades import Axis, Grades, Points

_SUMS: Final = (
    select(points.c.axis, func.sum(points.c.points))
    .where(points.c.lead_id == bindparam("lead"))
    .group_by(points.c.axis)
)

SURVEYS: Final = points.c.rule.is_(None) & points.c.source.contains("/answered/")
"""Rows that answers gave."""
BACK: Final = "/taken back"
"""In the source of those that take back what an earlier answer gave; no name in a survey has a space."""

Columns = Mapping[str, Any]
"""Of a lead's row: those that follow from its points."""


def add_points(
    tx: Connection,
    lead_id: str,
    source: str,
    given: Mapping[Axis, int],
    because: str,
    at: datetime,
    grades: Grades,
) -> bool:
    """Write points into the ledger of this (locked) lead; did anything change? The same source gives once an axis.

    source: key of the effect, or id of the event with the rule that gave them.
    """
    row = {"lead_id": lead_id, "source": source, "because": because, "at": at}
    added = [insert_once(tx, points, {**row, "axis": axis, "points": n}) for axis, n in given.items() if n]
    if any(added):
        grade(tx, lead_id, grades)
    return any(added)


def grade(tx: Connection, lead_id: str, grades: Grades) -> Points:
    """Reckon the lead's columns anew from the ledger, which is the truth; also when the limits were changed."""
    sums = sums_of(tx, lead_id)
    set_graded(tx, {lead_id: graded(sums, grades)})
    return sums


def graded(sums: Points, grades: Grades) -> Columns:
    """The columns of a lead that follow from its sums."""
    return {
        "points_profile": sums.profile, "points_intent": sums.intent, "points_interest": sums.interest,
        "profile": grades.profile_of(sums), "engagement": grades.engagement_of(sums),
    }  # fmt: skip


def set_graded(tx: Connection, columns: Mapping[str, Columns]) -> None:
    """Write those of each lead; of all the same ones."""
    update_rows(tx, leads, [{"id": lead_id, **values} for lead_id, values in columns.items()])


def is_back(row: Row[Any]) -> bool:
    """Does this row of the ledger take back what an earlier answer gave?"""
    return row.rule is None and BACK in row.source


def sums_of(tx: Connection, lead_id: str) -> Points:
    sums = {axis: int(total) for axis, total in tx.execute(_SUMS, {"lead": lead_id})}
    return Points(sums.get("profile", 0), sums.get("intent", 0), sums.get("interest", 0))
