"""What is a mail to whoever sends it? What differs from mail to mail, and who carries it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from kweek.flow.gate import Blocked, Later, Send
from kweek.leads import ledger
from kweek.leads.ledger import Draft
from kweek.smtp import Outcome

Verdict = Send | Later | Blocked


class Correspondent(Protocol):
    """What differs between a mail to a lead and a notice to a colleague. All but `compose` run in a transaction."""

    @property
    def lead_id(self) -> str: ...

    def ask(self, tx: Connection, now: datetime) -> Verdict | None:
        """May it leave now? None: there is nothing to send any more."""
        ...

    def gather(self, tx: Connection, now: datetime) -> Callable[[], Draft]:
        """Read what it says; the answer puts it together, outside the transaction. `Unfit`: it cannot be."""
        ...

    def ended(
        self, tx: Connection, result: ledger.Result, reason: str | None, at: datetime, now: datetime | None = None
    ) -> None:
        """What came of it, besides the ledger's row. now: where we hear of it later than `at`."""
        ...

    def wrote_off(self, tx: Connection, status: str, why: str, at: datetime) -> None:
        """A line in the ledger for a mail that ends without ever having left."""
        ...


class Carrier(Protocol):
    """Who takes it to where it goes, and may know whether it arrived."""

    async def hand_over(self, row: Row[Any], flow: str) -> Outcome:
        """row: of the ledger. Never raises for what the other side does."""
        ...

    def arrived(self, message_id: str) -> bool | None:
        """None: nobody can know."""
        ...


class UnfitError(Exception):
    """This mail cannot be made, and trying again would not help. code: a word; its text is for our books only."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
