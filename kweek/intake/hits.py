"""What became of a mail that left? Keeps every open and click, and, once judged, tells the flow of the human ones.

A hit is a row at once and an event only after two minutes (`kweek.intake.grading`). What a machine did, or nobody can
know, stays a row with its reasons: a flow asks for it at its deadline (`unclear`), and people can read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from kweek.intake.grading import GRADE_AFTER, Hit, Judgement, judge
from kweek.intake.incoming import Incoming, LeadIn, TouchIn
from kweek.intake.record import Ears, append
from kweek.intake.sources import touch_of_link
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.merged import living_tx

_ENOUGH: Final = 200  # hits kept of one mail: a link may be fetched for ever, our books are not
_BATCH: Final = 200  # mails graded in one go
_TARGETS: Final = select(tables.links.c.target).where(tables.links.c.mail_key == bindparam("mail"))
_LINKS: Final = _TARGETS.where(tables.links.c.name == bindparam("name"))
_LINKS_WITHOUT_NAME: Final = _TARGETS.where(tables.links.c.name.is_(None))
_CONFIRMS: Final = ("answered", "replied", "unsubscribed")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link of a mail leads; `name` is the author's. lead_id: to whom it was written."""

    target: str
    name: str | None
    lead_id: str | None


def link_of(db: Database, mail_key: str, position: int) -> Link | None:
    """The stored target: a redirect goes there and nowhere else."""
    links, mails = tables.links.c, tables.mails.c
    query = (
        select(links.target, links.name, mails.lead_id, mails.audience)
        .join_from(tables.links, tables.mails, mails.key == links.mail_key)
        .where(links.mail_key == mail_key, links.position == position)
    )
    with db.read() as read:
        row = read.execute(query).one_or_none()
    if row is None:
        return None
    return Link(row.target, row.name, row.lead_id if row.audience == "lead" else None)


def note_hit(db: Database, mail_key: str, hit: Hit) -> bool:
    """Keep what happened; False: there is no such mail to a lead, or enough is known of it."""
    mails, hits = tables.mails.c, tables.hits
    with db.write() as tx:
        query = select(mails.lead_id).where(mails.key == mail_key, mails.audience == "lead")
        lead_id = tx.execute(query).scalar_one_or_none()
        kept = tx.execute(select(func.count()).where(hits.c.mail_key == mail_key)).scalar_one()
        if lead_id is None or kept >= _ENOUGH:
            return False
        tx.execute(
            insert(hits).values(
                mail_key=mail_key, lead_id=lead_id, kind=hit.kind, link=hit.link, at=hit.at, method=hit.method,
                agent=None if hit.agent is None else hit.agent[:300], network=hit.network,
                grade_at=hit.at + GRADE_AFTER,
            )
        )  # fmt: skip
    return True


def grade_hits(db: Database, now: datetime, ears: Ears | None = None) -> int:
    """Judge every hit whose two minutes are over; returns how many. Several may run at once: the lead is locked."""
    hits = tables.hits.c
    due = select(hits.lead_id, hits.mail_key).where(hits.grade_at <= now).distinct().limit(_BATCH)
    with db.read() as read:
        mails = read.execute(due).all()
    graded = 0
    for lead_id, mail_key in mails:
        with living_tx(db, lead_id) as (tx, whose):
            graded += _grade_mail(tx, whose, mail_key, now, ears)
    return graded


def _grade_mail(tx: Connection, lead_id: str, mail_key: str, now: datetime, ears: Ears | None) -> int:
    hits, mails, events = tables.hits, tables.mails.c, tables.events.c
    rows = tx.execute(select(hits).where(hits.c.mail_key == mail_key).order_by(hits.c.at, hits.c.id)).all()
    sent_at = tx.execute(select(mails.sent_at).where(mails.key == mail_key)).scalar_one_or_none()
    confirming = select(events.seq).where(events.lead_id == lead_id, events.ref == mail_key, events.kind.in_(_CONFIRMS))
    confirmed = tx.execute(confirming.limit(1)).first() is not None
    all_hits = [_hit(row) for row in rows]
    due = [(row, hit) for row, hit in zip(rows, all_hits, strict=True) if row.grade_at and row.grade_at <= now]
    for row, hit in due:
        judgement = judge(hit, all_hits, sent_at, confirmed=confirmed)
        values = {"grade": judgement.grade, "reasons": list(judgement.reasons), "grade_at": None}
        tx.execute(update(hits).where(hits.c.id == row.id).values(**values))
        if judgement.grade in ("human", "confirmed"):
            for event in _told(lead_id, mail_key, hit, judgement, _touch(tx, mail_key, hit)):
                append(tx, lead_id, event, now, ears)
    return len(due)


def _told(lead_id: str, key: str, hit: Hit, judgement: Judgement, touch: TouchIn | None) -> Iterator[Incoming]:
    """One event for each link and one for opening: who clicked has opened, also where no picture was fetched."""
    if hit.kind == "click":
        data = {"grade": judgement.grade, "link": hit.link}
        yield Incoming(f"{key}/clicked/{hit.link or ''}", "clicked", hit.at, LeadIn(id=lead_id), data, key, touch=touch)
    if hit.kind != "unsubscribe":
        data = {"grade": judgement.grade}
        yield Incoming(f"{key}/opened", "opened", hit.at, LeadIn(id=lead_id), data, key)


def _touch(tx: Connection, mail_key: str, hit: Hit) -> TouchIn | None:
    """What the address that was clicked says of its campaign; where two links of one name differ, nobody knows."""
    if hit.kind != "click":
        return None
    named = _LINKS_WITHOUT_NAME if hit.link is None else _LINKS
    targets = tx.execute(named, {"mail": mail_key, "name": hit.link}).scalars().all()
    found = [touch_of_link(target) for target in targets]
    return found[0] if found and all(one == found[0] for one in found) else None


def _hit(row: Row[Any]) -> Hit:
    return Hit(row.kind, row.at, row.method, row.link, row.agent, row.network)
