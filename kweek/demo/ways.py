"""Which way leads soonest to a row that nobody has taken yet? Over all flows, in days, as far as they can be known."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from kweek.flow.duration import Duration
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
from kweek.flow.rows import leads_to, lines_at

Row = tuple[str, str]
"""Flow, and the key of a row in it."""

Step = tuple[str, str]
"""Flow, and a step of it."""

_SOON: Final = 1.0  # days, until people do something about a mail, a call or a task
_WITH_SALES: Final = 4.0
_SOME_DATE: Final = 7.0  # until a date comes, or a weekday
_AT_ONCE: Final = 0.0

Exit = tuple[str | None, float, Target | Stay | None]
"""The row by which a step is left (None: it runs out), after how many days, and where to (None: it leads nowhere)."""


class Ways:
    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._exits: dict[Step, list[tuple[Row | None, float, Step | None]]] = {}
        self._after: dict[Row, Step | None] = {}
        entries = {flow: plan.entry for flow, plan in plans.items()}
        for flow, plan in plans.items():
            for n, line in enumerate(plan.whenever, 1):
                self._after[flow, f"whenever:{n}"] = _place(flow, line.target, entries)
            for step in plan.steps.values():
                exits = [
                    ((flow, f"{step.id} {row}") if row else None, days, _place(flow, to, entries))
                    for row, days, to in _exits(step)
                ]
                self._exits[flow, step.id] = exits
                self._after |= {row: to for row, _, to in exits if row}

    def soonest(self, rows: Iterable[Row], wanted: Callable[[Row], bool], within: timedelta) -> tuple[Row, ...]:
        """Whoever takes one of these rows, by which of them does he come to a wanted one first? The rows on the way,
        the wanted one last; nothing where none can be reached in time."""
        return self._search([(self._after.get(row), (row,)) for row in rows], wanted, within)

    def inside(self, step: Step, wanted: Callable[[Row], bool], within: timedelta) -> tuple[Row, ...]:
        """The same for whoever comes to this step."""
        return self._search([(step, ())], wanted, within)

    def _search(
        self, begins: Iterable[tuple[Step | None, tuple[Row, ...]]], wanted: Callable[[Row], bool], within: timedelta
    ) -> tuple[Row, ...]:
        """Dijkstra: the places that can be reached, the soonest first."""
        queue = [(0.0, n, step, way) for n, (step, way) in enumerate(begins)]
        seen: set[Step] = set()
        count, most = len(queue), within / timedelta(days=1)
        while queue:
            days, _, step, way = heapq.heappop(queue)
            if way and wanted(way[-1]):
                return way
            if step is None or step in seen:
                continue
            seen.add(step)
            for row, lasts, to in self._exits.get(step, ()):
                if days + lasts <= most:
                    count += 1
                    heapq.heappush(queue, (days + lasts, count, to, (*way, row) if row else way))
        return ()


def _place(flow: str, target: Target | Stay | None, entries: Mapping[str, str]) -> Step | None:
    match target:
        case At(step=step):
            return flow, step
        case ToFlow(flow=other) if other in entries:
            return other, entries[other]
        case _:
            return None


def _exits(step: AnyStep) -> Iterator[Exit]:
    soon, late = _lasts(step)
    for row, line in lines_at(step):
        yield row, late if row.startswith("otherwise") else soon, leads_to(line)
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
            return _SOON, _SOME_DATE if step.until.within is None else _days(step.until.within)
        case Send(within=within) | Call(within=within) | Task(within=within):
            return _SOON, _AT_ONCE if within is None else _days(within)
        case _:
            return _AT_ONCE, _AT_ONCE


def _days(length: Duration) -> float:
    if not length.business:
        return length.elapsed / timedelta(days=1)
    return length.amount * (1.4 if length.unit == "day" else 0.1)
