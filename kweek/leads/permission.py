"""May we? Consents that stand at a moment, and addresses that must not be written to or called again.

Suppressions outlive the person's other rows: they hold a keyed hash, never the address itself.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import Connection, or_, select

from kweek.leads.tables import consents, suppressions


def allowed(tx: Connection, lead_id: str, channel: str, at: datetime, purpose: str | None = None) -> bool:
    """Did the lead's consent stand at that moment? channel: `email`, `telephone`, `open tracking`, `click tracking`.
    purpose None: for whatever purpose."""
    c = consents.c
    query = select(c.id).where(
        c.lead_id == lead_id,
        c.channel == channel,
        c.at <= at,
        or_(c.withdrawn_at.is_(None), c.withdrawn_at > at),
        or_(c.expires_at.is_(None), c.expires_at > at),
    )
    if purpose is not None:
        query = query.where(c.purpose == purpose)
    return tx.execute(query.limit(1)).first() is not None


def suppressed(tx: Connection, channel: str, key: str) -> str | None:
    """Why this address or number is not used any more; None: nobody said so. key: see `address_key`."""
    s = suppressions.c
    return tx.execute(select(s.reason).where(s.channel == channel, s.address_key == key)).scalar_one_or_none()


def address_key(secret: bytes, address: str) -> str:
    """The keyed hash under which an address (as it is normalised) or a number (E.164) is suppressed."""
    return hmac.new(secret, address.strip().casefold().encode(), hashlib.sha256).hexdigest()
