"""What may the machine ask? Everything that it does not remember itself: plans, facts, calendars, the rows of mails."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Literal, Protocol

from msgspec import Struct

from kweek.flow.facts import Facts
from kweek.flow.plan import Limit, Plan
from kweek.flow.state import Enrolment, Event
from kweek.rules.calendars import Calendar

MailState = Literal["answered", "clicked", "opened", "unclear", "undelivered"]


class Past(Struct, frozen=True):
    """An earlier enrolment of this lead in one flow, as `reentry` asks for it."""

    per: str | None
    ended_at: datetime | None


class Answers(Protocol):
    """All that the machine may ask, at one moment; the same question has the same answer within one advance.

    The engine answers from rows inside the turn's transaction, the simulator from memory.
    """

    def plan(self, version: str) -> Plan:
        """A version that an enrolment names. KeyError if it never was."""
        ...

    def published(self, flow: str) -> Plan | None:
        """What a lead that enters this flow now walks."""
        ...

    def starting(self, kind: str) -> tuple[Plan, ...]:
        """Published plans that an event of this kind may start, by flow name."""
        ...

    def past(self, flow: str) -> tuple[Past, ...]:
        """This lead's earlier enrolments in the flow, open ones excluded."""
        ...

    def hard(self, kind: str) -> bool:
        """Is this event marked `hard` in rules/events.yaml?"""
        ...

    def facts(self, enrolment: Enrolment | None, event: Event | None = None) -> Facts:
        """What conditions see: `event.*` is the enrolment's start data, or the event's where there is none yet."""
        ...

    def mail_states(self, key: str) -> frozenset[MailState]:
        """What is known of a mail by now, for `otherwise`."""
        ...

    def grading_until(self, key: str) -> datetime | None:
        """A hit on this mail is still being graded: when that is over."""
        ...

    def calendar(self, name: str | None) -> Calendar:
        """By name; None: the workspace's own."""
        ...

    def calendar_of(self, verb: Literal["call", "handover", "task"], whose: str | None) -> Calendar:
        """A queue's or a team's."""
        ...

    def timezone(self, plan: Plan) -> tzinfo:
        """The flow's, or this lead's where the flow says `lead`."""
        ...

    def paused(self, flow: str) -> bool: ...

    def spread(self, step: str) -> float:
        """0 ≤ x < 1 from a hash of lead and step: A/B halves (a lead keeps its half), spreading of clock times."""
        ...

    def spread_minutes(self) -> int:
        """Over how many minutes `until` a clock time spreads leads (15; 0 in tests)."""
        ...

    def limit(self) -> Limit | None:
        """The workspace's own limit on mails."""
        ...
