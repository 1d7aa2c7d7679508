"""How is an import taken back? Who came by it and did nothing since goes wholly; who was changed gets back what was.

Who went into a flow by it leaves that first. Then from the last row to the first, some at a time, each once. What
cannot be taken back is noted on its row, with the reason. A permission that the import gave is withdrawn in any case,
also where a merge has brought it: a doubtful list must not be mailed. A field is given back there, too (`went_on`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from kweek.flow.words import IMPORT_UNDONE
from kweek.intake.check import email_key
from kweek.intake.ears import FlowEars
from kweek.intake.imports import went_on
from kweek.intake.imports.enrolling import enrol_id
from kweek.intake.imports.file_row import Refusal
from kweek.intake.imports.known import OF_COMPANY, Person, people_by_id
from kweek.intake.imports.permission import undone_id, withdraw
from kweek.intake.imports.since import about, happened_since, still_leaving, take_away, unenrol_id
from kweek.intake.imports.taking import event_id
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import append
from kweek.leads import imports, tables
from kweek.leads.database import Database, NoSuchLead, lock_lead
from kweek.leads.in_common import note
from kweek.leads.merged import in_its_place
from kweek.leads.replaced import forget_company_replaced
from kweek.leads.scores import settle
from kweek.leads.traits import set_fields

BATCH: Final = 50
_AT_ONCE: Final = 100  # rows whose leads are told to leave their flow
_FORGOTTEN: Final = 1_000  # rows that never came in, at once

_KEYS: Final = ("email", "external_id")
_LEADS: Final = select(tables.leads.c.id).where(tables.leads.c.id.in_(bindparam("leads", expanding=True)))
_LOCK: Final = _LEADS.order_by(tables.leads.c.id).with_for_update()
_BEGAN: Final = (
    select(tables.events.c.lead_id, tables.events.c.seq)
    .where(tables.events.c.id.in_(bindparam("ids", expanding=True)), tables.events.c.merged.is_(None))
    .order_by(tables.events.c.lead_id)
)
_COMPANY: Final = select(tables.companies).where(tables.companies.c.id == bindparam("company")).with_for_update()


def undo_some(db: Database, import_id: str, ears: FlowEars, now: datetime, most: int = BATCH) -> int:
    """The next rows; how many. 0: all that could be taken back is; or, as long as it is leaving, the leads that are
    left have yet to leave their flow."""
    missed = _missed(db, import_id, most)
    with db.write() as tx:
        row = imports.locked(tx, import_id)
        if row.status not in imports.LEAVING:
            return 0
        if row.enrolled:
            return _take_out_some(tx, row, ears, now)
        taken = imports.last_taken(tx, import_id, most)
        leaving = still_leaving(tx, [one.lead_id for one in taken], import_id, now)
        some = _of_different_leads([one for one in taken if one.lead_id not in leaving])
        if not some and leaving:
            return 0  # and they are looked at again
        if not some and (never := imports.rows(tx, import_id, ["waiting"], _FORGOTTEN)):
            imports.change_rows(
                tx, import_id, [{"number": one.number, "status": "forgotten", "cells": []} for one in never]
            )
            return len(never)
        if not some and missed:
            _make_up_for(tx, missed, now)
            return len(missed)
        if not some:
            over = "undone" if row.status == "undoing" else "forgotten"
            imports.change(tx, import_id, status=over, undone_at=now)
            return 0
        undone = _Undoing(tx, row, ears, now).undo(some)
        imports.change_rows(tx, import_id, undone)
    return len(some)


def _missed(db: Database, import_id: str, most: int) -> Sequence[tuple[str, str]]:
    """What is in force although its row was undone: lead and event. Looked for once all rows are, and before anybody
    has to wait: nothing but a look at all permissions finds it."""
    with db.read() as read:
        over = imports.one(read, import_id).status == "undoing" and not imports.last_taken(read, import_id, 1)
        if not over or imports.rows(read, import_id, ["waiting"], 1):
            return ()
        return imports.in_force(read, import_id, most)


def _make_up_for(tx: Connection, missed: Sequence[tuple[str, str]], now: datetime) -> None:
    for lead_id, proof in missed:
        with suppress(NoSuchLead):  # it went meanwhile
            lock_lead(tx, lead_id)
            withdraw(tx, proof, [lead_id], now)


def _of_different_leads(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    seen, some = set[str](), list[Row[Any]]()
    for row in rows:
        if row.lead_id in seen:
            break
        seen.add(row.lead_id)
        some.append(row)
    return some


def _take_out_some(tx: Connection, row: Row[Any], ears: FlowEars, now: datetime) -> int:
    """Out of the flow into which the import put them, before they go out of the books. How many rows."""
    some = imports.last_taken(tx, row.id, _AT_ONCE, row.enrolled)
    enrolments = {enrol_id(row.id, one.lead_id) for one in some}
    for began in tx.execute(_BEGAN, {"ids": sorted(enrolments)}):
        incoming = Incoming(
            unenrol_id(row.id, began.lead_id), "unenrol", now, LeadIn(id=began.lead_id), {"since": began.seq}, mass=True
        )
        append(tx, began.lead_id, incoming, now, ears)
    imports.change(tx, row.id, enrolled=some[-1].number - 1 if some else 0)
    return max(1, len(some))


class _Undoing:
    def __init__(self, tx: Connection, imported: Row[Any], ears: FlowEars, now: datetime) -> None:
        self.tx, self.imported, self.ears, self.now = tx, imported, ears, now
        self.written: set[str] = set()  # who is no more as it was read

    def undo(self, rows: Sequence[Row[Any]]) -> list[dict[str, object]]:
        """What the rows shall say."""
        there = self._lock([row.lead_id for row in rows])
        since = happened_since(self.tx, [row.lead_id for row in rows if row.status == "made"], self.imported.id)
        people = people_by_id(self.tx, there)
        gone = [row for row in rows if row.lead_id in people and row.status == "made" and not since[row.lead_id]]
        take_away(self.tx, [row.lead_id for row in gone])
        for row in gone:
            self._forget_company(row)
        return [self._undone(row, people.get(row.lead_id), since) for row in rows]

    def _lock(self, ids: Sequence[str]) -> Sequence[str]:
        """These leads, and those that went on in their place; which are there."""
        self.places = in_its_place(self.tx, ids)
        while True:
            every = sorted({lead_id for places in self.places.values() for lead_id in places})
            there = self.tx.execute(_LOCK, {"leads": every}).scalars().all()
            places = in_its_place(self.tx, ids)
            if places == self.places:
                return [lead_id for lead_id in there if lead_id in places]
            self.places = places  # somebody merged one of them while we waited

    def _undone(self, row: Row[Any], person: Person | None, since: Mapping[str, list[str]]) -> dict[str, object]:
        if person is None:
            return _said(row, "undone", [Refusal("", "", "the lead is not there any more")])
        if row.status == "made" and not since[row.lead_id]:
            return _said(row, "undone", [])
        withdraw(self.tx, event_id(self.imported.id, row.number), self.places[row.lead_id], self.now)
        if row.status == "made":
            happened = ", ".join(since[row.lead_id][:5])
            return self._told(
                row, "kept", [Refusal("", "", "the lead stays, for since then: {what}", {"what": happened})]
            )
        if row.lead_id in self.written:
            person = people_by_id(self.tx, [row.lead_id])[row.lead_id]
        return self._told(row, "undone", list(self._give_back(row, person)))

    def _told(self, row: Row[Any], status: str, why: list[Refusal]) -> dict[str, object]:
        """Also in the lead's story."""
        what = {"file": self.imported.file, "row": row.number}
        identifier, lives = undone_id(event_id(self.imported.id, row.number)), self.places[row.lead_id][-1]
        incoming = Incoming(identifier, IMPORT_UNDONE, self.now, LeadIn(id=lives), data=what, mass=True)
        append(self.tx, lives, incoming, self.now, self.ears)
        return _said(row, status, why)

    # --- what was changed ---------------------------------------------------------------------------------

    def _give_back(self, row: Row[Any], person: Person) -> Iterator[Refusal]:
        """Each field that has the import's value still; the others are told, but for those in which a merge has put
        another's word."""
        back: dict[str, Any] = {}
        details: dict[str, Any] = {}
        was: Mapping[str, Any] = row.before
        said = {**was["facts"], went_on.COMPANY: was["companies"]}
        words = {
            name: pair
            for name, pair in said.items()
            if name not in (*_KEYS, "company") and not name.startswith("company.")
        }
        left = went_on.put_right(self.tx, row.lead_id, words, tables.merges.c.at >= self.imported.at)
        for name, (before, after) in was["facts"].items():
            if name.startswith("company."):
                details[name.removeprefix("company.")] = (before, after)
            elif name not in left and name not in _KEYS:
                continue
            elif person.facts.get(name) == after:
                back[name] = before
            else:
                yield went_on.stays(name, person.facts.get(name))
        changed = {name: left[name] for name in back if name in left}
        company = left.get(went_on.COMPANY)
        if company is not None and person.company_id == company[1]:
            changed[went_on.COMPANY] = company
        source = event_id(self.imported.id, row.number)
        yield from self._company_back(person, was["companies"][1], company, details, source)
        self._write(row.lead_id, back)
        places = self.places[row.lead_id]
        yield from went_on.give_back(self.tx, places, changed)
        self.written.update(places)
        self._forget_company(row)
        for lead_id in places:
            settle(self.tx, self.ears.scores, lead_id, self.now)

    def _write(self, lead_id: str, back: Mapping[str, Any]) -> None:
        columns: dict[str, Any] = {name: back[name] for name in _KEYS if name in back}
        if "email" in columns:
            columns["email_key"] = None if columns["email"] is None else email_key(columns["email"])
        if columns:
            self.tx.execute(update(tables.leads).where(tables.leads.c.id == lead_id).values(**columns))
        set_fields(self.tx, lead_id, {name: value for name, value in back.items() if name not in columns})

    def _company_back(
        self,
        person: Person,
        named: str | None,
        changed: tuple[str | None, str | None] | None,
        details: Mapping[str, tuple[Any, Any]],
        source: str,
    ) -> Iterator[Refusal]:
        """named: the company that the row names. source: id of the row's event."""
        if named is not None:
            yield from self._details_back(named, details, source)
        if changed is not None and person.company_id == changed[1]:
            leads = tables.leads
            self.tx.execute(update(leads).where(leads.c.id == person.id).values(company_id=changed[0]))
        elif changed is not None:
            yield went_on.stays("company", person.facts.get("company"))

    def _details_back(self, company_id: str, details: Mapping[str, tuple[Any, Any]], source: str) -> Iterator[Refusal]:
        company = self.tx.execute(_COMPANY, {"company": company_id}).one_or_none() if details else None
        if company is None:
            return
        back = dict[str, Any]()
        for name, (before, after) in details.items():
            if name in OF_COMPANY and getattr(company, name) == after:
                back[name] = before
            else:
                yield went_on.stays(f"company.{name}", getattr(company, name))
        if back:
            companies = tables.companies
            self.tx.execute(update(companies).where(companies.c.id == company_id).values(**back))
            forget_company_replaced(self.tx, company_id, back, source)
            if self.ears.minds(self.tx, "company"):
                note(self.tx, "company", company_id, self.now)

    def _forget_company(self, row: Row[Any]) -> None:
        """One that this row made, where nobody and nothing names it any more."""
        company_id = row.before["companies"][1]
        if row.before["makes_company"] and company_id is not None and not _named(self.tx, company_id):
            self.tx.execute(delete(tables.companies).where(tables.companies.c.id == company_id))
            its = tables.companies_replaced
            self.tx.execute(delete(its).where(its.c.company_id == company_id))


def _said(row: Row[Any], status: str, why: Sequence[Refusal]) -> dict[str, object]:
    """What was known before is of no more use, and is nobody's business."""
    return {"number": row.number, "status": status, "why": [one.dump() for one in why] or None, "before": None}


def _named(tx: Connection, company_id: str) -> bool:
    for table in tables.metadata.sorted_tables:
        for column in about(table, tables.companies):
            if tx.execute(select(func.count()).select_from(table).where(column == company_id)).scalar_one():
                return True
    return False
