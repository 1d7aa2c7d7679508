"""A file is taken in: what is told before is what then happens, twice is once, and an undo gives back what was."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, update

from kweek.flow.conditions import parse_condition
from kweek.intake.check_lead import Vocabulary
from kweek.intake.ears import FlowEars
from kweek.intake.imports import taking
from kweek.intake.imports.asked import Asked, how_of
from kweek.intake.imports.csv_file import read_csv
from kweek.intake.imports.enrolling import enrol_some
from kweek.intake.imports.file_row import RowReader
from kweek.intake.imports.newcomers import Newcomer
from kweek.intake.imports.refused import refused_of
from kweek.intake.imports.taking import take_some
from kweek.intake.imports.trying import Outcome, Tried, try_rows
from kweek.intake.imports.undoing import undo_some
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import imports, tables
from kweek.leads.database import Database
from kweek.leads.publish import publish
from kweek.leads.reckoned import Scores
from kweek.leads.scores import settle
from kweek.rules.scoring import Rule
from tests.store.making import NOW

WORDS = Vocabulary(fields={"building": "text", "contract_end": "date"}, flows=lambda: ("warm",), country="NL")
EARS = FlowEars(
    scores=Scores(
        (Rule("title", "told us the job title", "profile", 10, condition=parse_condition("known(lead.job_title)")),)
    )
)
HEAD = "E-mail;Voornaam;Functie;Telefoon;Bedrijf;Medewerkers;Contract end;Klantnummer\n"
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


@pytest.fixture
def books(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An, of whom much is known, and Sam."""
    monkeypatch.setattr(taking, "BATCH", 3)
    an = LeadIn(
        email="an@example.com", profile={"first_name": "Antje", "phone": "+31201111111"}, fields={"building": "hall"},
        company=CompanyIn("ACME", sector="food", size=10),
    )  # fmt: skip
    for lead in (an, LeadIn(email="same@example.com", profile={"first_name": "Sam"})):
        record(database, Incoming(f"form {lead.email}", "form.sent", NOW, lead), NOW, EARS)
    return database


def reader_of(text: str = FILE, **asked: Any) -> tuple[RowReader, list[Any]]:
    sheet = read_csv(text.encode())
    how = how_of(sheet, sheet, Asked(**({"no_consent": True} | asked)), WORDS)
    return RowReader(how, "fair.csv", WORDS, ZoneInfo("Europe/Amsterdam"), NOW), list(sheet.lines())


def imported(db: Database, text: str = FILE, **asked: Any) -> str:
    reader, lines = reader_of(text, **asked)
    import_id = imports.store(db, "fair.csv", reader.how.dump(), ((one.number, one.cells) for one in lines), NOW)
    while take_some(db, import_id, reader, EARS, NOW, 3):
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
    every = ["waiting", "made", "changed", "same", "refused", "undone", "kept"]
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


# --- who is new ------------------------------------------------------------------------------------

_ITS_OWN = ("id", "lead_id", "email", "email_key", "event_id", "proof", "source", "about")  # of the row or of the lead


def test_somebody_new_is_written_as_any_sender_would_write_him(books: Database) -> None:
    text = HEAD + "one@example.com;Bo;Kok;0201234567;Gamma;3;31-12-2026;\n"
    asked = {"no_consent": False, "consent": "You may.", "purpose": "news", "campaign": "Fair"}
    import_id = imported(books, text, **asked)
    reader, lines = reader_of(text, **asked)
    read = reader.read(lines[0])
    assert read.lead is not None
    what, other = {"file": "fair.csv", "row": 1}, replace(read.lead, email="other@example.com")
    record(books, Incoming("of a sender", "imported", NOW, other, what, touch=read.touch), NOW, EARS)
    one, other_one = lead(books, email="one@example.com"), lead(books, email="other@example.com")
    for table in (tables.leads, tables.events, tables.points, tables.touches, tables.consents, tables.outbox):
        its = table.c.id if table is tables.leads else table.c.lead_id
        with books.read() as read_of:
            of_both = [read_of.execute(select(table).where(its == who.id)).mappings().all() for who in (one, other_one)]
        plain = [[{name: row[name] for name in row if name not in _ITS_OWN} for row in found] for found in of_both]
        assert plain[0] == plain[1], table.name
        assert plain[0] or table is tables.outbox, table.name
    assert [row.status for row in rows(books, import_id)] == ["made"]


# --- before and after -----------------------------------------------------------------------------


@pytest.mark.parametrize("keeps", [False, True])
def test_what_is_told_before_is_what_then_happens(books: Database, keeps: bool) -> None:
    before = all_rows(books)
    told = tried(books, keeps=keeps)
    assert all_rows(books) == before, "trying changes nothing"
    import_id = imported(books, keeps=keeps)
    for outcome, row in zip(told, rows(books, import_id), strict=True):
        assert (outcome.number, outcome.becomes) == (row.number, row.status)
        if outcome.becomes == "changed":
            facts = {name: tuple(pair) for name, pair in row.before["facts"].items()}
            assert facts == outcome.changes, row.number
    assert [outcome.again for outcome in told] == [None, None, None, 1, None, None, 2]


def test_the_files_word_counts_and_nothing_is_overwritten_with_nothing(books: Database) -> None:
    import_id = imported(books)
    assert [row.status for row in rows(books, import_id)] == BECOMES
    an = lead(books, email="an@example.com")
    assert (an.first_name, an.job_title, an.phone, an.external_id) == ("Anna", "Inkoper", "+31201234567", "k1")
    assert an.fields == {"building": "hall", "contract_end": "2026-12-31"}
    with books.read() as read:
        company = read.execute(select(tables.companies).where(tables.companies.c.id == an.company_id)).one()
    assert (company.name, company.sector, company.size) == ("ACME", "food", 12)
    assert (an.profile, an.points_profile) == ("B", 10), "who is changed is scored"
    assert lead(books, external_id="k2").points_profile == 10
    with books.read() as read:
        for one in read.execute(select(tables.leads.c.id)).scalars().all():
            assert one in {row.lead_id for row in rows(books, import_id)}


def test_what_is_known_counts_where_somebody_wants_it_so(books: Database) -> None:
    imported(books, keeps=True)
    an = lead(books, email="an@example.com")
    assert (an.first_name, an.job_title, an.phone, an.external_id) == ("Antje", "Inkoper", "+31201111111", "k1")


def test_every_row_is_an_event_of_its_lead_with_a_touch(books: Database) -> None:
    import_id = imported(books, campaign="spring-fair")
    with books.read() as read:
        told = read.execute(select(tables.events).where(tables.events.c.kind == "imported")).all()
    assert {(row.id, row.data["row"], row.data["file"]) for row in told} == {
        (f"import:{import_id}:{n}", n, "fair.csv") for n in (1, 2, 4, 5, 6, 7)
    }


def test_points_are_as_if_each_had_come_alone(books: Database) -> None:
    imported(books)
    with books.write() as tx:
        everybody = tx.execute(select(tables.leads.c.id)).scalars().all()
        assert [one for one in everybody if settle(tx, EARS.scores, one, NOW)] == []


def test_whoever_was_merged_is_the_one_who_goes_on(books: Database) -> None:
    an, sam = (lead(books, email=f"{name}@example.com").id for name in ("an", "same"))
    with books.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == sam).values(merged_into=an))
    text = HEAD + "same@example.com;Anna;;;;;;\n"
    assert [one.becomes for one in tried(books, text)] == ["changed"]
    [row] = rows(books, imported(books, text))
    assert (row.status, row.lead_id, lead(books, id=an).first_name) == ("changed", an, "Anna")
    assert lead(books, id=an).email == "an@example.com", "an address of another lead is not taken from it"


def test_a_refused_row_can_be_mended_and_taken_in_again(books: Database) -> None:
    import_id = imported(books)
    [row] = [one for one in rows(books, import_id) if one.status == "refused"]
    assert row.why == [
        {"column": "E-mail", "cell": "wrong@", "words": "this is not an e-mail address: name@example.com"}
    ]
    text = "".join(refused_of(books, import_id))
    assert text.splitlines()[1].startswith("wrong@;Wim;;;;;;;E-mail “wrong@”: this is not an e-mail address")
    assert [one.becomes for one in tried(books, text.replace("wrong@;", "wrong@example.com;"))] == ["made"]


def test_the_same_file_again_changes_nothing_that_is_known(books: Database) -> None:
    imported(books)
    known = all_rows(books, tables.events, tables.leads, tables.touches)
    again = imported(books)
    assert Counter(row.status for row in rows(books, again)) == {"changed": 2, "same": 4, "refused": 1}, "An and Anna"
    assert all_rows(books, tables.events, tables.leads, tables.touches, tables.companies) == {
        name: known[name] for name in known if name != "companies"
    }


def test_what_fails_on_one_row_is_no_matter_to_the_others(books: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = taking.make_all

    def fails(tx: Any, newcomers: list[Newcomer], *rest: Any) -> Any:
        if any(one.brought.data.get("row") == 5 for one in newcomers):
            raise ZeroDivisionError("by nothing")
        return sound(tx, newcomers, *rest)

    monkeypatch.setattr(taking, "make_all", fails)
    import_id = imported(books)
    assert [row.status for row in rows(books, import_id)] == [*BECOMES[:4], "refused", *BECOMES[5:]]
    with books.read() as read:
        assert "ZeroDivisionError" in read.execute(select(tables.problems.c.words)).scalars().all()[-1]


# --- permission -----------------------------------------------------------------------------------


def test_the_words_of_the_permission_are_kept_for_everybody_but_who_took_it_back(books: Database) -> None:
    an = lead(books, email="an@example.com").id
    withdrew = {"lead_id": an, "channel": "email", "purpose": "advice", "words": "yes", "source": "form"}
    with books.write() as tx:
        tx.execute(insert(tables.consents).values(**withdrew, at=NOW, withdrawn_at=NOW))
    import_id = imported(books, no_consent=False, consent="fair list 2026, signed", purpose="advice")
    with books.read() as read:
        given = read.execute(select(tables.consents).where(tables.consents.c.source == "import of fair.csv")).all()
    assert {(row.words, row.purpose, row.channel) for row in given} == {("fair list 2026, signed", "advice", "email")}
    assert {row.lead_id for row in given} == {row.lead_id for row in rows(books, import_id) if row.lead_id} - {an}


# --- into a flow ----------------------------------------------------------------------------------


def test_they_enter_a_flow_at_the_rate_and_never_faster(books: Database) -> None:
    publish(books, {"flows/warm.yaml": WARM}, "warm", "anna", NOW)
    import_id = imported(books, flow="warm", rate="120 per hour")
    with books.write() as tx:
        imports.change(tx, import_id, status="enrolling")
    breath = timedelta(seconds=1)

    def entered() -> int:
        with books.read() as read:
            return len(read.execute(select(tables.events.c.id).where(tables.events.c.kind == "enrol")).all())

    assert enrol_some(books, import_id, EARS, NOW, breath) == NOW + timedelta(minutes=1)
    assert entered() == 2
    soon = NOW + timedelta(seconds=59)
    assert (enrol_some(books, import_id, EARS, soon, breath), entered()) == (NOW + timedelta(minutes=1), 2)
    late = NOW + timedelta(days=3)
    assert enrol_some(books, import_id, EARS, late, breath) == late + timedelta(minutes=1), "nothing is caught up with"
    imports.stop(books, import_id)
    assert enrol_some(books, import_id, EARS, late + timedelta(hours=1), breath) is None
    with books.write() as tx:
        imports.change(tx, import_id, status="enrolling")
    now = late + timedelta(hours=2)
    while (next_at := enrol_some(books, import_id, EARS, now, breath)) is not None:
        now = next_at
    assert entered() == 4, "each once, however many rows it has"
    with books.read() as read:
        assert imports.one(read, import_id).status == "done"


# --- and back -------------------------------------------------------------------------------------


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
    assert {(row.status, tuple(row.cells)) for row in rows(books, import_id)} == {("undone", ())}
    assert all_rows(books) == before


def test_whoever_is_in_a_flow_stays(books: Database) -> None:
    import_id = imported(books)
    bo = lead(books, external_id="k2").id
    with books.write() as tx:
        tx.execute(insert(tables.tags).values(lead_id=bo, tag="hot"))
        tx.execute(delete(tables.import_rows).where(tables.import_rows.c.number != 5))
    undone(books, import_id)
    [row] = rows(books, import_id)
    assert (row.status, row.why[0]["words"]) == ("kept", "the lead stays, for since then: tags")
