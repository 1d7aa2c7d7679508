"""What do the rules give this lead? The ledger is brought to what they reckon: what is missing is added, as a row.

No row is ever changed. What was given and is no longer due (a title that was corrected, a rule that went, an event that
came late and took the room of another) is taken back by a row of its own. So doing it twice is doing it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from kweek.flow.conditions.schema import FieldType
from kweek.flow.facts import Facts
from kweek.leads.facts import RowFacts, Rules
from kweek.leads.points import grade
from kweek.leads.rows import insert_once
from kweek.leads.tables import events, leads, points
from kweek.rules.grades import Grades
from kweek.rules.scoring import Ask, Did, Rule, reckon
from kweek.rules.scoring import Row as Wanted
from kweek.rules.wall import zone

_LEAD: Final = select(leads).where(leads.c.id == bindparam("lead"))
_EVENTS: Final = select(events.c.id, events.c.kind, events.c.at, events.c.data).where(
    events.c.lead_id == bindparam("lead"), events.c.kind.in_(bindparam("kinds", expanding=True))
)
_KEY: Final = (points.c.rule, points.c.about, points.c.axis)
_WRITTEN: Final = (
    select(
        *_KEY,
        func.sum(points.c.points).label("given"),
        func.count().label("rows"),
        func.max(points.c.because).label("because"),
    )
    .where(points.c.lead_id == bindparam("lead"), points.c.rule.is_not(None))
    .group_by(*_KEY)
)
_FADING: Final = (
    select(points.c.lead_id)
    .where(points.c.rule.in_(bindparam("rules", expanding=True)), points.c.lead_id > bindparam("after"))
    .group_by(points.c.lead_id, points.c.rule)
    .having(func.sum(points.c.points) != 0)
)


@dataclass(frozen=True)
class Scores:
    """The rules that are in force. timezone: whose Mondays and days count. types: what fields hold."""

    rules: tuple[Rule, ...] = ()
    grades: Grades = field(default_factory=Grades)
    timezone: str = "UTC"
    types: Mapping[str, FieldType] = field(default_factory=dict[str, FieldType])

    @cached_property
    def heard(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules by the event that they are about."""
        kinds = dict.fromkeys(rule.event for rule in self.rules if rule.event is not None)
        return {kind: tuple(rule for rule in self.rules if rule.event == kind) for kind in kinds}

    def score(self, tx: Connection, lead_id: str, did: Sequence[Did], now: datetime, *, changed: bool) -> bool:
        """This (locked) lead did that just now; changed: something else is known of it as well. Do its points change?

        Where every event counts by itself, only these are looked at."""
        fitting = [rule for kind in dict.fromkeys(one.kind for one in did) for rule in self.heard.get(kind, ())]
        if changed or not all(rule.plain for rule in fitting):
            return self.settle(tx, lead_id, now)
        if not fitting:
            return False
        wanted = reckon(fitting, did, self._ask(tx, lead_id, now), now, zone(self.timezone))
        if added := [insert_once(tx, points, _row(lead_id, row, row.points, 0, now)) for row in wanted]:
            grade(tx, lead_id, self.grades)
        return any(added)

    def settle(self, tx: Connection, lead_id: str, now: datetime) -> bool:
        """Reckon all of this (locked) lead anew. Do its points change?"""
        rows = tx.execute(_EVENTS, {"lead": lead_id, "kinds": list(self.heard)})
        did = [Did(row.id, row.kind, row.at, row.data) for row in rows]
        wanted = reckon(self.rules, did, self._ask(tx, lead_id, now), now, zone(self.timezone))
        if missing := list(_missing(lead_id, wanted, tx.execute(_WRITTEN, {"lead": lead_id}).mappings(), now)):
            tx.execute(insert(points), missing)
            grade(tx, lead_id, self.grades)
        return bool(missing)

    def _ask(self, tx: Connection, lead_id: str, now: datetime) -> Ask:
        lead, remembered = tx.execute(_LEAD, {"lead": lead_id}).one(), dict[object, Any]()
        rules = Rules(self.grades, types=self.types)

        def ask(did: Did | None) -> Facts:
            return RowFacts(tx, lead, now, did.data if did else {}, rules, remembered)

        return ask


def who_fades(read: Connection, scores: Scores, after: str, most: int) -> list[str]:
    """Leads of whom something stands that fades: so many, by their ids, from after this one on."""
    fading = [rule.id for rule in scores.rules if rule.fades]
    found = _FADING.distinct().order_by(points.c.lead_id).limit(most)
    return list(read.execute(found, {"rules": fading, "after": after}).scalars()) if fading else []


def _missing(
    lead_id: str, wanted: Iterable[Wanted], written: Iterable[RowMapping], now: datetime
) -> Iterator[dict[str, object]]:
    """The rows by which the ledger comes to what is wanted."""
    there = {(row["rule"], row["about"], row["axis"]): row for row in written}
    for one in wanted:
        before = there.pop((one.rule, one.about, one.axis), None)
        if more := one.points - (before["given"] if before else 0):
            yield _row(lead_id, one, more, before["rows"] if before else 0, now)
    for row in there.values():
        if row["given"]:
            gone = Wanted(row["rule"], row["about"], row["axis"], 0, row["because"], None)
            yield _row(lead_id, gone, -row["given"], row["rows"], now)


def _row(lead_id: str, row: Wanted, more: int, count: int, now: datetime) -> dict[str, object]:
    return {
        "lead_id": lead_id, "source": f"{lead_id}/{row.rule}/{row.about}/{count}", "axis": row.axis, "points": more,
        "because": row.because, "at": row.at or now, "rule": row.rule, "about": row.about,
    }  # fmt: skip
