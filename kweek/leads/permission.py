"""May we? Consents that stand at a moment, and addresses that must not be written to or called again.

Consent by e-mail belongs to the address for which it was given: where a file brought another, it is none from then on.

Suppressions outlive the person's other rows: they hold a keyed hash, never the address itself.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, or_, select

from kweek.leads.tables import consents, replaced, suppressions

_MOVED: Final = (
    select(replaced.c.id)
    .where(
        replaced.c.lead_id == consents.c.lead_id,
        replaced.c.name == "email",
        replaced.c.email_key.is_not(None),
        replaced.c.source.startswith("import:"),
        replaced.c.source != func.coalesce(consents.c.proof, ""),  # a row may bring the permission with the address
        replaced.c.at >= consents.c.at,
        replaced.c.at <= bindparam("at"),
    )
    .exists()
)
_GIVEN: Final = (
    select(consents.c.id)
    .where(
        consents.c.lead_id == bindparam("lead"),
        consents.c.channel == bindparam("channel"),
        consents.c.at <= bindparam("at"),
        or_(consents.c.withdrawn_at.is_(None), consents.c.withdrawn_at > bindparam("at")),
        or_(consents.c.expires_at.is_(None), consents.c.expires_at > bindparam("at")),
        or_(consents.c.channel != "email", ~_MOVED),
    )
    .limit(1)
)
_GIVEN_FOR: Final = _GIVEN.where(consents.c.purpose == bindparam("purpose"))
_SUPPRESSED: Final = select(suppressions.c.reason).where(
    suppressions.c.channel == bindparam("channel"), suppressions.c.address_key == bindparam("key")
)


def allowed(tx: Connection, lead_id: str, channel: str, at: datetime, purpose: str | None = None) -> bool:
    """Did the lead's consent stand at that moment? channel: `email`, `telephone`, `open tracking`, `click tracking`.
    purpose None: for whatever purpose."""
    asked = {"lead": lead_id, "channel": channel, "at": at}
    if purpose is None:
        return tx.execute(_GIVEN, asked).first() is not None
    return tx.execute(_GIVEN_FOR, {**asked, "purpose": purpose}).first() is not None


def suppressed(tx: Connection, channel: str, key: str) -> str | None:
    """Why this address or number is not used any more; None: nobody said so. key: see `address_key`."""
    return tx.execute(_SUPPRESSED, {"channel": channel, "key": key}).scalar_one_or_none()


def address_key(secret: bytes, address: str) -> str:
    """The keyed hash under which an address (as it is normalised) or a number (E.164) is suppressed."""
    return hmac.new(secret, address.strip().casefold().encode(), hashlib.sha256).hexdigest()
