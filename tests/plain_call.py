"""What is there to be known of a call, where no workspace is at hand: no script, and the next try after a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from kweek.flow.facts import Facts
from kweek.flow.surveys import Survey
from kweek.intake.check_lead import Vocabulary
from kweek.intake.record import AlwaysRing, Ears
from kweek.leads.facts import Rules, facts_of
from kweek.rules.grades import Grades


@dataclass(frozen=True, slots=True)
class PlainCall:
    apart: timedelta = timedelta()
    ears: Ears = field(default_factory=AlwaysRing)

    def script_of(self, tx: Connection, task: Row[Any]) -> Survey | None:
        return None

    def next_try(self, task: Row[Any], now: datetime) -> datetime | None:
        return now + self.apart

    def facts_of(self, tx: Connection, lead_id: str, now: datetime) -> Facts:
        return facts_of(tx, lead_id, now, Rules(Grades()))

    def vocabulary(self) -> Vocabulary:
        return Vocabulary()

    def grades(self) -> Grades:
        return Grades()
