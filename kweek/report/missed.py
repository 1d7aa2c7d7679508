"""Where did nobody come? Steps and rows of a simulation, as the picture calls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from kweek.draw.told import Step, Told, within
from kweek.flow.simulate.result import Simulation


def missed(one: Simulation, flow: Told) -> Iterator[str]:
    """`Choose (triage)`, `Send survey, after 7 days: undelivered`. Of a step where nobody came, no rows are told."""
    steps, rows = frozenset(one.never_steps), frozenset(one.never_rows)
    titles = Counter(_title(step) for column in flow.columns for step, _ in within(column.steps))
    for band in flow.bands:
        yield from (f"{band.title}: {line.label}" for line in band.lines if line.key in rows)
    for column in flow.columns:
        for step, _ in within(column.steps):
            title = _title(step)
            words = f"{title} ({column.title})" if titles[title] > 1 else title
            yield from _of(step, words, steps, rows)


def _of(step: Step, words: str, steps: Collection[str], rows: Collection[str]) -> Iterator[str]:
    if step.id in steps:
        yield words
        return
    for group in step.groups:
        where = f"{words}, {group.heading}" if group.heading else words
        yield from (f"{where}: {line.label}" for line in group.lines if line.key in rows)


def _title(step: Step) -> str:
    return f"{step.title} {step.way.words}" if step.way else step.title
