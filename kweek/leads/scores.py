"""What do the rules give these leads? The ledger is brought to what they reckon: what is missing is added, as a row.

No row is ever changed. What was given and is no longer due (a title that was corrected, a rule that went, an event that
came late and took the room of another) is taken back by a row of its own. So doing it twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select

from kweek.leads.points import grade, graded, set_graded
from kweek.leads.reckoned import Reckoned, Scores, asked_of, reckon_leads, row_of
from kweek.leads.rows import insert_once
from kweek.leads.tables import points
from kweek.rules.grades import Points
from kweek.rules.scoring import Did, reckon
from kweek.rules.wall import zone

_FADING: Final = (
    select(points.c.lead_id)
    .where(points.c.rule.in_(bindparam("rules", expanding=True)), points.c.lead_id > bindparam("after"))
    .group_by(points.c.lead_id, points.c.rule)
    .having(func.sum(points.c.points) != 0)
)


def score(tx: Connection, scores: Scores, lead_id: str, did: Sequence[Did], now: datetime, *, changed: bool) -> bool:
    """This (locked) lead did that just now; changed: something else is known of it as well. Do its points change?

    Where every event counts by itself, only these are looked at."""
    fitting = [rule for kind in dict.fromkeys(one.kind for one in did) for rule in scores.heard.get(kind, ())]
    if changed or not all(rule.plain for rule in fitting):
        return settle(tx, scores, lead_id, now)
    if not fitting:
        return False
    wanted = reckon(fitting, did, asked_of(tx, scores, lead_id, now), now, zone(scores.timezone))
    if added := [insert_once(tx, points, row_of(lead_id, row, row.points, 0, now)) for row in wanted]:
        grade(tx, lead_id, scores.grades)
    return any(added)


def settle(tx: Connection, scores: Scores, lead_id: str, now: datetime) -> bool:
    """Reckon all of this (locked) lead anew. Do its points or its grade change?"""
    failed: dict[str, str] = {}
    changed = settle_all(tx, scores, lead_id, lead_id, now, failed)
    if failed:
        raise RuntimeError(failed[lead_id])
    return bool(changed)


def settle_all(
    tx: Connection, scores: Scores, first: str, last: str, now: datetime, failed: dict[str, str]
) -> list[str]:
    """The same for all (locked) leads from the first to the last, by their ids; whose points or grade change?

    failed: where a rule fails, the lead with the reason is put there, and keeps what it has.
    """
    found = list(reckon_leads(tx, scores, first, last, now))
    failed |= {one.lead.id: one.failed for one in found if one.failed is not None}
    if missing := [row for one in found for row in one.missing]:
        tx.execute(insert(points), missing)
    columns = {one.lead.id: graded(one.points, scores.grades) for one in found if one.failed is None}
    moved = {one.lead.id: columns[one.lead.id] for one in found if one.failed is None and _differs(one, columns)}
    if moved:
        set_graded(tx, moved)
    return list(moved)


def who_fades(read: Connection, scores: Scores, after: str, most: int) -> list[str]:
    """Leads of whom something stands that fades: so many, by their ids, from after this one on."""
    fading = [rule.id for rule in scores.rules if rule.fades]
    found = _FADING.distinct().order_by(points.c.lead_id).limit(most)
    return list(read.execute(found, {"rules": fading, "after": after}).scalars()) if fading else []


def _differs(one: Reckoned, columns: Mapping[str, Mapping[str, object]]) -> bool:
    """Of a lead that never had a point, and gets none, nothing is written."""
    untouched = not one.missing and one.lead.profile is None and one.points == Points()
    return not untouched and any(getattr(one.lead, name) != now for name, now in columns[one.lead.id].items())
