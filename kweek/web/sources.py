"""From where did this lead come? Every touch, for the lead's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from kweek.leads.tables import campaigns, touches

_MOST: Final = 50
_TOUCHES: Final = (
    select(touches, campaigns.c.title)
    .join_from(touches, campaigns, campaigns.c.id == touches.c.campaign, isouter=True)
    .where(touches.c.lead_id == bindparam("lead"))
    .order_by(touches.c.at.desc(), touches.c.id.desc())
    .limit(_MOST)
)
_TITLES: Final = select(campaigns.c.id, campaigns.c.title).where(campaigns.c.id.in_(bindparam("words", expanding=True)))


@dataclass(frozen=True, slots=True)
class Sources:
    """first, last: word and title of a campaign. touches: the newest first, fifty at most."""

    first: tuple[str, str] | None
    last: tuple[str, str] | None
    touches: list[Row[Any]]


def sources(read: Connection, lead: Row[Any]) -> Sources:
    """lead: its row."""
    words = [word for word in (lead.campaign, lead.last_campaign) if word is not None]
    titles = {row.id: row.title for row in read.execute(_TITLES, {"words": words})} if words else {}
    first, last = (
        (word, titles.get(word, word)) if word is not None else None for word in (lead.campaign, lead.last_campaign)
    )
    return Sources(first, last, list(read.execute(_TOUCHES, {"lead": lead.id}).all()))
