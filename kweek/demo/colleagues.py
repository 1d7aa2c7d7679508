"""What do make-believe colleagues do? They call, take over, contact, win and lose; in office hours, and now and then
too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from kweek.demo.agenda import Agenda, Deed
from kweek.demo.answers import Answers
from kweek.demo.choices import TOO_LATE, Bound, Choice, call_choices, handover_choices, task_choices, usual
from kweek.demo.people import Person
from kweek.demo.stage import OpenCall, OpenHandover, OpenTask, Place, Stage
from kweek.flow.catalogue import Teams
from kweek.flow.plan import Call, Handover, Task
from kweek.flow.surveys import Survey
from kweek.flow.world import World
from kweek.intake.calls import CLOSING

_CALLS_WITHIN: Final = timedelta(hours=20)
_CONTACTS_WITHIN: Final = timedelta(hours=18)
_TOO_LATE: Final = 0.15  # of the handovers: the first contact comes a day or three after the promise
_LATE_BY: Final = timedelta(days=3)
_OFFERS: Final = 0.5  # of the handovers: there is an appointment, and a quote
_CLOSES_WITHIN: Final = timedelta(days=4)
_CLOSES_SOON: Final = timedelta(days=1)
_OPENING: Final = timedelta(hours=3)  # so long it takes to do what lay there in the morning
_PUTS_OFF: Final = 3  # times at most: while all sleep, in a hurry, no look falls on a working day for sure
_CALL_BACK_IN: Final = timedelta(days=2)
_LATER_IN: Final = (2, 6)  # days
_NOBODY_SPOKE: Final = ("no answer", "call back", "wrong person", "objected")
_VERBS: Final = {"rejected": "reject"}  # what the desk calls the outcome of a handover


class Colleagues:
    """teams: who there is. world: their calendars. people: the leads, by the id of the lead. bound: what leads
    a lead where it is bound."""

    def __init__(
        self,
        stage: Stage,
        agenda: Agenda,
        world: World,
        teams: Teams,
        people: Mapping[str, Person],
        answers: Answers,
        bound: Bound,
        drawn: Random,
    ) -> None:
        self.stage, self.agenda, self.world, self.teams = stage, agenda, world, teams
        self.people, self.answers, self.bound, self.drawn = people, answers, bound, drawn
        self._seen: set[tuple[str, int]] = set()

    def look(self, now: datetime) -> None:
        """Is there anything new on a desk? Then it goes into somebody's agenda."""
        for call in self.stage.open_calls():
            if self._new(call.key, call.tries):
                self._plan_call(call, now)
        for handover in self.stage.open_handovers():
            if self._new(handover.key, 0):
                self._plan_handover(handover, now)
        for task in self.stage.open_tasks():
            if self._new(task.key, 0):
                self._plan_task(task, now)

    def _new(self, key: str, tries: int) -> bool:
        if (key, tries) in self._seen:
            return False
        self._seen.add((key, tries))
        return True

    def _pick(self, choices: Sequence[Choice], place: Place | None, who: str) -> Choice:
        return (self.bound(choices, place, who) if place else None) or usual(choices, self.drawn)

    def _after(self, now: datetime, within: timedelta, calendar: Any) -> datetime:
        """Sometime in that time, when they are at work."""
        at = now + self.drawn.random() * within
        opens = calendar.next_open(at)
        return at if opens == at else calendar.next_open(opens + self.drawn.random() * _OPENING)

    def _at_work(self, at: datetime, calendar: Any, deed: Deed, put_off: int = 0) -> None:
        """Who comes to it when the office has closed does it when it opens again."""

        def do(now: datetime) -> None:
            opens = calendar.next_open(now)
            if opens == now or put_off == _PUTS_OFF:
                deed(now)
            else:
                self._at_work(opens, calendar, deed, put_off + 1)

        self.agenda.add(at, do, office=True)

    def _in_turn(self, calendar: Any, *deeds: tuple[datetime, Deed]) -> None:
        """None before the one before it, however late that is."""
        (at, deed), *others = deeds

        def do(now: datetime) -> None:
            if others:
                self._in_turn(calendar, *others)
            deed(now)

        self._at_work(at, calendar, do)

    # --- telemarketers --------------------------------------------------------------------------------

    def _plan_call(self, call: OpenCall, now: datetime) -> None:
        place = self.stage.place(call.key)
        step = place.plan.steps.get(place.step) if place else None
        if place is None or not isinstance(step, Call):
            return
        script = self.world.asked.get(call.script)
        outcomes = (*CLOSING, *(script.outcomes if script else ()))
        choice = self._pick(call_choices(step, outcomes), place, call.person)
        if choice.kind == TOO_LATE:
            return
        calendar = self.world.queues.get(call.queue, self.world.calendar)
        at = self._after(now, _CALLS_WITHIN, calendar)
        caller = self._one_of(self._team_of(call.queue))
        self._at_work(at, calendar, lambda now: self._call(call, script, caller, choice, now))

    def _call(self, call: OpenCall, script: Survey | None, by: str, choice: Choice, now: datetime) -> None:
        if self.stage.act(f"/api/calls/{call.key}/take", by):
            said: dict[str, Any] = {"call_back_at": now + _CALL_BACK_IN} if choice.kind == "call back" else {}
            person = self.people.get(call.person)
            if script and person and choice.kind not in _NOBODY_SPOKE:
                said["answers"] = self.answers.fill_in(script, person, choice.towards, spoken=True)
            self.stage.act(f"/api/calls/{call.key}/outcome", by, outcome=choice.kind, **said)

    def _team_of(self, queue: str) -> str | None:
        found = self.teams.queues.get(queue)
        return found.team.value if found and found.team else None

    def _one_of(self, team: str | None) -> str:
        found = self.teams.teams.get(team or "")
        people = found.members if found else self.teams.people()
        return self.drawn.choice([person.name.value for person in people] or ["demo"])

    # --- sales ----------------------------------------------------------------------------------------

    def _plan_handover(self, handover: OpenHandover, now: datetime) -> None:
        place = self.stage.place(handover.key)
        step = place.plan.steps.get(place.step) if place else None
        if place is None or not isinstance(step, Handover):
            return
        choice = self._pick(handover_choices(step), place, handover.person)
        calendar = self.world.teams.get(handover.team, self.world.calendar)
        late = self.drawn.random() < _TOO_LATE and not choice.then  # who still has far to go, is not kept waiting
        contact = self._after(
            now + timedelta(hours=25) if late else now, _LATE_BY if late else _CONTACTS_WITHIN, calendar
        )
        close = self._after(contact + timedelta(hours=2), _CLOSES_SOON if choice.then else _CLOSES_WITHIN, calendar)
        deeds = [(contact, self._handed(handover, ("accept", {}), ("contact", {})))]
        if self.drawn.random() < _OFFERS:
            between = min(self._after(contact, close - contact, calendar), close)
            deeds.append((between, self._handed(handover, ("appointment", {}), ("quote", {}))))
        deeds.append((close, lambda now: self._handed(handover, self._closing(handover, choice, now))(now)))
        self._in_turn(calendar, *deeds)

    def _closing(self, handover: OpenHandover, choice: Choice, now: datetime) -> tuple[str, dict[str, Any]]:
        said: dict[str, Any] = {}
        if choice.kind == "rejected":
            said = {"reason": self.answers.reason(self.people[handover.person], choice.towards)}
        elif choice.kind == "later":
            days = _LATER_IN[0] if choice.then else self.drawn.randint(*_LATER_IN)
            said = {"later_on": (now + timedelta(days=days)).date()}
        self.answers.known.happened(self.people[handover.person], choice.kind, now)
        return _VERBS.get(choice.kind, choice.kind), said

    def _handed(self, handover: OpenHandover, *deeds: tuple[str, dict[str, Any]]) -> Deed:
        """By whoever has it at that moment: it may have been passed on."""

        def do(now: datetime) -> None:
            row = next((one for one in self.stage.open_handovers() if one.key == handover.key), None)
            if row is not None:
                by = row.owner or self._one_of(row.team)
                for action, said in deeds:
                    self.stage.act(f"/api/handovers/{row.key}/{action}", by, **said)

        return do

    # --- tasks ----------------------------------------------------------------------------------------

    def _plan_task(self, task: OpenTask, now: datetime) -> None:
        place = self.stage.place(task.key)
        step = place.plan.steps.get(place.step) if place else None
        kinds = task_choices(step) if isinstance(step, Task) else tuple(map(Choice, task.outcomes))
        choice = self._pick(kinds, place, task.person)
        if choice.kind == TOO_LATE:
            return
        at = self._after(now, _CALLS_WITHIN, self.world.calendar)
        people = {person.name.value for person in self.teams.people()}
        by = task.assignee if task.assignee in people else self._one_of(task.assignee)
        self._at_work(at, self.world.calendar, lambda now: self._close(task, by, choice))

    def _close(self, task: OpenTask, by: str, choice: Choice) -> None:
        self.stage.act(f"/api/tasks/{task.key}/outcome", by, outcome=choice.kind)
