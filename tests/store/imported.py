"""A file with something of everything in it, the books into which it is taken, and what they hold then."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from kweek.flow.conditions import parse_condition
from kweek.intake.check_lead import Vocabulary
from kweek.intake.ears import FlowEars
from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.csv_file import read_csv
from kweek.intake.imports.file_row import RowReader
from kweek.intake.imports.taking import take_some
from kweek.intake.imports.trying import Outcome, Tried, try_rows
from kweek.intake.imports.undoing import undo_some
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.merging.merge import merge
from kweek.intake.record import record
from kweek.leads import imports, tables
from kweek.leads.database import Database
from kweek.leads.reckoned import Scores
from kweek.rules.scoring import Rule
from tests.store.making import NOW

WORDS = Vocabulary(fields={"building": "text", "contract_end": "date"}, flows=lambda: ("warm",), country="NL")
EARS = FlowEars(
    scores=Scores(
        (Rule("title", "told us the job title", "profile", 10, condition=parse_condition("known(lead.job_title)")),)
    )
)
HEAD = "E-mail;Voornaam;Functie;Telefoon;Bedrijf;Medewerkers;Contract end;External id\n"
FILE = (
    HEAD
    + "an@example.com;An;Inkoper;0201234567;Acme;10;31-12-2026;k1\n"
    + "new@example.com;Nel;;;Beta;;;\n"
    + "wrong@;Wim;;;;;;\n"
    + "AN@example.com;Anna;;;acme;12;;\n"
    + ";Bo;Kok;;;;;k2\n"
    + "same@example.com;Sam;;;;;;\n"
    + "new@example.com;Nel;;;Beta;;;\n"
)
BECOMES = ["changed", "made", "refused", "changed", "made", "same", "same"]
WARM = "flow: warm\ntitle: Warm\nstart: manual\nsteps:\n  - end: done\n"

Snapshot = dict[str, list[tuple[Any, ...]]]


def fill(database: Database) -> None:
    """An, of whom much is known, and Sam."""
    an = LeadIn(
        email="an@example.com", profile={"first_name": "Antje", "phone": "+31201111111"}, fields={"building": "hall"},
        company=CompanyIn("ACME", sector="food", size=10),
    )  # fmt: skip
    for lead in (an, LeadIn(email="same@example.com", profile={"first_name": "Sam"})):
        record(database, Incoming(f"form {lead.email}", "form.sent", NOW, lead), NOW, EARS)


def reader_of(text: str = FILE, now: datetime = NOW, **asked: Any) -> tuple[RowReader, list[Any]]:
    sheet = read_csv(text.encode())
    how = how_of(sheet, sheet, Asked(**({"no_consent": True} | asked)), WORDS)
    return RowReader(how, "fair.csv", WORDS, ZoneInfo("Europe/Amsterdam"), now), list(sheet.lines())


def imported(db: Database, text: str = FILE, now: datetime = NOW, **asked: Any) -> str:
    reader, lines = reader_of(text, now, **asked)
    import_id = imports.store(db, "fair.csv", reader.how.dump(), ((one.number, one.cells) for one in lines), now)
    while take_some(db, import_id, reader, EARS, now, 3):
        pass
    return import_id


def tried(db: Database, text: str = FILE, **asked: Any) -> list[Outcome]:
    reader, lines = reader_of(text, **asked)
    found = [outcome for _, outcome in try_rows(db, reader, lines)]
    sums = Tried()
    for outcome in found:
        sums.add(outcome)
    assert sums.fields == Counter(name for one in found if one.becomes == "changed" for name in one.changes)
    return found


def undone(db: Database, import_id: str) -> None:
    imports.undo(db, import_id)
    while undo_some(db, import_id, EARS, NOW + timedelta(days=1), 3):
        pass


def rows(db: Database, import_id: str) -> list[Any]:
    every = ["waiting", "made", "changed", "same", "refused", "undone", "kept", "forgotten"]
    with db.read() as read:
        return imports.rows(read, import_id, every, 100)


def lead(db: Database, **which: str) -> Any:
    with db.read() as read:
        return read.execute(select(tables.leads).filter_by(**which)).one()


def all_rows(db: Database, *but: Any) -> Snapshot:
    with db.read() as read:
        return {
            table.name: sorted(map(tuple, read.execute(select(table)).all()), key=repr)
            for table in tables.metadata.sorted_tables
            if table not in (tables.imports, tables.import_rows, *but)
        }


def merged_into_older(db: Database, one: str, *others: str) -> tuple[str, list[int]]:
    """The lead that goes on in the end, and each merge."""
    done = list[int]()
    for days, other in enumerate(others, 1):  # each is older than the one before
        with db.write() as tx:
            older = update(tables.leads).where(tables.leads.c.id == other)
            tx.execute(older.values(created_at=NOW - timedelta(days=days)))
        merged = merge(db, one, other, {}, "anna", NOW + timedelta(hours=len(done) + 1), EARS, str)
        one = merged.kept
        done.append(merged.id)
    return one, done
