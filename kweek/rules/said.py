"""What can be found out of a lead, and for how long does it hold? The set of facts is data: BANT, CHAMP, SPIN. Pure.

What was said counts from when it was said: “within three months”, said on 1 March, is over on 1 June, whenever
somebody looks. Then nothing is known any more, until it is asked again.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal, get_args

from msgspec import Struct, field

from kweek.flow.problems import Position
from kweek.rules.wall import zone

ROOT: Final = "bant."
"""Before every fact in a condition, whatever set it is of."""

Finder = Literal["survey", "call", "sales"]
FINDERS: Final[tuple[Finder, ...]] = get_args(Finder)
ELSE: Final = "else"
TERM: Final = re.compile(r"([1-9]\d{0,3}) +(day|week|month)s?")


class Term(Struct, frozen=True):
    """So many days, weeks or months of the calendar."""

    amount: int
    unit: Literal["day", "week", "month"]

    def after(self, at: datetime, where: tzinfo) -> datetime:
        """The same time of the day, so much later by the clock of this zone. Of a month that is too short, its last
        day. UTC."""
        local = at.astimezone(where)
        if self.unit == "month":
            years, month = divmod(local.month - 1 + self.amount, 12)
            year, month = local.year + years, month + 1
            day = min(local.day, monthrange(year, month)[1])
            return local.replace(year=year, month=month, day=day).astimezone(UTC)
        return (local + timedelta(days=self.amount * (7 if self.unit == "week" else 1))).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


def parse_term(text: str) -> Term:
    """`3 months`, `14 days`. ValueError says what would be right. Unlike a duration it may be in months: the day from
    which it counts is known."""
    match = TERM.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"“{text}” does not say for how long; write days, weeks or months: 14 days, 3 months")
    units: dict[str, Literal["day", "week", "month"]] = {"day": "day", "week": "week", "month": "month"}
    return Term(int(match[1]), units[match[2]])


class FactType(Struct, frozen=True):
    """title: what people call it, by language. values: each with what people call it; none: anything may be said.
    holds: value → for how long (`else`: any other); nothing: for good. found_by: who can find it out, as its author
    says. at: where it is declared."""

    name: str
    title: Mapping[str, str] = {}
    values: Mapping[str, Mapping[str, str]] = {}
    holds: Mapping[str, Term] = {}
    found_by: tuple[Finder, ...] = ()
    at: Position = Position(1, 1)

    def term(self, value: object) -> Term | None:
        """For how long this value holds; None: for good."""
        return self.holds.get(str(value), self.holds.get(ELSE))


_BANT: Final[Mapping[str, FactType]] = {name: FactType(name) for name in ("budget", "authority", "need", "time")}


def bant() -> Mapping[str, FactType]:
    """The facts that there are where nobody says which."""
    return _BANT


class FactTypes(Struct, frozen=True):
    """All of a workspace, by name. timezone: by whose calendar they hold."""

    types: Mapping[str, FactType] = field(default_factory=bant)
    timezone: str = "UTC"

    def expires(self, fact: str, value: object, at: datetime) -> datetime | None:
        """Until when holds what was said at this moment? None: for good."""
        kind = self.types.get(fact)
        term = kind.term(value) if kind else None
        return term.after(at, zone(self.timezone)) if term else None
