"""Why is this lead worth so much? Its points by column and reason; together they are the total, always."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, get_args

from sqlalchemy import Connection, bindparam, func, select

from kweek.leads.tables import points
from kweek.rules.grades import Axis

_GIVEN: Final = (
    select(points.c.axis, points.c.because, func.sum(points.c.points).label("points"), func.count().label("times"))
    .where(points.c.lead_id == bindparam("lead"))
    .group_by(points.c.axis, points.c.because)
)


@dataclass(frozen=True, slots=True)
class Given:
    """times: how often it was given or taken back."""

    because: str
    points: int
    times: int


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
        found = [Given(row.because, int(row.points), row.times) for row in rows if row.axis == axis]
        counts = sorted((one for one in found if one.points), key=lambda one: (-abs(one.points), one.because))
        if counts:
            yield Column(axis, sum(one.points for one in counts), tuple(counts))
