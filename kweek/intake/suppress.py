"""Who must hear nothing more? Suppression and withdrawn consent, in force in the transaction that learns of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.record import Ears, record
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.rows import insert_once

SUPPRESSION: Final = "suppression"  # the purpose of the key under which addresses are hashed
AddressKey = Callable[[str], str]  # an address or number → its keyed hash


def suppress(tx: Connection, channel: str, address: str, reason: str, at: datetime, address_key: AddressKey) -> None:
    row = {"channel": channel, "address_key": address_key(address), "reason": reason, "at": at}
    insert_once(tx, tables.suppressions, row)


def suppress_lead(
    tx: Connection, lead_id: str, channel: str, reason: str, at: datetime, address_key: AddressKey
) -> None:
    """This (locked) lead's own address or number; what it allowed on that channel is withdrawn."""
    leads, consents = tables.leads.c, tables.consents
    column = leads.email if channel == "email" else leads.phone
    address = tx.execute(select(column).where(leads.id == lead_id)).scalar_one_or_none()
    if address:
        suppress(tx, channel, address, reason, at, address_key)
    tx.execute(
        update(consents)
        .where(consents.c.lead_id == lead_id, consents.c.channel == channel, consents.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )


def unsubscribe(
    db: Database, mail_key: str, how: str, now: datetime, address_key: AddressKey, ears: Ears | None = None
) -> Recorded | None:
    """By the link in a mail: from all marketing mail, the mail's own recipient and the lead's present address.

    how: `page` or `one-click` (RFC 8058). None: there is no such mail. Twice is once.
    """
    mails = tables.mails.c
    with db.read() as read:
        mail = read.execute(select(mails.lead_id, mails.recipient).where(mails.key == mail_key)).one_or_none()
    if mail is None:
        return None

    def also(tx: Connection, recorded: Recorded) -> None:  # also the second time: who says it again means it
        suppress_lead(tx, recorded.lead_id, "email", "unsubscribed", now, address_key)
        if mail.recipient:
            suppress(tx, "email", mail.recipient, "unsubscribed", now, address_key)

    event = Incoming(
        f"{mail_key}/unsubscribed", "unsubscribed", now, LeadIn(id=mail.lead_id), {"how": how}, ref=mail_key
    )
    return record(db, event, now, ears, also)
