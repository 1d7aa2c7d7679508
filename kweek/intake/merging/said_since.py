"""What was said while two leads were one: what does each of them know, once they are two again?

As if they had never been one: each has what it knew before, and then its own words in the order of their moments. Only
what somebody wrote otherwise than by a word (a flow, an import that was taken back) stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from kweek.leads.said_at import with_said, without
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
    kept, names = was.id, names_of(tx, gone)
    starts = tuple(f"{lead}-" for lead in its_own)
    theirs = {one.id for one in said if one.came_as in names or one.source.startswith(starts)}
    tx.execute(delete(tables.replaced).where(_R.id.in_([one.id for one in said])))
    mine, other = _Side(tx, kept, told.get("said_at")), _Side(tx, gone, lead_row(tx, gone).said_at)
    for name in dict.fromkeys(one.name for one in said):
        its = [one for one in said if one.name == name]
        before, now = _before(tx, told, was, name), _known(tx, was, name)
        after = _united(its, now)
        heard = [one for one in its if one.counted]
        if heard and now != heard[-1].value:  # written since, and not by a word
            mine.write(name, now)
        else:
            mine.hear(name, before[0] if before is not None and before[1] == after else after, _but(its, theirs))
        other.hear(name, _known(tx, lead_row(tx, gone), name), [one for one in its if one.id in theirs])
    moments = _moments_back(told, was, mine)
    _write_addresses(tx, mine, other)
    for side in (mine, other):
        side.done(moments if side is mine else None)


def _but(said: Iterable[Said], theirs: set[int]) -> list[Said]:
    return [one for one in said if one.id not in theirs]


def _known(tx: Connection, row: Row[Any], name: str) -> Any:
    if name == _COMPANY:
        c = tables.companies.c
        return tx.execute(select(c.name).where(c.id == row.company_id)).scalar() if row.company_id else None
    return getattr(row, name) if name in (*OWN_COLUMNS, _EMAIL) else row.fields.get(name)


def _united(its: Sequence[Said], now: Any) -> Any:
    """What the merge left."""
    first = next((one for one in its if one.counted), None)
    return now if first is None else None if first.was == FORGOTTEN else first.was


def _before(tx: Connection, told: Told, was: Row[Any], name: str) -> tuple[Any, Any] | None:
    """What the lead that went on knew, and what it knew when they were one. None: the same."""
    columns: Mapping[str, Any] = told["columns"]
    pair = columns.get({_COMPANY: "company_id"}.get(name, name if name in (*OWN_COLUMNS, _EMAIL) else f"{OWN}{name}"))
    if pair is None:
        return None
    if name != _COMPANY:
        return pair[0], pair[1]
    c = tables.companies.c
    names = {row.id: row.name for row in tx.execute(select(c.id, c.name).where(c.id.in_([one for one in pair if one])))}
    return names.get(pair[0]), names.get(pair[1])


def _moments_back(told: Told, was: Row[Any], mine: _Side) -> dict[str, str] | None:
    """When it said what nobody spoke of since."""
    had: Mapping[str, str] = told.get("said_at") or {}
    united: Mapping[str, str] = (told["columns"].get("said_at") or [None, None])[1] or was.said_at or {}
    now: Mapping[str, str] = was.said_at or {}
    kept = {
        name: moment
        for name, moment in now.items()
        if name in {_when(one) for one in mine.heard} or united.get(name) != moment
    }
    return {**{name: moment for name, moment in had.items() if name not in kept}, **kept} or None


def _when(name: str) -> str:
    """As `said_at` has it."""
    return "company" if name == _COMPANY else name


class _Side:
    """One of the two. heard: of what it said something meanwhile."""

    def __init__(self, tx: Connection, lead: str, said_at: Mapping[str, str] | None) -> None:
        self.tx, self.lead, self.said_at = tx, lead, said_at
        self.heard: dict[str, Any] = {}
        self.moments: dict[str, datetime] = {}

    def write(self, name: str, value: Any) -> None:
        self.heard[name] = value

    def hear(self, name: str, before: Any, said: Sequence[Said]) -> None:
        value, moment = before, (self.said_at or {}).get(_when(name))
        last = None if moment is None else datetime.fromisoformat(moment)
        for one in sorted(said, key=lambda one: one.at):
            if last is not None and one.at < last:
                self._replace(name, one.value, None, one)
                continue
            self._replace(name, value, one.value, one)
            value, last = one.value, one.at
        self.heard[name] = value
        if last is not None:
            self.moments[_when(name)] = last

    def _replace(self, name: str, was: Any, became: Any, by: Said) -> None:
        if was is not None and was != became:
            key = email_key(was) if name == _EMAIL else None
            pair = (was, FORGOTTEN if became is None and by.value is None else became)
            keep_replaced(self.tx, self.lead, {name: pair}, by.source, by.at, key)

    def done(self, moments: Mapping[str, str] | None) -> None:
        """All but the address."""
        words = {name: value for name, value in self.heard.items() if name not in (_EMAIL, _COMPANY)}
        set_fields(self.tx, self.lead, words)
        said_at = self.said_at if moments is None else moments
        for name, at in self.moments.items():
            said_at = with_said(said_at, [name], at)
        if moments is not None:
            said_at = without(said_at, {_when(name) for name in self.heard} - self.moments.keys())
        columns: dict[str, Any] = {"said_at": dict(said_at) if said_at else None}
        if _COMPANY in self.heard:
            name = self.heard[_COMPANY]
            columns["company_id"] = None if name is None else company_named(self.tx, name).id
        self.tx.execute(update(tables.leads).where(tables.leads.c.id == self.lead).values(**columns))


def _write_addresses(tx: Connection, *sides: _Side) -> None:
    """Of neither first, for one may have the other's. What is somebody else's by now is nobody's of these."""
    leads, told = tables.leads, [side for side in sides if _EMAIL in side.heard]
    for side in told:
        tx.execute(update(leads).where(leads.c.id == side.lead).values(email=None, email_key=None))
    for side, address in ((side, side.heard[_EMAIL]) for side in told):
        for one in _free(tx, address):
            tx.execute(update(leads).where(leads.c.id == side.lead).values(email=one, email_key=email_key(one)))


def _free(tx: Connection, address: str | None) -> Iterator[str]:
    key = None if address is None else email_key(address)
    taken = select(tables.leads.c.id).where(tables.leads.c.email_key == key)
    if address is not None and tx.execute(taken).first() is None:
        yield address
