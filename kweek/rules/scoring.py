"""How many points does a lead have, and by which rule? Reckoned from its events and from what is known of it. Pure.

What a rule gives is added to what stands of it, up to its cap; on every Monday some of it fades. So the rows of a lead
follow from its events in the order of their moments, from what is known of it now, and from how many Mondays have
passed; never from the order in which events were heard of, nor from when somebody looked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from operator import attrgetter
from typing import Final, Literal

from msgspec import Struct

from kweek.flow.conditions import Condition
from kweek.flow.facts import Facts
from kweek.flow.state import Value
from kweek.rules.grades import Axis

Counts = Literal["every time", "once", "once per day"]
COUNTS: Final[tuple[Counts, ...]] = ("every time", "once", "once per day")


class Rule(Struct, frozen=True, dict=True):
    """points: may be negative. event: its kind; None: the rule is about what is known, and gives while its condition
    is true. at_most: so many points of it stand at once (None: no cap). fades: so many go on every Monday."""

    id: str
    because: str
    axis: Axis
    points: int
    event: str | None = None
    condition: Condition | None = None
    counts: Counts = "every time"
    at_most: int | None = None
    fades: int = 0

    @cached_property
    def asks_of_event(self) -> bool:
        """Does its condition look at what came with the event?"""
        return self.condition is not None and any(name.startswith("event.") for name in self.condition.names)

    @cached_property
    def plain(self) -> bool:
        """Does every event count by itself, whatever was before?"""
        return self.counts == "every time" and self.at_most is None and not self.fades


class Did(Struct, frozen=True):
    """An event of the lead. id: as it was recorded; at: aware."""

    id: str
    kind: str
    at: datetime
    data: Mapping[str, Value] = {}


class Row(Struct, frozen=True):
    """Points with their reason. about: id of the event, the Monday (`2026-03-09`), or nothing: what is known. at: None
    where only now can be said."""

    rule: str
    about: str
    axis: Axis
    points: int
    because: str
    at: datetime | None


class RuleFailed(Exception):
    """A rule that cannot be reckoned; `__cause__`: why. did: the event that it was about, where it was about one."""

    def __init__(self, rule: Rule, did: Did | None = None) -> None:
        super().__init__(rule.id)
        self.rule, self.did = rule, did


Ask = Callable[[Did | None], Facts]
"""What is known of the lead, seen from an event of it (whose data are `event.…`), or from none."""


def reckon(rules: Iterable[Rule], did: Iterable[Did], ask: Ask, now: datetime, zone: tzinfo) -> list[Row]:
    """All rows of a lead at this moment. did: in any order. zone: whose Mondays and days count. RuleFailed."""
    by_kind: dict[str, list[Did]] = {}
    for one in sorted(did, key=attrgetter("at", "id")):
        by_kind.setdefault(one.kind, []).append(one)
    rows: list[Row] = []
    for rule in rules:
        try:
            rows += _given(rule, by_kind, ask, now, zone)
        except RuleFailed:
            raise
        except Exception as error:
            raise RuleFailed(rule) from error
    return rows


def _given(rule: Rule, by_kind: Mapping[str, Sequence[Did]], ask: Ask, now: datetime, zone: tzinfo) -> Sequence[Row]:
    if rule.event is not None:
        of_kind = by_kind.get(rule.event)
        return _earned(rule, of_kind, ask, now, zone) if of_kind else ()
    if rule.condition is None or not _holds(rule, ask):
        return ()
    return (Row(rule.id, "", rule.axis, rule.points, rule.because, None),)


def _earned(rule: Rule, did: Sequence[Did], ask: Ask, now: datetime, zone: tzinfo) -> list[Row]:
    fitting = _fitting(rule, did, ask)
    if rule.plain:
        return [Row(rule.id, one.id, rule.axis, rule.points, rule.because, one.at) for one in fitting]
    found, standing = list[Row](), Standing()
    for one in fitting:
        standing, rows = give(rule, standing, one, zone)
        found += rows
    return found + fade(rule, standing, now, zone)[1]


def _fitting(rule: Rule, did: Sequence[Did], ask: Ask) -> Sequence[Did]:
    if not rule.asks_of_event:
        return did if _holds(rule, ask) else ()
    return [one for one in did if _holds(rule, ask, one)]


def _holds(rule: Rule, ask: Ask, one: Did | None = None) -> bool:
    """Is its condition true, if it has one?"""
    try:
        return rule.condition is None or rule.condition.test(ask(one)) is True
    except Exception as error:
        raise RuleFailed(rule, one) from error


class Standing(Struct, frozen=True):
    """What stands of one rule's points. last: when the last of its events was; faded: until when they have faded."""

    points: int = 0
    last: datetime | None = None
    faded: datetime | None = None


def give(rule: Rule, standing: Standing, one: Did, zone: tzinfo) -> tuple[Standing, list[Row]]:
    """An event that fits the rule, not before the last one; what faded until then comes first."""
    standing, rows = fade(rule, standing, one.at, zone)
    if standing.last is not None and not _again(rule, standing.last, one.at, zone):
        return standing, rows
    points = _capped(rule, standing.points)
    if points:
        rows.append(Row(rule.id, one.id, rule.axis, points, rule.because, one.at))
    return Standing(standing.points + points, one.at, standing.faded if standing.points else one.at), rows


def fade(rule: Rule, standing: Standing, until: datetime, zone: tzinfo) -> tuple[Standing, list[Row]]:
    """One row for every Monday that has come, as long as something stands."""
    rows: list[Row] = []
    points, faded = standing.points, standing.faded
    while rule.fades and points and faded is not None and (monday := next_monday(faded, zone)) <= until:
        gone = min(rule.fades, abs(points)) * (-1 if points > 0 else 1)
        points, faded = points + gone, monday
        day = str(monday.astimezone(zone).date())
        rows.append(Row(rule.id, day, rule.axis, gone, rule.because, monday))
    return Standing(points, standing.last, faded), rows


def _again(rule: Rule, last: datetime, at: datetime, zone: tzinfo) -> bool:
    match rule.counts:
        case "every time":
            return True
        case "once":
            return False
        case "once per day":
            return at.astimezone(zone).date() != last.astimezone(zone).date()


def _capped(rule: Rule, standing: int) -> int:
    if rule.at_most is None:
        return rule.points
    room = max(0, rule.at_most - abs(standing))
    return max(-room, min(room, rule.points))


def next_monday(at: datetime, zone: tzinfo) -> datetime:
    """The first midnight from Sunday to Monday after this moment, by the clock of this zone; in UTC."""
    local: date = at.astimezone(zone).date()
    monday = local + timedelta(days=7 - local.weekday())
    return datetime.combine(monday, time(), zone).astimezone(UTC)
