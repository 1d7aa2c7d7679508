"""What does a lead live through? The machine and the gate run on a clock of our own, with the lead in memory.

No time passes by itself: whoever drives a life says until when it runs and what happens in it. Mail leaves when the
gate lets it; what people do (answer, call, close a handover) is given from outside, as an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, cast

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.drive import drive
from kweek.flow.gate import Blocked, Later, Mailing, Send, Standing, Why, gate
from kweek.flow.plan import Plan
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Effect, Entry, LeadState, Value

Verb = Literal["send", "call", "handover", "task"]
HELD: Final = ("paused", "handover", "answer")
_OPENS: Final[dict[str, Verb]] = {"open_call_task": "call", "give_handover": "handover", "open_task": "task"}
_WHAT: Final = {"open_call_task": "script", "give_handover": "team", "open_task": "title"}


Said = tuple[str, str | None, Mapping[str, Value]]
"""An event to be: its kind, what it is about, its data."""


class Opened(Struct, frozen=True):
    """Something that a person can react to: a mail that left, a call task, a handover, a task. effect: its order."""

    verb: Verb
    what: str
    at: datetime
    effect: Effect

    @property
    def key(self) -> str:
        return self.effect.key

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What a task may come to."""
        return tuple(cast("list[str]", self.effect.args.get("outcomes", ())))


class Waiting(Struct):
    """A mail that has not left. again: when to ask the gate (None: at the next bell). whys: what held it up to now."""

    effect: Effect
    again: datetime | None
    held: bool = False
    whys: tuple[Why, ...] = ()


class Life:
    """One lead from `start` on. journal: all that the machine noted, with its moments. opened: what people can react
    to, in order. withdrawn: keys of tasks and handovers that are off the desk again. waited: for what mails waited that
    have left, or never will, by their keys."""

    def __init__(self, memory: Memory, start: datetime) -> None:
        self.memory = memory
        self.start = self.now = start
        memory.said(memory.fields, start)
        self.state = LeadState(memory.lead)
        self.journal: list[tuple[datetime, Entry]] = []
        self.opened: list[Opened] = []
        self.withdrawn: set[str] = set()
        self.waited: dict[str, tuple[Why, ...]] = {}
        self._wake_at: datetime | None = None
        self.waiting: dict[str, Waiting] = {}
        self.left: list[datetime] = []  # marketing mails, as the limits count them
        self._plans: dict[str, Plan] = {}  # by enrolment, for its last mail may leave after its end

    @property
    def due(self) -> datetime | None:
        """When something happens next by itself."""
        due = self._wake_at
        fades = self.memory.fades_at(self.now)
        if fades is not None and (due is None or fades < due):
            due = fades
        for one in self.waiting.values():
            if one.again is not None and (due is None or one.again < due):
                due = one.again
        return due

    def run(self, until: datetime) -> None:
        """Let time pass, up to but not including `until`."""
        while (due := self.due) is not None and due < until:
            self._turn(max(due, self.now))
        self.now = max(self.now, until)

    def hear(self, at: datetime, kind: str, ref: str | None = None, data: Mapping[str, Value] | None = None) -> None:
        """Something happens, before whatever else is due at that moment."""
        self.hear_all(at, [(kind, ref, data or {})])

    def hear_all(self, at: datetime, said: Iterable[Said]) -> None:
        """Several things of one moment: an answer, and what it raises."""
        self.run(at)
        for kind, ref, data in said:
            self.memory.record(kind, self.now, ref, data)
        self._turn(self.now)

    def fork(self) -> Life:
        """Another lead to whom the same has happened, up to now."""
        other = object.__new__(Life)
        other.__dict__.update(self.__dict__)
        other.memory = self.memory.fork()
        other.journal, other.opened, other.left = list(self.journal), list(self.opened), list(self.left)
        other.withdrawn, other._plans, other.waited = set(self.withdrawn), dict(self._plans), dict(self.waited)
        other.waiting = {key: Waiting(one.effect, one.again, one.held, one.whys) for key, one in self.waiting.items()}
        return other

    def plan_of(self, enrolment: str) -> Plan:
        """What it walks in an enrolment, ended ones included. KeyError: there was none."""
        return self._plans[enrolment]

    def in_flow(self, flow: str) -> bool:
        return any(one.flow == flow and one.ended is None for one in self.state.enrolments)

    def busy(self, flow: str) -> bool:
        """Is it in this flow, or has a mail of this flow yet to leave?"""
        return self.in_flow(flow) or any(
            self._plans[one.effect.enrolment].flow == flow for one in self.waiting.values()
        )

    # --- a turn ---------------------------------------------------------------------------------------

    def _turn(self, now: datetime) -> None:
        """Hear all that was recorded since, until nothing more comes of it."""
        self.now = now
        while True:
            events = self.memory.events[self.state.seen :]
            driven = drive(self.state, now, events, lambda: self.memory.at(now), self._apply)
            self._note(now, driven.journal)
            self.memory.keep(driven.state)
            # one that wrote a mail may be replied to after its end
            kept = tuple(one for one in driven.state.enrolments if one.live or one.n)
            self.state = driven.state if kept == driven.state.enrolments else replace(driven.state, enrolments=kept)
            self._wake_at = driven.wake_at
            for key in driven.cancel:
                self.waiting.pop(key, None)
            self.memory.tell_grade(now)
            self._post(now)
            if len(self.memory.events) == self.state.seen:
                return

    def _note(self, now: datetime, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.journal.append((now, entry))
            if entry.kind == "started":
                self._plans[entry.enrolment] = self.memory.plan(str(entry.detail["version"]))

    def _apply(self, effect: Effect) -> None:
        self.memory.apply(effect)
        if effect.kind == "send_mail":
            self.waiting[effect.key] = Waiting(effect, self.now)
        elif effect.kind in _OPENS:
            what = str(effect.args[_WHAT[effect.kind]])
            self.opened.append(Opened(_OPENS[effect.kind], what, self.now, effect))
        elif effect.kind == "withdraw":
            self.withdrawn.add(str(effect.args["ref"]))

    # --- the post -------------------------------------------------------------------------------------

    def _post(self, now: datetime) -> None:
        """Ask the gate for every mail that may leave now, first due, first asked."""
        for key, waiting in list(self.waiting.items()):
            due = waiting.held or waiting.again is None or waiting.again <= now
            if due and self._ask(waiting, now):
                del self.waiting[key]
                if waiting.whys:
                    self.waited[key] = waiting.whys

    def _ask(self, waiting: Waiting, now: datetime) -> bool:
        """Has it left, or will it never? Then that is recorded."""
        effect, memory = waiting.effect, self.memory
        mail, expires = str(effect.args["mail"]), effect.args.get("expires_at")
        mailing = Mailing(
            kind="service" if mail in memory.world.service else "marketing",
            expires_at=datetime.fromisoformat(str(expires)) if expires else None,
        )
        match gate(mailing, self._standing(effect), now):
            case Send():
                self.opened.append(Opened("send", mail, now, effect))
                if mailing.kind == "marketing":
                    self.left.append(now)
                memory.record("sent", now, effect.key)
                return True
            case Blocked(why):
                memory.record("blocked", now, effect.key, {"reason": why})
                return True
            case Later(until, why):
                waiting.again, waiting.held = until, why in HELD
                if why not in waiting.whys:
                    waiting.whys += (why,)
                return False

    def _standing(self, effect: Effect) -> Standing:
        memory, plan = self.memory, self._plans[effect.enrolment]
        hours = plan.send_hours or memory.world.send_hours
        limits = (limit for limit in (plan.limit, memory.limit()) if limit is not None)
        return Standing(
            suppressed=memory.suppressed,
            consent=memory.consent,
            paused=memory.paused(plan.flow),
            handover_open=self.state.handover is not None,
            resting=bool(self.state.resting),
            hours=memory.calendar(hours) if hours else None,
            limits=tuple((limit, tuple(self.left)) for limit in limits),
        )
