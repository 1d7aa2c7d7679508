"""What would become of each row of a file? Told before anything is written, by what the books know now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal

from kweek.intake.imports.csv_file import Line
from kweek.intake.imports.file_row import NOBODY, Read, Refusal, RowReader
from kweek.intake.imports.how import How
from kweek.intake.imports.known import Book, Changes, Person, only_new
from kweek.intake.imports.permission import who_withdrew
from kweek.intake.imports.whose import refusal_of
from kweek.leads.database import Database

AT_ONCE: Final = 500  # rows, whose people are looked up together

Becomes = Literal["made", "changed", "same", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """changes: of what is known, field by field. again: the row of the file in which the same person came first.
    took_back: the person did, the permission that the file would give; so it does not."""

    number: int
    becomes: Becomes
    changes: Changes = field(default_factory=Changes)
    again: int | None = None
    refusals: tuple[Refusal, ...] = ()
    took_back: bool = False


@dataclass
class Tried:
    """The sums of what was tried."""

    counts: Counter[Becomes] = field(default_factory=Counter[Becomes])
    again: int = 0
    took_back: int = 0
    fields: Counter[str] = field(default_factory=Counter[str])

    @property
    def rows(self) -> int:
        return self.counts.total()

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome.becomes] += 1
        self.again += outcome.again is not None
        self.took_back += outcome.took_back
        if outcome.becomes == "changed":
            self.fields.update(outcome.changes.keys())


def try_rows(db: Database, reader: RowReader, lines: Iterable[Line]) -> Iterator[tuple[Line, Outcome]]:
    """In the order of the file. A row is tried as if those above it were in."""
    book, left = Book(), iter(lines)
    while some := list(islice(left, AT_ONCE)):
        read = [reader.read(line) for line in some]
        with db.read() as connection:
            book.look_up(connection, [one.lead for one in read if one.lead is not None])
            withdrew = who_withdrew(connection, _known(book, read))
        for line, one in zip(some, read, strict=True):
            yield line, _outcome(book, one, withdrew, reader.how)


def _known(book: Book, read: Iterable[Read]) -> list[str]:
    """To whom it would give a permission."""
    found = (book.find(one.lead) for one in read if one.lead is not None and one.lead.consents)
    return [person.id for person in found if person is not None and person.id is not None]


def _outcome(book: Book, one: Read, withdrew: Collection[tuple[str | None, str]], how: How) -> Outcome:
    if one.lead is None:
        return Outcome(one.number, "refused", refusals=one.refusals)
    person = book.find(one.lead)
    if person is None and one.names_nobody:
        return Outcome(one.number, "refused", refusals=(NOBODY,))
    why = person and refusal_of(book, person, one.lead, one.number, person.row, moves=how.moves)
    if why is not None:
        return Outcome(one.number, "refused", refusals=(why,))
    fresh = person is None
    person = person or Person(None)
    again, person.row = person.row, person.row or one.number
    said = only_new(one.lead, person.facts, book.company(one.lead)) if how.keeps else one.lead
    changed = book.take(person, said)
    took_back = any((person.id, consent.purpose) in withdrew for consent in one.lead.consents)
    becomes: Becomes = "made" if fresh else "changed" if changed else "same"
    return Outcome(one.number, becomes, changed, again, took_back=took_back)


def tried(outcomes: Iterable[tuple[Line, Outcome]], each: Callable[[Line, Outcome], None]) -> Tried:
    """All of them, each told as it comes."""
    sums = Tried()
    for line, outcome in outcomes:
        sums.add(outcome)
        each(line, outcome)
    return sums
