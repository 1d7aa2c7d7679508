"""Which lead is it? By the address or by a sender's own id, for whoever only asks; who was merged is who goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kweek.leads.merged import living
from kweek.leads.replaced import who_had
from kweek.leads.tables import leads

_BY_EMAIL: Final = select(leads.c.id).where(leads.c.email_key == bindparam("key"))
_BY_EXTERNAL: Final = select(leads.c.id).where(leads.c.external_id == bindparam("key"))


def leads_known_by(read: Connection, email: str | None, external_id: str | None) -> list[str]:
    """Two where the sender's id is one lead's and the address another's; an event with both is about the first."""
    return list(who_goes_by(read, email, external_id))


def who_goes_by(read: Connection, email: str | None, external_id: str | None) -> Mapping[str, str]:
    """The same, each with the one that has this id or address: itself, or a lead whose place it took."""
    found = [] if external_id is None else list(read.execute(_BY_EXTERNAL, {"key": external_id}).scalars())
    if email is not None:
        found += read.execute(_BY_EMAIL, {"key": email.casefold()}).scalars()
        found = found or list(who_had(read, [email.casefold()]).values())
    named = dict[str, str]()
    for lead_id in found:
        named.setdefault(living(read, lead_id), lead_id)
    return named
