"""Which leads are there? Filtered, searched and paged in the database; a page costs the same at a hundred thousand.

The list goes by the moment at which a lead came, or by what it is worth, and most filters have an index in that
order. A text, a company and a flow have none: where few leads have it, these are looked up first; where many have it,
they turn up soon enough on the way down the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union,
)

from kweek.leads.tables import Moment, companies, enrolments, leads, worth

By = Literal["newest", "points"]
COUNTED: Final = 10_000
"""Of more than so many that fit, it is not said how many there are."""
_FEW: Final = 2_000
"""So many are looked up by their ids."""
_LAST: Final = "\U0010ffff"  # behind every text that begins so

_NAMES: Final = func.trim(func.coalesce(leads.c.first_name, "") + " " + func.coalesce(leads.c.last_name, ""))
WHO: Final = func.coalesce(leads.c.name, func.nullif(_NAMES, ""), leads.c.email, leads.c.external_id, leads.c.id).label(
    "who"
)
"""The best name that there is for a lead."""

_THERE: Final = leads.c.merged_into.is_(None)
_ROWS: Final = select(leads, WHO, companies.c.name.label("company"), worth.label("worth")).join_from(
    leads, companies, companies.c.id == leads.c.company_id, isouter=True
)
_WALKS: Final = select(enrolments.c.lead_id, enrolments.c.flow).where(
    enrolments.c.lead_id.in_(bindparam("leads", expanding=True)), enrolments.c.ended_at.is_(None)
)
_CELLS: Final = select(leads.c.profile, leads.c.engagement, func.count().label("leads")).group_by(
    leads.c.profile, leads.c.engagement
)


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


Which = Sequence[Sequence[ColumnElement[bool]]]
"""Lists of conditions, of which a lead fulfils one at most: each is read in the order of an index."""


@dataclass(frozen=True, slots=True)
class Page:
    """rows: of `leads`, with who, company and worth. flows: of each, those that it is in. after: what the next page
    goes on from; None: this is the last."""

    rows: Sequence[Row[Any]]
    flows: dict[str, list[str]]
    after: str | None


def page(read: Connection, which: Which, by: By, after: str, most: int) -> Page:
    """after: of the page before; "": from the beginning."""
    key = worth if by == "points" else leads.c.created_at
    order, bounds = (key.desc(), leads.c.id.desc()), _bounds(by, after)
    found: list[Row[Any]] = []
    for conditions in which:
        query = _ROWS.where(*conditions, *([] if bounds is None else _beyond(key, bounds)))
        found += read.execute(query.order_by(*order).limit(most + 1)).all()
    found.sort(key=lambda row: (_place(by, row), row.id), reverse=True)
    rows = found[:most]
    on = f"{_written(_place(by, rows[-1]))}~{rows[-1].id}" if len(found) > most else None
    return Page(rows, _flows(read, rows), on)


def count(read: Connection, which: Which, most: int = COUNTED) -> int:
    """How many there are; more than most: at least so many."""
    total = 0
    for conditions in which:
        first = select(leads.c.id).where(*conditions).limit(most + 1 - total)
        total += read.execute(select(func.count()).select_from(first.subquery())).scalar_one()
    return total


def cells(read: Connection, fresh: str) -> Counter[str]:
    """Grade → how many leads have it."""
    found: Counter[str] = Counter()
    for sign, query in ((1, _CELLS), (-1, _CELLS.where(leads.c.merged_into.is_not(None)))):
        for row in read.execute(query):
            found[f"{row.profile}{row.engagement}" if row.profile else fresh] += sign * row.leads
    return found


def _flows(read: Connection, rows: Sequence[Row[Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lead, flow in read.execute(_WALKS, {"leads": [row.id for row in rows]}) if rows else ():
        found.setdefault(lead, []).append(flow)
    return found


# --- in which order ---------------------------------------------------------------------------------------


def _place(by: By, row: Row[Any]) -> Any:
    return row.worth if by == "points" else row.created_at


def _written(place: datetime | int) -> str:
    return place.isoformat() if isinstance(place, datetime) else str(place)


def _bounds(by: By, after: str) -> tuple[datetime | int, str] | None:
    """Of an address that was cut off, or made for another order: from the beginning."""
    place, _, lead = after.partition("~")
    try:
        at = int(place) if by == "points" else datetime.fromisoformat(place)
    except ValueError:
        return None
    return None if not lead or (isinstance(at, datetime) and at.tzinfo is None) else (at, lead)


def _beyond(key: ColumnElement[Any], bounds: tuple[datetime | int, str]) -> list[ColumnElement[bool]]:
    """Said so that an index of the key alone is read from there on."""
    place, lead = bounds
    here = literal(place, Moment()) if isinstance(place, datetime) else literal(place)
    return [key <= here, or_(key < here, leads.c.id < lead)]


# --- which of them ----------------------------------------------------------------------------------------


def which(read: Connection, wanted: Wanted, fresh: str) -> Which:
    """fresh: the grade of whoever has no points yet."""
    c, both = leads.c, [_THERE]
    both += [column == said for column, said in ((c.stage, wanted.stage), (c.campaign, wanted.campaign)) if said]
    if wanted.company:
        both.append(_of_company(read, wanted.company))
    if wanted.flow:
        here = (enrolments.c.flow == wanted.flow, enrolments.c.step.is_not(None))
        walks = exists().where(enrolments.c.lead_id == c.id, *here)
        both.append(_few_or_many(read, [select(enrolments.c.lead_id).where(*here)], walks))
    if wanted.q:
        both.append(_sought(read, wanted.q))
    return [[*both, *grade] for grade in _grades(wanted.grade, fresh)]


def _grades(grade: str, fresh: str) -> list[list[ColumnElement[bool]]]:
    """Who has no points yet has no grade in the books."""
    c = leads.c
    if not grade:
        return [[]]
    digit = [c.engagement == int(grade[1])] if grade[1:].isdecimal() and len(grade) == 2 else []
    had = [c.profile == grade[0], *digit] if digit or len(grade) == 1 else [false()]
    return [had, [c.profile.is_(None)]] if fresh.startswith(grade) else [had]


def _of_company(read: Connection, said: str) -> ColumnElement[bool]:
    its = companies.alias()  # beside the one that is shown
    named = _begins(read, its.c.name_key, said.casefold())
    here = leads.c.company_id == said
    ids = [select(leads.c.id).where(here), select(leads.c.id).join(its, its.c.id == leads.c.company_id).where(named)]
    return _few_or_many(read, ids, or_(here, exists().where(its.c.id == leads.c.company_id, named)))


def _sought(read: Connection, q: str) -> ColumnElement[bool]:
    c = leads.c
    its = companies.alias()
    keyed = _begins(read, its.c.name_key, q.casefold())
    own = [_begins(read, c.email_key, q.casefold())]
    own += [_begins(read, func.lower(column), func.lower(q)) for column in (c.name, c.first_name, c.last_name)]
    ids = [select(c.id).where(one) for one in own]
    ids.append(select(c.id).join(its, its.c.id == c.company_id).where(keyed))
    return _few_or_many(read, ids, or_(*own, exists().where(its.c.id == c.company_id, keyed)))


def _few_or_many(read: Connection, ids: Sequence[Select[tuple[str]]], many: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whom these questions find, by their ids where they are few; else the condition that says the same of each."""
    first = [select(one.limit(_FEW + 1).subquery()) for one in ids]
    found = list(read.execute(union(*first)).scalars())
    return many if len(found) > _FEW else leads.c.id.in_(found)


def _begins(read: Connection, column: ColumnElement[Any], said: Any) -> ColumnElement[bool]:
    """Letter by letter, in the order of the index (on PostgreSQL `text_pattern_ops`)."""
    end = said + _LAST if isinstance(said, str) else said.op("||")(_LAST)
    if read.dialect.name == "postgresql":
        return and_(column.op("~>=~", is_comparison=True)(said), column.op("~<~", is_comparison=True)(end))
    return and_(column >= said, column < end)
