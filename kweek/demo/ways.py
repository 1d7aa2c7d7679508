"""Which rows can be reached from here, by which way, and how soon? Over all flows, in days as far as they are known."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.plan import (
    AnyStep,
    At,
    Call,
    Choose,
    EndStep,
    Go,
    Handover,
    Plan,
    Send,
    Stay,
    Target,
    Task,
    ToFlow,
    Wait,
)
from kweek.flow.rows import GOAL, is_row, leads_to, lines_at
from kweek.flow.words import MAIL

Row = tuple[str, str]
"""Flow, and the key of a row in it."""

Step = tuple[str, str]
"""Flow, and a step of it."""

_SOON: Final = 1.0  # days, until people do something about a mail, a call or a task
_WITH_SALES: Final = 3.0  # of whoever has far to go: others are kept waiting longer
_LATER: Final = 3.0  # until the date on which sales has agreed with them
_SOME_DATE: Final = 7.0  # until a date comes, or a weekday
_MONTHS: Final = 90.0
_AT_ONCE: Final = 0.0


@dataclass(frozen=True, slots=True)
class Leg:
    """A lead leaves a step. row: by which row (None: it runs out, or only stands there). days: so long after the
    way began."""

    step: Step
    row: Row | None
    days: float


Way = tuple[Leg, ...]

Begin = tuple[Step | None, Way]
"""To which step somebody comes (None: to none), and what he did before."""


def rows_on(way: Way) -> tuple[Row, ...]:
    return tuple(leg.row for leg in way if leg.row is not None)


def is_taken_by_itself(row: Row) -> bool:
    """When the time is up, or by what is known of a lead."""
    return any(word in row[1] for word in (" otherwise:", " choose:", " then"))


class Ways:
    """links: mail → the names of the links in it."""

    def __init__(self, plans: Mapping[str, Plan], links: Mapping[str, Collection[str]]) -> None:
        self.plans, self._links = plans, links
        self._into: dict[str, Sequence[Way]] = {}
        self._tended: set[Row] = set()
        self._exits: dict[Step, list[tuple[Row | None, float, Step | None]]] = {}
        for flow, plan in plans.items():
            for step in plan.steps.values():
                self._exits[flow, step.id] = [
                    ((flow, row) if row else None, days, self._place(flow, to))
                    for row, days, to in (*_exits(step), *self._whenever(plan, step))
                ]
        for flow, plan in plans.items():
            for step in plan.steps.values():
                if isinstance(step, Go) and step.at_most is not None:
                    self._go_round((flow, step.id), step.at_most)

    def into(self, flow: str) -> Sequence[Way]:
        """The ways of whoever comes into it; and of whoever is at its goal when he does."""
        if flow not in self._into:
            plan = self.plans[flow]
            begins: list[Begin] = [((flow, plan.entry), ())]
            if plan.goal is not None:
                goal = Leg((flow, plan.entry), (flow, GOAL), _AT_ONCE)
                begins.append((self._place(flow, plan.goal.target), (goal,)))
            self._into[flow] = [way for begin in begins for way in self.reach([begin]).values()]
        return self._into[flow]

    def after(self, at: Step, row: str | None) -> Begin:
        """Who takes this row where he stands. None: he does nothing about it."""
        key = None if row is None else (at[0], row)
        found = ((to, (Leg(at, key, lasts),)) for one, lasts, to in self._exits.get(at, ()) if one == key)
        return next(found, (None, ()))

    def deeds(self, way: Way) -> Iterator[tuple[float, float]]:
        """From when until when people have to be there, in days: for what is done once, and for going round."""
        before = 0.0
        for leg in way:
            if leg.row in self._tended:
                yield before, leg.days
            elif leg.row is not None and not is_taken_by_itself(leg.row) and not self._can_wait(leg):
                yield leg.days, leg.days
            before = leg.days

    def _can_wait(self, leg: Leg) -> bool:
        """Is it a mail on which one may click long after it came, for the lead stands still for months?"""
        step, to = self.plans[leg.step[0]].steps[leg.step[1]], leg.step
        if not isinstance(step, Send) or step.within is not None or leg.row is None or "whenever" not in leg.row[1]:
            return False
        seen = set[Step]()
        while to not in seen:
            seen.add(to)
            onwards = next(((days, then) for row, days, then in self._exits[to] if row is None and then), None)
            if onwards is None or onwards[0] >= _MONTHS:
                return onwards is not None
            to = onwards[1]
        return False

    def runs_out(self, at: Step) -> bool:
        """Is it in a list that ends, so that whoever comes there is back where he was?"""
        return all(to is None for _, _, to in self._exits.get(at, ()))

    def reach(self, begins: Iterable[Begin]) -> dict[Row, Way]:
        """Every row that can be reached, with the soonest way there (Dijkstra)."""
        queue = [(way[-1].days if way else 0.0, n, step, way) for n, (step, way) in enumerate(begins)]
        heapq.heapify(queue)
        found: dict[Row, Way] = {way[-1].row: way for _, _, _, way in queue if way and way[-1].row}
        seen: set[Step] = set()
        count = len(queue)
        while queue:
            days, _, step, way = heapq.heappop(queue)
            if step is None or step in seen:
                continue
            seen.add(step)
            for row, lasts, to in self._exits.get(step, ()):
                on = (*way, Leg(step, row, days + lasts))
                if row is not None and (row not in found or found[row][-1].days > on[-1].days):
                    found[row] = on
                count += 1
                heapq.heappush(queue, (days + lasts, count, to, on))
        return found

    def _whenever(self, plan: Plan, step: AnyStep) -> Iterator[tuple[str, float, Target | Stay | None]]:
        """Of what is heard anywhere: a mail's words where one is sent, all else where a lead stands and waits."""
        lines = step.when if isinstance(step, Wait | Send | Call | Task) else ()
        named = {(line.event, line.link) for line in lines}
        waits = isinstance(step, Wait | Call | Task) or (isinstance(step, Send) and step.within is not None)
        for n, line in enumerate(plan.whenever, 1):
            if not is_row(line) or (line.event, line.link) in named or (line.event, None) in named:
                continue
            if self._says(step, line.link) if line.event in MAIL else waits:
                yield f"whenever:{n}", _SOON, line.target

    def _says(self, step: AnyStep, link: str | None) -> bool:
        mails = [mail for mail, _ in step.mails if mail] if isinstance(step, Send) else []
        return any(link is None or link in self._links.get(mail, ()) for mail in mails)

    def _go_round(self, go: Step, times: int) -> None:
        """Its last line is taken by whoever has been round so often."""
        step = self.plans[go[0]].steps[go[1]]
        first = self._place(go[0], step.target) if isinstance(step, Go) else None
        once = self._days_between(first, go)
        if not self._goes_by_itself(first, go):
            self._tended.add((go[0], f"{go[1]} then"))
        self._exits[go] = [(row, days + times * once if row else days, to) for row, days, to in self._exits[go]]

    def _goes_by_itself(self, first: Step | None, last: Step) -> bool:
        """Does a lead come from the one to the other though nobody does anything?"""
        seen, open_ones = set[Step](), [first] if first else []
        while open_ones:
            step = open_ones.pop()
            if step == last:
                return True
            if step not in seen:
                seen.add(step)
                exits = self._exits.get(step, ())
                open_ones += [to for row, _, to in exits if to and (row is None or is_taken_by_itself(row))]
        return False

    def _days_between(self, first: Step | None, last: Step) -> float:
        queue, seen = [(0.0, first)] if first else [], set[Step]()
        while queue:
            days, step = heapq.heappop(queue)
            if step == last:
                return days
            if step not in seen:
                seen.add(step)
                exits = self._exits.get(step, ())
                for _, lasts, to in exits:
                    if to is not None:
                        heapq.heappush(queue, (days + lasts, to))
        return _AT_ONCE

    def _place(self, flow: str, target: Target | Stay | None) -> Step | None:
        match target:
            case At(step=step):
                return flow, step
            case ToFlow(flow=other) if other in self.plans:
                return other, self.plans[other].entry
            case _:
                return None


def _exits(step: AnyStep) -> Iterator[tuple[str | None, float, Target | Stay | None]]:
    """The row by which a step is left (None: it runs out), after how many days, and where to (None: nowhere)."""
    soon, late = _lasts(step)
    for row, line in lines_at(step):
        yield f"{step.id} {row}", late if row.startswith("otherwise") else soon, leads_to(line)
    match step:
        case Choose() | EndStep():
            pass
        case Go():
            yield None, _AT_ONCE, step.target
        case _:
            yield None, late, step.next


def _lasts(step: AnyStep) -> tuple[float, float]:
    """Days, until somebody does something there; and until its time is up."""
    match step:
        case Handover():
            return _WITH_SALES, _WITH_SALES
        case Wait():
            return _SOON, _until(step.until)
        case Send(within=within) | Call(within=within) | Task(within=within):
            return _SOON, _AT_ONCE if within is None else _days(within)
        case _:
            return _AT_ONCE, _AT_ONCE


def _until(moment: Moment) -> float:
    if moment.within is not None:
        return _days(moment.within)
    return _LATER if moment.date_field == "handover.later_on" else _SOME_DATE


def _days(length: Duration) -> float:
    if not length.business:
        return length.elapsed / timedelta(days=1)
    return length.amount * (1.4 if length.unit == "day" else 0.1)
