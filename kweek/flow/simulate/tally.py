"""How many were where, and when? The segments of a crowd, folded into numbers by the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Generic, TypeVar

from kweek.flow.passed import holds_nobody, passed, stands
from kweek.flow.plan import Call, Plan
from kweek.flow.rows import row_in, rows_of
from kweek.flow.simulate.crowd import Segment
from kweek.flow.simulate.result import Counts, Day, Days, Desk
from kweek.flow.state import Entry
from kweek.flow.world import World
from kweek.rules.calendars import Calendar

_What = TypeVar("_What")


class Calendarium:
    """The days of a simulation, as dates in one time zone."""

    def __init__(self, begin: datetime, days: int, zone: tzinfo) -> None:
        self.first, self.zone, self.number = begin.astimezone(zone).date(), zone, days
        self._known: dict[datetime, int] = {}

    def of(self, at: datetime) -> int:
        day = self._known.get(at)
        if day is None:
            day = self._known[at] = (at.astimezone(self.zone).date() - self.first).days
        return day

    def dates(self) -> Iterator[date]:
        return (self.first + timedelta(days=day) for day in range(self.number))

    def open(self, calendar: Calendar | None) -> tuple[Day, ...]:
        return tuple(Day(day.isoformat(), self._hours(calendar, day)) for day in self.dates())

    def _hours(self, calendar: Calendar | None, day: date) -> tuple[tuple[int, int], ...]:
        """By the clock of this zone, whatever the calendar's is."""
        if calendar is None:
            return ((0, 1440),)
        quarters = [self._at(day, quarter * 15) for quarter in range(96)]
        return _spans([calendar.is_open(at) for at in quarters])

    def _at(self, day: date, minutes: int) -> datetime:
        return datetime.combine(day, time(*divmod(minutes, 60)), self.zone).astimezone(UTC)


def _spans(quarters: Sequence[bool]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for n, is_open in enumerate(quarters):
        if is_open and found and found[-1][1] == n * 15:
            found[-1] = (found[-1][0], n * 15 + 15)
        elif is_open:
            found.append((n * 15, n * 15 + 15))
    return tuple(found)


class Tally:
    """Counts by the day, of one flow; mails, calls and handovers of all that its leads walk in."""

    def __init__(self, plan: Plan, calendarium: Calendarium, world: World) -> None:
        self.plan = plan
        self._days = calendarium
        self._world = world
        self.entered = _Table[str](calendarium.number)
        self.moved = _Table[str](calendarium.number)  # steps: who came less who left
        self.rows = _Table[str](calendarium.number)
        self.endings = _Table[str](calendarium.number)
        self.started = _Table[str](calendarium.number)
        self.mails = _Table[str](calendarium.number)
        self.opened = _Table[tuple[str, str]](calendarium.number)
        self.flows: set[str] = set()  # that leads walked in
        self.other_mails = _Table[str](calendarium.number)
        self.other_opened = _Table[tuple[str, str]](calendarium.number)

    def add(self, segments: Iterable[Segment]) -> None:
        for segment in segments:
            self._add(segment, self._days.of(segment.at))

    def _add(self, segment: Segment, day: int) -> None:
        leads = segment.leads
        self.flows.update(segment.flows.values())
        journal = [entry for _, entry in segment.journal]
        for number, entry in enumerate(journal):
            if entry.kind == "effect":
                self._effect(segment, entry, day)
            if segment.flows[entry.enrolment] == self.plan.flow:
                self._entry(entry, day, leads)
                for step in passed(self.plan, entry, journal[number + 1 :]):
                    self.entered.add(step, day, leads)
        for sent in segment.sent:
            self.mails.add(sent.mail, day, leads)
            if sent.flow != self.plan.flow:
                self.other_mails.add(sent.mail, day, leads)

    def _effect(self, segment: Segment, entry: Entry, day: int) -> None:
        what = str(entry.detail.get("what") or "")
        match entry.detail.get("effect"):
            case "open_call_task":
                plan = self._world.plans.get(segment.flows[entry.enrolment])
                step = plan.steps.get(entry.step or "") if plan else None
                self._open("call", (step.queue if isinstance(step, Call) else None) or "default", segment, entry, day)
            case "give_handover":
                self._open("handover", what, segment, entry, day)
            case _:
                pass

    def _open(self, kind: str, name: str, segment: Segment, entry: Entry, day: int) -> None:
        self.opened.add((kind, name), day, segment.leads)
        if segment.flows[entry.enrolment] != self.plan.flow:
            self.other_opened.add((kind, name), day, segment.leads)

    def _entry(self, entry: Entry, day: int, leads: int) -> None:
        step = entry.step or ""
        match entry.kind:
            case "started":
                self.started.add("", day, leads)
            case "entered":
                self.entered.add(step, day, leads)
                self.moved.add(step, day, leads)
            case "left":
                self.moved.add(step, day, -leads)
            case "chose":
                self.entered.add(step, day, leads)
            case "drew" | "effect" if (what := self.plan.steps.get(step)) is not None:
                if holds_nobody(what, entry):
                    self.entered.add(step, day, leads)
            case "ended":
                if step:
                    self.entered.add(step, day, leads)
                moved = entry.detail.get("result") == "moved"
                ending = f"flow {entry.detail.get('because')}" if moved else str(entry.detail.get("result"))
                self.endings.add(ending, day, leads)
            case _:
                pass
        if (row := row_in(entry)) is not None:
            self.rows.add(row, day, leads)

    # --- what it comes to -------------------------------------------------------------------------------

    def steps(self) -> dict[str, Counts]:
        return {
            name: Counts(self.entered.of(name), _summed(self.moved.of(name)) if stands(step) else None)
            for name, step in self.plan.steps.items()
        }

    def never(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Steps and rows that nobody came to."""
        steps = tuple(step for step in self.plan.steps if step not in self.entered)
        return steps, tuple(row for row in rows_of(self.plan) if row not in self.rows)

    def under_way(self) -> Days:
        came, left = self.started.of(""), [self.endings.of(ending) for ending in self.endings]
        return _summed(came[day] - sum(gone[day] for gone in left) for day in range(self._days.number))

    def desks(self, queues: Mapping[str, int | None], teams: Mapping[str, int | None]) -> tuple[Desk, ...]:
        """queues, teams: so many calls, or handovers, can each do in a day (None: no limit is known)."""
        of_queues, of_teams = (self._world.queues, queues), (self._world.teams, teams)
        return tuple(
            self._desk(kind, name, *(of_queues if kind == "call" else of_teams)) for kind, name in sorted(self.opened)
        )

    def _desk(self, kind: str, name: str, calendars: Mapping[str, Calendar], most_of: Mapping[str, int | None]) -> Desk:
        opened, others = self.opened.of((kind, name)), self.other_opened.of((kind, name))
        most = most_of.get(name)
        if most is None:
            return Desk(kind, name, opened, None, None, others)
        calendar = calendars.get(name, self._world.calendar)
        capacity = tuple(most if day.open else 0 for day in self._days.open(calendar))
        backlog, left = list[int](), 0
        for came, can in zip(opened, capacity, strict=True):
            left = max(0, left + came - can)
            backlog.append(left)
        return Desk(kind, name, opened, capacity, tuple(backlog), others)


class _Table(Generic[_What], dict[_What, list[int]]):
    """Numbers by the day, by what they count."""

    def __init__(self, days: int) -> None:
        super().__init__()
        self.days = days

    def add(self, what: _What, day: int, number: int) -> None:
        line = self.get(what)
        if line is None:
            line = self[what] = [0] * self.days
        if 0 <= day < self.days:
            line[day] += number

    def of(self, what: _What) -> Days:
        return tuple(self.get(what, [0] * self.days))

    def in_order(self: _Table[str]) -> dict[str, Days]:
        return {what: tuple(self[what]) for what in sorted(self)}


def _summed(numbers: Iterable[int]) -> Days:
    total, found = 0, list[int]()
    for number in numbers:
        total += number
        found.append(total)
    return tuple(found)
