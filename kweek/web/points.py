"""Why is this lead worth so much? Its points by column and reason; together they are the total, always."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Final, get_args

from sqlalchemy import Connection, bindparam, case, func, select

from kweek.leads.points import SURVEYS
from kweek.leads.tables import events, points
from kweek.rules.grades import Axis

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FOR: Final = case((SURVEYS, ""), (points.c.rule.is_(None), points.c.source), else_=func.coalesce(points.c.about, ""))
"""What a row is for, so that what was given and taken back comes together: an answer is one, however often given."""
_GIVEN: Final = (
    select(
        points.c.axis,
        points.c.rule,
        points.c.because,
        func.sum(points.c.points).label("points"),
        func.max(points.c.about).label("about"),
    )
    .where(points.c.lead_id == bindparam("lead"))
    .group_by(points.c.axis, points.c.because, points.c.rule, _FOR)
)
_EVENTS: Final = select(events.c.id).where(events.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Given:
    """times: how often it happened; what was taken back again did not, and what faded on a Monday is of what happened.
    rule: that gave it; None: a flow or a survey did."""

    because: str
    points: int
    times: int
    rule: str | None = None

    @property
    def key(self) -> str:
        return key_of(self.rule, self.because)


def key_of(rule: str | None, because: str) -> str:
    """Of the words by which people call it (`kweek.words.own`), where there are any."""
    return f"answer.{because}" if rule is None else f"because.{rule}"


@dataclass(frozen=True, slots=True)
class Column:
    """reasons: the weightiest first; those that come to nothing are left out."""

    axis: Axis
    total: int
    reasons: tuple[Given, ...]


def columns(read: Connection, lead_id: str) -> Iterator[Column]:
    """Those in which there is anything."""
    rows = read.execute(_GIVEN, {"lead": lead_id}).all()
    faded = _mondays(read, {row.about for row in rows if row.rule is not None and row.about})
    for axis in get_args(Axis):
        stands: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
        for row in rows:
            if row.axis == axis and row.points:
                once = 0 if row.rule is not None and row.about in faded else 1
                stands.setdefault((row.because, row.rule), []).append((int(row.points), once))
        found = (
            Given(because, sum(worth for worth, _ in each), sum(once for _, once in each), rule)
            for (because, rule), each in stands.items()
        )
        counts = sorted((one for one in found if one.points), key=lambda one: (-abs(one.points), one.because))
        if counts:
            yield Column(axis, sum(one.points for one in counts), tuple(counts))


def _mondays(read: Connection, abouts: Iterable[str]) -> Set[str]:
    """Those of them that are days, on which points faded; an event may be called by a day, too."""
    days = {about for about in abouts if _DAY.fullmatch(about)}
    return days - set(read.scalars(_EVENTS, {"ids": sorted(days)})) if days else days
