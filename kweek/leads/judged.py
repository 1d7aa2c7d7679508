"""How many of those that were handed over were sales ready? Counted for each flow, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, case, func, select

from kweek.leads.tables import enrolments, handovers

_JUDGED: Final = (
    select(
        enrolments.c.flow,
        func.count().label("given"),
        func.count(case((handovers.c.sales_ready.is_(True), 1))).label("ready"),
        func.count(case((handovers.c.sales_ready.is_(False), 1))).label("not_ready"),
    )
    .join_from(handovers, enrolments, enrolments.c.id == handovers.c.enrolment_id)
    .group_by(enrolments.c.flow)
    .order_by(enrolments.c.flow)
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Handovers: how many, of them sales ready, and not; of the rest nobody could say. flow: None: of all."""

    flow: str | None
    given: int
    ready: int
    not_ready: int

    @property
    def unknown(self) -> int:
        return self.given - self.ready - self.not_ready

    @property
    def share(self) -> float:
        """Of those that were not sales ready: what nobody knew was not so."""
        return (self.given - self.ready) / self.given if self.given else 0.0


def judged(read: Connection) -> tuple[list[Judged], Judged]:
    """Each flow, and all of them together."""
    rows = [Judged(row.flow, row.given, row.ready, row.not_ready) for row in read.execute(_JUDGED)]
    given, ready, not_ready = (sum(getattr(row, name) for row in rows) for name in ("given", "ready", "not_ready"))
    return rows, Judged(None, given, ready, not_ready)
