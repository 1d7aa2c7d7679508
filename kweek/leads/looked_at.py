"""What is looked at on the website, by how many? Sums over visits; nothing of anybody in particular."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, or_, select

from kweek.leads.tables import visitors, visits

AnyRow = Row[*tuple[Any, ...]]

MOST: Final = 20  # rows of one list

_SINCE: Final = visits.c.at >= bindparam("since")
_VIEWED: Final = visits.c.kind == "page.viewed"
_TAKEN: Final = visits.c.kind == "download.taken"
_TIMES: Final = func.count()
_WHO: Final = func.count(visits.c.visitor_id.distinct())
_SOURCE: Final = {
    name: visits.c.source[name].as_string() for name in ("utm_campaign", "utm_source", "utm_medium", "referrer")
}

_SUMS: Final = (
    select(
        _WHO.label("visitors"),
        func.count(visitors.c.id.distinct()).filter(visitors.c.lead_id.is_not(None)).label("leads"),
        _TIMES.filter(_VIEWED).label("views"),
        _TIMES.filter(_TAKEN).label("downloads"),
    )
    .join_from(visits, visitors, visitors.c.id == visits.c.visitor_id)
    .where(_SINCE)
)
LISTS: Final = {
    "pages": select(
        visits.c.what,
        func.max(visits.c.title).label("title"),
        _TIMES.label("times"),
        _WHO.label("visitors"),
        func.avg(visits.c.seconds).label("seconds"),
        func.avg(visits.c.depth).label("depth"),
    )
    .where(_SINCE, _VIEWED)
    .group_by(visits.c.what)
    .order_by(_TIMES.desc(), visits.c.what),
    "topics": select(visits.c.topic, _TIMES.label("times"), _WHO.label("visitors"))
    .where(_SINCE, _VIEWED, visits.c.topic.is_not(None))
    .group_by(visits.c.topic)
    .order_by(_TIMES.desc(), visits.c.topic),
    "downloads": select(visits.c.what, _TIMES.label("times"), _WHO.label("visitors"))
    .where(_SINCE, _TAKEN)
    .group_by(visits.c.what)
    .order_by(_TIMES.desc(), visits.c.what),
    "sources": select(
        *(one.label(name) for name, one in _SOURCE.items()), _TIMES.label("times"), _WHO.label("visitors")
    )
    .where(_SINCE, _VIEWED, or_(*(one.is_not(None) for one in _SOURCE.values())))
    .group_by(*_SOURCE.values())
    .order_by(_TIMES.desc(), *_SOURCE.values()),
}


def sums(read: Connection, since: datetime) -> AnyRow:
    """visitors; leads: how many of them are leads; views; downloads."""
    return read.execute(_SUMS, {"since": since}).one()


def whole(read: Connection, name: str, since: datetime) -> tuple[list[str], list[AnyRow]]:
    """One of `LISTS` to its last row, and what its columns are called."""
    found = read.execute(LISTS[name], {"since": since})
    return list(found.keys()), list(found.all())


def lists(read: Connection, since: datetime) -> dict[str, list[AnyRow]]:
    """pages, topics, downloads and sources: the most looked at come first."""
    return {name: list(read.execute(query.limit(MOST), {"since": since}).all()) for name, query in LISTS.items()}
