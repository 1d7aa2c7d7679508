"""Was it the same on the machine and on the server? Stories for people, journals to the minute for certainty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import zip_longest

from msgspec.structs import replace

from kweek.dress_rehearsal.journey import NEAR, Journey, Lines
from kweek.dress_rehearsal.play import Played
from kweek.flow.cases.parting import beside
from kweek.flow.cases.report import Result
from kweek.flow.simulate.story import Story, tell
from kweek.flow.state import Entry, Event

HEADS = ("on the machine", "on the server")


def compared(result: Result, played: Iterable[Played]) -> Result:
    """A case that holds on the machine: does it go the same way on the server? Else both are shown."""
    for one in played:
        journey = one.journey
        pure, real = _story(journey, journey.journal, journey.events), _story(journey, one.journal, one.events)
        whose = f"{journey.name}: " if journey.case.mix else ""
        if _days(pure) != _days(real):
            says = f"{whose}The machine and a real server tell different stories."
            return replace(result, holds=False, says=(says,), shows=beside(pure, real), heads=HEADS)
        if wrong := differ(one):
            says = f"{whose}The machine and a real server tell the same story, and came to it by different ways."
            return replace(result, holds=False, says=(says, *wrong), shows=beside(pure, real), heads=HEADS)
    return result


def _story(journey: Journey, journal: Lines, events: Iterable[Event]) -> Story:
    lines = [line for line in journal if line[0] < journey.until]
    known = [event for event in events if event.at < journey.until]
    return tell(journey.case.flow, journey.zone, journey.start, lines, known)


def _days(story: Story) -> Counter[tuple[int, str]]:
    """What happened on which day, in whatever order; not what came in from outside, which was given to both."""
    return Counter((told.day, str(told)) for told in story.told if told.kind != "·")


def differ(played: Played) -> tuple[str, ...]:
    """The first two lines that are not the same thing at the same minute; nothing where all are."""
    journey = played.journey
    both = ((journey.journal, journey.events), (played.journal, played.events))
    pure, real = (_by_enrolment(_numbered(lines, events), journey.until) for lines, events in both)
    for enrolment in {**pure, **real}:
        for one, other in zip_longest(pure.get(enrolment, []), real.get(enrolment, [])):
            if not (one and other and one[1] == other[1] and abs(one[0] - other[0]) < NEAR):
                return f"on the machine: {_told(one)}", f"on the server: {_told(other)}"
    return ()


def _numbered(lines: Lines, events: Iterable[Event]) -> Lines:
    """Events by how many people had told before: of two at one moment, a mail may leave between them, or after both."""
    told = (event.seq for event in events if event.kind != "sent")
    numbers = {seq: number for number, seq in enumerate(told, 1)}

    def numbered(entry: Entry) -> Entry:
        seq = entry.detail.get("seq")
        return entry if seq not in numbers else replace(entry, detail={**entry.detail, "seq": numbers[seq]})

    return [(at, numbered(entry)) for at, entry in lines]


def _told(line: tuple[datetime, Entry] | None) -> str:
    if line is None:
        return "nothing"
    at, entry = line
    detail = ", ".join(f"{name} {value}" for name, value in entry.detail.items())
    return f"{at:%Y-%m-%d %H:%M} {entry.kind} {entry.step or ''} {f'({detail})' if detail else ''}".strip()


def _by_enrolment(lines: Lines, before: datetime) -> dict[str, Lines]:
    found: dict[str, Lines] = {}
    for at, entry in lines:
        if at < before:
            found.setdefault(entry.enrolment, []).append((at, entry))
    return found
