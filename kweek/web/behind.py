"""Which leads are behind a number? Paged, and searched, in the database: a page costs the same whatever the number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, literal, or_, select, tuple_

from kweek.draw import Picture
from kweek.flow.rows import END
from kweek.leads import tables
from kweek.leads.tables import Moment
from kweek.leads.tally import ENDED, is_step
from kweek.web.queries import WHO, AnySelect
from kweek.words import Tongue


@dataclass(frozen=True, slots=True)
class Found:
    """rows: lead_id, who, company, email, at (since when, or when it was), step, result, number (of its version).
    after: what the next page goes on from; None: this is the last."""

    rows: list[Row[Any]]
    after: str | None


def leads(read: Connection, flow: str, at: str, q: str, after: str, most: int) -> Found:
    """The newest first. at: a place, as in the picture; "": all who are under way."""
    e, j = tables.enrolments.c, tables.journal.c
    if at and not is_step(at) and not at.startswith(ENDED):
        query = _rows(j.at).join(tables.journal, j.enrolment_id == e.id).where(j.place == at)
        order: tuple[Any, ...] = (j.id,)
        bounds = (int(after),) if after.isdecimal() and len(after) < 19 else None
        query = query.add_columns(j.id.label("position"))
    else:
        ended = at.startswith(ENDED)
        moment = e.ended_at if ended else e.entered_at
        query = _rows(moment).add_columns(e.id.label("position"))
        query = query.where(e.result == at.removeprefix(ENDED), moment.is_not(None)) if ended else query.where(
            e.step == at if at else e.step.is_not(None), moment.is_not(None)
        )  # fmt: skip
        order, bounds = (moment, e.id), bounds_of(after)
    if bounds is not None:
        query = query.where(
            tuple_(*order) < tuple_(*(literal(one, Moment()) if isinstance(one, datetime) else one for one in bounds))
        )
    query = query.where(e.flow == flow, *_search(q)).order_by(*(one.desc() for one in order)).limit(most + 1)
    rows = list(read.execute(query).all())
    last = rows[most - 1] if len(rows) > most else None
    return Found(rows[:most], None if last is None else _position(last, len(order)))


def _rows(moment: Any) -> AnySelect:
    e, v, c, lead = tables.enrolments.c, tables.versions.c, tables.companies.c, tables.leads.c
    columns = (e.lead_id, e.step, e.result, v.number, WHO, lead.email, c.name.label("company"), moment.label("at"))
    return (
        select(*columns)
        .select_from(tables.enrolments)
        .join(tables.versions, v.hash == e.version)
        .join(tables.leads, lead.id == e.lead_id)
        .join(tables.companies, c.id == lead.company_id, isouter=True)
    )


def _search(q: str) -> list[Any]:
    lead, c = tables.leads.c, tables.companies.c
    if not q:
        return []
    names = (lead.name, lead.first_name, lead.last_name, lead.email, c.name)
    return [or_(*(func.lower(one).contains(q.lower(), autoescape=True) for one in names))]


def bounds_of(after: str) -> tuple[datetime, str] | None:
    """An address that was cut off shows the first page."""
    moment, _, key = after.partition("~")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, key) if key and key.isprintable() and found.tzinfo else None


def place_after(after: str) -> object:
    """Of an address of any of these lists; None: it is of none."""
    return after if after.isdecimal() and len(after) < 19 else bounds_of(after)


def _position(row: Row[Any], parts: int) -> str:
    return str(row.position) if parts == 1 else f"{row.at.isoformat()}~{row.position}"


def place(picture: Picture, at: str) -> str:
    """What the journal calls it: on an `end` nobody stands, there are those who came to it."""
    return f"{at}{END}" if any(card.id == at and card.verb == "end" for card in picture.cards()) else at


def words(say: Tongue, picture: Picture, at: str) -> str | None:
    """What the number counts; None: the picture has no such place."""
    if not at:
        return say("board.under-way")
    if at.startswith(ENDED):
        result = say.maybe(f"result.{at.removeprefix(ENDED)}", "")
        return say("board.ended", result=result) if result else None
    for card in picture.cards():
        title = " ".join((*card.title.lines, *(card.chip.words.lines if card.chip else ())))  # `Go to call`
        if card.id == at:
            return title
        for row in card.rows:
            if row.key == at:
                return f"{title}: {' '.join(row.words.lines)}"
    for band in picture.bands:
        for row in band.rows:
            if row.key == at:
                return f"{' '.join(band.title.lines)}: {' '.join(row.words.lines)}"
    return None


def older(numbers: Mapping[str, Mapping[str, int]], current: str) -> int:
    """How many leads walk another version than this one."""
    return sum(
        n for version, places in numbers.items() if version != current for place, n in places.items() if is_step(place)
    )
