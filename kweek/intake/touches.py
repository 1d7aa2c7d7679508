"""From where has a lead come, first, last and in between? Keeps every touch, and what follows from them.

The first campaign is that of the earliest touch, whenever we hear of it: visits of before a form are told after it.
Who clicks a link in one of our mails is told of twice, by the mail and by the page that opens: that is one touch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select, update

from kweek.intake.incoming import TouchIn
from kweek.leads.bulk import insert_rows
from kweek.leads.campaigns import know_campaign
from kweek.leads.tables import leads, touches

_MOST: Final = 200  # characters of a word
_MORE: Final = 500  # and of an address
_T: Final = touches.c
_TOLD_TWICE: Final[Mapping[str, str]] = {"mail": "visit", "visit": "mail"}
_AT_ONCE: Final = timedelta(minutes=30)  # between the click and the page: its reader agreed to be followed meanwhile


def _from_campaigns(*order: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    its = (_T.lead_id == bindparam("lead"), _T.campaign.is_not(None))
    return select(_T.campaign, _T.at).where(*its).order_by(*order).limit(1)


_FIRST: Final = _from_campaigns(_T.at, _T.id)
_LAST: Final = _from_campaigns(_T.at.desc(), _T.id.desc())
_KNOWN: Final = select(leads.c.campaign, leads.c.campaign_at, leads.c.last_campaign).where(
    leads.c.id == bindparam("lead")
)
_SET: Final = (
    update(leads)
    .where(leads.c.id == bindparam("lead"))
    .values(campaign=bindparam("first"), campaign_at=bindparam("since"), last_campaign=bindparam("last"))
)


def keep_touch(tx: Connection, lead_id: str, touch: TouchIn, event_id: str, at: datetime, now: datetime) -> bool:
    """Once for each event, which is up to the caller; the lead is locked. Is its first campaign another one now?"""
    campaign = None if touch.campaign is None else know_campaign(tx, touch.campaign, now)
    if touch.how not in _TOLD_TWICE or not _is_told(tx, lead_id, touch, campaign, at):
        put_touches(tx, [touch_row(lead_id, touch, campaign, event_id, at)])
    return campaign is not None and settle_campaigns(tx, lead_id)


def _is_told(tx: Connection, lead_id: str, touch: TouchIn, campaign: str | None, at: datetime) -> bool:
    """Did the other side tell it already? Then it came by the mail, and when that was clicked."""
    same = select(_T.id).where(
        _T.lead_id == lead_id,
        _T.how == _TOLD_TWICE[touch.how],
        _T.campaign.is_not_distinct_from(campaign),
        _T.source.is_not_distinct_from(_short(touch.source)),
        _T.medium.is_not_distinct_from(_short(touch.medium)),
        _T.at.between(at - _AT_ONCE, at + _AT_ONCE),
    )
    known = tx.execute(same.order_by(_T.at, _T.id).limit(1)).scalar_one_or_none()
    if known is not None and touch.how == "mail":
        tx.execute(update(touches).where(_T.id == known).values(how="mail", at=at))
    return known is not None


def put_touches(tx: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep them; what follows for the lead's own campaigns the caller writes. rows: by `touch_row`."""
    insert_rows(tx, touches, rows)


def touch_row(lead_id: str, touch: TouchIn, campaign: str | None, event_id: str, at: datetime) -> dict[str, object]:
    """campaign: its word, known already."""
    return {
        "lead_id": lead_id, "campaign": campaign, "how": touch.how, "source": _short(touch.source),
        "medium": _short(touch.medium), "more": {key: value[:_MORE] for key, value in touch.more.items()},
        "event_id": event_id, "at": at,
    }  # fmt: skip


def settle_campaigns(tx: Connection, lead_id: str) -> bool:
    """Bring the (locked) lead's first and last campaign to what its touches say. Is the first another one?"""
    asked = {"lead": lead_id}
    first, last = tx.execute(_FIRST, asked).one_or_none(), tx.execute(_LAST, asked).one_or_none()
    known = tx.execute(_KNOWN, asked).one()
    found = (first.campaign, first.at, last.campaign) if first and last else (None, None, None)
    if found != tuple(known):
        tx.execute(_SET, {**asked, **dict(zip(("first", "since", "last"), found, strict=True))})
    return found[0] != known.campaign


def _short(word: str | None) -> str | None:
    return None if word is None else word[:_MOST]
