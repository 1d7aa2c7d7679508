"""What is being changed? The copy of a lead's state that one advance works on, with all that comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from kweek.flow.answers import Answers
from kweek.flow.plan import AnyStep, Plan
from kweek.flow.state import Advance, Effect, EffectKind, Ended, Enrolment, Entry, LeadState, Token

SEEN_BY_CONDITIONS: Final = ("add_points", "add_tags", "remove_tags", "set_fields")


class Work(Struct):
    """The fields of LeadState, to be changed, and what comes of it. `ends`: discards and wins that other enrolments
    have yet to hear of. `begun`: enrolments that this very event started."""

    lead: str
    now: datetime
    answers: Answers
    enrolments: dict[str, Enrolment]
    born: int
    handover: str | None
    resting: tuple[str, ...]
    moves: tuple[datetime, ...]
    seen: int
    discarded: bool
    effects: list[Effect] = []
    cancel: list[str] = []
    journal: list[Entry] = []
    ends: list[tuple[str, Ended]] = []
    begun: set[str] = field(default_factory=set[str])
    again: bool = False

    @classmethod
    def on(cls, state: LeadState, now: datetime, answers: Answers) -> Work:
        enrolments = {enrolment.id: enrolment for enrolment in state.enrolments}
        return cls(
            state.lead, now, answers, enrolments, state.born, state.handover, state.resting, state.moves, state.seen,
            state.discarded,
        )  # fmt: skip

    # --- looking -----------------------------------------------------------------------------------

    def open(self) -> list[tuple[Enrolment, Token]]:
        """Open enrolments with their tokens, the oldest first. One that has ended has none."""
        return [(e, e.token) for e in self.enrolments.values() if e.token is not None]

    def standing(self) -> list[tuple[Enrolment, Token]]:
        """Those that wait at a step, not on the way to one."""
        return [(e, e.token) for e in self.enrolments.values() if e.token is not None and e.token.visit]

    def plan(self, enrolment: Enrolment) -> Plan:
        return self.answers.plan(enrolment.version)

    def step(self, enrolment: Enrolment, step: str) -> AnyStep:
        return self.plan(enrolment).steps[step]

    def at(self, enrolment: Enrolment, token: Token) -> AnyStep | None:
        """The step whose reactions count now; None while a person is asked how to go on."""
        return None if token.asks else self.step(enrolment, token.step)

    @property
    def with_a_person(self) -> bool:
        """Does a person hold this lead: sales, or whoever took its call or task?"""
        return self.handover is not None or any(token.taken for _, token in self.open())

    # --- changing ----------------------------------------------------------------------------------

    def put(self, enrolment: Enrolment) -> Enrolment:
        self.enrolments[enrolment.id] = enrolment
        return enrolment

    def put_token(self, enrolment: Enrolment, token: Token) -> Enrolment:
        return self.put(replace(enrolment, token=token))

    def issue(self, of: str, step: str, kind: EffectKind, /, what: str | None = None, **args: object) -> str:
        """Have something done. Answers its key. what: the word that tells it from its like, for the journal."""
        enrolment = self.enrolments[of]
        n = enrolment.n + 1
        key = f"{of}/{n}"
        unsent = (*enrolment.unsent, key) if kind == "send_mail" else enrolment.unsent
        self.put(replace(enrolment, n=n, unsent=unsent))
        self.effects.append(Effect(key, kind, of, step, args))
        self.again = self.again or kind in SEEN_BY_CONDITIONS
        self.note(of, "effect", step, key=key, effect=kind, what=what)
        return key

    def stand(
        self,
        of: str,
        step: str,
        ref: str | None = None,
        deadline: datetime | None = None,
        rungs: tuple[datetime | None, ...] = (),
        asks: str | None = None,
    ) -> Enrolment:
        """It has come to a step and waits there: a new visit."""
        enrolment = self.enrolments[of]
        visit = enrolment.visits.get(step, 0) + 1
        token = Token(step, visit, self.now, ref, deadline, rungs=rungs, asks=asks)
        self.note(of, "entered", step, visit, asks=asks)
        return self.put(replace(enrolment, token=token, visits={**enrolment.visits, step: visit}))

    def note(
        self, of: str, kind: str, step: str | None = None, visit: int | None = None, /, **detail: str | int | None
    ) -> None:
        told = {name: value for name, value in detail.items() if value is not None}
        self.journal.append(Entry(of, kind, step, visit, told))

    def done(self, wake_at: datetime | None) -> Advance:
        return Advance(
            state=LeadState(
                self.lead,
                self.born,
                tuple(self.enrolments.values()),
                self.handover,
                self.resting,
                self.moves,
                self.seen,
                self.discarded and not self.open(),  # sales kept it, or a late outcome brought it back
                unsettled=self.again,
            ),
            effects=tuple(self.effects),
            cancel=tuple(self.cancel),
            journal=tuple(self.journal),
            wake_at=wake_at,
            again=self.again,
        )
