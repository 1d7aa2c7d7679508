"""Will somebody come to where a way leads, by what is known of him and by what he is asked on it? What will then be
known?"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from random import Random
from typing import Final

from kweek.demo.answers import Answers
from kweek.demo.known import pass_by, takes
from kweek.demo.people import Person
from kweek.demo.sheets import draw_sheet, keep, raised_by, worth
from kweek.demo.ways import Leg, Way
from kweek.flow.plan import AnyStep, Call, Choose, Handover, Otherwise, Send, When
from kweek.flow.rows import GOAL, line_at
from kweek.flow.simulate.memory import Memory
from kweek.flow.surveys import Survey
from kweek.flow.words import LEAD_WIDE, MAIL_CLOSES

_TRIES: Final = 24  # of each survey, so many filled-in ones are looked at
_BEST: Final = 4
_PARTS: Final = (*LEAD_WIDE, *MAIL_CLOSES, "not interested")  # after which we hear of each other no more
_PLENTY: Final = {"profile": 1_000, "intent": 1_000, "interest": 1_000}
_NOBODY_SPOKE: Final = ("wrong person", "objected", "unreachable", "blocked", "attempted", "else")


class Foresight:
    """What was found out once is kept until more is known of somebody."""

    def __init__(self, answers: Answers, drawn: Random) -> None:
        self.answers, self.world, self.drawn = answers, answers.world, drawn
        self._can: dict[Hashable, bool] = {}
        self._worth: dict[Hashable, tuple[int, int]] = {}
        self._prospects: dict[Hashable, tuple[int, int] | None] = {}

    def can(self, person: Person, way: Way) -> bool:
        key = self.answers.known.as_of_now(person), way
        if key not in self._can:
            self._can[key] = self._walk(self.answers.known.of(person), person, way) is not None
        return self._can[key]

    def worth(self, person: Person) -> tuple[int, int]:
        key = self.answers.known.as_of_now(person)
        if key not in self._worth:
            self._worth[key] = worth(self.answers.known.of(person))
        return self._worth[key]

    def asks(self, way: Way) -> Iterator[Survey]:
        """What is asked on it."""
        for leg in way:
            step = self.world.plans[leg.step[0]].steps[leg.step[1]]
            yield from (one for one in self._asked(step, leg) if isinstance(one, Survey))

    def prospects(self, person: Person, survey: Survey, way: Way) -> tuple[int, int] | None:
        """How much this lead is worth once it has answered well, if then only points keep it from this way. None: they
        do not, or it has no more to tell."""
        key = self.answers.known.as_of_now(person), survey.name.value, way
        if key not in self._prospects:
            self._prospects[key] = self._told(person, survey, way)
        return self._prospects[key]

    def _told(self, person: Person, survey: Survey, way: Way) -> tuple[int, int] | None:
        known = self.answers.known.of(person)
        if any(f"survey.{survey.name.value}.{question.name.value}" in known.fields for question in survey.questions):
            return None
        drafts = ((worth(one), one) for one in self._drafts(known, (survey,), person))
        best = sorted(drafts, key=lambda one: one[0], reverse=True)[:_BEST]
        more = (so_much for so_much, one in best if so_much > worth(known) and self._is_near(one, person, way))
        return next(more, None)

    def aim(self, person: Person, way: Way) -> None:
        """From now on it says nothing that would keep it from this way, as far as it may choose."""
        self.answers.known.aims[person.id] = lambda memory: self._is_near(memory, person, way)

    def stays_near(self, person: Person, kind: str, way: Way) -> bool:
        """Also once this has happened?"""
        then = self.answers.known.of(person).fork()
        then.record(kind, then.now)
        return kind not in _PARTS and self._is_near(then, person, way)

    def _is_near(self, known: Memory, person: Person, way: Way) -> bool:
        rich = known.fork()
        rich.add_points(_PLENTY)
        return self._walk(rich, person, way) is not None

    def _walk(self, known: Memory, person: Person, way: Way) -> Memory | None:
        """What is known at its end. None: it leads elsewhere."""
        known, asked = known.fork(), tuple[Survey | str, ...]()
        for leg in way:
            step = self.world.plans[leg.step[0]].steps[leg.step[1]]
            pass_by(known, step)
            if leg.row is not None and (isinstance(step, Choose) or leg.row[1] == GOAL):
                drafts, row = self._drafts(known, asked, person), leg.row
                found = next((one for one in drafts if takes(self.world, row, one.facts(None))), None)
                if found is None:
                    return None
                known, asked = found, ()
            elif now_asked := self._asked(step, leg):
                asked = now_asked
        return known

    def _asked(self, step: AnyStep, leg: Leg) -> tuple[Survey | str, ...]:
        """A survey, or for which reason."""
        line = line_at(step, leg.row[1].rpartition(" ")[2]) if leg.row else None
        match step, line:
            case Send(mails=((str() as mail, _), *_), within=None), None:
                survey = self.answers.asked_by(mail)
            case Send(mails=((str() as mail, _), *_)), When(event="answered") | Otherwise(state="answered"):
                survey = self.answers.asked_by(mail)
            case Call(script=script), When(event=event) if event not in _NOBODY_SPOKE:
                survey = self.world.asked.get(script)
            case Handover(), When(event="rejected"):
                return tuple(self.answers.reasons)
            case _:
                survey = None
        return (survey,) if survey else ()

    def _drafts(self, known: Memory, asked: tuple[Survey | str, ...], person: Person) -> Iterator[Memory]:
        if not asked:
            yield known
        for one in asked:
            if isinstance(one, str):
                then = known.fork()
                then.fields["handover.reason"] = one
                yield then
                continue
            for _ in range(_TRIES):
                sheet = draw_sheet(one, person, self.drawn)
                if not raised_by(one, sheet):
                    yield keep(known.fork(), one, sheet)
