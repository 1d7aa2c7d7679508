"""Which ways did leads go, and which lead got the most mails? The histories of a crowd, told for a few of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from kweek.flow.simulate.crowd import Crowd, Segment
from kweek.flow.simulate.result import Most, Way
from kweek.flow.simulate.tally import Calendarium
from kweek.flow.simulate.woven import weave

STORIES: Final = 12
_WEEK: Final = timedelta(days=7)
_AGAIN: Final = ("remind", "escalate")  # how often sales had to be told makes no other way


def ways_of(crowd: Crowd, flow: str) -> list[list[int]]:
    """The leads by the way that they went through the flow, the commonest first."""
    numbers: dict[object, int] = {}
    marked = {
        id(segment): [numbers.setdefault(mark, len(numbers)) for mark in _marks(segment, flow)]
        for segment in crowd.segments
    }
    found: dict[tuple[int, ...], list[int]] = {}
    for lead, history in enumerate(crowd.histories):
        way = list[int]()
        for segment in history:
            way += marked[id(segment)]
        found.setdefault(tuple(way), []).append(lead)
    return sorted(found.values(), key=lambda leads: (-len(leads), leads[0]))


def _marks(segment: Segment, flow: str) -> Iterator[object]:
    for _, entry in segment.journal:
        if segment.flows[entry.enrolment] == flow:
            match entry.kind:
                case "entered" | "chose" | "reacted" | "timed_out":
                    yield entry.kind, entry.step, entry.detail.get("row")
                case "effect" if entry.detail.get("effect") not in _AGAIN:
                    yield entry.step, entry.detail.get("effect")
                case "ended":
                    yield entry.detail.get("result"), entry.detail.get("because")
                case _:
                    pass


def stories(crowd: Crowd, flow: str, days: Calendarium, ways: Iterable[list[int]]) -> tuple[Way, ...]:
    """One life of each of the commonest ways."""
    return tuple(_told(crowd, flow, days, leads) for leads, _ in zip(ways, range(STORIES), strict=False))


def _told(crowd: Crowd, flow: str, days: Calendarium, leads: list[int]) -> Way:
    lead = leads[0]
    start = crowd.newcomers[lead].at
    lines = weave(flow, days.zone, start, crowd.journal(lead), crowd.events(lead), crowd.waited(lead))
    return Way(len(leads), lead, days.of(start), lines)


def most_mails(crowd: Crowd, flow: str | None = None) -> tuple[Most, Most]:
    """Of any lead: in all its days, and within any seven. flow: of this one alone."""
    whole, week = Most(0, None), Most(0, None)
    seen: set[tuple[datetime, ...]] = set()
    for lead, history in enumerate(crowd.histories):
        mails = tuple(segment.at for segment in history for sent in segment.sent if flow in (None, sent.flow))
        if len(mails) > week.mails and mails not in seen:
            seen.add(mails)
            whole = whole if len(mails) <= whole.mails else Most(len(mails), lead)
            most = _within_a_week(mails)
            week = week if most <= week.mails else Most(most, lead)
    return whole, week


def _within_a_week(mails: Sequence[datetime]) -> int:
    return max(sum(first <= at < first + _WEEK for at in mails) for first in mails)
