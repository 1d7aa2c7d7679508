"""What do they say? Whatever leads where they are bound: answers, reasons and data are drawn until it does.

towards: the line of a `choose` by which somebody wants to go on; None: it is all the same to him.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import Final

from kweek.demo.known import Known, takes
from kweek.demo.openings import Opening
from kweek.demo.people import Person
from kweek.demo.sheets import Sheet, draw_sheet, keep, raised_by, some_of, worth
from kweek.demo.ways import Row
from kweek.flow.spread import spread
from kweek.flow.state import Event
from kweek.flow.surveys import Survey

_TRIES: Final = 40
_KEEN: Final = 0.8  # of the people: those who are busy with it
_KEEN_TRIES: Final = 8  # of which they give the best


class Answers:
    """reasons: for which sales rejects."""

    def __init__(self, known: Known, reasons: Sequence[str], drawn: Random) -> None:
        self.known, self.world, self.reasons, self.drawn = known, known.world, reasons, drawn

    def fill_in(self, survey: Survey, person: Person, towards: Row | None, *, spoken: bool = False) -> Sheet:
        """spoken: on the telephone."""
        known, aim = self.known.of(person), self.known.aims.get(person.id)
        best: tuple[bool, bool, tuple[int, int]] | None = None
        found: Sheet = {}
        for _ in range(_TRIES if towards else _KEEN_TRIES if aim or self.is_keen(person) else 1):
            sheet = draw_sheet(survey, person, self.drawn)
            sheet = some_of(sheet, self.drawn) if spoken and not towards else sheet
            then, stays = keep(known.fork(), survey, sheet), not raised_by(survey, sheet)
            rank = stays, aim is None or aim(then), worth(then)
            if best is None or best < rank:
                best, found = rank, sheet
            if towards and stays and takes(self.world, towards, then.facts(None)):
                found = sheet
                break
        self.known.learn(person, keep(known.fork(), survey, found))
        return found

    def reason(self, person: Person, towards: Row | None) -> str:
        """Why sales sends this lead back."""
        shuffled = self.drawn.sample(self.reasons, len(self.reasons))
        for reason in shuffled if towards else ():
            then = self.known.of(person).fork()
            then.fields["handover.reason"] = reason
            if towards and takes(self.world, towards, then.facts(None)):
                return reason
        return shuffled[0]

    def opening(self, draw: Callable[[], Opening], now: datetime, person: Person, towards: Row | None) -> Opening:
        """By which of the ways in does this one come?"""
        known, drawn = self.known.of(person).at(now), draw()
        for _ in range(_TRIES if towards else 0):
            facts = known.facts(None, Event(1, drawn.kind, now, None, drawn.data))
            if towards and takes(self.world, towards, facts, started=True):
                break
            drawn = draw()
        return drawn

    def asked_by(self, mail: str) -> Survey | None:
        return self.world.asked.get(self.world.surveys.get(mail, ""))

    def is_keen(self, person: Person) -> bool:
        return spread(person.id, "keen") < _KEEN
