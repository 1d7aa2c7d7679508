"""Who is it? Finds the lead that a sender means, makes it when it is new, and keeps what the sender says of it.

A lead is known by its e-mail address or by the sender's own id; who sends both ties them together. Where they point
at two leads, the sender's id decides, and a problem is noted for a person: two may be one.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select, update

from kweek.flow.state import Value
from kweek.intake.check import email_key
from kweek.intake.companies import Differs, keep_company
from kweek.intake.incoming import ConsentIn, LeadIn
from kweek.leads import tables
from kweek.leads.rows import insert_once
from kweek.leads.traits import set_fields


def find_or_make(tx: Connection, lead: LeadIn, now: datetime | None) -> str | None:
    """The lead's id, locked; a new lead when nobody fits (`now` None: then none is made)."""
    found = _find(tx, lead)
    if found is None and now is not None:
        # of two senders at once the second waits here for the first, makes nothing, and finds the first one's lead
        row: dict[str, object] = {
            "id": secrets.token_hex(8), "email": lead.email, "email_key": _key(lead), "external_id": lead.external_id,
            "created_at": now, "fields": {}, "stage": "suspect",
        }  # fmt: skip
        insert_once(tx, tables.leads, row)
        found = _find(tx, lead)
    return found


def _find(tx: Connection, lead: LeadIn) -> str | None:
    leads = tables.leads.c
    keys = [(leads.external_id, lead.external_id), (leads.email_key, _key(lead))]
    named = [column == value for column, value in keys if value is not None]
    if not named:
        return None
    query = select(leads.id, leads.external_id, leads.email_key).where(or_(*named)).order_by(leads.id)
    rows = tx.execute(query.with_for_update()).all()
    by_own_id = [row.id for row in rows if lead.external_id is not None and row.external_id == lead.external_id]
    return (by_own_id or [row.id for row in rows] or [None])[0]


def enrich(tx: Connection, lead_id: str, lead: LeadIn, at: datetime) -> bool:
    """Keep what was said of this (locked) lead; the last word counts, or, where anybody may have said it, the first.
    Did anything change that a condition can see?"""
    leads = tables.leads
    row = tx.execute(select(leads).where(leads.c.id == lead_id)).mappings().one()
    said: dict[str, Value] = {name: value for name, value in lead.profile.items() if row[name] != value}
    said |= {name: value for name, value in lead.fields.items() if row["fields"].get(name) != _as_text(value)}
    differs: Differs = {}
    if lead.fills_only:
        known = {**row["fields"], **{name: row[name] for name in lead.profile}}
        differs = {name: (said.pop(name), known[name]) for name in list(said) if known.get(name) is not None}
    set_fields(tx, lead_id, said)
    moved = False
    if lead.company is not None:
        company = row["company_id"]
        moved, more = keep_company(tx, lead_id, company, lead.company, fills_only=lead.fills_only)
        differs |= more
    if new := _keys(tx, lead_id, lead, row["external_id"], row["email_key"], at):
        tx.execute(update(leads).where(leads.c.id == lead_id).values(**new))
    for consent in lead.consents:
        if lead.fills_only and consent.channel == "telephone" and row["phone"] not in (None, lead.profile.get("phone")):
            differs["consent for the telephone"] = (consent.words, "another number than the form's")
        else:
            _consent(tx, lead_id, consent, at)
    _say_differences(tx, lead_id, differs, at)
    return bool(said or moved or new)


def _keys(
    tx: Connection, lead_id: str, lead: LeadIn, external: str | None, mailbox: str | None, at: datetime
) -> dict[str, object]:
    """The address or the sender's id that this lead had not yet; never one that is another lead's."""
    new: dict[str, object] = {}
    leads = tables.leads.c
    if lead.external_id is not None and external is None:
        new["external_id"] = lead.external_id
    if (key := _key(lead)) is not None and key != mailbox:
        other = tx.execute(select(leads.id).where(leads.email_key == key)).scalar_one_or_none()
        if other is None:
            new |= {"email": lead.email, "email_key": key}
        else:
            _two_leads(tx, lead_id, other, at)
    return new


def _two_leads(tx: Connection, lead_id: str, other: str, at: datetime) -> None:
    """Say it once: a person decides whether they are one."""
    problems = tables.problems
    doubt = {"lead_id": lead_id, "key": other, "code": "two leads"}
    if tx.execute(select(problems.c.id).filter_by(**doubt).limit(1)).first() is None:
        words = f"Lead {lead_id} was sent with the e-mail address of lead {other}: are they one person?"
        tx.execute(insert(problems).values(**doubt, words=words, at=at))


def _say_differences(tx: Connection, lead_id: str, differs: Differs, at: datetime) -> None:
    if differs:
        lines = [
            f"{name} “{said}” (known: {'nothing' if known is None else known})"
            for name, (said, known) in differs.items()
        ]
        words = f"A form says of this lead: {'; '.join(lines)}. What was known is kept: anybody can send a form."
        row = {"lead_id": lead_id, "key": None, "code": "form differs", "words": words[:4_000], "at": at}
        tx.execute(insert(tables.problems).values(**row))


def _as_text(value: Value) -> Value:
    """Days and moments stand in `leads.fields` as ISO 8601; the workspace says which field holds one."""
    return value.isoformat() if isinstance(value, date) else value


def _key(lead: LeadIn) -> str | None:
    return None if lead.email is None else email_key(lead.email)


def _consent(tx: Connection, lead_id: str, consent: ConsentIn, at: datetime) -> None:
    tx.execute(
        insert(tables.consents).values(
            lead_id=lead_id, channel=consent.channel, purpose=consent.purpose, words=consent.words,
            words_version=consent.words_version, source=consent.source, proof=consent.proof,
            at=consent.at or at, expires_at=consent.expires_at,
        )
    )  # fmt: skip
