"""Leads that walk plans in memory, and can be asked what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from kweek.flow.drive import drive
from kweek.flow.plan import Plan
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Effect, Enrolment, Entry, Event, LeadState, Token
from kweek.flow.world import World
from kweek.rules.calendars import Calendar

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFFICE = Calendar("UTC", (((540, 1020),),) * 5 + ((), ()))  # 09:00-17:00 on weekdays
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Staged(Memory):
    """A lead in memory of whom the test says what a hash or a clock says elsewhere: its draw, over how many minutes
    it is spread, and how long its hits are being graded."""

    drawn: float | None = None
    minutes: int = 0
    grading: datetime | None = None

    def spread(self, step: str) -> float:
        return super().spread(step) if self.drawn is None else self.drawn

    def spread_minutes(self) -> int:
        return self.minutes

    def grading_until(self, key: str) -> datetime | None:
        return self.grading


@dataclass
class Life:
    """A lead that walks these plans. Mails leave at once unless `holds_mail`; every drive is kept."""

    plans: Sequence[Plan]
    now: datetime = MONDAY
    world: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    holds_mail: bool = False

    def __post_init__(self) -> None:
        world = World({plan.flow: plan for plan in self.plans}, **self.world)
        self.memory = Staged(world, fields=self.fields)
        self.state = LeadState("lead")
        self.effects: list[tuple[datetime, Effect]] = []
        self.journal: list[tuple[datetime, Entry]] = []
        self.cancelled: list[str] = []
        self.wake_at: datetime | None = None

    # --- happening ------------------------------------------------------------------------------------

    def hear(self, kind: str, ref: str | None = None, at: datetime | None = None, **data: Any) -> Life:
        self.turn(self.memory.record(kind, at or self.now, ref, data))
        return self

    def turn(self, *events: Event) -> None:
        self.memory.at(self.now)
        driven = drive(self.state, self.now, events, lambda: self.memory, self.memory.apply)
        self.state, self.wake_at = driven.state, driven.wake_at
        self.effects += [(self.now, effect) for effect in driven.effects]
        self.journal += [(self.now, entry) for entry in driven.journal]
        self.cancelled += driven.cancel
        self.memory.keep(driven.state)
        if not self.holds_mail:
            sent = [effect.key for effect in driven.effects if effect.kind == "send_mail"]
            for key in [key for key in sent if key not in driven.cancel]:
                self.hear("sent", key)

    def until(self, moment: datetime) -> Life:
        """Let time pass; whatever is due on the way is done when it is due."""
        while self.wake_at is not None and self.wake_at <= moment:
            self.now = max(self.now, self.wake_at)
            self.turn()
        self.now = moment
        self.turn()
        return self

    def after(self, length: timedelta) -> Life:
        return self.until(self.now + length)

    # --- looking --------------------------------------------------------------------------------------

    def enrolment(self, flow: str | None = None) -> Enrolment:
        """The latest one (in this flow)."""
        return [e for e in self.state.enrolments if flow is None or e.flow == flow][-1]

    def token(self, flow: str | None = None) -> Token:
        token = self.enrolment(flow).token
        assert token is not None, self.enrolment(flow).ended
        return token

    def at(self, flow: str | None = None) -> str:
        """Where it stands, or how it ended."""
        enrolment = self.enrolment(flow)
        if enrolment.ended is not None:
            return f"{enrolment.ended.result}: {enrolment.ended.because}"
        return self.token(flow).step

    def ref(self, flow: str | None = None) -> str:
        ref = self.token(flow).ref
        assert ref is not None
        return ref

    def issued(self, *kinds: str) -> list[Effect]:
        return [effect for _, effect in self.effects if not kinds or effect.kind in kinds]

    def when(self, kind: str) -> list[timedelta]:
        """How long after Monday morning were effects of this kind issued?"""
        return [at - MONDAY for at, effect in self.effects if effect.kind == kind]

    def kinds(self) -> list[str]:
        return [effect.kind for _, effect in self.effects]
