"""What does a lead read about? Counted from the pages that it looks at, in the transaction that records each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, case, insert, select, update

from kweek.leads.tables import Moment, topics

_SEEN: Final = bindparam("seen", type_=Moment())
_AGAIN: Final = (
    update(topics)
    .where(topics.c.lead_id == bindparam("lead"), topics.c.topic == bindparam("about"))
    .values(
        views=topics.c.views + 1,
        last_at=case((topics.c.last_at < _SEEN, _SEEN), else_=topics.c.last_at),
    )
)
_READ: Final = (
    select(topics.c.topic, topics.c.views, topics.c.last_at)
    .where(topics.c.lead_id == bindparam("lead"))
    .order_by(topics.c.views.desc(), topics.c.last_at.desc(), topics.c.topic.desc())
)
_MOST: Final = _READ.with_only_columns(topics.c.topic).limit(1)


def read_about(tx: Connection, lead_id: str, topic: str, at: datetime) -> bool:
    """This (locked) lead looked at one more page about it. Is it another topic now that it reads most about?"""
    before = topic_of(tx, lead_id)
    if tx.execute(_AGAIN, {"lead": lead_id, "about": topic, "seen": at}).rowcount == 0:
        tx.execute(insert(topics), {"lead_id": lead_id, "topic": topic, "views": 1, "last_at": at})
    return before != topic_of(tx, lead_id)


def topics_of(tx: Connection, lead_id: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """topic, views, last_at: what it reads most about comes first; of two, the one that it read last."""
    return tx.execute(_READ, {"lead": lead_id}).all()


def topic_of(tx: Connection, lead_id: str) -> str | None:
    """What it reads most about."""
    return tx.execute(_MOST, {"lead": lead_id}).scalar_one_or_none()
