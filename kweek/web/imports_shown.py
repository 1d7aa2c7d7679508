"""How is an import shown? Its columns, with what stands in them; how far it is, how fast, and how long it takes yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import Connection, Row

from kweek.intake.check_lead import Vocabulary
from kweek.intake.imports.column_words import column_words
from kweek.intake.imports.columns import LEAVE_OUT, fields, kind_of, own_for
from kweek.intake.imports.how import Column, How, Why, load_how
from kweek.intake.imports.said import HowError
from kweek.intake.imports.stored_file import StoredFile
from kweek.leads import imports
from kweek.leads.imports import Progress
from kweek.web.going import Going, going
from kweek.web.spoken import field_words
from kweek.words import Tongue

_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """n: its place, from 0. fields: what it may be, with how each is called. why: why it was taken for what it is."""

    n: int
    heading: str
    target: str
    why: str
    examples: tuple[str, ...]
    fields: Sequence[tuple[str, str]]


def columns_shown(say: Tongue, file: StoredFile, how: How, words: Vocabulary) -> list[ColumnShown]:
    rows = [line.cells for line in islice(file.lines(), 200)]
    known = [(name, field_words(say, name)) for name in fields(words)]
    return [
        ColumnShown(
            n,
            column.heading,
            column.target or LEAVE_OUT,
            column_words(say, _with_words(say, column), kind_of(column.target, words)),
            tuple(islice(dict.fromkeys(row[n].strip()[:60] for row in rows if row[n].strip()), _EXAMPLES)),
            [*known, *_own(say, column.target, column.heading, known)],
        )
        for n, column in enumerate(how.columns)
    ]


def _with_words(say: Tongue, column: Column) -> Column:
    """Why it is left out, with the field by what it is called, here and in the list of fields."""
    called = {name: field_words(say, path) for name, path in column.why.values.items() if name in ("field", "own")}
    if "own" in called:
        called["own"] = f"“{called['own']} ({say('import.own')})”"
    return replace(column, why=Why(column.why.key, {**column.why.values, **called}))


def how_words(say: Tongue, error: HowError) -> str:
    """What makes no sense, with the field that two columns would be by what it is called."""
    values = dict(error.values)
    if "target" in values:
        values["target"] = field_words(say, str(values["target"]))
    return say(error.key, **values)


def _own(say: Tongue, target: str | None, heading: str, known: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """As a text that nobody declared: by the column's own name."""
    names = dict.fromkeys(name for name in (target, own_for(heading)) if name)
    there = {name for name, _ in known}
    yield from ((name, field_words(say, name)) for name in names if name not in there)


def going_of(read: Connection, row: Row[Any], so_far: Progress, now: datetime, tempo: float) -> Going:
    """Rows; of leads that enter a flow, while they do."""
    counts, taken = so_far.counts, so_far.taken
    match row.status:
        case "undoing" | "undone" | "forgetting" | "forgotten":
            done = sum(counts.get(became, 0) for became in ("undone", "kept", "forgotten"))
            return Going(done, done + taken + counts.get("waiting", 0))
        case "enrolling":
            done = imports.entered(read, row.id, row.enrolled)
            rate = load_how(row.how).rate
            return Going(done, taken, left=None if rate is None else (taken - done) * rate.each)
        case "running":
            return going(so_far.done, so_far.rows, (now - row.at).total_seconds() / tempo)
        case _:
            return Going(so_far.done, so_far.rows)
