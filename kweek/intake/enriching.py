"""What is kept of what a sender says of a lead? The last word counts, by when it was said; of a stranger's, the first.

What does not count is not lost: `kweek.leads.replaced` has it, or a person hears of it (`differences`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from kweek.flow.state import Value
from kweek.intake import differences
from kweek.intake.companies import Differs, Kept, keep_company, leave_company
from kweek.intake.incoming import OWN_COLUMNS, ConsentIn, LeadIn
from kweek.intake.people import mailbox_of
from kweek.leads import bant, tables
from kweek.leads.duplicates import propose
from kweek.leads.ledger import problem
from kweek.leads.merged import living
from kweek.leads.replaced import FORGOTTEN, Replaced, its_mailboxes, keep_replaced
from kweek.leads.said_at import is_late, with_said
from kweek.leads.traits import kept, set_fields
from kweek.rules.said import ROOT

_CONSENT: Final = insert(tables.consents)


class Learned(NamedTuple):
    """anything: did anything change that a condition can see? company: of which others who work there see it, too."""

    anything: bool
    company: str | None


def enrich(tx: Connection, row: Row[Any], lead: LeadIn, at: datetime, source: str, now: datetime) -> Learned:
    """Keep what was said of this (locked) lead; the last word counts, by the moment at which it was said, or, where
    anybody may have said it, the first. row: of `leads`, as it is now. source: id of the event. now: from which moment
    it counts, also where it is sent late."""
    lead_id, there = row.id, {**row.fields, **{name: getattr(row, name) for name in OWN_COLUMNS}}
    said = _news(lead, there)
    late = [name for name in said if is_late(row.said_at, name, at)]
    unheard = {name: said.pop(name) for name in late}
    instead: Replaced = {name: (kept(value), None) for name, value in unheard.items() if value is not None}
    differs: Differs = {}
    if lead.fills_only:
        differs = {name: (said.pop(name), there[name]) for name in list(said) if there.get(name) is not None}
    set_fields(tx, lead_id, said)
    instead |= {name: (there.get(name), FORGOTTEN if value is None else kept(value)) for name, value in said.items()}
    moved, more, others, company = _employ(tx, row, lead, at, source, now)
    differs |= more
    instead |= others
    new = _in_time(tx, row, _keys(tx, lead_id, lead, row, at), at, source, now)
    addressed = "email" in new or (row.seq == 0 and lead.email is not None)
    _say_when(tx, row, lead, {*late, *differs}, ["email"] if addressed else [], at)
    if new:
        tx.execute(update(tables.leads).where(tables.leads.c.id == lead_id).values(**new))
        instead |= {"email": (row.email, new["email"] or FORGOTTEN)} if "email" in new else {}
    keep_replaced(tx, lead_id, instead, source, now, row.email_key)
    holds: Mapping[str, Any] = bant.holding(tx, lead_id, at) if lead.fills_only and lead.facts else {}
    differs |= {f"{ROOT}{one.fact}": (one.value, holds[one.fact]) for one in lead.facts if _differs(one, holds)}
    found = bant.keep(tx, lead_id, (one for one in lead.facts if one.fact not in holds), source, at)
    for consent in lead.consents:
        if lead.fills_only and consent.channel == "telephone" and row.phone not in (None, lead.profile.get("phone")):
            differs[differences.CONSENT_BY_TELEPHONE] = (consent.words, "another number than the form's")
        else:
            _consent(tx, lead_id, consent, at)
    _say_differences(tx, lead_id, differs, at)
    return Learned(bool(said or moved or new or found), company)


def _news(lead: LeadIn, there: Mapping[str, Any]) -> dict[str, Value]:
    """What is said of its fields and stands there otherwise. None: it is taken away."""
    said: dict[str, Value] = {name: value for name, value in lead.profile.items() if there[name] != value}
    said |= {name: value for name, value in lead.fields.items() if there.get(name) != kept(value)}
    if not lead.fills_only:
        said |= {name: None for name in lead.forgets if there.get(name) is not None}
    return said


def _employ(tx: Connection, row: Row[Any], lead: LeadIn, at: datetime, source: str, now: datetime) -> Kept:
    """Keep where it works, and what is said of that."""
    if is_late(row.said_at, "company", at):
        unheard = None if lead.company is None or lead.fills_only else lead.company.name
        return Kept(False, {}, {} if unheard is None else {"company.name": (unheard, None)})
    if lead.company is not None:
        fills_only = lead.fills_only
        return keep_company(tx, row.id, row.company_id, lead.company, fills_only=fills_only, source=source, now=now)
    if "company" in lead.forgets and not lead.fills_only:
        left = leave_company(tx, row.id, row.company_id)
        return Kept(bool(left), {}, left)
    return Kept(False, {}, {})


def _in_time(
    tx: Connection, row: Row[Any], new: dict[str, object], at: datetime, source: str, now: datetime
) -> dict[str, object]:
    """Without an address in whose place another was said since: it finds the lead, and is its own no more."""
    if row.email is None or "email" not in new or not is_late(row.said_at, "email", at):
        return new
    keep_replaced(tx, row.id, {"email": (new["email"], None)}, source, now, str(new["email_key"]))
    return {name: value for name, value in new.items() if name not in ("email", "email_key")}


def _say_when(
    tx: Connection, row: Row[Any], lead: LeadIn, unheard: Collection[str], also: Collection[str], at: datetime
) -> None:
    """unheard: what was said, and did not count."""
    heard = {*lead.profile, *lead.fields, *also, *(() if lead.fills_only else lead.forgets)}
    if lead.company is not None and not (lead.fills_only and row.company_id is not None):
        heard.add("company")
    names = sorted(name for name in heard if name not in unheard and not is_late(row.said_at, name, at))
    if names:
        said = with_said(row.said_at, names, at)
        tx.execute(update(tables.leads).where(tables.leads.c.id == row.id).values(said_at=said))


def _differs(fact: bant.Found, holds: Mapping[str, Any]) -> bool:
    return fact.fact in holds and fact.value != holds[fact.fact]


def _keys(tx: Connection, lead_id: str, lead: LeadIn, row: Row[Any], at: datetime) -> dict[str, object]:
    """The address or the sender's id that this lead had not yet; never one that is another lead's."""
    new: dict[str, object] = {}
    leads, external, mailbox = tables.leads.c, row.external_id, row.email_key
    if lead.by_hand and "email" in lead.forgets:
        return {"email": None, "email_key": None}
    if lead.by_hand and mailbox_of(lead) == mailbox and lead.email != row.email:  # the same one, written otherwise
        return {"email": lead.email}
    if lead.external_id is not None and external is None:
        other = tx.execute(select(leads.id).where(leads.external_id == lead.external_id)).scalar_one_or_none()
        if other is None:  # else it is that of one who was merged into this one
            new["external_id"] = lead.external_id
    elif lead.external_id not in (None, external):
        _say_other_id(tx, lead_id, str(lead.external_id), str(external), at)
    if (key := mailbox_of(lead)) is not None and key != mailbox:
        other = tx.execute(select(leads.id).where(leads.email_key == key)).scalar_one_or_none()
        if other is None:
            meant = lead.by_hand or lead.external_id is not None
            if meant or key not in its_mailboxes(tx, lead_id):  # else it only was found by it
                new |= {"email": lead.email, "email_key": key}
        elif (other := living(tx, other)) != lead_id:
            propose(tx, lead_id, other, "address", 1.0, at)
    return new


def _say_other_id(tx: Connection, lead_id: str, said: str, known: str, at: datetime) -> None:
    """Once of each: is it another program's, or another person with the same address?"""
    problems, leads = tables.problems.c, tables.leads.c
    words = (
        f"A program calls this lead “{said}”, which is known as “{known}”: it was found by its address. Nobody is "
        f"known by “{said}”; if that is somebody else, send an address of its own."
    )
    other = select(leads.id).where(leads.external_id == said)  # of one who was merged into this one
    told = select(problems.id).where(
        problems.lead_id == lead_id, problems.code == "another id", problems.words == words
    )
    if tx.execute(other).first() is None and tx.execute(told).first() is None:
        problem(tx, lead_id, None, "another id", words, at)


def _say_differences(tx: Connection, lead_id: str, differs: Differs, at: datetime) -> None:
    if differs:
        problem(tx, lead_id, None, differences.CODE, differences.in_words(differs), at)


def _consent(tx: Connection, lead_id: str, consent: ConsentIn, at: datetime) -> None:
    row = {
        "lead_id": lead_id, "channel": consent.channel, "purpose": consent.purpose, "words": consent.words,
        "words_version": consent.words_version, "source": consent.source, "proof": consent.proof,
        "at": consent.at or at, "expires_at": consent.expires_at,
    }  # fmt: skip
    tx.execute(_CONSENT, row)
