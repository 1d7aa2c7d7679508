"""Is this mail for Kweek? Whatever a mail server hands over: what came back for a mail of ours goes to its lead.

The server may be the catcher, or any other that calls `kweek receive`. Taking the same message twice changes nothing,
so that it may be handed over again whenever nobody can say whether it was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kweek.config import Settings
from kweek.intake.bounces import Received, receive
from kweek.intake.suppress import SUPPRESSION, AddressKey
from kweek.leads.database import Database
from kweek.leads.permission import address_key
from kweek.mails.addresses import Addresses


@dataclass(frozen=True, slots=True)
class Mailroom:
    """now: flow time."""

    db: Database
    now: Callable[[], datetime]
    addresses: Addresses
    address_key: AddressKey

    def is_ours(self, address: str) -> bool:
        """Is it one that Kweek made for what comes back, and nobody's mailbox?"""
        return self.addresses.read(address) is not None

    def take(self, to: str, sender: str | None, raw: bytes) -> Received:
        """One message for one address. sender: of the envelope; empty is the null sender of machines, None not known.
        DatabaseAway."""
        if sender and self.is_ours(sender):  # on its way out
            return Received("nothing")
        return receive(self.db, raw, to, sender, self.now(), self.addresses, self.address_key)

    def comes_back(self, to: str, sender: str | None, raw: bytes) -> bool:
        """The same; is it to be put into no mailbox?"""
        self.take(to, sender, raw)
        return self.is_ours(to)


def mailroom(db: Database, now: Callable[[], datetime], settings: Settings) -> Mailroom:
    secret = settings.key(SUPPRESSION)
    return Mailroom(db, now, Addresses(settings.key, ""), lambda address: address_key(secret, address))
