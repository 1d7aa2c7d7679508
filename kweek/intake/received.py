"""How does a lead come in of whom nothing is told but who it is? As an event of its own, and into a flow if asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kweek.flow.words import LEAD_RECEIVED
from kweek.intake.check import EventChecker
from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import Incoming, LeadIn, Recorded, told_by
from kweek.intake.record import Ears, append, record
from kweek.intake.sources import OF_SOURCE, read_source
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.lookup import leads_known_by

RECEIVED_KEYS: Final = ("id", "at", "lead", "source", "flow")

_EVENTS: Final = tables.events.c
_LAST: Final = (
    select(_EVENTS.id, _EVENTS.seq)
    .where(_EVENTS.lead_id == bindparam("lead"), _EVENTS.kind == LEAD_RECEIVED)
    .order_by(_EVENTS.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Received:
    """flow: which it shall enter. said: what stands for all that was sent, where the sender gave no id."""

    incoming: Incoming
    flow: str | None
    said: str


def check_received(raw: object, words: Vocabulary, now: datetime) -> Received:
    """One lead as it was sent. BadEventError lists all that is wrong."""
    checker = EventChecker(words, now)
    checker.what = "lead"
    body = checker.object(raw, "", RECEIVED_KEYS, OF_SOURCE)
    identifier = checker.identifier(body.get("id"))
    at = checker.happened_at(body.get("at"))
    lead = checker.lead(body.get("lead"))
    touch, flow = read_source(checker, body.get("source"), "api"), checker.text(body.get("flow"), "flow")
    if flow is not None:
        checker.flow(flow, "flow")
    checker.done()
    said = blake2b(json.dumps(raw, sort_keys=True).encode(), digest_size=12).hexdigest()
    return Received(Incoming(identifier, LEAD_RECEIVED, at, lead, touch=touch), flow, said)


def receive(
    db: Database, received: Received, now: datetime, ears: Ears, sender: str | None = None
) -> tuple[Recorded, str]:
    """Make or enrich the lead; the event as it stands in our books, and its id. sender: the name of the key that sent
    it. OtherEventError."""
    incoming = received.incoming
    if not incoming.id:
        with db.read() as read:
            incoming = replace(incoming, id=_by_content(read, incoming.lead, received.said))

    def also(tx: Connection, recorded: Recorded) -> None:
        if received.flow is not None and recorded.fresh:
            whose, data = incoming.lead.only_who(), {"flow": received.flow}
            enters = Incoming(f"{incoming.id}/enrol", "enrol", max(incoming.at, now), whose, data)
            append(tx, recorded.lead_id, enters, now, ears)

    return record(db, told_by(incoming, sender), now, ears, also), incoming.id


def _by_content(read: Connection, lead: LeadIn, said: str) -> str:
    """The same said twice in a row of one lead is one event; said again after something else, it is another."""
    known = leads_known_by(read, lead.email, lead.external_id)
    last = read.execute(_LAST, {"lead": known[0]}).one_or_none() if known else None
    if last is not None and last.id.startswith(f"content/{said}/"):
        return last.id
    return f"content/{said}/{last.seq if last else 0}"
