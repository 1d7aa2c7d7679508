"""Which rows has a flow, and which of them did a lead walk? What tests reach, and what they do not.

A row is a line that may decide where a lead goes: `<step id> when:2`, `<step id> otherwise:1`, `<step id> choose:3`,
`<step id> then`; of the whole flow `whenever:1` and `goal`. Lines are counted from 1 in the order of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from kweek.flow.plan import (
    AnyStep,
    Branch,
    Call,
    Choose,
    End,
    Go,
    Handover,
    Otherwise,
    Plan,
    Send,
    Stay,
    Target,
    Task,
    Wait,
    When,
)
from kweek.flow.state import Entry
from kweek.flow.words import LEAD_WIDE

GOAL: Final = "goal"
END: Final = " end"

Line = When | Otherwise | Branch | Go
"""What stands in a row of a step; in `then` of a `go`, the step itself."""


def rows_of(plan: Plan) -> Mapping[str, str]:
    """All of them, in the order of the text, each with the words that the author wrote there. Not the defaults of
    `whenever`: they hold in every flow."""
    rows = {f"whenever:{n}": said(line) for n, line in enumerate(plan.whenever, 1) if is_row(line)}
    if plan.goal is not None:
        rows[GOAL] = plan.goal.condition.text
    for step in plan.steps.values():
        rows |= {f"{step.id} {row}": _words(line) for row, line in lines_at(step)}
    return rows


def lines_at(step: AnyStep) -> Iterator[tuple[str, Line]]:
    """Each row of a step (`when:2`), with its line."""
    for word, lines in _lists(step):
        yield from ((word if word == "then" else f"{word}:{n}", line) for n, line in enumerate(lines, 1))


def line_at(step: AnyStep | None, row: str) -> Line | None:
    """The line of this row; None: there is no such row."""
    word, _, number = row.partition(":")
    for one, lines in _lists(step) if step else ():
        if one == word and (n := int(number or 1)) <= len(lines):
            return lines[n - 1]
    return None


def leads_to(line: Line) -> Target | Stay | None:
    return (line.then or line.next) if isinstance(line, Go) else line.target


def walked(flow: str, journal: Iterable[tuple[datetime, Entry]]) -> frozenset[str]:
    """The rows that a lead took in this flow."""
    return frozenset(row for _, entry in of_flow(flow, journal) if (row := row_in(entry)))


def of_flow(flow: str, journal: Iterable[tuple[datetime, Entry]]) -> list[tuple[datetime, Entry]]:
    """What a journal tells of the enrolments in this flow."""
    journal = list(journal)
    mine = {entry.enrolment for _, entry in journal if entry.kind == "started" and entry.detail.get("flow") == flow}
    return [(at, entry) for at, entry in journal if entry.enrolment in mine]


def row_in(entry: Entry) -> str | None:
    """The row that this line of the journal tells of."""
    row = entry.detail.get("row")
    if row is None:
        return None
    return str(row) if row == GOAL or str(row).startswith("whenever:") else f"{entry.step} {row}"


def place_in(entry: Entry) -> str | None:
    """Where this line of the journal is counted: in its row; of a lead that came to an `end`, at `<step id> end`."""
    if entry.kind == "ended":
        return entry.step and f"{entry.step}{END}"
    return row_in(entry)


def said(line: When) -> str:
    return f"{line.event} {line.link}" if line.link else line.event


def _words(line: Line) -> str:
    match line:
        case When():
            return said(line)
        case Otherwise():
            return line.state
        case Branch():
            share = f"{line.share}%" if line.share is not None else "else"
            return line.condition.text if line.condition else share
        case Go():
            return f"after {line.at_most} times"


def _lists(step: AnyStep) -> tuple[tuple[str, Sequence[Line]], ...]:
    match step:
        case Choose():
            return (("choose", step.branches),)
        case Go() if step.at_most is not None:
            return (("then", (step,)),)
        case Handover():
            return (("when", step.when),)
        case Wait() | Send() | Call() | Task():
            return ("when", step.when), ("otherwise", step.otherwise)
        case _:
            return ()


def is_row(line: When) -> bool:
    """Of `whenever`: not a default, and not one that was taken away."""
    default = line.event in LEAD_WIDE and line.target == End("discard")
    return not default and not (isinstance(line.target, Stay) and not line.target.steps)
