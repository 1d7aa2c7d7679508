"""How is a line of a story said? What happened to a make-believe lead, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_skeleton

from kweek.flow.simulate.result import Due, Line
from kweek.words import Tongue
from kweek.words.catalogue import catalogue


def whole(line: Line, others: Mapping[str, str], say: Tongue) -> str:
    """With the title of the flow that it is of, if it is another; by which other the lead left; for what a mail waited.
    others: titles by flow."""
    said = words(line, say)
    if line.flow is not None:
        said = say("story.of.other", flow=others.get(line.flow, line.flow), what=said)
    if line.by is not None:
        said = say("story.by.other", flow=others.get(line.by, line.by), what=said)
    if line.due is not None:
        whys = ", ".join(say(f"story.waited.{why}") for why in line.waited)
        return say("story.waited", what=said, due=moment(line.due, say), why=whys)
    return said


def moment(of: Line | Due, say: Tongue) -> str:
    """`day 4 Fri 08:00`."""
    return say("story.moment", day=of.day, weekday=weekday(of, say), clock=of.clock)


def weekday(of: Line | Due, say: Tongue) -> str:
    return format_skeleton("E", date.fromisoformat(of.date), locale=catalogue(say.language).locale)


def words(line: Line, say: Tongue) -> str:
    """`Mail survey`, `Handed over to sales`; an event as the board says it."""
    match line.kind:
        case "·":
            return _event(line.what, say)
        case "ends":
            return say("story.ends", what=result(line.what, say))
        case "withdraw":
            kind, _, what = line.what.partition(" ")
            return say("story.withdraw", what=_plain(kind, what, say))
        case kind:
            return _plain(kind, line.what, say)


def result(name: str, say: Tongue) -> str:
    """As in the picture; `flow long-term` where it moved on to another."""
    return say.maybe(f"picture.end.{name}", name.replace("flow ", "→ "))


def _plain(kind: str, what: str, say: Tongue) -> str:
    """One of `kweek.flow.simulate.story.TOLD`, or `starts`."""
    return say(f"story.{kind}", what=what).rstrip(" :")


def _event(what: str, say: Tongue) -> str:
    """`clicked book-a-demo`, `not interested`, `rejected no budget`: the longest beginning that is an event's name."""
    parts = what.split(" ")
    for n in range(len(parts), 0, -1):
        kind, detail = " ".join(parts[:n]), " ".join(parts[n:])
        if say.knows(f"event.{kind}"):
            return _begun(say(f"event.{kind}")) + (f": {detail}" if detail else "")
    return _begun(what.replace(".", " ").replace("_", " "))


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
