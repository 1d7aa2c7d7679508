"""What comes of these events, now? Advances until all is at rest: engine, tests of flows and simulator share this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from msgspec import Struct

from kweek.errors import KweekError
from kweek.flow.answers import Answers
from kweek.flow.machine import advance, catch_up, rank
from kweek.flow.plan import Step, Wait
from kweek.flow.state import Advance, Effect, Entry, Event, LeadState

MOST_ADVANCES: Final = 2_000  # for one event; 200 steps end in a person's task, so this is a mistake of ours


class RestlessError(KweekError):
    """A lead did not come to rest."""


class Driven(Struct, frozen=True):
    """All that came of it. wake_at: in flow time, later than now; None: only a bell wakes this lead."""

    state: LeadState
    effects: tuple[Effect, ...]
    cancel: tuple[str, ...]
    journal: tuple[Entry, ...]
    wake_at: datetime | None


class _Drive(Struct):
    state: LeadState
    now: datetime
    answers: Callable[[], Answers]
    apply: Callable[[Effect], None]
    effects: list[Effect] = []
    cancel: list[str] = []
    journal: list[Entry] = []
    wake_at: datetime | None = None
    settled: bool = False

    def hear_all(self, events: Sequence[Event]) -> None:
        """In the order in which they were recorded; but of two at the same moment (an answer and the event that it
        raises) the one that stands higher in the waiting step's `when` is heard first."""
        for _, at_once in groupby(events, key=lambda event: event.at):
            several = list(at_once)
            if len(several) > 1:
                answers = self.answers()
                several.sort(key=lambda event: rank(self.state, event, answers))
            for event in several:
                self.hear(event)

    def hear(self, event: Event | None) -> None:
        """One event, or time, with all that conditions had to see again."""
        again = self.once(event)
        self.settled = event is not None and not again
        for _ in range(MOST_ADVANCES):
            if not again:
                return
            again = self.once(None)
        raise RestlessError(f"lead {self.state.lead} did not come to rest; please report this")

    def quiet(self) -> bool:
        """Has an event been heard after which time has nothing to add? Then nothing is due, nothing is unsettled, and
        nobody waits for a date, which may have moved."""
        if not self.settled or (self.wake_at is not None and self.wake_at <= self.now):
            return False
        answers = self.answers()
        standing = [(one.version, one.token.step) for one in self.state.enrolments if one.token is not None]
        return not any(_hangs_on_a_date(answers.plan(version).steps.get(step)) for version, step in standing)

    def once(self, event: Event | None) -> bool:
        return self.take(advance(self.state, self.now, event, self.answers()))

    def take(self, advanced: Advance) -> bool:
        self.state, self.wake_at = advanced.state, advanced.wake_at
        self.effects += advanced.effects
        self.cancel += advanced.cancel
        self.journal += advanced.journal
        for effect in advanced.effects:
            self.apply(effect)
        return advanced.again


def _hangs_on_a_date(step: Step | None) -> bool:
    return isinstance(step, Wait) and step.until.date_field is not None


def drive(
    state: LeadState,
    now: datetime,
    events: Iterable[Event],
    answers: Callable[[], Answers],
    apply: Callable[[Effect], None],
    turned: datetime | None = None,
) -> Driven:
    """Hear the events in their order, then let time speak: committed before the turn counts, later is late.

    answers: asked anew before every advance, for each sees what the one before it did. apply: called once for every
    effect, in order, before the next advance; it must at least do `add_points add_tags remove_tags set_fields`,
    which conditions see. turned: when the lead was last looked at (None: its calendars never change). RestlessError: a
    mistake of ours.
    """
    work = _Drive(state, now, answers, apply)
    if turned is not None:
        work.take(catch_up(state, now, turned, answers()))
    if state.unsettled:
        work.hear(None)
    work.hear_all(list(events))
    if not work.quiet():
        work.hear(None)
    for _ in range(MOST_ADVANCES):
        if work.wake_at is None or work.wake_at > now:
            break
        work.hear(None)
    else:
        raise RestlessError(f"lead {state.lead} has something to do at {now} for ever; please report this")
    return Driven(work.state, tuple(work.effects), tuple(work.cancel), tuple(work.journal), work.wake_at)
