"""The secret is lost for good: who must still hear nothing? Addresses are hashed anew under another one.

Known again are those whose lead or mail is still there. Whoever was erased cannot be: their address is in no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from kweek.config import Settings
from kweek.intake.suppress import SUPPRESSION, suppress
from kweek.leads.database import Database
from kweek.leads.installation import mark_of, remember
from kweek.leads.permission import address_key
from kweek.leads.tables import events, leads, mails

_CHANNELS: Final = {"unsubscribed": "email", "complained": "email", "objected": "telephone"}

_Suppressed = tuple[str, str, str, datetime]  # channel, address, reason, since when


def renew(db: Database, settings: Settings) -> int:
    """Make the secret that is there this database's; how many addresses are kept from mail and calls under it."""
    key = settings.key(SUPPRESSION)
    with db.write() as tx:
        found = set(_known(tx))
        for channel, address, reason, at in sorted(found):
            suppress(tx, channel, address, reason, at, lambda text: address_key(key, text))
        remember(tx, mark_of(settings))
    return len({(channel, address) for channel, address, _, _ in found})


def _known(tx: Connection) -> Iterator[_Suppressed]:
    """By what they did, at their own address and at the one that the mail went to; and what came back."""
    said = (
        select(events.c.kind, events.c.at, leads.c.email, leads.c.phone, mails.c.recipient)
        .join(leads, leads.c.id == events.c.lead_id)
        .outerjoin(mails, mails.c.key == events.c.ref)
        .where(events.c.kind.in_(_CHANNELS))
    )
    for row in tx.execute(said):
        channel = _CHANNELS[row.kind]
        for address in (row.email, row.recipient) if channel == "email" else (row.phone,):
            if address:
                yield channel, address, row.kind, row.at
    came_back = select(mails.c.recipient, mails.c.claimed_at).where(
        mails.c.status == "bounced", mails.c.audience == "lead", mails.c.recipient.is_not(None)
    )
    for row in tx.execute(came_back):
        yield "email", row.recipient, "bounced", row.claimed_at
