"""What becomes of these rows of an import that is taken back? All in one transaction, each row about another lead.

Who came by one of them and did nothing since goes wholly; a merge that was undone is nothing. So does who stayed for
another import alone, once that is undone as well. Who was changed gets back what was: field by field, also where a
merge has brought it (`went_on`), and so do the rows of other imports that remember it (`remembered`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, bindparam, delete, func, select, update

from kweek.flow.words import IMPORT_UNDONE
from kweek.intake.check import email_key
from kweek.intake.companies import company_named, name_key
from kweek.intake.ears import FlowEars
from kweek.intake.imports import went_on
from kweek.intake.imports.exchanged import put_back
from kweek.intake.imports.file_row import Refusal
from kweek.intake.imports.known import OF_COMPANY, Person, people_by_id
from kweek.intake.imports.owed import IS_ANOTHERS, give_back_addresses, is_anothers, owed
from kweek.intake.imports.permission import undone_id, withdraw
from kweek.intake.imports.remembered import Remembered
from kweek.intake.imports.since import about, happened_since, take_away
from kweek.intake.imports.taking import event_id
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import append
from kweek.leads import imports, tables
from kweek.leads.in_common import note
from kweek.leads.merged import came_into, in_its_place
from kweek.leads.replaced import forget_company_replaced, keep_replaced
from kweek.leads.rows import insert_once
from kweek.leads.said_at import SaidAt, without
from kweek.leads.scores import settle
from kweek.leads.traits import set_fields

_KEYS: Final = ("email", "external_id")
_LEADS: Final = select(tables.leads.c.id).where(tables.leads.c.id.in_(bindparam("leads", expanding=True, type_=Text)))
_LOCK: Final = _LEADS.order_by(tables.leads.c.id).with_for_update()
_MAILBOXES: Final = select(tables.leads.c.email_key).where(
    tables.leads.c.id.in_(bindparam("leads", expanding=True, type_=Text)), tables.leads.c.email_key.is_not(None)
)
_SAID_AT: Final = select(tables.leads.c.said_at).where(tables.leads.c.id == bindparam("lead"))
_TOLD: Final = select(tables.events.c.id).where(tables.events.c.id == bindparam("event"))
_COMPANY: Final = select(tables.companies).where(tables.companies.c.id == bindparam("company")).with_for_update()


class Undoing:
    """began: when the undo of the whole was."""

    def __init__(self, tx: Connection, imported: Row[Any], ears: FlowEars, began: datetime, now: datetime) -> None:
        self.tx, self.imported, self.ears, self.began, self.now = tx, imported, ears, began, now
        self.written: set[str] = set()  # who is no more as it was read
        self.free: set[str] = set()  # keys of addresses that may be nobody's by now
        self.owed: dict[int, dict[str, Any]] = {}

    def undo(self, rows: Sequence[Row[Any]]) -> int:
        """How many: what became of each is noted."""
        there = self._lock([row.lead_id for row in rows])
        since = happened_since(self.tx, [row.lead_id for row in rows if row.status == "made"], self.imported.id)
        people = people_by_id(self.tx, there)
        kept = imports.kept_for(self.tx, there)
        self.remembered = Remembered(self.tx, self.imported, self.places)
        self.remembered.look_up(rows, kept)
        self._take_away([row for row in rows if _goes(row, people, since)])
        imports.change_rows(
            self.tx, self.imported.id, [self._undone(row, people.get(row.lead_id), since) for row in rows]
        )
        for row in (*rows, *self._let_go(kept)):
            self._forget_company(row)
        self.remembered.done()
        give_back_addresses(self.tx, self.free, self.remembered.whose_address())
        return len(rows)

    def _lock(self, ids: Sequence[str]) -> Sequence[str]:
        """These leads, those that went on in their place, and whoever came into one of these; which are there."""
        every, there = set[str](), list[str]()
        while (these := self._all_of(ids)) != every:  # at first, and where somebody merged one while we waited
            every, there = these, list(self.tx.execute(_LOCK, {"leads": sorted(these)}).scalars())
        return [lead_id for lead_id in there if lead_id in self.places]

    def _all_of(self, ids: Sequence[str]) -> set[str]:
        self.places = in_its_place(self.tx, ids)
        went = {lead_id for places in self.places.values() for lead_id in places}
        return went.union(came_into(self.tx, went))

    def _undone(self, row: Row[Any], person: Person | None, since: Mapping[str, list[str]]) -> dict[str, object]:
        details = list(self._details_back(row))
        if person is None:
            return said(row, "undone", [Refusal("", "", "the lead is not there any more")])
        if row.status == "made" and not since[row.lead_id]:
            return said(row, "undone", [])
        withdraw(self.tx, event_id(self.imported.id, row.number), self.places[row.lead_id], self.now)
        if row.status == "made":
            happened = ", ".join(since[row.lead_id][:5])
            stays = Refusal("", "", "the lead stays, for since then: {what}", {"what": happened})
            before: dict[str, Any] = {**row.before, "facts": {}, "said": []}
            self.remembered.stays(row, before)
            return {**self._told(row, "kept", [stays, *details]), "before": before}
        if row.lead_id in self.written:
            person = people_by_id(self.tx, [row.lead_id])[row.lead_id]
        why = [*self._give_back(row, person), *details]
        return {**self._told(row, "undone", why), "before": self.owed.get(row.number)}

    def _told(self, row: Row[Any], status: str, why: list[Refusal]) -> dict[str, object]:
        """Also in the lead's story, once; as of when the undo began, for from then on nobody took a permission back."""
        what = {"file": self.imported.file, "row": row.number}
        identifier, lives = undone_id(event_id(self.imported.id, row.number)), self.places[row.lead_id][-1]
        if self.tx.execute(_TOLD, {"event": identifier}).first() is None:
            incoming = Incoming(identifier, IMPORT_UNDONE, self.began, LeadIn(id=lives), data=what, mass=True)
            append(self.tx, lives, incoming, self.now, self.ears)
        return said(row, status, why)

    def _let_go(self, kept: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
        """Who stayed when the import that made it was undone, and would not have by now."""
        since = happened_since(self.tx, [row.lead_id for row in kept])
        gone = [row for row in kept if not since[row.lead_id]]
        self._take_away(gone)
        for row in gone:
            self.remembered.goes(row)
            imports.change_rows(self.tx, row.import_id, [said(row, "undone", [])])
        return gone

    def _take_away(self, rows: Sequence[Row[Any]]) -> None:
        ids = [row.lead_id for row in rows]
        self.free |= set(self.tx.execute(_MAILBOXES, {"leads": ids}).scalars())
        take_away(self.tx, ids)

    # --- what was changed ---------------------------------------------------------------------------------

    def _give_back(self, row: Row[Any], person: Person) -> Iterator[Refusal]:
        """Each field that has the import's value still; the others are told, but for those in which a merge or another
        import has put another's word."""
        before: Mapping[str, Any] = row.before["facts"]
        of_company = {name for name in before if name == "company" or name.startswith("company.")}
        words = {name: (was, is_) for name, (was, is_) in before.items() if name not in of_company}
        keys = {name: words.pop(name) for name in _KEYS if name in words}
        words[went_on.COMPANY] = self._companies(row)
        left = went_on.put_right(self.tx, row.lead_id, words, tables.merges.c.at >= self.imported.at)
        when = self.remembered.when.get(row.number, (self.imported.at, 0))
        every, over = self.remembered.of_lead(row.lead_id, {**keys, **left}, when)
        address, ours = every.get("email"), {name: pair for name, pair in every.items() if name != "email"}
        known = {**person.facts, went_on.COMPANY: person.company_id}
        back = {name: was for name, (was, is_) in ours.items() if known.get(name) == is_}
        for name in [name for name in (*ours, *sorted(over)) if name not in back]:
            called = "company" if name == went_on.COMPANY else name
            yield went_on.stays(called, person.facts.get(called))
        places = self.places[row.lead_id]
        if address is not None:
            yield from self._address_back(row, person, *address)
        self._write(row.lead_id, back)
        changed = {name: ours[name] for name in back if name not in _KEYS}
        yield from went_on.give_back(self.tx, places, changed, self.remembered)
        self.written.update(places)
        for lead_id in places:
            settle(self.tx, self.ears.scores, lead_id, self.now)

    def _address_back(self, row: Row[Any], person: Person, was: str | None, is_: str) -> Iterator[Refusal]:
        if was is not None and is_anothers(self.tx, was, row.lead_id):
            yield Refusal("email", was, IS_ANOTHERS)
            self._owe(row, was, is_)
        elif put_back(self.tx, self.places[row.lead_id], was, is_, self.imported.at):
            self.free.add(email_key(is_))
            self._forget_moments(row.lead_id, {"email"})
        else:
            yield went_on.stays("email", person.facts.get("email"))

    def _companies(self, row: Row[Any]) -> tuple[str | None, str | None]:
        """Where it was before, and where the row put it. Made anew, where it went meanwhile."""
        was, is_ = row.before["companies"]
        name = row.before["facts"].get("company", [None])[0]
        if was is None or name is None or self.tx.execute(_COMPANY, {"company": was}).first() is not None:
            return was, is_
        anew: dict[str, object] = {"id": was, "name": name, "name_key": name_key(name), "fields": {}}
        insert_once(self.tx, tables.companies, anew)
        return company_named(self.tx, name).id, is_

    def _owe(self, row: Row[Any], address: str, instead: str) -> None:
        self.owed[row.number] = owed(address, instead)
        when, _ = self.remembered.when.get(row.number, (self.imported.at, 0))
        source = event_id(self.imported.id, row.number)
        keep_replaced(self.tx, row.lead_id, {"email": (address, instead)}, source, when, email_key(address))

    def _write(self, lead_id: str, back: Mapping[str, Any]) -> None:
        columns: dict[str, Any] = {name: back[name] for name in ("external_id", went_on.COMPANY) if name in back}
        if columns:
            self.tx.execute(update(tables.leads).where(tables.leads.c.id == lead_id).values(**columns))
        set_fields(self.tx, lead_id, {name: value for name, value in back.items() if name not in columns})
        self._forget_moments(lead_id, {"company" if name == went_on.COMPANY else name for name in back})

    def _forget_moments(self, lead_id: str, names: set[str]) -> None:
        moments: SaidAt | None = self.tx.execute(_SAID_AT, {"lead": lead_id}).scalar_one()
        if names & (moments or {}).keys():
            its = update(tables.leads).where(tables.leads.c.id == lead_id)
            self.tx.execute(its.values(said_at=without(moments, names)))

    # --- its company --------------------------------------------------------------------------------------

    def _details_back(self, row: Row[Any]) -> Iterator[Refusal]:
        named = row.before["companies"][1]
        facts: Mapping[str, Any] = row.before["facts"]
        details = {name: (was, is_) for name, (was, is_) in facts.items() if name.startswith("company.")}
        company = self.tx.execute(_COMPANY, {"company": named}).one_or_none() if named and details else None
        if company is None:
            return
        ours, over = self.remembered.of_company(named, details, row.number)
        known = {f"company.{name}": getattr(company, name) for name in OF_COMPANY}
        back = {name: was for name, (was, is_) in ours.items() if name in known and known[name] == is_}
        for name in [name for name in (*ours, *sorted(over)) if name not in back]:
            yield went_on.stays(name, known.get(name))
        if back:
            companies, columns = tables.companies, {name.removeprefix("company."): was for name, was in back.items()}
            self.tx.execute(update(companies).where(companies.c.id == named).values(**columns))
            forget_company_replaced(self.tx, named, columns, event_id(self.imported.id, row.number))
            if self.ears.minds(self.tx, "company"):
                note(self.tx, "company", named, self.now)

    def _forget_company(self, row: Row[Any]) -> None:
        """One that this row made, where nobody and nothing names it any more, nor would after another undo."""
        company_id = row.before["companies"][1]
        if not row.before["makes_company"] or company_id is None:
            return
        if self.remembered.needs(company_id) or _named(self.tx, company_id):
            self.remembered.inherit(company_id)
        else:
            its = tables.companies_replaced
            self.tx.execute(delete(its).where(its.c.company_id == company_id))
            self.tx.execute(delete(tables.companies).where(tables.companies.c.id == company_id))


def _goes(row: Row[Any], people: Mapping[str, Person], since: Mapping[str, list[str]]) -> bool:
    return row.lead_id in people and row.status == "made" and not since[row.lead_id]


def said(row: Row[Any], status: str, why: Sequence[Refusal]) -> dict[str, object]:
    """What was known before is of no more use, and is nobody's business."""
    return {"number": row.number, "status": status, "why": [one.dump() for one in why] or None, "before": None}


def _named(tx: Connection, company_id: str) -> bool:
    for table in tables.metadata.sorted_tables:
        for column in about(table, tables.companies):
            if tx.execute(select(func.count()).select_from(table).where(column == company_id)).scalar_one():
                return True
    return False
