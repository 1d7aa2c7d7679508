"""Which rows does the first page show? One named question each; every number on the page is one of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from kweek.leads import tables

MOST: Final = 200  # rows of one list; the inboxes page through the rest

_lead: Final = tables.leads.c
_who: Final = func.coalesce(_lead.name, _lead.email, _lead.external_id, _lead.id).label("who")


def ended_by_flow(read: Connection) -> Mapping[str, Mapping[str, int]]:
    """flow → result → how many enrolments ended so."""
    e = tables.enrolments.c
    query = select(e.flow, e.result, func.count()).where(e.ended_at.is_not(None)).group_by(e.flow, e.result)
    counts: dict[str, dict[str, int]] = {}
    for flow, result, count in read.execute(query):
        counts.setdefault(flow, {})[result or "done"] = count
    return counts


def open_calls(read: Connection) -> list[Row[Any]]:
    """Open and taken call tasks, the oldest first; `tried`: attempts so far."""
    c, a = tables.call_tasks.c, tables.attempts.c
    tried = select(func.count()).where(a.call_key == c.key).scalar_subquery().label("tried")
    query = select(tables.call_tasks, _who, tried).join(tables.leads, _lead.id == c.lead_id)
    return _rows(read, query.where(c.status.in_(("open", "taken"))).order_by(c.opened_at, c.key))


def open_handovers(read: Connection) -> list[Row[Any]]:
    """Handovers that sales has not closed, whose clock runs out first on top."""
    h = tables.handovers.c
    query = select(tables.handovers, _who).join(tables.leads, _lead.id == h.lead_id).where(h.status != "closed")
    return _rows(read, query.order_by(h.contacted_at.is_not(None), h.follow_up_at, h.given_at, h.key))


def open_tasks(read: Connection) -> list[Row[Any]]:
    t = tables.tasks.c
    query = select(tables.tasks, _who).join(tables.leads, _lead.id == t.lead_id)
    return _rows(read, query.where(t.status.in_(("open", "taken"))).order_by(t.opened_at, t.key))


def last_mails(read: Connection, most: int) -> list[Row[Any]]:
    """The newest first, without their texts."""
    return list(read.execute(_mails().order_by(tables.mails.c.claimed_at.desc()).limit(most)).all())


def held_mails(read: Connection) -> list[Row[Any]]:
    """Mails that wait for a person, for nobody knows whether they left."""
    mails = tables.mails.c
    return _rows(read, _mails().where(mails.status == "held").order_by(mails.claimed_at))


def held_leads(read: Connection) -> list[Row[Any]]:
    query = select(_lead.id, _lead.held, _who).where(_lead.held.is_not(None))
    return _rows(read, query.order_by(_lead.id))


def _mails() -> Select[*tuple[Any, ...]]:
    m = tables.mails.c
    return select(m.key, m.mail, m.recipient, m.subject, m.status, m.why, m.claimed_at, m.sent_at)


def _rows(read: Connection, query: Select[*tuple[Any, ...]]) -> list[Row[Any]]:
    return list(read.execute(query.limit(MOST)).all())
