"""Where does a lead stand? The machine's whole memory, its input (events) and its output (effects)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from kweek.flow.answers import Answers, MailState, Past
from kweek.flow.plan import EndingKind

__all__ = [
    "Advance", "Answers", "Effect", "EffectKind", "Ended", "Enrolment", "Entry", "Event", "LeadState", "MailState",
    "Past", "Result", "Token", "Value", "dump_enrolment", "dump_event", "dump_state", "load_enrolment", "load_event",
    "load_state",
]  # fmt: skip

Result = EndingKind | Literal["moved", "merged"]
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
    `data["at"]`), `enrol` (by hand, import or upkeep: `data["flow"]`). ref: the key of the effect that it is about,
    where it is about one. data: typed facts (`link`, `reason`, `later_on`, fields of an own event).
    """

    seq: int
    kind: str
    at: datetime
    ref: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, slots=True)
class Effect:
    """What shall happen in the world or in our books. `key` is `<enrolment>/<n>`: issued once, never recomputed."""

    key: str
    kind: EffectKind
    enrolment: str
    step: str
    args: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Token:
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


@dataclass(frozen=True, slots=True)
class Ended:
    result: Result
    because: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A lead in a flow. `since`: seq of the event that began it (only later ones are offered to it). `n`: effects
    issued. `visits`: step → times entered. `went`: go step → times passed. `withdrawn`: key of a task that someone
    had taken when it was withdrawn → its step. `deferred`: what waits for a person's outcome. `unsent`: keys of mails
    that may still be cancelled. `cause`: what moved it last, the reason of an ending that gives none. `hops`: steps
    taken without any time passing."""

    id: str
    flow: str
    version: str
    started_at: datetime
    since: int
    token: Token | None
    per: str | None = None
    start_data: Mapping[str, Value] = field(default_factory=dict[str, Value])
    n: int = 0
    visits: Mapping[str, int] = field(default_factory=dict[str, int])
    went: Mapping[str, int] = field(default_factory=dict[str, int])
    goal_fired: bool = False
    withdrawn: Mapping[str, str] = field(default_factory=dict[str, str])
    deferred: tuple[Event, ...] = ()
    unsent: tuple[str, ...] = ()
    cause: str | None = None
    hops: int = 0
    ended: Ended | None = None

    @property
    def live(self) -> bool:
        """Does the machine still need it? It is open, or someone still holds a task of it that was withdrawn."""
        return self.ended is None or bool(self.withdrawn)


@dataclass(frozen=True, slots=True)
class LeadState:
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. kind: `started`, `entered`, `left`, `reacted`, `timed_out`, `chose`, `effect`, `held`,
    `released`, `deferred`, `ended`. Positions folded from `entered` and `left` equal the tokens. Codes and ids only:
    a page puts them into words."""

    enrolment: str
    kind: str
    step: str | None = None
    visit: int | None = None
    detail: Mapping[str, str | int | None] = field(default_factory=dict[str, str | int | None])


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


# --- as JSON ----------------------------------------------------------------------------------------
# What equals its default is left out: a lead that waits for months should not weigh much.


def dump_state(state: LeadState) -> dict[str, object]:
    """All but the enrolments, which have rows of their own."""
    return _slim(
        lead=state.lead,
        born=state.born,
        handover=state.handover,
        resting=list(state.resting),
        moves=[at.isoformat() for at in state.moves],
        seen=state.seen,
        discarded=state.discarded,
        unsettled=state.unsettled,
    )


def load_state(dumped: Mapping[str, Any], enrolments: Iterable[Enrolment] = ()) -> LeadState:
    return LeadState(
        lead=dumped["lead"],
        born=dumped.get("born", 0),
        enrolments=tuple(enrolments),
        handover=dumped.get("handover"),
        resting=tuple(dumped.get("resting", ())),
        moves=tuple(datetime.fromisoformat(at) for at in dumped.get("moves", ())),
        seen=dumped.get("seen", 0),
        discarded=dumped.get("discarded", False),
        unsettled=dumped.get("unsettled", False),
    )


def dump_enrolment(enrolment: Enrolment) -> dict[str, object]:
    e = enrolment
    return _slim(
        id=e.id,
        flow=e.flow,
        version=e.version,
        started_at=e.started_at.isoformat(),
        since=e.since,
        token=e.token and _dump_token(e.token),
        per=e.per,
        start_data=_dump_data(e.start_data),
        n=e.n,
        visits=dict(e.visits),
        went=dict(e.went),
        goal_fired=e.goal_fired,
        withdrawn=dict(e.withdrawn),
        deferred=[dump_event(event) for event in e.deferred],
        unsent=list(e.unsent),
        cause=e.cause,
        hops=e.hops,
        ended=e.ended and _slim(result=e.ended.result, because=e.ended.because, at=e.ended.at.isoformat()),
    )


def load_enrolment(dumped: Mapping[str, Any]) -> Enrolment:
    token, ended = dumped.get("token"), dumped.get("ended")
    return Enrolment(
        id=dumped["id"],
        flow=dumped["flow"],
        version=dumped["version"],
        started_at=datetime.fromisoformat(dumped["started_at"]),
        since=dumped.get("since", 0),
        token=_load_token(token) if token else None,
        per=dumped.get("per"),
        start_data=_load_data(dumped.get("start_data", {})),
        n=dumped.get("n", 0),
        visits=dict(dumped.get("visits", {})),
        went=dict(dumped.get("went", {})),
        goal_fired=dumped.get("goal_fired", False),
        withdrawn=dict(dumped.get("withdrawn", {})),
        deferred=tuple(load_event(event) for event in dumped.get("deferred", ())),
        unsent=tuple(dumped.get("unsent", ())),
        cause=dumped.get("cause"),
        hops=dumped.get("hops", 0),
        ended=Ended(ended["result"], ended.get("because"), datetime.fromisoformat(ended["at"])) if ended else None,
    )


def dump_event(event: Event) -> dict[str, object]:
    data = _dump_data(event.data)
    return _slim(seq=event.seq, kind=event.kind, at=event.at.isoformat(), ref=event.ref, data=data)


def load_event(dumped: Mapping[str, Any]) -> Event:
    at = datetime.fromisoformat(dumped["at"])
    return Event(dumped["seq"], dumped["kind"], at, dumped.get("ref"), _load_data(dumped.get("data", {})))


def _dump_token(token: Token) -> dict[str, object]:
    return _slim(
        step=token.step,
        visit=token.visit,
        entered_at=token.entered_at.isoformat(),
        ref=token.ref,
        deadline=token.deadline and token.deadline.isoformat(),
        held_since=token.held_since and token.held_since.isoformat(),
        taken=token.taken,
        rungs=[at and at.isoformat() for at in token.rungs],
        call_back=token.call_back and token.call_back.isoformat(),
        attempts=token.attempts,
        asks=token.asks,
    )


def _load_token(dumped: Mapping[str, Any]) -> Token:
    return Token(
        step=dumped["step"],
        visit=dumped.get("visit", 0),
        entered_at=datetime.fromisoformat(dumped["entered_at"]),
        ref=dumped.get("ref"),
        deadline=_moment(dumped.get("deadline")),
        held_since=_moment(dumped.get("held_since")),
        taken=dumped.get("taken", False),
        rungs=tuple(_moment(at) for at in dumped.get("rungs", ())),
        call_back=_moment(dumped.get("call_back")),
        attempts=dumped.get("attempts", 0),
        asks=dumped.get("asks"),
    )


def _dump_data(data: Mapping[str, Value]) -> dict[str, object]:
    """JSON has no dates: they become {"moment": …} and {"date": …}."""
    return {name: _dump_value(value) for name, value in data.items()}


def _dump_value(value: Value) -> object:
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case _:
            return value


def _load_data(data: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _load_value(value) for name, value in data.items()}


def _load_value(value: Any) -> Value:
    match value:
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case _:
            return value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _slim(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, False, 0, [], {})}
