"""What does the web need? The books, the clock, the workspace's words and the installation's keys, in one hand."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, select

from kweek.config import Settings
from kweek.intake.check import Vocabulary
from kweek.intake.record import Ears
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.rates import Rate

FORMS_A_MINUTE = 120  # of one network: a whole office may sit behind one address


class Rules(Ears, Protocol):
    """The workspace, as far as the web asks it."""

    def vocabulary(self) -> Vocabulary: ...

    def conversions(self) -> Sequence[str]:
        """Events marked `hard` or `soft`: what may come from a form of a website."""
        ...

    def script_outcomes(self, script: str) -> tuple[str, ...]:
        """The outcomes that this call script adds to the usual ones."""
        ...

    def next_try(self, task: Row[Any], now: datetime) -> datetime | None:
        """When this call task, tried now in vain, may be tried again."""
        ...


class Tokens(Protocol):
    """What the addresses in a mail mean; None for one that we did not sign."""

    def read_open(self, token: str) -> str | None: ...

    def read_click(self, token: str) -> tuple[str, int] | None: ...

    def read_unsubscribe(self, token: str) -> str | None: ...

    def read_survey(self, token: str) -> tuple[str, str] | None:
        """The mail's key and the survey's name."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """`now` answers flow time. address_key: the keyed hash by which suppressions know an address. away: the names of
    the parts that do not answer."""

    settings: Settings
    db: Database
    now: Callable[[], datetime]
    rules: Rules
    tokens: Tokens
    address_key: Callable[[str], str]
    away: Callable[[], list[str]]
    form_rate: Rate = field(default_factory=lambda: Rate(FORMS_A_MINUTE))

    def network(self, address: str | None) -> str | None:
        """A keyed hash: two hits from one address can be told to be so, and no address is kept."""
        if address is None:
            return None
        return hmac.new(self.settings.key("network"), address.encode(), hashlib.sha256).hexdigest()[:24]

    def language_of(self, mail_key: str) -> str | None:
        """The language that this mail was written in."""
        mails = tables.mails.c
        with self.db.read() as read:
            return read.execute(select(mails.language).where(mails.key == mail_key)).scalar_one_or_none()
