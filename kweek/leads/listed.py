"""Which leads are there? Filtered, searched and paged in the database; a page costs the same at a hundred thousand.

The list goes by the moment at which a lead came, or by what it is worth, and most filters have an index in that
order. A text, a company and a flow have none: where few leads have it, these are looked up first; where many have it,
they turn up soon enough on the way down the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)

from kweek.leads.tables import Moment, companies, enrolments, leads, replaced, worth

By = Literal["newest", "points"]
_COUNTED: Final = 10_000
_FEW: Final = 1_000
"""So many are looked up by their ids; and counted, where there are more of them."""
_LAST: Final = "\U0010ffff"  # behind every text that begins so
_DIGITS: Final = 9  # of a sum of points: no database asks itself what to do with more

_NAMES: Final = func.trim(func.coalesce(leads.c.first_name, "") + " " + func.coalesce(leads.c.last_name, ""))
WHO: Final = func.coalesce(leads.c.name, func.nullif(_NAMES, ""), leads.c.email, leads.c.external_id, leads.c.id).label(
    "who"
)
"""The best name that there is for a lead."""

_ROWS: Final = (
    select(leads, WHO, companies.c.name.label("company"), worth.label("worth"))
    .join_from(leads, companies, companies.c.id == leads.c.company_id, isouter=True)
    .where(leads.c.id.in_(bindparam("leads", expanding=True)))
)
_WALKS: Final = select(enrolments.c.lead_id, enrolments.c.flow).where(
    enrolments.c.lead_id.in_(bindparam("leads", expanding=True)), enrolments.c.ended_at.is_(None)
)
_CELLS: Final = select(leads.c.profile, leads.c.engagement, func.count().label("leads")).group_by(
    leads.c.profile, leads.c.engagement
)
_GONE: Final = select(leads.c.profile, leads.c.engagement).where(leads.c.merged_into.is_not(None))


@dataclass(frozen=True, slots=True)
class Wanted:
    """grade: “A1”, or a letter. company: its id, or how its name begins. flow: one that they are in. q: how a name, an
    address or a company begins."""

    grade: str = ""
    stage: str = ""
    campaign: str = ""
    flow: str = ""
    company: str = ""
    q: str = ""


_Row = Row[*tuple[Any, ...]]
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """alike: in the order that is asked for they are all the same, and go by their ids: said so, for no database sees
    it of a sum."""

    conditions: Conditions
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Which:
    """parts: of which a lead fulfils one at most: each is read in the order of an index. counted: of more than so many
    that fit, it is not said how many there are."""

    parts: Sequence[Part]
    counted: int


@dataclass(frozen=True, slots=True)
class Page:
    """rows: of `leads`, with who, company and worth. flows: of each, those that it is in. after: what the next page
    goes on from; None: this is the last."""

    rows: Sequence[Row[Any]]
    flows: dict[str, list[str]]
    after: str | None


def page(read: Connection, which: Which, by: By, after: str, most: int) -> Page:
    """after: of the page before; "": from the beginning."""
    ids, on = ids_of(read, which, by, after, most)
    by_id, flows = in_full(read, ids)
    return Page([by_id[one] for one in ids if one in by_id], flows, on)


def ids_of(read: Connection, which: Which, by: By, after: str, most: int) -> tuple[list[str], str | None]:
    """Of the leads of a page, and what the next one goes on from."""
    key = worth if by == "points" else leads.c.created_at
    bounds = bounds_of(by, after)
    beyond = [] if bounds is None else _beyond(key, bounds)
    first: list[_Row] = []
    for part in which.parts:
        order = [leads.c.id.desc()] if part.alike else [key.desc(), leads.c.id.desc()]
        query: Select[*tuple[Any, ...]] = select(leads.c.id, key.label("place")).where(*part.conditions, *beyond)
        first.extend(read.execute(query.order_by(*order).limit(most + 1)).all())
    first.sort(key=lambda row: (row.place, row.id), reverse=True)
    ids = [row.id for row in first[:most]]
    return ids, f"{_written(first[most - 1].place)}~{ids[-1]}" if len(first) > most else None


def in_full(read: Connection, ids: Sequence[str]) -> tuple[dict[str, Row[Any]], dict[str, list[str]]]:
    """Lead → its row, and lead → its flows, both as on a `Page`."""
    rows = {row.id: row for row in read.execute(_ROWS, {"leads": ids})} if ids else {}
    return rows, _flows(read, ids)


def count(read: Connection, which: Which, most: int | None = None) -> int:
    """How many there are. most: if more, at least so many; None: as is counted soon."""
    total, most = 0, which.counted if most is None else most
    for part in which.parts:
        first = select(leads.c.id).where(*part.conditions).limit(most + 1 - total)
        total += read.execute(select(func.count()).select_from(first.subquery())).scalar_one()
    return total


def cells(read: Connection, fresh: str) -> Counter[str]:
    """Grade → how many leads have it."""
    found: Counter[str] = Counter()
    for row in read.execute(_CELLS):
        found[f"{row.profile}{row.engagement}" if row.profile else fresh] += row.leads
    for row in read.execute(_GONE):
        found[f"{row.profile}{row.engagement}" if row.profile else fresh] -= 1
    return found


def _flows(read: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lead, flow in read.execute(_WALKS, {"leads": ids}) if ids else ():
        found.setdefault(lead, []).append(flow)
    return found


# --- in which order ---------------------------------------------------------------------------------------


def _written(place: datetime | int) -> str:
    return place.isoformat() if isinstance(place, datetime) else str(place)


def bounds_of(by: By, after: str) -> tuple[datetime | int, str] | None:
    """Of an address that was cut off, or made for another order: from the beginning."""
    place, _, lead = after.partition("~")
    try:
        at = int(place[:_DIGITS]) if by == "points" else datetime.fromisoformat(place)
        if isinstance(at, datetime):
            at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (at, lead) if lead and lead.isprintable() else None


def _beyond(key: ColumnElement[Any], bounds: tuple[datetime | int, str]) -> list[ColumnElement[bool]]:
    """Said so that an index of the key alone is read from there on."""
    place, lead = bounds
    here = literal(place, Moment()) if isinstance(place, datetime) else literal(place)
    return [key <= here, or_(key < here, leads.c.id < lead)]


# --- which of them ----------------------------------------------------------------------------------------


def which(read: Connection, wanted: Wanted, fresh: str, by: By = "newest") -> Which:
    """fresh: the grade of whoever has no points yet. by: in which order they will be asked for."""
    c, both = leads.c, [leads.c.merged_into.is_(None)]
    both += [column == said for column, said in ((c.stage, wanted.stage), (c.campaign, wanted.campaign)) if said]
    sought = [
        find(read, said)
        for find, said in ((_of_company, wanted.company), (_in_flow, wanted.flow), (_beginning, wanted.q))
        if said
    ]
    both += [one.condition for one in sought]
    counted = _FEW if any(one.many for one in sought) else _COUNTED
    return Which([Part([*both, *one.conditions], one.alike) for one in _grades(wanted.grade, fresh, by)], counted)


def _grades(grade: str, fresh: str, by: By) -> list[Part]:
    """Who has no points yet has no grade in the books; by points they are all alike, and their index is of use."""
    c = leads.c
    if not grade:
        return [Part([])]
    digit = [c.engagement == int(grade[1])] if grade[1:].isdecimal() and len(grade) == 2 else []
    had = Part([c.profile == grade[0], *digit] if digit or len(grade) == 1 else [false()])
    none = Part(
        [c.profile.is_(None), c.engagement.is_(None), *([worth == 0] if by == "points" else [])], by == "points"
    )
    return [had, none] if fresh.startswith(grade) else [had]


# --- what has no index in the order of the list -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sought:
    condition: ColumnElement[bool]
    many: bool


def _few_or_many(read: Connection, ids: Sequence[Select[str]], many: ColumnElement[bool]) -> _Sought:
    """Whom these questions find, by their ids where they are few; else the condition that says the same of each."""
    found: set[str] = set()
    for one in ids:
        found.update(read.execute(one.limit(_FEW + 1)).scalars())
        if len(found) > _FEW:
            return _Sought(many, many=True)
    return _Sought(_among(read, sorted(found)), many=False)


def _among(read: Connection, ids: Sequence[str]) -> ColumnElement[bool]:
    """PostgreSQL has them as one value: to read a thousand takes it longer than to look them up."""
    if read.dialect.name == "postgresql":
        return leads.c.id == func.any(literal(list(ids), ARRAY(Text)))
    return leads.c.id.in_(ids)


def _in_flow(read: Connection, flow: str) -> _Sought:
    e = enrolments.c
    ids = select(e.lead_id).where(e.flow == flow, e.step.is_not(None))
    # asked of one lead after the other: by its own index. SQLite knows no numbers, so the flow's is kept out of it
    its = e.flow if read.dialect.name == "postgresql" else func.coalesce(e.flow, "")
    walks = exists().where(e.lead_id == leads.c.id, its == flow, e.ended_at.is_(None))
    return _few_or_many(read, [ids], walks)


def _of_company(read: Connection, said: str) -> _Sought:
    its = companies.alias()
    named = begins(read, its.c.name_key, said.casefold())
    here = leads.c.company_id == said
    ids = [select(leads.c.id).where(here), select(leads.c.id).join(its, its.c.id == leads.c.company_id).where(named)]
    return _few_or_many(read, ids, or_(here, exists().where(its.c.id == leads.c.company_id, named)))


def _beginning(read: Connection, q: str) -> _Sought:
    c, its = leads.c, companies.alias()
    named = begins(read, its.c.name_key, q.casefold())
    own = [begins(read, c.email_key, q.casefold())]
    own += [begins(read, func.lower(column), func.lower(q)) for column in (c.name, c.first_name, c.last_name)]
    ids = [select(c.id).where(one) for one in own]
    ids.append(select(c.id).join(its, its.c.id == c.company_id).where(named))
    had = replaced.c.email_key == q.casefold()  # an address that is another one by now: the whole of it
    ids.append(select(replaced.c.lead_id).where(had))
    others = (exists().where(its.c.id == c.company_id, named), exists().where(replaced.c.lead_id == c.id, had))
    return _few_or_many(read, ids, or_(*own, *others))


def begins(read: Connection, column: ColumnElement[Any], said: Any) -> ColumnElement[bool]:
    """Letter by letter, in the order of the index (on PostgreSQL `text_pattern_ops`)."""
    end = said + _LAST if isinstance(said, str) else said.op("||")(_LAST)
    if read.dialect.name == "postgresql":
        return and_(column.op("~>=~", is_comparison=True)(said), column.op("~<~", is_comparison=True)(end))
    return and_(column >= said, column < end)
