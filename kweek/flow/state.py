"""Where does a lead stand? The machine's whole memory, its input (events) and its output (effects)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Literal, Protocol

from kweek.flow.conditions import Facts
from kweek.flow.plan import EndingKind, Limit, Plan
from kweek.rules.calendars import Calendar

Value = str | int | float | bool | date | datetime | None

EffectKind = Literal[
    # the world: activities of their own
    "send_mail", "tell", "call_webhook",
    # our own database: they ride in the turn's transaction
    "open_call_task", "give_handover", "join_handover", "open_task", "withdraw",
    "remind", "escalate", "add_points", "add_tags", "remove_tags", "set_fields",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the lead did or that was done. Moments are aware and in UTC.

    seq: the lead's own count, from 1, without gaps. kind: a word of the flow language (`opened`, `interested`,
    `rejected`, `unsubscribed`, …), an own event (`brochure.requested`), or one of the engine's: `sent` and
    `undelivered` (a mail), `taken` and `given_back` (a person and a task), `call_back` (an agreed moment, in
    `data["at"]`), `enrol` (by hand, import or upkeep: `data["flow"]`). ref: the key of the effect that it is about, where it is
    about one. data: typed facts (`link`, `reason`, `later_on`, fields of an own event).
    """

    seq: int
    kind: str
    at: datetime
    ref: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """What shall happen in the world or in our books. `key` is `<enrolment>/<n>`: issued once, never recomputed."""

    key: str
    kind: EffectKind
    enrolment: str
    step: str
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Token:
    """Where an enrolment stands and what it waits for.

    visit: how many times this enrolment stood here, from 1. ref: key of the mail, task or handover that it waits
    on. deadline: when `otherwise` speaks (None: not before `sent`, or never). held_since: nurture rests, the
    deadline shifts by the time held. taken: a person has it. rungs: when each of remind and escalate is next due
    (None: over). call_back: an agreed moment. attempts: calls that reached nobody.
    """

    step: str
    visit: int
    entered_at: datetime
    ref: str | None = None
    deadline: datetime | None = None
    held_since: datetime | None = None
    taken: bool = False
    rungs: tuple[datetime | None, ...] = ()
    call_back: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    result: EndingKind | Literal["moved", "merged"]
    because: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A lead in a flow. `since`: seq of the event that began it (only later ones are offered to it). `n`: effects
    issued. `visits`: step → times entered. `went`: go step → times passed. `withdrawn`: key of a task that someone
    had taken when it was withdrawn → its step. `deferred`: what waits for a person's outcome."""

    id: str
    flow: str
    version: str
    started_at: datetime
    since: int
    token: Token | None
    per: str | None = None
    start_data: Mapping[str, Value] = field(default_factory=dict)
    n: int = 0
    visits: Mapping[str, int] = field(default_factory=dict)
    went: Mapping[str, int] = field(default_factory=dict)
    goal_fired: bool = False
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    deferred: tuple[Event, ...] = ()
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class LeadState:
    """All that the machine remembers of a lead: enrolments that are open or that a withdrawn task may yet move.

    born: enrolments ever, so that ids `<lead>-<born>` are never used twice. handover: key of the open one. resting:
    keys of the tasks "Answer" that nurture waits for. moves: moments of `go: flow` in the last 30 days.
    """

    lead: str
    born: int = 0
    enrolments: tuple[Enrolment, ...] = ()
    handover: str | None = None
    resting: tuple[str, ...] = ()
    moves: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. kind: `started`, `entered`, `left`, `reacted`, `timed_out`, `effect`, `held`,
    `released`, `deferred`, `ended`. Positions folded from `entered` and `left` equal the tokens."""

    enrolment: str
    kind: str
    step: str | None = None
    visit: int | None = None
    detail: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advance:
    """What one advance comes to. cancel: keys of sends that need not leave any more. wake_at: when to look again
    without a bell (None: only a bell). again: an effect changed what conditions see; apply the effects, then
    advance once more with no event."""

    state: LeadState
    effects: tuple[Effect, ...] = ()
    cancel: tuple[str, ...] = ()
    journal: tuple[Entry, ...] = ()
    wake_at: datetime | None = None
    again: bool = False


MailState = Literal["answered", "clicked", "opened", "unclear", "undelivered"]


@dataclass(frozen=True, slots=True)
class Past:
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
