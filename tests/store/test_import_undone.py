"""An import is taken back: what was there before is there again, and what happened since stays."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from activities.duplicates import Comparing
from kweek.intake.imports import taking
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import imports, tables
from kweek.leads.database import Database
from tests.store.imported import EARS, all_rows, fill, imported, lead, reader_of, rows, undone
from tests.store.making import NOW


@pytest.fixture
def books(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(taking, "BATCH", 3)
    fill(database)
    return database


def test_an_undo_gives_back_what_was(books: Database) -> None:
    before = all_rows(books, tables.events, tables.leads, tables.points)
    known = {row.id: row for row in _people(books)}
    import_id = imported(books, no_consent=False, consent="signed", purpose="advice", campaign="fair")
    undone(books, import_id)
    after = all_rows(books, tables.events, tables.leads, tables.points)
    assert {name: after[name] for name in after if name not in ("consents", "campaigns")} == {
        name: before[name] for name in before if name not in ("consents", "campaigns")
    }
    assert all(row[-1] is not None for row in after["consents"]), "every permission of it is withdrawn"
    assert {row.id: _but_the_machine(row) for row in _people(books)} == {
        lead_id: _but_the_machine(row) for lead_id, row in known.items()
    }
    assert {row.status for row in rows(books, import_id)} == {"undone", "refused"}
    assert [row.why for row in rows(books, import_id) if row.status == "undone"] == [None] * 6
    with books.read() as read:
        assert imports.one(read, import_id).status == "undone"
    twice = all_rows(books)
    undone(books, import_id)
    assert all_rows(books) == twice, "twice is once"


def test_nothing_is_left_by_which_a_lead_that_went_would_be_compared(books: Database) -> None:
    import_id = imported(books)
    Comparing(books).compare(NOW, NOW)
    keys = tables.likeness_keys.c.lead_id
    with books.read() as read:
        compared = set(read.execute(select(keys)).scalars())
    undone(books, import_id)
    with books.read() as read:
        assert set(read.execute(select(keys)).scalars()) == compared & {row.id for row in _people(books)} < compared


def _people(db: Database) -> list[Any]:
    with db.read() as read:
        return list(read.execute(select(tables.leads)).all())


def _but_the_machine(row: Any) -> dict[str, object]:
    """A lead that was never reckoned has no grade, and one that has no points has the least."""
    return {
        name: value for name, value in row._mapping.items() if name not in ("seq", "profile", "engagement", "graded")
    }


def test_what_happened_since_stays_and_is_told(books: Database) -> None:
    import_id = imported(books, no_consent=False, consent="signed", purpose="advice")
    nel = lead(books, email="new@example.com").id
    record(books, Incoming("later", "form.sent", NOW, LeadIn(id=nel)), NOW, EARS)
    an = lead(books, email="an@example.com").id
    with books.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == an).values(job_title="Chef"))
    undone(books, import_id)
    told = {row.number: (row.status, [one["words"] for one in row.why or ()]) for row in rows(books, import_id)}
    assert told[2] == ("kept", ["the lead stays, for since then: form.sent"])
    assert told[1] == ("undone", ["this was written since, and stays"])
    assert (lead(books, id=an).job_title, lead(books, id=an).first_name) == ("Chef", "Antje")
    assert lead(books, id=nel).first_name == "Nel"
    with books.read() as read:
        allowed = read.execute(select(tables.consents).where(tables.consents.c.withdrawn_at.is_(None))).all()
    assert allowed == [], "a permission of the import is withdrawn in any case"


def test_a_file_that_nobody_took_in_is_forgotten(books: Database) -> None:
    before = all_rows(books)
    reader, lines = reader_of()
    import_id = imports.store(
        books, "fair.csv", reader.how.dump(), ((one.number, one.cells) for one in lines), NOW, tried=True
    )
    undone(books, import_id)
    with books.read() as read:
        assert imports.one(read, import_id).status == "forgotten", "nothing was taken in, so nothing is taken back"
    assert {(row.status, tuple(row.cells)) for row in rows(books, import_id)} == {("forgotten", ())}
    assert all_rows(books) == before


def test_whoever_is_known_elsewhere_stays(books: Database) -> None:
    import_id = imported(books)
    bo = lead(books, external_id="k2").id
    with books.write() as tx:
        tx.execute(insert(tables.topics).values(lead_id=bo, topic="pumps", views=1, last_at=NOW))
        tx.execute(delete(tables.import_rows).where(tables.import_rows.c.number != 5))
    undone(books, import_id)
    [row] = rows(books, import_id)
    assert (row.status, row.why[0]["words"]) == ("kept", "the lead stays, for since then: topics")
