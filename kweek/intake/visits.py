"""What comes of a visit to the website? A row while nobody knows whose it is; of a lead, an event at once.

Who a visitor is becomes known by a form, or by a link in one of our mails. What it did until then becomes the lead's in
that moment, each at the time at which it happened: in the story, and worth its points. No flow hears of it: a flow that
starts where somebody looks at the prices is for those who look now.

Only events that rules/events.yaml names are recorded, with the data that it names: `page.viewed`, `page.read` (left
again), `download.taken`. Nobody is followed who did not agree to it, in words that are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from kweek.flow.state import Value
from kweek.flow.words import PAGE_VIEWED
from kweek.intake.incoming import Incoming, LeadIn, TouchIn
from kweek.intake.left_early import LeftEarly
from kweek.intake.record import Before, Ears, append
from kweek.intake.visit_in import LONGEST_PATH, Forget, Left, Message, Took, Viewed, line
from kweek.leads import visitors
from kweek.leads.database import Database, lock_lead
from kweek.leads.visitors import AnyRow

PAGE_READ: Final = "page.read"
DOWNLOAD_TAKEN: Final = "download.taken"

_ID: Final = re.compile(r"[0-9a-f]{32}")
_DAY: Final = timedelta(days=1)
_LONGEST: Final = 86_400  # seconds that a page is in sight
_RACES: Final = 5

Declared = Mapping[str, Mapping[str, str]]
"""Event → its data's fields and their types."""


@dataclass(frozen=True, slots=True)
class Website:
    """What it takes to keep a visit. origin: of the website. declared: the events of the workspace. left_early: pages
    of which we heard that they were left, and not yet that they were opened."""

    db: Database
    origin: str
    ears: Ears
    declared: Declared
    left_early: LeftEarly = field(default_factory=LeftEarly)


class _JoinedMeanwhile(Exception):
    """It turned out to be a lead, who must be locked first: once more."""


def take(site: Website, message: Message, now: datetime, lead: str | None = None) -> str | None:
    """Keep what a browser told. lead: whose mail led it here. Answers the visitor that it is from now on; None: nobody
    follows it (any more)."""
    if isinstance(message, Left):
        site.left_early.keep(message)
    visitor = _once_more(site, message, now, lead)
    if isinstance(message, Viewed) and (left := site.left_early.take(message)) is not None:
        _once_more(site, left, now, None)
    return visitor


def _once_more(site: Website, message: Message, now: datetime, lead: str | None) -> str | None:
    for _ in range(_RACES):
        try:
            return _take(site, message, now, lead)
        except _JoinedMeanwhile:
            continue
    return message.visitor


def _take(site: Website, message: Message, now: datetime, lead: str | None) -> str | None:
    with site.db.read() as read:
        known = visitors.find(read, message.visitor)
        led = visitors.goes_on(read, lead)
        whose = led or visitors.goes_on(read, known.lead_id if known is not None else None)
    with site.db.write() as tx:
        if whose is not None:
            lock_lead(tx, whose)
        if known is None and isinstance(message, Viewed) and message.agreed is not None:
            visitors.make(tx, message.visitor, message.agreed, now)
        visitor = visitors.find(tx, message.visitor, lock=True)
        if visitor is None or visitor.withdrawn_at is not None:
            return None
        if led is None and visitors.goes_on(tx, visitor.lead_id) != whose:
            raise _JoinedMeanwhile
        return _told(tx, site, message, visitor, whose, now)


def _told(
    tx: Connection, site: Website, message: Message, visitor: AnyRow, lead: str | None, now: datetime
) -> str | None:
    match message:
        case Forget():
            visitors.withdraw(tx, visitor, now)
            return None
        case Left():
            _left(tx, site, message, visitor, lead, now)
            return visitor.id
        case Viewed() | Took():
            return _seen(tx, site, message, visitor, lead, now)


def _seen(tx: Connection, site: Website, seen: Viewed | Took, visitor: AnyRow, lead: str | None, now: datetime) -> str:
    goes_on, before = (visitor.id, ()) if lead is None else visitors.join(tx, visitor, lead, now)
    row = None if visitors.enough(tx, goes_on, now - _DAY) else visitors.keep(tx, _row(seen, goes_on, site, now))
    if lead is not None:
        events = [] if row is None else list(_events(row, lead, site.declared))
        _record(tx, site, lead, [*_past(tx, before, lead, site.declared), *events], now)
        visitors.recorded(tx, [] if row is None else [(row.id, _event_id(row))])
    return goes_on


def _record(tx: Connection, site: Website, lead: str, events: Sequence[Incoming], now: datetime) -> None:
    """The last of them is what brings the others along."""
    if events:
        append(tx, lead, events[-1], now, site.ears, lambda tx, lead: events[:-1])


def _left(tx: Connection, site: Website, left: Left, visitor: AnyRow, lead: str | None, now: datetime) -> None:
    seconds, depth = max(0, min(left.seconds, _LONGEST)), max(0, min(left.depth, 100))
    row = visitors.left(tx, left.id, visitor.id, seconds, depth)
    if row is None:
        return
    site.left_early.forget(left)
    if lead is not None:
        _record(tx, site, lead, list(_read(row, lead, site.declared, now)), now)


# --- who it turned out to be ------------------------------------------------------------------------------


def joins(visitor: str, now: datetime, declared: Declared) -> Before | None:
    """For `record`: this visitor sent the form. None: there was none, as with most who send a form."""
    if not _ID.fullmatch(visitor):
        return None

    def join(tx: Connection, lead: str) -> Sequence[Incoming]:
        found = visitors.find(tx, visitor, lock=True)
        if found is None or found.withdrawn_at is not None:
            return ()
        return _past(tx, visitors.join(tx, found, lead, now)[1], lead, declared)

    return join


def _past(tx: Connection, rows: Sequence[AnyRow], lead: str, declared: Declared) -> list[Incoming]:
    """In the order in which it happened."""
    visitors.recorded(tx, [(row.id, _event_id(row)) for row in rows])
    return [one for row in rows for one in _events(row, lead, declared, past=True)]


# --- rows and events --------------------------------------------------------------------------------------


def _row(seen: Viewed | Took, visitor: str, site: Website, now: datetime) -> dict[str, object]:
    row: dict[str, object] = {"id": seen.id, "visitor_id": visitor, "at": now}
    match seen:
        case Viewed():
            about = {"title": line(seen.title) or None, "topic": line(seen.topic) or None}
            return (
                row
                | about
                | {"kind": PAGE_VIEWED, "what": seen.path[:LONGEST_PATH], "source": seen.source(site.origin)}
            )
        case Took():
            return row | {"kind": DOWNLOAD_TAKEN, "what": seen.document}


def _events(row: AnyRow, lead: str, declared: Declared, *, past: bool = False) -> Iterator[Incoming]:
    """What the lead did, as far as rules/events.yaml has a name for it."""
    if row.kind in declared:
        yield Incoming(
            _event_id(row), row.kind, row.at, LeadIn(id=lead), _data(row, declared[row.kind]),
            touch=_touch(row.source), past=past,
        )  # fmt: skip
    if past and row.seconds is not None:
        yield from _read(row, lead, declared, row.at, past=True)


def _read(row: AnyRow, lead: str, declared: Declared, at: datetime, *, past: bool = False) -> Iterator[Incoming]:
    """It left the page again."""
    if PAGE_READ in declared:
        data = _data(row, declared[PAGE_READ])
        yield Incoming(f"{_event_id(row)}/read", PAGE_READ, at, LeadIn(id=lead), data, past=past)


def _event_id(row: AnyRow) -> str:
    return f"visit:{row.id}"


def _data(row: AnyRow, declared: Mapping[str, str]) -> dict[str, Value]:
    """Those that its author wants to know."""
    of_a_page = {
        "path": row.what, "title": row.title, "topic": row.topic, "seconds": row.seconds, "depth": row.depth,
    }  # fmt: skip
    known: dict[str, Any] = {"document": row.what} if row.kind == DOWNLOAD_TAKEN else of_a_page
    return {name: known[name] for name in declared if known.get(name) is not None}


def _touch(source: Mapping[str, str]) -> TouchIn | None:
    """Where the link that led here said so."""
    if not any(name.startswith("utm_") for name in source):
        return None
    more = dict(source)
    campaign, of, medium = (more.pop(name, None) for name in ("utm_campaign", "utm_source", "utm_medium"))
    return TouchIn("visit", campaign, of, medium, more)
