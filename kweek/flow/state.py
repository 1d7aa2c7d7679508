"""Where does a lead stand? The machine's whole memory, its input (events) and its output (effects)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct

from kweek.flow.words import EndingKind

Result = EndingKind | Literal["moved", "merged", "unenrolled"]
NO_LIFE: Final = ("merged", "unenrolled")
"""Endings that came of a mistake of ours, not of the lead's life: they keep it out of no flow."""

Value = str | int | float | bool | date | datetime | None

EffectKind = Literal[
    # the world: activities of their own
    "send_mail", "tell", "call_webhook",
    # our own database: they ride in the turn's transaction
    "open_call_task", "give_handover", "join_handover", "open_task", "withdraw",
    "remind", "escalate", "move_clock", "add_points", "add_tags", "remove_tags", "set_fields",
]  # fmt: skip


class Event(Struct, frozen=True):
    """Something that the lead did or that was done. Moments are aware and in UTC.

    seq: the lead's own count, from 1, without gaps. kind: a word of the flow language (`opened`, `interested`,
    `rejected`, `unsubscribed`, …), an own event (`brochure.requested`), or one of the engine's: `sent` and
    `undelivered` (a mail), `taken` and `given_back` (a person and a task), `call_back` (an agreed moment, in
    `data["at"]`), `enrol` (by hand, import or upkeep: `data["flow"]`), `unenrol` (that is taken back: `data["since"]`,
    the seq of the `enrol`), `merged` and `unmerged` (it went into another lead, and came back). ref: the key of the
    effect that it is about, where it is about one. data: typed facts (`link`, `reason`, `later_on`, fields of an own
    event).
    """

    seq: int
    kind: str
    at: datetime
    ref: str | None = None
    data: Mapping[str, Value] = {}


class Effect(Struct, frozen=True):
    """What shall happen in the world or in our books. `key` is `<enrolment>/<n>`: issued once, never recomputed."""

    key: str
    kind: EffectKind
    enrolment: str
    step: str
    args: Mapping[str, object] = {}


class Token(Struct, frozen=True):
    """Where an enrolment stands and what it waits for.

    visit: how many times this enrolment stood here, from 1; 0: it is on its way there. ref: key of the mail, task or
    handover that it waits on. deadline: when `otherwise` speaks (None: not before `sent`, or never). held_since:
    nurture rests, the deadline shifts by the time held. taken: a person has it. rungs: when each of remind and
    escalate is next due (None: over; () once a contact was logged). call_back: an agreed moment. attempts: calls that
    reached nobody.
    asks: a person was asked how to go on, `ref` is his task (see `kweek.flow.machine.asking`).
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
    asks: str | None = None


class Ended(Struct, frozen=True):
    result: Result
    because: str | None
    at: datetime


class Enrolment(Struct, frozen=True):
    """A lead in a flow. `since`: seq of the event that began it (only later ones are offered to it). `n`: effects
    issued. `visits`: step → times entered. `went`: go step → times passed. `withdrawn`: key of a task that someone
    had taken when it was withdrawn → its step. `deferred`: what waits for a person's outcome. `unsent`: keys of mails
    that may still be cancelled. `cause`: what moved it last, the reason of an ending that gives none. `hops`: steps
    taken without any time passing. `stood`: where a merge ended it, until somebody is told that it was a mistake."""

    id: str
    flow: str
    version: str
    started_at: datetime
    since: int
    token: Token | None
    per: str | None = None
    start_data: Mapping[str, Value] = {}
    n: int = 0
    visits: Mapping[str, int] = {}
    went: Mapping[str, int] = {}
    goal_fired: bool = False
    withdrawn: Mapping[str, str] = {}
    deferred: tuple[Event, ...] = ()
    unsent: tuple[str, ...] = ()
    cause: str | None = None
    hops: int = 0
    ended: Ended | None = None
    stood: Token | None = None

    @property
    def live(self) -> bool:
        """Does the machine still need it? It is open, or someone still holds a task of it that was withdrawn."""
        return self.ended is None or bool(self.withdrawn)


class LeadState(Struct, frozen=True):
    """All that the machine remembers of a lead. Enrolments that are no longer `live` may be left out from then on.

    born: enrolments ever, so that ids `<lead>-<born>` are never used twice. handover: key of the open one. resting:
    keys of the tasks "Answer" that nurture waits for. moves: moments of `go: flow` in the last 30 days. seen: seq of
    the last event. discarded: it left all flows and walks in none since. unsettled: conditions have yet to see
    what the last advance did, so the next one carries on and leaves the clocks alone.
    """

    lead: str
    born: int = 0
    enrolments: tuple[Enrolment, ...] = ()
    handover: str | None = None
    resting: tuple[str, ...] = ()
    moves: tuple[datetime, ...] = ()
    seen: int = 0
    discarded: bool = False
    unsettled: bool = False


class Entry(Struct, frozen=True):
    """One line of the journal. kind: `started`, `entered`, `left`, `reacted`, `timed_out`, `chose`, `drew`, `effect`,
    `held`, `released`, `deferred`, `ended`. Positions folded from `entered` and `left` equal the tokens. `row` in the
    detail of `reacted`, `timed_out`, `chose` and `drew`: which line of the step was it (`when:2`, `otherwise:1`,
    `choose:3`, `share:1`, `then`) or of the flow (`whenever:1`, `goal`), counted in the order of the plan. Codes and
    ids only: a page puts them into words."""

    enrolment: str
    kind: str
    step: str | None = None
    visit: int | None = None
    detail: Mapping[str, str | int | None] = {}


class Advance(Struct, frozen=True):
    """What one advance comes to. cancel: keys of sends that need not leave any more. wake_at: when to look again
    without a bell (None: only a bell). again: an effect changed what conditions see; apply the effects, then
    advance once more with no event."""

    state: LeadState
    effects: tuple[Effect, ...] = ()
    cancel: tuple[str, ...] = ()
    journal: tuple[Entry, ...] = ()
    wake_at: datetime | None = None
    again: bool = False
