"""What did the other flows do that the same lead walks in? Its story in one flow, with their lines between it.

Said is also what the text of a flow does not: for what a mail waited, and which other flow ended this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from kweek.flow.simulate.result import Due, Line
from kweek.flow.simulate.story import Told, in_order, tell
from kweek.flow.state import Entry, Event

Journal = Sequence[tuple[datetime, Entry]]
_MOVES = ("reacted", "timed_out", "chose", "drew")


def weave(
    flow: str,
    zone: tzinfo,
    start: datetime,
    journal: Journal,
    events: Sequence[Event],
    waited: Mapping[str, Sequence[str]],
) -> tuple[Line, ...]:
    """The story of one lead in one flow. waited: for what its mails waited, by their keys."""
    flows = {entry.enrolment: str(entry.detail.get("flow")) for _, entry in journal if entry.kind == "started"}
    ordered = dict(_ordered(journal))
    by = dict(_ended_by(flow, flows, journal))
    first = start.astimezone(zone).date()

    def line(one: Told, other: str | None) -> Line:
        date = first + timedelta(days=one.day)
        whys = tuple(waited.get(one.ref or "", ())) if one.kind in ("send", "blocked") else ()
        due = _due(ordered[one.ref].astimezone(zone), start.astimezone(zone)) if whys and one.ref in ordered else None
        ended_by = by.get(one.at) if one.kind == "ends" and other is None else None
        return Line(one.day, one.clock, one.kind, one.what, one.step, date.isoformat(), other, ended_by, whys, due)

    whose = [(one, None) for one in tell(flow, zone, start, journal, events).told]
    about = [event for event in events if event.ref is not None]  # what is about no mail is told already
    for other in dict.fromkeys(name for name in flows.values() if name != flow):
        whose += [(one, other) for one in tell(other, zone, start, journal, about).told]
    lines = sorted(
        ((one, line(one, other)) for one, other in whose), key=lambda pair: (*in_order(pair[0]), bool(pair[1].by))
    )
    return tuple(line for _, line in lines)  # what ends by another comes behind it


def _ordered(journal: Journal) -> Iterator[tuple[str, datetime]]:
    """When each mail was ordered."""
    for at, entry in journal:
        if entry.kind == "effect" and entry.detail.get("effect") == "send_mail":
            yield str(entry.detail["key"]), at


def _due(at: datetime, start: datetime) -> Due:
    return Due((at.date() - start.date()).days, f"{at:%H:%M}", at.date().isoformat())


def _ended_by(flow: str, flows: Mapping[str, str], journal: Journal) -> Iterator[tuple[datetime, str]]:
    """Where this flow ended with no move of its own, at the moment at which another was discarded or won."""
    now, moved, cause = None, set[str](), None
    for at, entry in journal:
        if at != now:
            now, moved, cause = at, set[str](), None
        if entry.kind in _MOVES:
            moved.add(entry.enrolment)
        if entry.kind != "ended":
            continue
        mine, result = flows.get(entry.enrolment) == flow, entry.detail.get("result")
        if not mine and cause is None and result in ("discard", "won"):
            cause = flows.get(entry.enrolment)
        elif mine and cause is not None and entry.step is None and entry.enrolment not in moved:
            yield at, cause
