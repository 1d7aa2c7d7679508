"""How do the rows of a file get into the books? Some at a time, each once, every one an event of its lead.

A batch is one transaction: it reads who is meant, records the events as any sender's, and notes on the rows what became
of them, with what was known before. So whatever dies, the next goes on with the rows that still wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kweek.flow.words import IMPORTED
from kweek.intake.check import email_key
from kweek.intake.companies import name_key
from kweek.intake.ears import FlowEars
from kweek.intake.imports.csv_file import Line
from kweek.intake.imports.file_row import NOBODY, WENT_WRONG, Read, Refusal, RowReader
from kweek.intake.imports.known import OF_COMPANY, Book, Changes, Person, changes, only_new, people_by_id, said_again
from kweek.intake.imports.newcomers import Newcomer, make_all
from kweek.intake.imports.permission import TOOK_BACK, who_withdrew
from kweek.intake.imports.together import Together
from kweek.intake.imports.whose import refusal_of
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.record import append
from kweek.leads import imports
from kweek.leads.away import DatabaseAway
from kweek.leads.bulk import update_rows
from kweek.leads.database import Database
from kweek.leads.ledger import problem
from kweek.leads.replaced import keep_company_replaced
from kweek.leads.tables import companies, leads

BATCH: Final = 50
"""Rows in one transaction: on SQLite everybody else waits for it, less than a tenth of a second."""

_TRIES: Final = 3

_LOCK: Final = (
    select(leads.c.id).where(leads.c.id.in_(bindparam("leads", expanding=True))).order_by(leads.c.id).with_for_update()
)

_EMPLOYERS: Final = select(companies.c.name_key, companies.c.id).where(
    companies.c.name_key.in_(bindparam("keys", expanding=True))
)


def event_id(import_id: str, number: int) -> str:
    """The same row twice is one event."""
    return f"import:{import_id}:{number}"


def take_some(db: Database, import_id: str, reader: RowReader, ears: FlowEars, now: datetime, most: int = BATCH) -> int:
    """The next rows that wait; how many were dealt with. 0: none waits, or it was stopped."""
    with db.read() as read:
        waiting = imports.rows(read, import_id, ["waiting"], most)
    some = _of_different_people([reader.read(Line(row.number, tuple(row.cells))) for row in waiting])
    try:
        return _take(db, import_id, reader, some, ears, now)
    except DatabaseAway:
        raise
    except Exception:  # whatever is the matter with one row is no matter to the others
        return sum(_take_one(db, import_id, reader, one, ears, now) for one in some)


def _take_one(db: Database, import_id: str, reader: RowReader, one: Read, ears: FlowEars, now: datetime) -> int:
    """Some times, and then no more: by itself it may well go, where two wanted the same at once."""
    failure = Exception()
    for _ in range(_TRIES):
        try:
            return _take(db, import_id, reader, [one], ears, now)
        except DatabaseAway:
            raise
        except Exception as error:
            failure = error
    return _give_up(db, import_id, one, failure, now)


def _of_different_people(read: Sequence[Read]) -> list[Read]:
    """Up to the first who came before: what a row changes is told by what stood in the books before the batch."""
    seen, some = set[str](), list[Read]()
    for one in read:
        keys = _keys(one.lead) if one.lead is not None else set[str]()
        if seen & keys:
            break
        seen |= keys
        some.append(one)
    return some


def _keys(said: LeadIn) -> set[str]:
    keys = {f"@{email_key(said.email)}"} if said.email else set[str]()
    keys |= {f"#{said.external_id}"} if said.external_id else set[str]()
    return keys | ({f"!{said.id}"} if said.id else set[str]())


# --- a batch ----------------------------------------------------------------------------------------------


def _take(db: Database, import_id: str, reader: RowReader, some: Sequence[Read], ears: FlowEars, now: datetime) -> int:
    with db.write() as tx:
        row = imports.locked(tx, import_id)
        waiting = {one.number for one in imports.rows(tx, import_id, ["waiting"], len(some))}
        here = [one for one in some if one.number in waiting]  # another worker may have been quicker
        if row.status != "running" or not here:
            return 0
        refused = [one for one in here if one.lead is None]
        imports.change_rows(tx, import_id, [_refused(one) for one in refused])
        taken = _Batch(tx, import_id, reader, ears, now).take([one for one in here if one.lead is not None])
        imports.change_rows(tx, import_id, taken)
        dealt = len(refused) + len(taken)
        imports.change(tx, import_id, done=row.done + dealt)
    return dealt


def _refused(one: Read) -> dict[str, object]:
    return {"number": one.number, "status": "refused", "why": [refusal.dump() for refusal in one.refusals]}


class _Batch:
    def __init__(self, tx: Connection, import_id: str, reader: RowReader, ears: FlowEars, now: datetime) -> None:
        self.tx, self.import_id, self.reader, self.now = tx, import_id, reader, now
        self.together, self.book = Together(ears), Book()

    def take(self, rows: Sequence[Read]) -> list[dict[str, object]]:
        """What the rows of the import shall say of each; up to the first about somebody who came before."""
        said = [self._with_proof(one) for one in rows]
        self.book.look_up(self.tx, said)
        taken, refused = list[tuple[Read, LeadIn, str | None]](), list[dict[str, object]]()
        seen = set[str | None]()
        for row, one in zip(rows, said, strict=True):
            person = self.book.find(one)
            if person is not None and person.id in seen:  # two rows may call one lead by two names of it
                break
            if (why := self._refusal(row, one, person)) is not None:
                refused.append(_refused(row.refused(why)))
                continue
            taken.append((row, one, None if person is None else person.id))
            if person is not None:
                seen.add(person.id)
                person.row = person.row or row.number
        return [*refused, *self._take(taken)]

    def _refusal(self, row: Read, said: LeadIn, person: Person | None) -> Refusal | None:
        """Why nobody is meant by it, or somebody else."""
        if person is None or person.id is None:
            return NOBODY if row.names_nobody else None
        why = refusal_of(self.book, person, said, row.number, person.row, moves=False)
        if why is None:
            return None
        first = person.row or imports.first_of(self.tx, self.import_id, person.id)
        return refusal_of(self.book, person, said, row.number, first, moves=self.reader.how.moves)

    def _take(self, known: Sequence[tuple[Read, LeadIn, str | None]]) -> list[dict[str, object]]:
        """Each with what it says and who it is; None: somebody new."""
        rows, said = [row for row, _, _ in known], [one for _, one, _ in known]
        whose = [its for _, _, its in known]
        before = self._lock([lead_id for lead_id in whose if lead_id is not None])
        new = [Newcomer(one, self._event(row)) for row, one, its in zip(rows, said, whose, strict=True) if its is None]
        made = iter(make_all(self.tx, new, self.now, self.together))
        ids = [lead_id or next(made) for lead_id in whose]
        taken = [self._record(*one, before) for one in zip(rows, said, ids, strict=True)]
        self._tell_companies([one for one in taken if one.details])
        self.together.done(self.tx, self.now)
        after = people_by_id(self.tx, ids)
        return [_row(one, before.get(one.lead_id), after[one.lead_id]) for one in taken]

    def _with_proof(self, one: Read) -> LeadIn:
        assert one.lead is not None
        proof = event_id(self.import_id, one.number)
        return replace(one.lead, consents=tuple(replace(consent, proof=proof) for consent in one.lead.consents))

    def _lock(self, ids: Sequence[str]) -> dict[str, Person]:
        """Who is known, with what is known of them. Whoever took a permission back gives none by standing in a file."""
        self.tx.execute(_LOCK, {"leads": ids}).all()
        self.withdrew = who_withdrew(self.tx, ids)
        return dict(people_by_id(self.tx, ids))

    def _record(self, one: Read, said: LeadIn, lead_id: str, before: Mapping[str, Person]) -> _Taken:
        makes_company = said.company is not None and name_key(said.company.name) not in self.book.companies
        took_back, person = False, before.get(lead_id)
        if person is not None:
            said = only_new(said, person.facts, self.book.company(said)) if self.reader.how.keeps else said
            given = tuple(consent for consent in said.consents if (lead_id, consent.purpose) not in self.withdrew)
            took_back = given != said.consents
            counts = replace(said, id=lead_id, consents=given)
            append(self.tx, lead_id, replace(self._event(one), lead=counts), self.now, self.together)
        same = said_again(said, {} if person is None else person.facts, self.book.company(said))
        details, new = self.book.tell_company(said), person is None
        return _Taken(one.number, lead_id, new, said.company, details, makes_company, took_back, same)

    def _event(self, one: Read) -> Incoming:
        what = {"file": self.reader.file, "row": one.number}
        return Incoming(event_id(self.import_id, one.number), IMPORTED, self.now, LeadIn(), data=what, touch=one.touch)

    def _tell_companies(self, taken: Sequence[_Taken]) -> None:
        """What all rows together say of each."""
        keys = sorted({name_key(one.company.name) for one in taken if one.company is not None})
        if not keys:
            return
        rows = [{"name_key": key, **{name: self.book.companies[key].get(name) for name in OF_COMPANY}} for key in keys]
        update_rows(self.tx, companies, rows, keys=("name_key",))
        made = {name_key(one.company.name) for one in taken if one.company is not None and one.makes_company}
        ids = self.tx.execute(_EMPLOYERS, {"keys": [key for key in keys if key not in made]}).all()
        for _, company_id in ids:
            self.together.changed_in_common(self.tx, "company", company_id, self.now)
        at = dict(ids)
        for one in taken:
            if one.company is not None and one.new and (company_id := at.get(name_key(one.company.name))):
                was = {name: pair for name, pair in one.details.items() if pair[0] is not None}
                source = event_id(self.import_id, one.number)
                keep_company_replaced(self.tx, company_id, was, self.now, source=source)


@dataclass(frozen=True, slots=True)
class _Taken:
    """new: the lead. details: of its company, that changed. makes_company: nobody knew it before. took_back: the
    permission, before. same: of what it says what was known."""

    number: int
    lead_id: str
    new: bool
    company: CompanyIn | None
    details: Changes
    makes_company: bool
    took_back: bool
    same: frozenset[str]


def _row(taken: _Taken, before: Person | None, after: Person) -> dict[str, object]:
    """What became of it, and what was there before. Its cells stand in the lead now."""
    changed = {} if before is None else changes(before.facts, after.facts)
    was: dict[str, object] = {
        "facts": changed | {f"company.{name}": pair for name, pair in taken.details.items()},
        "companies": [None if before is None else before.company_id, after.company_id],
        "makes_company": taken.makes_company,
        "said": sorted(taken.same),
    }
    status = "made" if before is None else "changed" if changed or taken.details else "same"
    why = [TOOK_BACK.dump()] if taken.took_back else None
    return {
        "number": taken.number, "status": status, "lead_id": taken.lead_id, "before": was, "cells": [], "why": why,
    }  # fmt: skip


def _give_up(db: Database, import_id: str, one: Read, error: Exception, now: datetime) -> int:
    """A row on which something fails that nobody foresaw: it is refused, and a person hears of it."""
    with db.write() as tx:
        row = imports.locked(tx, import_id)
        if not any(two.number == one.number for two in imports.rows(tx, import_id, ["waiting"], 1)):
            return 0
        problem(tx, None, event_id(import_id, one.number), "import", f"{type(error).__name__}: {error}", now)
        why = [WENT_WRONG.dump()]
        imports.change_rows(tx, import_id, [{"number": one.number, "status": "refused", "why": why}])
        imports.change(tx, import_id, done=row.done + 1)
    return 1
