"""What came of a simulation? Counts by the day, and some lives told. Frozen, and the same bytes of JSON every time.

A day is a date in the workspace's time zone, counted from 0. Lists hold one number for each day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins

Days = tuple[int, ...]


class Day(Struct, frozen=True):
    """open: when mail may leave, in minutes after midnight ([(0, 1440)]: at any time)."""

    date: str
    open: tuple[tuple[int, int], ...]


class Counts(Struct, frozen=True):
    """A step: leads that came to it that day, leads that stood there when the day was over (None: nobody waits in such
    a step, all pass)."""

    entered: Days
    standing: Days | None


class Desk(Struct, frozen=True):
    """Calls of a queue or handovers of a team: opened that day; capacity: how many can be done that day (None: no
    limit is known; 0: closed); backlog: what is left over when the day is over. of_others: those of the opened that
    other flows opened."""

    kind: str
    name: str
    opened: Days
    capacity: tuple[int, ...] | None
    backlog: Days | None
    of_others: Days


class Most(Struct, frozen=True):
    """The most mails that one lead got: in all its days, and within any seven. lead: an example; None: nobody got
    any."""

    mails: int
    lead: int | None


class Due(Struct, frozen=True):
    """When a mail would have left. date: as in `Line`."""

    day: int
    clock: str
    date: str


class Line(Struct, frozen=True):
    """One line of a story; see `kweek.flow.simulate.story.Told`. date: 2026-03-06. flow: another one that it is of.
    by: the flow that ended this one. waited: for what a mail waited (codes of the gate), and since when (due)."""

    day: int
    clock: str
    kind: str
    what: str
    step: str | None
    date: str = ""
    flow: str | None = None
    by: str | None = None
    waited: tuple[str, ...] = ()
    due: Due | None = None


class Way(Struct, frozen=True):
    """leads: so many went this way. lead: one of them, who came on this day, with its story."""

    leads: int
    lead: int
    arrived: int
    told: tuple[Line, ...]


class Simulation(Struct, frozen=True):
    """steps: by id. rows: by `<step id> <row>`, or the row alone where it is of the whole flow. endings: by result,
    `flow x` for those who moved. mails: by name. never: steps and rows that nobody came to. ways: so many different
    ones there were; the commonest are told.

    A lead walks in other flows as well: they start on the same event, or on what it does. Mails, desks and the most
    mails are of all of them; others: their titles, by name; other_mails: those of the mails that other flows sent;
    most_own: the most mails of this flow alone."""

    flow: str
    title: str
    version: str
    leads: int
    seed: int
    mix: str
    arrive: str
    timezone: str
    days: tuple[Day, ...]
    arrived: Days
    under_way: Days
    steps: Mapping[str, Counts]
    rows: Mapping[str, Days]
    endings: Mapping[str, Days]
    mails: Mapping[str, Days]
    desks: tuple[Desk, ...]
    never_steps: tuple[str, ...]
    never_rows: tuple[str, ...]
    most: Most
    most_in_a_week: Most
    ways: int
    stories: tuple[Way, ...]
    others: Mapping[str, str]
    other_mails: Mapping[str, Days]
    most_own: Most
    most_own_in_a_week: Most

    def as_json(self) -> dict[str, Any]:
        return to_builtins(self)


def dump(answer: Mapping[str, Any] | Sequence[Any]) -> str:
    """The same bytes for the same answer."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
