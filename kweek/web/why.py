"""By which rows did a lead come to its points? The whole ledger, a page after the other, the last one written first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from kweek.leads.reckoned import is_anew
from kweek.leads.tables import points
from kweek.web.limits import MOST

BIGGEST: Final = 2**31 - 1  # that an id can be
ROW: Final = ("axis", "points", "because", "at", "rule", "about")


def why(read: Connection, lead_id: str, before: int = BIGGEST) -> Mapping[str, object]:
    """before: `older` of the page above."""
    p = points.c
    ours = select(points).where(p.lead_id == lead_id, p.id < before).order_by(p.id.desc())
    rows = read.execute(ours.limit(MOST + 1)).all()
    told = [_told(row) for row in rows[:MOST]]
    return {"rows": told, "older": rows[MOST - 1].id if len(rows) > MOST else None}


def _told(row: Row[Any]) -> Mapping[str, object]:
    """anew: it corrects rows about the same, whose moment it has."""
    return {**{name: getattr(row, name) for name in ROW}, "at": row.at.isoformat(), "anew": is_anew(row)}
