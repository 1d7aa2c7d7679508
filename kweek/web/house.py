"""What does the web need? The books, the clock, the workspace's words and the installation's keys, in one hand."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from starlette.requests import Request

from kweek.config import Settings
from kweek.intake.left_early import LeftEarly
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.mails.tokens import Purpose, TokenError, Tokens
from kweek.web.board import Board
from kweek.web.files import Files
from kweek.web.rates import Rate
from kweek.web.rules import WorkspaceRules
from kweek.web.seats import Seats
from kweek.web.standstill import Standstill

FORMS_A_MINUTE = 120  # of one network: a whole office may sit behind one address
VISITS_A_MINUTE = 600


@dataclass(frozen=True)
class House:
    """`now` answers flow time, which runs at `tempo` flow seconds a second. address_key: the keyed hash by which
    suppressions know an address. away: the names of the parts that do not answer. standstill: which part is away that
    leads need to go on. seats: of those who watch a page move."""

    settings: Settings
    db: Database
    now: Callable[[], datetime]
    rules: WorkspaceRules
    tokens: Tokens
    address_key: Callable[[str], str]
    away: Callable[[], list[str]]
    tempo: Callable[[], float] = lambda: 1.0
    standstill: Standstill = field(default_factory=lambda: Standstill(lambda: ""))
    seats: Seats = field(default_factory=Seats)
    form_rate: Rate = field(default_factory=lambda: Rate(FORMS_A_MINUTE))
    visit_rate: Rate = field(default_factory=lambda: Rate(VISITS_A_MINUTE))
    left_early: LeftEarly = field(default_factory=LeftEarly)

    @cached_property
    def board(self) -> Board:
        return Board(self.db, self.now)

    @cached_property
    def files(self) -> Files:
        return Files(self.settings.workspace)

    def network(self, address: str | None) -> str | None:
        """A keyed hash: two hits from one address can be told to be so, and no address is kept."""
        if address is None:
            return None
        return hmac.new(self.settings.key("network"), address.encode(), hashlib.sha256).hexdigest()[:24]

    def about(self, purpose: Purpose, token: str) -> tuple[str | int, ...]:
        """What an address in a mail is about; nothing, where we did not sign it or its time is over."""
        try:
            return self.tokens.read(purpose, token)
        except TokenError:
            return ()

    def language_of(self, mail_key: str) -> str | None:
        """The language that this mail was written in."""
        mails = tables.mails.c
        with self.db.read() as read:
            return read.execute(select(mails.language).where(mails.key == mail_key)).scalar_one_or_none()


def house_of(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house
