"""What do other imports remember of what this one said? One that is undone counts as if it had never been.

The next row that speaks of the same thing then remembers what was there before this one: its own undo gives that back.
Of two rows about one lead that comes later which was heard later; of two about one company, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Text, bindparam, cast, literal, null, or_, select

from kweek.intake.check import email_key
from kweek.intake.imports.taking import event_id
from kweek.intake.imports.went_on import COMPANY, Changes
from kweek.leads.imports import TAKEN, change_rows
from kweek.leads.replaced import put_right
from kweek.leads.tables import companies, events, import_rows, imports

Moment = tuple[datetime, int]
"""When it was recorded, and the number of the event."""

_R: Final = import_rows.c
_EVENT: Final = literal("import:").concat(_R.import_id).concat(":").concat(cast(_R.number, Text))
_WITH_EVENT: Final = (
    select(import_rows, imports.c.at, events.c.recorded_at, events.c.seq)
    .join(imports, imports.c.id == _R.import_id)
    .join(events, events.c.id == _EVENT)
    .where(_R.before.is_not(null()))
)
_ROWS: Final = _WITH_EVENT.where(
    or_(_R.status.in_(TAKEN) & (_R.import_id != bindparam("import_id")), _R.status.in_(("kept", "undone")))
)
_OF_LEADS: Final = _ROWS.where(_R.lead_id.in_(bindparam("leads", expanding=True)))
_AT: Final = [_R.before["companies"][n].as_string() for n in (0, 1)]
_THESE: Final = bindparam("companies", expanding=True, type_=Text)
_OF_COMPANIES: Final = _ROWS.where(
    or_(imports.c.ended_at.is_(None), imports.c.ended_at >= bindparam("since")),
    or_(*(at.in_(_THESE) for at in _AT)),
)
_EARLIER: Final = (_R.import_id == bindparam("import_id"), _R.number < bindparam("first"))
_LEFT: Final = select(_AT[0]).where(*_EARLIER, _R.status == "changed", _AT[0].in_(_THESE))
_OURS: Final = _WITH_EVENT.where(*_EARLIER, _R.status.in_(TAKEN), or_(*(at.in_(_THESE) for at in _AT)))
_WHEN: Final = select(events.c.id, events.c.recorded_at, events.c.seq).where(
    events.c.id.in_(bindparam("ids", expanding=True))
)
_NAME: Final = select(companies.c.name).where(companies.c.id == bindparam("company"))


@dataclass(slots=True)
class _Other:
    """Such a row. at: when its import began."""

    import_id: str
    number: int
    lead_id: str
    before: dict[str, Any]
    at: datetime
    when: Moment
    told: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        return self.before["facts"]

    def speaks_of(self, name: str) -> bool:
        return _said(name) in self.facts or _said(name) in self.before.get("said", ())

    def pair(self, name: str, so_far: Any) -> Sequence[Any]:
        """What was there, and what it said. so_far: what was, where it said the same again."""
        if _said(name) not in self.facts:
            return (so_far, so_far)
        return self.before["companies"] if name == COMPANY else self.facts[name]

    def remember(self, name: str, pair: tuple[Any, Any]) -> None:
        self.told = True
        self.before["said"] = [one for one in self.before.get("said", ()) if one != name]
        self.facts[name] = list(pair)


def _touched(rows: Sequence[Row[Any]]) -> list[str]:
    """The companies that they made, or of which they said something."""
    its = [
        row.before["companies"][1]
        for row in rows
        if row.before["makes_company"] or any(name.startswith("company.") for name in row.before["facts"])
    ]
    return sorted({one for one in its if one is not None})


def _said(name: str) -> str:
    return "company" if name == COMPANY else name


@dataclass(slots=True)
class Remembered:
    """By the rows of other imports that stand, and by those of any that are undone, whose lead stayed, or has not got
    its address back (`owed`). when: the rows of this one were recorded, by their numbers. places: each
    lead of theirs, with who went on in its place."""

    tx: Connection
    imported: Row[Any]
    places: Mapping[str, Sequence[str]]
    when: dict[int, Moment] = field(default_factory=dict[int, Moment])
    _left: set[str] = field(default_factory=set[str])
    _others: dict[tuple[str, int], _Other] = field(default_factory=dict[tuple[str, int], _Other])

    def look_up(self, rows: Sequence[Row[Any]], kept: Sequence[Row[Any]]) -> None:
        """What there is about the leads and companies of these (locked) rows. kept: rows of any import, of which only
        the company may go."""
        ids = {event_id(self.imported.id, row.number): row.number for row in rows}
        for row in self.tx.execute(_WHEN, {"ids": list(ids)}):
            self.when[ids[row.id]] = (row.recorded_at, row.seq)
        self._read(_OF_LEADS, leads=sorted({one for places in self.places.values() for one in places}))
        first = min(ids.values())
        if touched := _touched([*rows, *kept]):
            began = [row.at for row in self._imports({row.import_id for row in kept})]
            self._read(_OF_COMPANIES, companies=touched, since=min([self.imported.at, *began]))
            asked = {"import_id": self.imported.id, "first": first, "companies": touched}
            self._left = set(self.tx.execute(_LEFT, asked).scalars())
        if touched := _touched(kept):
            self._read(_OURS, companies=touched, first=first)

    def _imports(self, ids: set[str]) -> Sequence[Row[Any]]:
        return self.tx.execute(select(imports.c.at).where(imports.c.id.in_(ids))).all() if ids else ()

    def _read(self, query: Select[Any], **asked: Any) -> None:
        for row in self.tx.execute(query, {"import_id": self.imported.id, **asked}):
            other = _Other(row.import_id, row.number, row.lead_id, row.before, row.at, (row.recorded_at, row.seq))
            self._others.setdefault((row.import_id, row.number), other)

    def stays(self, row: Row[Any], before: dict[str, Any]) -> None:
        """Its lead, although the row is undone."""
        when = self.when.get(row.number, (self.imported.at, 0))
        self._others[row.import_id, row.number] = _Other(
            row.import_id, row.number, row.lead_id, before, self.imported.at, when
        )

    def goes(self, row: Row[Any]) -> None:
        """Its lead, after all."""
        self._others.pop((row.import_id, row.number), None)

    # --- what was said ------------------------------------------------------------------------------------

    def of_lead(self, lead_id: str, said: Changes, after: Moment) -> tuple[Changes, set[str]]:
        """Whatever nobody said anything of since; and of what somebody did, although not from there on."""
        its = [one for one in self._others.values() if one.lead_id == lead_id and one.when > after]
        return self._put_right(sorted(its, key=lambda one: one.when), said)

    def of_company(self, company_id: str, said: Changes, number: int) -> tuple[Changes, set[str]]:
        """The same, since this row."""
        here = self._order(self.when.get(number, (self.imported.at, 0)), self.imported.at, self.imported.id, number)
        its = [one for one in self._naming(company_id) if self._order_of(one) > here]
        return self._put_right(its, said)

    def _put_right(self, others: Sequence[_Other], said: Changes) -> tuple[Changes, set[str]]:
        ours, over = dict[str, tuple[Any, Any]](), set[str]()
        for name, (before, after) in said.items():
            other = next((one for one in others if one.speaks_of(name)), None)
            if other is None:
                ours[name] = (before, after)
            elif (theirs := other.pair(name, after))[0] == after:
                self._remember(other, name, (before, theirs[1]))
            else:
                over.add(name)
        return ours, over

    def _remember(self, other: _Other, name: str, pair: tuple[Any, Any]) -> None:
        if name == COMPANY:
            other.before["companies"] = list(pair)
            pair = (self._named(pair[0]), self._named(pair[1]))
        other.remember(_said(name), pair)
        called = "company.name" if name == COMPANY else name
        mailbox = email_key(pair[0]) if name == "email" and pair[0] is not None else None
        leads, source = self.places.get(other.lead_id, [other.lead_id]), event_id(other.import_id, other.number)
        put_right(self.tx, leads, called, pair, source, other.when[0], mailbox)

    def _named(self, company_id: str | None) -> str | None:
        return None if company_id is None else self.tx.execute(_NAME, {"company": company_id}).scalar_one_or_none()

    # --- companies ----------------------------------------------------------------------------------------

    def needs(self, company_id: str) -> bool:
        """Would an undo bring somebody back there?"""
        others = (one for one in self._others.values() if one.speaks_of(COMPANY))
        return company_id in self._left or any(one.pair(COMPANY, None)[0] == company_id for one in others)

    def inherit(self, company_id: str) -> None:
        """It would be there without this import: the next that names it would have made it."""
        for one in self._naming(company_id)[:1]:
            one.before["makes_company"] = one.told = True

    def _naming(self, company_id: str) -> list[_Other]:
        its = [one for one in self._others.values() if one.before["companies"][1] == company_id]
        return sorted(its, key=self._order_of)

    def _order_of(self, one: _Other) -> tuple[Any, ...]:
        return self._order(one.when, one.at, one.import_id, one.number)

    @staticmethod
    def _order(when: Moment, at: datetime, import_id: str, number: int) -> tuple[Any, ...]:
        return when[0], at, import_id, number

    # --- the end ------------------------------------------------------------------------------------------

    def whose_address(self) -> set[str]:
        """Of these leads somebody remembers another one now."""
        return {one.lead_id for one in self._others.values() if one.told and "email" in one.facts}

    def done(self) -> None:
        for import_id in {one.import_id for one in self._others.values() if one.told}:
            its = [one for one in self._others.values() if one.told and one.import_id == import_id]
            change_rows(self.tx, import_id, [{"number": one.number, "before": one.before} for one in its])
