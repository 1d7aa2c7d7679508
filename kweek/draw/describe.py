"""How does a flow read aloud? The whole picture as text, for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from kweek.draw.say import Say
from kweek.draw.tell import tell
from kweek.draw.told import Line, Step, Told, Way
from kweek.flow.model import Flow


def describe(flow: Flow, say: Say) -> str:
    """Line by line, in the order of the text: a step a line, its outcomes indented below it."""
    return describe_told(tell(flow, say), say)


def describe_told(told: Told, say: Say) -> str:
    """The same, of a flow in words."""
    return "\n".join(_told(told, say))


def _told(told: Told, say: Say) -> Iterator[str]:
    yield told.heading
    for band in told.bands:
        yield f"{band.title}:"
        for line in band.lines:
            yield from _line(line, "  ", say)
    for column in told.columns:
        head = ", ".join((*column.starts, *column.notes))
        yield f"{column.title}: {head}" if head else f"{column.title}:"
        for step in column.steps:
            yield from _step(step, "  ", say)


def _step(step: Step, indent: str, say: Say) -> Iterator[str]:
    title = f"{step.title} {way_words(step.way, say)}" if step.way else step.title
    words = ", ".join((title, *step.notes))
    yield f"{indent}{step.mark.before(words) if step.mark else words}"
    for group in step.groups:
        heading = f"{group.heading}: " if group.heading else ""
        for line in group.lines:
            yield from _line(line, indent + "  ", say, heading)


def _line(line: Line, indent: str, say: Say, heading: str = "") -> Iterator[str]:
    label = heading + (line.mark.before(line.label) if line.mark else line.label)
    yield f"{indent}{label}: {way_words(line.way, say)}" if line.way else f"{indent}{label}{':' * bool(line.steps)}"
    for step in line.steps:
        yield from _step(step, indent + "  ", say)


def way_words(way: Way, say: Say) -> str:
    """Where it leads, said rather than drawn."""
    match way.kind:
        case "flow":
            return say("picture.to.flow", flow=way.words)
        case "missing":
            return say("picture.to.missing", path=way.words)
        case _:
            return way.words
