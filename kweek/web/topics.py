"""What does this lead read about, and did it agree to be followed? A small block of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from kweek.leads.tables import visitors
from kweek.leads.topics import topics_of

_FOLLOWED: Final = (
    select(visitors.c.consent, visitors.c.at, visitors.c.withdrawn_at)
    .where(visitors.c.lead_id == bindparam("lead"))
    .order_by(visitors.c.at, visitors.c.id)
)


@dataclass(frozen=True, slots=True)
class Reads:
    """topics: topic, views, last_at, the one read most first. followed: a row for each browser: consent, at,
    withdrawn_at."""

    topics: Sequence[Row[*tuple[Any, ...]]]
    followed: Sequence[Row[*tuple[Any, ...]]]


def reads(read: Connection, lead_id: str) -> Reads:
    return Reads(topics_of(read, lead_id), read.execute(_FOLLOWED, {"lead": lead_id}).all())
