"""Where did nobody come? Steps and rows of a simulation, as the picture calls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from kweek.draw.told import Step, Told, within
from kweek.flow.simulate.result import Simulation


@dataclass(frozen=True, slots=True)
class Missed:
    """`Choose (triage)`, `Send survey, after 7 days: undelivered`. step: its id, where other words are the same."""

    words: str
    step: str = ""


def missed(one: Simulation, flow: Told) -> list[Missed]:
    """In the order of the text. Of a step where nobody came, no rows are told."""
    found = list(_missed(one, flow))
    times = Counter(each.words for each in found)
    return [each if times[each.words] > 1 else replace(each, step="") for each in found]


def _missed(one: Simulation, flow: Told) -> Iterator[Missed]:
    steps, rows = frozenset(one.never_steps), frozenset(one.never_rows)
    titles = Counter(_title(step) for column in flow.columns for step, _ in within(column.steps))
    for band in flow.bands:
        yield from (Missed(f"{band.title}: {line.label}") for line in band.lines if line.key in rows)
    for column in flow.columns:
        for step, _ in within(column.steps):
            title = _title(step)
            words = f"{title} ({column.title})" if titles[title] > 1 else title
            yield from _of(step, words, steps, rows)


def _of(step: Step, words: str, steps: Collection[str], rows: Collection[str]) -> Iterator[Missed]:
    if step.id in steps:
        yield Missed(words, step.id)
        return
    for group in step.groups:
        where = f"{words}, {group.heading}" if group.heading else words
        yield from (Missed(f"{where}: {line.label}", step.id) for line in group.lines if line.key in rows)


def _title(step: Step) -> str:
    return f"{step.title} {step.way.words}" if step.way else step.title
