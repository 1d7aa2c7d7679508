"""Which lead is it? By the address or by a sender's own id, for whoever only asks; who was merged is who goes on."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select

from kweek.leads.merged import living
from kweek.leads.replaced import who_had
from kweek.leads.tables import leads

_BY_EMAIL: Final = select(leads.c.id).where(leads.c.email_key == bindparam("key"))
_BY_EXTERNAL: Final = select(leads.c.id).where(leads.c.external_id == bindparam("key"))


def leads_known_by(read: Connection, email: str | None, external_id: str | None) -> list[str]:
    """Two where the sender's id is one lead's and the address another's; an event with both is about the first."""
    found = [] if external_id is None else list(read.execute(_BY_EXTERNAL, {"key": external_id}).scalars())
    if email is not None:
        found += read.execute(_BY_EMAIL, {"key": email.casefold()}).scalars()
        found = found or list(who_had(read, [email.casefold()]).values())
    return list(dict.fromkeys(living(read, lead_id) for lead_id in found))
