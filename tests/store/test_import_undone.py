"""An import is taken back: what was there before is there again, and what happened since stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from activities.duplicates import Comparing
from kweek.flow.words import IMPORT_UNDONE
from kweek.intake.imports import taking
from kweek.intake.incoming import ConsentIn, Incoming, LeadIn
from kweek.intake.merging.unmerge import unmerge
from kweek.intake.record import append, record
from kweek.intake.suppress import suppress_lead
from kweek.leads import imports, tables
from kweek.leads.database import Database
from tests.store.imported import (
    EARS,
    HEAD,
    all_rows,
    fill,
    imported,
    lead,
    merged_into_older,
    reader_of,
    rows,
    tried,
    undone,
)
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


_MACHINES = ("seq", "profile", "engagement", "graded", "said_at")


def _but_the_machine(row: Any) -> dict[str, object]:
    """A lead that was never reckoned has no grade, and one that has no points has the least; and when it was said, what
    it has back, nobody knows."""
    return {name: value for name, value in row._mapping.items() if name not in _MACHINES}


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


# --- a merge in between ---------------------------------------------------------------------------

NEW = HEAD + "v1@example.com;Vi;;;;;;\n"
BOUGHT = {"no_consent": False, "consent": "bought list", "purpose": "advice", "campaign": "vimp"}


def _held(db: Database, words: str = "bought list") -> list[tuple[str, bool]]:
    """Whose it is, and whether it is in force."""
    consents = tables.consents
    with db.read() as read:
        found = read.execute(select(consents).where(consents.c.words == words).order_by(consents.c.id)).all()
    return [(row.lead_id, row.withdrawn_at is None) for row in found]


def _campaigns(db: Database, lead_id: str) -> tuple[Any, ...]:
    row = lead(db, id=lead_id)
    return row.campaign, row.campaign_at, row.last_campaign


@pytest.mark.parametrize("merges", [1, 2])
def test_a_permission_is_withdrawn_wherever_a_merge_has_brought_it(books: Database, merges: int) -> None:
    import_id = imported(books, NEW, **BOUGHT)
    new, an, sam = (lead(books, email=f"{name}@example.com").id for name in ("v1", "an", "same"))
    kept, done = merged_into_older(books, new, *[sam, an][:merges])
    assert kept != new
    assert (_held(books), _campaigns(books, kept)[0]) == ([(kept, True)], "vimp")
    undone(books, import_id)
    assert _held(books) == [(kept, False)]
    assert _campaigns(books, kept) == (None, None, None)
    with books.read() as read:
        assert read.execute(select(tables.touches).where(tables.touches.c.campaign == "vimp")).all() == []
        told = read.execute(select(tables.events.c.lead_id).where(tables.events.c.kind == IMPORT_UNDONE)).scalars()
        assert set(told) == {kept}, "its story tells it"
    [row] = rows(books, import_id)
    assert (row.status, row.why[0]["words"]) == ("kept", "the lead stays, for since then: merged")
    for one in reversed(done):
        unmerge(books, one, "anna", NOW + timedelta(days=2), EARS)
    assert _held(books) == [(new, False)], "whoever is itself again has it as it is by now"
    assert _campaigns(books, new) == (None, None, None)


@pytest.mark.parametrize("first", ["before the merge is undone", "after"])
def test_whoever_stayed_for_a_merge_goes_with_the_next_undo_once_that_is_undone(books: Database, first: str) -> None:
    before = len(_people(books))
    import_id = imported(books, NEW + "v2@example.com;Vo;;;;;;\n")
    new, sam, busy = (lead(books, email=f"{name}@example.com").id for name in ("v1", "same", "v2"))
    record(books, Incoming("later", "form.sent", NOW, LeadIn(id=busy)), NOW, EARS)
    _, [done] = merged_into_older(books, new, sam)
    if first != "after":
        undone(books, import_id)
        undone(books, import_id)
        assert [(row.status, row.why[0]["words"]) for row in rows(books, import_id)] == [
            ("kept", "the lead stays, for since then: merged"), ("kept", "the lead stays, for since then: form.sent"),
        ]  # fmt: skip
    unmerge(books, done, "anna", NOW + timedelta(days=2), EARS)
    undone(books, import_id)
    assert [row.status for row in rows(books, import_id)] == ["undone", "kept"]
    with books.read() as read:
        assert imports.one(read, import_id).status == "undone"
        assert read.execute(select(tables.merges)).all() == []
        told = read.execute(select(tables.events.c.lead_id).where(tables.events.c.kind == IMPORT_UNDONE)).scalars()
        assert (len(found := list(told)), busy in found) == (1 if first == "after" else 2, True), "told once"
    kept = {row.id for row in _people(books)}
    assert (new in kept, sam in kept, busy in kept) == (False, True, True)
    twice = all_rows(books)
    undone(books, import_id)
    assert all_rows(books) == twice
    assert len(kept) == before + 1


def test_an_undo_withdraws_what_an_earlier_one_has_missed(books: Database) -> None:
    import_id = imported(books, NEW, **BOUGHT)
    new, sam = (lead(books, email=f"{name}@example.com").id for name in ("v1", "same"))
    kept, _ = merged_into_older(books, new, sam)
    undone(books, import_id)
    touch = {"lead_id": kept, "campaign": "vimp", "how": "import", "event_id": f"import:{import_id}:1", "at": NOW}
    with books.write() as tx:
        tx.execute(update(tables.consents).values(withdrawn_at=None))
        tx.execute(insert(tables.touches).values(**touch, more={}))
    undone(books, import_id)
    assert _held(books) == [(kept, False)]
    with books.read() as read:
        assert read.execute(select(tables.touches).where(tables.touches.c.campaign == "vimp")).all() == []
        assert imports.one(read, import_id).status == "undone"
    twice = all_rows(books)
    undone(books, import_id)
    assert all_rows(books) == twice


# --- and another permission after it --------------------------------------------------------------

KNOWN = HEAD + "same@example.com;Sam;;;;;;\n"
RIGHT = BOUGHT | {"consent": "right words"}


def _says_no(db: Database, lead_id: str, at: datetime) -> None:
    with db.write() as tx:
        append(tx, lead_id, Incoming("no", "unsubscribed", at, LeadIn(id=lead_id)), at, EARS)
        suppress_lead(tx, lead_id, "email", "unsubscribed", at, str)


def test_what_an_undo_withdrew_is_nobodys_no(books: Database) -> None:
    sam = lead(books, email="same@example.com").id
    undone(books, imported(books, KNOWN, **BOUGHT))
    assert [one.took_back for one in tried(books, KNOWN, **RIGHT)] == [False]
    import_id = imported(books, KNOWN, **RIGHT)
    assert (_held(books), _held(books, "right words")) == ([(sam, False)], [(sam, True)])
    assert [row.why for row in rows(books, import_id)] == [None]
    with books.read() as read:
        assert imports.took_back(read, import_id, 1) == (0, [])


@pytest.mark.parametrize("hours", [1, 48])
def test_whoever_said_no_before_an_undo_or_after_it_is_told_and_counted(books: Database, hours: int) -> None:
    sam, at = lead(books, email="same@example.com").id, NOW + timedelta(hours=hours)
    first = imported(books, KNOWN, **BOUGHT)
    if hours < 24:
        _says_no(books, sam, at)
    undone(books, first)
    if hours > 24:
        _says_no(books, sam, at)
    assert [one.took_back for one in tried(books, KNOWN, **RIGHT)] == [True]
    import_id = imported(books, KNOWN, **RIGHT)
    assert _held(books, "right words") == []
    [row] = rows(books, import_id)
    why = "the permission was taken back before, and this file does not give it again"
    assert (row.status, [one["words"] for one in row.why]) == ("same", [why])
    with books.read() as read:
        assert imports.took_back(read, import_id, 1) == (1, [row])


def test_a_form_that_was_filled_in_and_taken_back_counts_as_a_no(books: Database) -> None:
    form = LeadIn(email="same@example.com", consents=(ConsentIn("email", "advice", "Yes.", "form"),))
    sam = record(books, Incoming("yes", "form.sent", NOW, form), NOW, EARS).lead_id
    _says_no(books, sam, NOW + timedelta(hours=1))
    undone(books, imported(books, KNOWN, **BOUGHT))
    imported(books, KNOWN, **RIGHT)
    assert (_held(books), _held(books, "right words")) == ([], [])


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
