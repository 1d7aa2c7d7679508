"""How do numbers move on a page that is open? Server-sent events: what has changed since the last second, and no more.

All who watch are told of the one look of `kweek.web.board`. A part that is away for a while is said (`away`), and the
page goes on when it is back; a browser that lost us comes back by itself.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import Row, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kweek.leads import publish, tables
from kweek.leads.database import Database, DatabaseAway
from kweek.web import line_words, queries, stream
from kweek.web.beside import Beside, beside, news_beside, of_lead
from kweek.web.board import Snapshot
from kweek.web.guard import HouseOf, staff_only
from kweek.web.house import House
from kweek.web.lists import Lists
from kweek.web.pictures import counts
from kweek.web.problems import ProblemError
from kweek.web.render import reader_tongue
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

EVERY: Final = 1.0  # seconds between two looks
BEAT: Final = 10.0  # seconds without a change after which we say that we are there
LONGEST: Final = 3_600.0  # then the browser asks anew, and is asked who it is


@router.get("/live")
async def watch(
    request: Request,
    house: HouseOf,
    flow: str = "",
    version: str = "",
    mails: int = -1,
    lead: str = "",
    to: str = "",
    work: str = "",
    files: str = "",
    about: str = "",
    stamp: str = "",
) -> Response:
    """flow: of this flow only, as its picture of this version (a hash) shows it. mails: how many the catcher caught
    after this one, to this lead or to anybody; to: `leads`, to leads only. about: whether something became of this lead
    since its stamp. None of these: the first page's, which shows these lists (work: their stamp). files: the stamp of
    what the page says of them."""
    if not house.seats.take():
        raise ProblemError(503, "Too many pages watch already.", headers={"Retry-After": "30"})
    say, zone = reader_tongue(request), house.rules.zone()
    seen: _Seen | _Mails | None = None
    if mails >= 0:
        seen = _Mails(mails, lead, only=to == "leads")
    elif not about:
        seen = _Seen(say, zone, flow or None, version or None, Lists(say, zone, work))
    more = [*beside(flow or None, files, say, zone), *([of_lead(about, stamp)] if about else [])]
    return StreamingResponse(_events(house, seen, more), media_type="text/event-stream")


async def _events(house: House, seen: _Seen | _Mails | None, more: Sequence[Beside]) -> AsyncIterator[str]:
    """seen: None where a page has no numbers."""
    until, said = time.monotonic() + LONGEST, 0.0
    try:
        yield "retry: 2000\n\n"
        while not house.seats.closed and time.monotonic() < until:
            news = {**(await _news(house, seen) if seen else {}), **await news_beside(house, more)}
            if news or time.monotonic() - said >= BEAT:
                said = time.monotonic()
                yield f"data: {json.dumps(news, separators=(',', ':'), ensure_ascii=False)}\n\n"
            await asyncio.sleep(EVERY)
    finally:
        house.seats.leave()


async def _news(house: House, seen: _Seen | _Mails) -> Mapping[str, object]:
    snapshot = house.board.fresh()
    if snapshot is not None and snapshot.number == seen.number:
        return {}
    try:
        return await run_in_threadpool(_look, house, seen)
    except DatabaseAway:
        away, seen.number = {"away": True}, 0
        return away


def _look(house: House, seen: _Seen | _Mails) -> Mapping[str, object]:
    snapshot = house.board.look()
    return {} if snapshot.number == seen.number else seen.changes(house.db, snapshot)


@dataclass(slots=True)
class _Seen:
    """What one page shows already."""

    say: Tongue
    zone: Any
    flow: str | None
    version: str | None
    lists: Lists
    number: int = 0
    counts: dict[str, int] = field(default_factory=dict[str, int])
    lines: tuple[stream.Line, ...] = ()

    def changes(self, db: Database, snapshot: Snapshot) -> Mapping[str, object]:
        """now: flow time in milliseconds. counts: numbers by their places, all of them the first time. lines: of the
        stream, where it has moved. work: of each list that has moved, its
        order and the rows that are new in it."""
        first, self.number = self.number == 0, snapshot.number
        with db.read() as read:
            now = shown(read, snapshot, self.flow, self.version)
            gone = {} if first else {place: 0 for place in self.counts if place not in now}
            changed = {place: n for place, n in now.items() if first or self.counts.get(place) != n} | gone
            found: dict[str, object] = {"now": int(snapshot.now.timestamp() * 1000)}
            if changed or first:
                found["counts"] = changed
            if first:
                found["all"] = True
            lines = snapshot.lines_of(self.flow)
            if lines != self.lines:
                found["lines"] = [as_shown(read, self.say, self.zone, line) for line in lines]
        if self.flow is None and (moved := self.lists.moved(snapshot)):
            found["work"] = moved
        self.counts, self.lines = now, lines
        return found


@dataclass(slots=True)
class _Mails:
    """What the list of the catcher shows already: it stands still under its reader's eyes, and is told how many more
    there are."""

    top: int
    lead: str
    only: bool = False
    number: int = 0
    caught: tuple[Row[*tuple[Any, ...]], ...] | None = None
    more: int = 0

    def changes(self, db: Database, snapshot: Snapshot) -> Mapping[str, object]:
        """mails: how many arrived since the page was made."""
        self.number = snapshot.number
        found: dict[str, object] = {"now": int(snapshot.now.timestamp() * 1000)}
        if snapshot.caught != self.caught:
            self.caught, was = snapshot.caught, self.more
            with db.read() as read:
                leads = tables.leads.c
                whose = select(leads.email).where(leads.id == self.lead)
                address = (read.execute(whose).scalar_one_or_none() or "") if self.lead else None
                self.more = queries.caught_since(read, self.top, address, self.only)
            if self.more != was:
                found["mails"] = self.more
        return found


def shown(read: Any, snapshot: Snapshot, flow: str | None, version: str | None) -> dict[str, int]:
    """Every number of a page by its place: those of a picture by its keys; `<flow>|<step>`, `<flow>|under way` and
    `<flow>|ended:<result>` on the first page; `|under way` and `|ended:…` on a flow's; `|calls` and the like."""
    if flow is None:
        found = {f"|{name}": n for name, n in snapshot.work.items()}
        for name in snapshot.flows():
            found |= {f"{name}|{step}": n for step, n in snapshot.standing(name).items()}
            found |= _sums(snapshot, name, name)
        return found
    found = counts(read, snapshot.numbers, flow, version) if version else dict(snapshot.standing(flow))
    return found | _sums(snapshot, flow, "")


def _sums(snapshot: Snapshot, flow: str, prefix: str) -> dict[str, int]:
    ended = {f"{prefix}|ended:{result}": n for result, n in snapshot.ended(flow).items()}
    return {f"{prefix}|under way": sum(snapshot.standing(flow).values()), **ended}


def as_shown(read: Any, say: Tongue, zone: Any, line: stream.Line) -> dict[str, str]:
    """A line of the stream: when, who, what, in which flow. kind: `alarm` where somebody was too late."""
    plan = publish.plan_in(read, line.version) if line.version else None
    return {
        "at": say.moment(line.at.astimezone(zone)),
        "who": line.who,
        "lead": line.lead_id,
        "words": line_words.words(say, line, plan),
        "flow": plan.title if plan else "",
        "kind": "alarm" if any(deed.kind == "escalate" for deed in line.deeds) else "",
    }
