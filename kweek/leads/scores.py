"""What do the rules give these leads? The ledger is brought to what they reckon: what is missing is added, as a row.

No row is ever changed. What was given and is no longer due (a title that was corrected, a rule that went, an event that
came late and took the room of another) is taken back by a row of its own. So doing it twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select, update

from kweek.leads.bulk import insert_rows
from kweek.leads.failing import why_failed
from kweek.leads.ledger import has_problem, problem
from kweek.leads.points import Columns, graded, set_graded
from kweek.leads.reckoned import Reckoned, Scores, asked_of, reckon_leads, reckon_these, row_of
from kweek.leads.rows import insert_once
from kweek.leads.tables import points, problems
from kweek.leads.whole import stands_by
from kweek.rules.grades import Points
from kweek.rules.scoring import Did, RuleFailed, reckon
from kweek.rules.wall import zone

_FAILED: Final = "not scored"
_KEPT: Final = "Its points are as they were: a rule failed. "
_FADING: Final = (
    select(points.c.lead_id)
    .where(points.c.rule.in_(bindparam("rules", expanding=True)), points.c.lead_id > bindparam("after"))
    .group_by(points.c.lead_id, points.c.rule)
    .having(func.sum(points.c.points) != 0)
)


def score(
    tx: Connection, scores: Scores, lead: Row[Any], did: Sequence[Did], now: datetime, *, changed: bool
) -> Columns:
    """This (locked) lead did that just now. The columns that change by it, which the caller writes. lead: its row;
    changed: something else is known of it since.

    Where every event counts by itself, and the lead stands by these rules, only these are looked at."""
    fitting = [rule for kind in dict.fromkeys(one.kind for one in did) for rule in scores.heard.get(kind, ())]
    if changed or not all(rule.plain for rule in fitting) or not stands_by(lead, scores.stamp):
        return _settled(tx, scores, reckon_leads(tx, scores, lead.id, lead.id, now), now, {}).get(lead.id, {})
    if not fitting:
        return {}
    days = zone(scores.timezone)
    try:
        wanted = reckon(fitting, did, asked_of(tx, scores, lead, now), now, days)
    except RuleFailed as error:  # the event is worth more than its points
        _say_failed(tx, scores, {lead.id: why_failed(error, days)}, now)
        return {}
    sums = Points(lead.points_profile, lead.points_intent, lead.points_interest)
    added = [row for row in wanted if insert_once(tx, points, row_of(lead.id, row, row.points, 0, now))]
    for row in added:
        sums = sums.plus(row.axis, row.points)
    return graded(sums, scores.grades) if added else {}


def settle(tx: Connection, scores: Scores, lead_id: str, now: datetime) -> bool:
    """Reckon all of this (locked) lead anew. Do its points or its grade change?"""
    moved = settle_all(tx, scores, lead_id, lead_id, now, {})
    set_graded(tx, moved)
    return bool(moved)


def settle_all(
    tx: Connection, scores: Scores, first: str, last: str, now: datetime, failed: dict[str, str]
) -> dict[str, Columns]:
    """The same for all (locked) leads from the first to the last, by their ids. The columns that change, by lead; the
    caller writes them.

    failed: where a rule fails, the lead with the reason is put there, and keeps what it has; people hear of it.
    """
    return _settled(tx, scores, reckon_leads(tx, scores, first, last, now), now, failed)


def settle_these(tx: Connection, scores: Scores, ids: Sequence[str], now: datetime) -> dict[str, Columns]:
    """The same for these (locked) leads, wherever they are."""
    return _settled(tx, scores, reckon_these(tx, scores, ids, now), now, {})


def _settled(
    tx: Connection, scores: Scores, reckoned: Iterable[Reckoned], now: datetime, failed: dict[str, str]
) -> dict[str, Columns]:
    """Bring their ledgers to what is reckoned; the columns that change by it."""
    found = list(reckoned)
    failed |= {one.lead.id: one.failed for one in found if one.failed is not None}
    _say_failed(tx, scores, failed, now)
    insert_rows(tx, points, [row for one in found for row in one.missing])
    columns = {one.lead.id: graded(one.points, scores.grades) for one in found if one.failed is None}
    return {one.lead.id: columns[one.lead.id] for one in found if one.failed is None and _differs(one, columns)}


def who_fades(read: Connection, scores: Scores, after: str, most: int) -> list[str]:
    """Leads of whom something stands that fades: so many, by their ids, from after this one on."""
    fading = [rule.id for rule in scores.rules if rule.fades]
    found = _FADING.distinct().order_by(points.c.lead_id).limit(most)
    return list(read.execute(found, {"rules": fading, "after": after}).scalars()) if fading else []


def _say_failed(tx: Connection, scores: Scores, failed: Mapping[str, str], now: datetime) -> None:
    """Once, as long as the rules are the same."""
    for lead, why in failed.items():
        key = f"{lead}/{scores.stamp}"
        if not has_problem(tx, key, _FAILED):
            problem(tx, lead, key, _FAILED, f"{_KEPT}{why}", now)


def say_again(tx: Connection, scores: Scores, failed: Mapping[str, str], now: datetime) -> None:
    """On these leads a rule fails still, now; it may be for another reason."""
    for lead, why in failed.items():
        its = (problems.c.key == f"{lead}/{scores.stamp}", problems.c.code == _FAILED)
        tx.execute(update(problems).where(*its).values(at=now, words=f"{_KEPT}{why}"))


def failures(read: Connection, rules: str, since: datetime, most: int) -> list[tuple[str, str]]:
    """Leads on which one of these rules (by their stamp) has failed since then, each with the reason."""
    p = problems.c
    these = p.key.endswith(f"/{rules}", autoescape=True)
    query = select(p.lead_id, p.words).where(p.code == _FAILED, p.at >= since, these).order_by(p.lead_id).limit(most)
    return [(row.lead_id, row.words.removeprefix(_KEPT)) for row in read.execute(query)]


def _differs(one: Reckoned, columns: Mapping[str, Columns]) -> bool:
    """Of a lead that never had a point, and gets none, nothing is written."""
    untouched = not one.missing and one.lead.profile is None and one.points == Points()
    return not untouched and any(getattr(one.lead, name) != now for name, now in columns[one.lead.id].items())
