"""A file that left the house comes back: what was written is what is read, and nothing changes by it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from kweek.intake.check_lead import Vocabulary
from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.csv_file import read_csv
from kweek.intake.imports.file_row import RowReader
from kweek.intake.imports.refused import refused_of
from kweek.intake.imports.taking import take_some
from kweek.intake.imports.trying import try_rows
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn, TouchIn
from kweek.intake.record import record
from kweek.leads import imports, tables
from kweek.leads.database import Database
from kweek.leads.export import columns, everybody, rows, undeclared
from kweek.leads.listed import Wanted
from kweek.leads.spreadsheet import as_csv
from tests.store import imported as files
from tests.store.imported import EARS, HEAD, all_rows, imported, lead, tried
from tests.store.making import NOW, a_lead

ZONE = ZoneInfo("Europe/Amsterdam")
FIELDS = {"building": "text", "contract_end": "date", "surface": "number", "visit": "moment", "member": "yes/no"}
WORDS = Vocabulary(fields=FIELDS, flows=lambda: ("warm",), country="NL")
KNOWN: dict[str, Any] = {
    "building": "=1+1", "contract_end": "2026-12-31", "surface": 12.345, "visit": "2026-03-01T09:00:00+00:00",
    "member": True,
}  # fmt: skip


@pytest.fixture
def books(database: Database) -> Database:
    """Somebody of every kind: by an address, by an id, by both, by neither; and one who was merged."""
    said = LeadIn(email="an@example.com", external_id="k1", profile={"first_name": "-An", "phone": "+31201111111",
                  "country": "NL", "language": "nl"}, company=CompanyIn("=Acme"))  # fmt: skip
    came = TouchIn("form", "fair")
    record(database, Incoming("e1", "form.sent", NOW, said, touch=came), NOW, EARS)
    record(
        database, Incoming("e2", "form.sent", NOW, LeadIn(email="an@example.com"), touch=TouchIn("form", "stand")), NOW
    )
    a_lead(database, "full", fields=KNOWN, stage="customer", owner="anna")
    a_lead(database, "ours", email=None, email_key=None, external_id="crm-77")
    a_lead(database, "spoken", email=None, email_key=None, phone="+31201234567", name="'=Bo")
    a_lead(database, "gone")
    return database


def written(db: Database) -> str:
    everyone = everybody(Wanted(), "C4")
    own = undeclared(db, everyone, FIELDS)
    found = rows(db, everyone, "C4", [*FIELDS, *own], ZONE)
    return "".join(as_csv([columns(FIELDS, own=own), *found], ";"))


def reader_of(text: str) -> tuple[RowReader, list[Any]]:
    sheet = read_csv(text.encode())
    how = how_of(sheet, sheet, Asked(no_consent=True), WORDS)
    return RowReader(how, "leads.csv", WORDS, ZONE, NOW), list(sheet.lines())


def taken(db: Database, text: str) -> list[str]:
    """Tried first: both say the same."""
    reader, lines = reader_of(text)
    told = [(outcome.becomes, outcome.changes) for _, outcome in try_rows(db, reader, lines)]
    import_id = imports.store(db, "leads.csv", reader.how.dump(), ((one.number, one.cells) for one in lines), NOW)
    while take_some(db, import_id, reader, EARS, NOW, 3):
        pass
    became = [row.status for row in files.rows(db, import_id)]
    assert [becomes for becomes, _ in told] == became, told
    return became


def test_our_own_list_changes_nothing(books: Database) -> None:
    text = written(books)
    moves = (tables.events, tables.leads, tables.journal)
    before, leads = all_rows(books, *moves, tables.touches), len(all_rows(books)["leads"])
    assert taken(books, text) == ["same"] * 5
    assert all_rows(books, *moves, tables.touches) == before
    assert len(all_rows(books)["leads"]) == leads
    assert lead(books, id="spoken").external_id is None
    assert lead(books, external_id="k1").last_campaign == "stand"
    assert written(books) == text


def test_texts_that_nobody_declared_go_along_where_somebody_of_the_list_has_one(
    books: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under a name by which an import knows them again, whatever else it sounds like."""
    monkeypatch.setattr("kweek.leads.export._READ_AT_ONCE", 2)
    heads = ("color", "mobile", "building", "never", "of_nobody")
    how = {"columns": [{"heading": "x", "target": f"own.{name}"} for name in heads]}
    about = {"file": "f.csv", "rows": 1, "at": NOW}
    with books.write() as tx:
        add = tables.imports.insert()
        tx.execute(add, [{"id": "a", "how": how, "status": "done", **about}])
        never = {"columns": [{"heading": "x", "target": None}, {"heading": "y", "target": "own.secret"}]}
        tx.execute(add, [{"id": "b", "how": never, "status": "tried", **about}])
    assert "own." not in written(books)
    a_lead(books, "kept", fields={"color": "=red", "secret": "x", "never": ""})
    a_lead(books, "other", fields={"mobile": "no"})
    text = written(books)
    assert text.splitlines()[0].endswith(";member;own.color;own.mobile")
    assert ";'=red;" in text
    assert taken(books, text) == ["same"] * 7
    assert written(books) == text
    gone = text.replace("'=red", "blue")
    assert sorted(taken(books, gone)) == ["changed", *["same"] * 6]
    assert lead(books, id="kept").fields["color"] == "blue"


def test_whoever_was_merged_since_is_who_it_is_now(books: Database) -> None:
    text = written(books)
    with books.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == "gone").values(merged_into="full"))
    assert taken(books, text) == ["same"] * 5
    assert lead(books, id="full").email == "full@example.com"


def test_our_id_of_nobody_is_said_and_never_taken_for_a_senders(books: Database) -> None:
    text = "kweek_id;E-mail;Naam\nnobody;;Bo\nspoken;;Bo\nother;new@example.com;Nel\n"
    assert taken(books, text) == ["refused", "changed", "made"]
    assert lead(books, email="new@example.com").external_id is None
    assert lead(books, id="spoken").name == "Bo"


def test_a_row_that_is_too_long_keeps_every_cell_until_it_is_mended(database: Database) -> None:
    import_id = imported(database, HEAD + "bo@example.com;Bo;Kok;chef;;Acme;;;k9\nan@example.com;An;;;;;;\n")
    text = "".join(refused_of(database, import_id))
    line = text.splitlines()[1]
    assert line.startswith("bo@example.com;Bo;Kok;chef;;Acme;;;k9;")
    assert "the row has 9 cells, and there are 8 columns" in line
    assert [one.becomes for one in tried(database, text)] == ["refused"]
    assert [one.becomes for one in tried(database, text.replace("Kok;chef", "Kok, chef"))] == ["made"]


def test_a_mended_file_of_refused_rows_gives_back_what_stood_in_it(database: Database) -> None:
    import_id = imported(database, HEAD + "=bad;=1+1;+x;;@Acme;;;\nan@example.com;An;;;;;;\n")
    text = "".join(refused_of(database, import_id))
    assert text.splitlines()[1].startswith("'=bad;'=1+1;'+x;;'@Acme;")
    mended = text.replace("'=bad;", "bo@example.com;")
    assert [one.becomes for one in tried(database, mended)] == ["made"]
    imported(database, mended)
    bo = lead(database, email="bo@example.com")
    assert (bo.first_name, bo.job_title) == ("=1+1", "+x")
    assert [row[1] for row in all_rows(database)["companies"]] == ["@Acme"]
