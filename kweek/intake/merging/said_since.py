"""What was said while two leads were one: what does each of them know, once they are two again?

As if they had never been one: each has what it knew before, and then its own words in the order of their moments. Only
what somebody wrote otherwise than by a word (a flow, an import that was taken back) stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from kweek.intake.check import email_key
from kweek.intake.companies import company_named
from kweek.intake.incoming import OWN_COLUMNS
from kweek.intake.merging.rows import Told
from kweek.intake.merging.united import OWN
from kweek.leads import tables
from kweek.leads.enrolments import lead_row
from kweek.leads.named import names_of
from kweek.leads.replaced import FORGOTTEN, keep_replaced
from kweek.leads.said_at import is_late, with_said
from kweek.leads.traits import set_fields

_R: Final = tables.replaced.c
_E: Final = tables.events.c
_EMAIL: Final = "email"
_COMPANY: Final = "company.name"


@dataclass(frozen=True, slots=True)
class Said:
    """One word of one thing. was: what it took the place of. at: when it was said. counted: it was not heard too late.
    came_as, source: under which name it came, and with what."""

    id: int
    name: str
    was: Any
    value: Any
    at: datetime
    counted: bool
    came_as: str | None
    source: str


def last_replaced(read: Connection) -> int:
    """What is said from now on has a greater id."""
    return read.execute(select(func.max(_R.id))).scalar_one() or 0


def said_since(read: Connection, kept: str, last: int) -> list[Said]:
    """In the order in which it was heard."""
    query = (
        select(tables.replaced, _E.at.label("said"), _E.came_as)
        .join_from(tables.replaced, tables.events, _E.id == _R.source, isouter=True)
        .where(_R.lead_id == kept, _R.id > last, or_(~_R.name.contains("."), _R.name == _COMPANY))
        .order_by(_R.id)
    )
    return [_of(row) for row in read.execute(query)]


def _of(row: Row[Any]) -> Said:
    counted = row.became is not None
    value = row.became if counted else row.was
    return Said(
        row.id, row.name, row.was if counted else None, None if value == FORGOTTEN else value, row.said or row.at,
        counted, row.came_as, row.source,
    )  # fmt: skip


def part(tx: Connection, was: Row[Any], gone: str, told: Told, said: Sequence[Said], its_own: Sequence[str]) -> None:
    """was: the row of the (locked) lead that went on, as it was until now. told: of the merge. its_own: the (locked)
    lead that is itself again, which has its own columns back, and those who go on in it."""
    names, starts = names_of(tx, gone), tuple(f"{lead}-" for lead in its_own)
    theirs = {one.id for one in said if one.came_as in names or one.source.startswith(starts)}
    tx.execute(delete(tables.replaced).where(_R.id.in_([one.id for one in said])))
    itself = lead_row(tx, gone)
    mine, other = _Side(tx, was.id, told.get("said_at")), _Side(tx, gone, itself.said_at)
    for name in dict.fromkeys(one.name for one in said):
        its = [one for one in said if one.name == name]
        heard, now = [one for one in its if one.counted], _known(tx, was, name)
        if heard and now != heard[-1].value:  # written since, and not by a word
            mine.knows[name] = now
        else:
            mine.hear(name, _before(tx, told, name, _united(heard, now)), [one for one in its if one.id not in theirs])
        other.hear(name, _known(tx, itself, name), [one for one in its if one.id in theirs])
    spoken = {_when(name) for name in mine.knows}
    mine.said_at = {name: at for name, at in mine.said_at.items() if name in spoken} | _moments(told, was, spoken)
    _write_addresses(tx, mine, other)
    for side in (mine, other):
        side.write()


def _known(tx: Connection, row: Row[Any], name: str) -> Any:
    if name == _COMPANY:
        c = tables.companies.c
        return tx.execute(select(c.name).where(c.id == row.company_id)).scalar() if row.company_id else None
    return getattr(row, name) if name in (*OWN_COLUMNS, _EMAIL) else row.fields.get(name)


def _united(heard: Sequence[Said], now: Any) -> Any:
    """What the merge left."""
    return now if not heard else None if heard[0].was == FORGOTTEN else heard[0].was


def _before(tx: Connection, told: Told, name: str, united: Any) -> Any:
    """What the lead that went on knew before it was united with the other."""
    column = "company_id" if name == _COMPANY else name if name in (*OWN_COLUMNS, _EMAIL) else f"{OWN}{name}"
    before, after = told["columns"].get(column, (None, None))
    if name == _COMPANY:
        c = tables.companies.c
        named = {row.id: row.name for row in tx.execute(select(c.id, c.name).where(c.id.in_([before, after])))}
        before, after = named.get(before), named.get(after)
    return before if column in told["columns"] and after == united else united


def _moments(told: Told, was: Row[Any], spoken: Set[str]) -> dict[str, str]:
    """When it said what nobody spoke of since."""
    had: Mapping[str, str] = told.get("said_at") or {}
    now: Mapping[str, str] = was.said_at or {}
    united: Mapping[str, str] = (told["columns"].get("said_at") or (None, None))[1] or now
    since = {name: moment for name, moment in now.items() if united.get(name) != moment}
    return {name: moment for name, moment in {**had, **since}.items() if name not in spoken}


def _when(name: str) -> str:
    """As `said_at` has it."""
    return "company" if name == _COMPANY else name


class _Side:
    """One of the two. knows: by name, of what somebody spoke meanwhile. said_at: and when."""

    def __init__(self, tx: Connection, lead: str, said_at: Mapping[str, str] | None) -> None:
        self.tx, self.lead = tx, lead
        self.said_at = dict(said_at or {})
        self.knows: dict[str, Any] = {}

    def hear(self, name: str, before: Any, said: Sequence[Said]) -> None:
        value = before
        for one in sorted(said, key=lambda one: one.at):
            if is_late(self.said_at, _when(name), one.at):
                self._replace(name, one.value, None, one)
            else:
                self._replace(name, value, FORGOTTEN if one.value is None else one.value, one)
                value, self.said_at = one.value, with_said(self.said_at, [_when(name)], one.at)
        self.knows[name] = value

    def _replace(self, name: str, was: Any, became: Any, by: Said) -> None:
        if was is not None and was != became:
            key = email_key(was) if name == _EMAIL else None
            keep_replaced(self.tx, self.lead, {name: (was, became)}, by.source, by.at, key)

    def write(self) -> None:
        """All but the address."""
        columns: dict[str, Any] = {"said_at": self.said_at or None}
        if _COMPANY in self.knows:
            name = self.knows[_COMPANY]
            columns["company_id"] = None if name is None else company_named(self.tx, name).id
        self.tx.execute(update(tables.leads).where(tables.leads.c.id == self.lead).values(**columns))
        words = {name: value for name, value in self.knows.items() if name not in (_EMAIL, _COMPANY)}
        set_fields(self.tx, self.lead, words)


def _write_addresses(tx: Connection, *sides: _Side) -> None:
    """Of neither first, for one may have the other's. What is somebody else's by now is nobody's of these."""
    leads, spoken = tables.leads, [side for side in sides if _EMAIL in side.knows]
    for side in spoken:
        tx.execute(update(leads).where(leads.c.id == side.lead).values(email=None, email_key=None))
    for side in spoken:
        address = side.knows[_EMAIL]
        key = None if address is None else email_key(address)
        if key is not None and tx.execute(select(leads.c.id).where(leads.c.email_key == key)).first() is None:
            tx.execute(update(leads).where(leads.c.id == side.lead).values(email=address, email_key=key))
