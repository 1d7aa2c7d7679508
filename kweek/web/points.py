"""Why is this lead worth so much? Its points by column and reason; together they are the total, always."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, get_args

from sqlalchemy import Connection, bindparam, case, func, select

from kweek.leads.tables import points
from kweek.rules.grades import Axis

_FOR: Final = case((points.c.rule.is_(None), points.c.source), else_=func.coalesce(points.c.about, ""))
"""What a row is for, so that what was given and taken back comes together."""
_GIVEN: Final = (
    select(points.c.axis, points.c.rule, points.c.because, func.sum(points.c.points).label("points"))
    .where(points.c.lead_id == bindparam("lead"))
    .group_by(points.c.axis, points.c.because, points.c.rule, _FOR)
)


@dataclass(frozen=True, slots=True)
class Given:
    """times: for how many things it stands; what was taken back again is none. rule: that gave it; None: a flow did."""

    because: str
    points: int
    times: int
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """reasons: the weightiest first; those that come to nothing are left out."""

    axis: Axis
    total: int
    reasons: tuple[Given, ...]


def columns(read: Connection, lead_id: str) -> Iterator[Column]:
    """Those in which there is anything."""
    rows = read.execute(_GIVEN, {"lead": lead_id}).all()
    for axis in get_args(Axis):
        stands: dict[tuple[str, str | None], list[int]] = {}
        for row in rows:
            if row.axis == axis and row.points:
                stands.setdefault((row.because, row.rule), []).append(int(row.points))
        found = (Given(because, sum(each), len(each), rule) for (because, rule), each in stands.items())
        counts = sorted((one for one in found if one.points), key=lambda one: (-abs(one.points), one.because))
        if counts:
            yield Column(axis, sum(one.points for one in counts), tuple(counts))
