"""How many marketing mails can one lead be sent within a week, at the worst? Along every way through a plan.

A window opens with a mail; every way on from there is walked that is not longer than the window, however quickly
people react. Of two ways to one place the better is kept: more mails in less time, with more rounds left. A wait until
Tuesday 10:00 takes a week if it began on Tuesday at 10:00, so the place in the week is known where the ways tell it
(the night in which the clocks change is left out).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from math import gcd
from typing import Final

from msgspec import Struct

from kweek.flow.lint.passages import Passage, passages
from kweek.flow.moment import Moment
from kweek.flow.plan import Plan

WEEK: Final = timedelta(days=7)
MOST: Final = 100
"""Whoever can be sent so many, can be sent any number."""

_MINUTES: Final = 7 * 24 * 60
_PLACES: Final = 12  # in the week, told apart for one step


class Passed(Struct, frozen=True):
    """A step on the way, and what the author wrote of the way on from it. mails: how many left there. after: how long
    after the first of them."""

    step: str
    words: str
    mails: int
    after: timedelta


class Worst(Struct, frozen=True):
    """mails: the most within one window; None: any number. way: how that comes about, from the first mail on."""

    mails: int | None
    way: tuple[Passed, ...] = ()


def worst_mails(plan: Plan, service: Iterable[str] = (), within: timedelta = WEEK, enough: int = MOST) -> Worst:
    """The most marketing mails that may be due to one enrolment within any window of this length.

    service: mails that no limit counts. enough: stop where so many are found, by the quickest way to them.
    """
    length = int(within.total_seconds()) // 60
    found = _Search(passages(plan, service), length, enough).best(plan.entry)
    return Worst(None if found.mails >= max(MOST, enough) else found.mails, tuple(reversed(list(_way_to(found)))))


# --- the search ---------------------------------------------------------------------------------------

_Place = tuple[int, int] | None
"""(period, minutes): so many minutes after midnight of Monday, or of any day. None: nobody knows."""


class _Label(Struct, frozen=True):
    """One way to a step. minutes: since the first mail. began, here: where in the week that was, and where this is.
    used: rounds of each `go … at_most`."""

    at: str
    minutes: int = 0
    mails: int = 0
    began: _Place = None
    here: _Place = None
    used: tuple[tuple[str, int], ...] = ()
    came: _Label | None = None
    by: Passage | None = None

    def beats(self, other: _Label) -> bool:
        if self.minutes > other.minutes or self.mails < other.mails:
            return False
        rounds = dict(other.used)
        return all(times <= rounds.get(step, 0) for step, times in self.used)


class _Search:
    def __init__(self, ways: Mapping[str, tuple[Passage, ...]], length: int, enough: int) -> None:
        self.ways, self.length, self.enough = ways, length, enough
        self.kept: dict[tuple[str, _Place, _Place], list[_Label]] = {}
        self.places: dict[str, set[_Place]] = {}

    def best(self, entry: str) -> _Label:
        best = _Label(entry)
        self._is_new(best)
        queue, number = [(0, 0, best)], 0
        while queue:
            _, _, label = heapq.heappop(queue)
            for then in self._onwards(label):
                if not self._is_new(then):
                    continue
                if then.mails > best.mails:
                    best = then
                    if best.mails >= self.enough:
                        return best
                number += 1
                heapq.heappush(queue, (then.minutes, number, then))
        return best

    def _onwards(self, label: _Label) -> Iterator[_Label]:
        for way in self.ways[label.at]:
            if not label.mails:  # no window is open yet; a mail may open one, or be let pass
                yield _Label(way.to, here=self._known(way.to, _onwards(label.here, way)), came=label, by=way)
                if not way.mails:
                    continue
            then = self._take(label, way)
            if then is not None:
                yield then

    def _take(self, label: _Label, way: Passage) -> _Label | None:
        mails, began = label.mails + way.mails, label.began if label.mails else label.here
        used = label.used
        if way.once is not None:
            step, most = way.once
            times = dict(used).get(step, 0) + 1
            if times > most:
                return None
            used = tuple(sorted({**dict(used), step: times}.items()))
        passed = label.minutes + _length(label, began, way)
        if passed >= self.length:  # the mail left in time, what follows comes too late
            passed = self.length if way.mails else -1
        if passed < 0 or label.minutes >= self.length:
            return None
        return _Label(way.to, passed, mails, began, _onwards(label.here, way), used, label, way)

    def _known(self, step: str, here: _Place) -> _Place:
        """Where too many places in the week are possible, none is known."""
        places = self.places.setdefault(step, set())
        if here not in places and len(places) >= _PLACES:
            return None
        places.add(here)
        return here

    def _is_new(self, label: _Label) -> bool:
        others = self.kept.setdefault((label.at, label.began, label.here), [])
        if any(other.beats(label) for other in others):
            return False
        others[:] = [other for other in others if not label.beats(other)]
        others.append(label)
        return True


# --- the clock ----------------------------------------------------------------------------------------


def _length(label: _Label, began: _Place, way: Passage) -> int:
    """How long this way takes at least, in minutes."""
    if way.clock is None:
        return way.least
    target = _place_of(way.clock)
    if label.here is not None:
        return _next(label.here, target, 0)
    return 0 if began is None else _next(began, target, label.minutes) - label.minutes


def _next(since: tuple[int, int], target: tuple[int, int], after: int) -> int:
    """The first moment behind `after`, both in minutes from `since`, at which the clock says so."""
    period = gcd(since[0], target[0])
    return after + ((target[1] - since[1] - after) % period or period)


def _onwards(here: _Place, way: Passage) -> _Place:
    """Where in the week that leads."""
    if way.clock is not None:
        return _place_of(way.clock)
    if here is None or not way.exact:
        return None
    return here[0], (here[1] + way.least) % here[0]


def _place_of(clock: Moment) -> tuple[int, int]:
    day = 24 * 60
    if clock.weekday is None:
        return day, clock.clock or 0
    return _MINUTES, clock.weekday * day + (clock.clock or 0)


# --- the way ------------------------------------------------------------------------------------------


def _way_to(label: _Label) -> Iterator[Passed]:
    """Backwards, to the first mail."""
    while label.mails and label.came is not None and label.by is not None:
        left = label.mails - label.came.mails
        yield Passed(label.came.at, label.by.words, left, timedelta(minutes=label.came.minutes))
        label = label.came
