"""A file is taken in: what is told before is what then happens, twice is once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from kweek.intake.imports import taking
from kweek.intake.imports.enrolling import enrol_some
from kweek.intake.imports.newcomers import Newcomer
from kweek.intake.imports.refused import refused_of, why_of
from kweek.intake.imports.said import HowError
from kweek.intake.incoming import Incoming
from kweek.intake.record import record
from kweek.leads import imports, tables
from kweek.leads.database import Database
from kweek.leads.permission import allowed
from kweek.leads.publish import publish
from kweek.leads.scores import settle
from tests.store.imported import (
    BECOMES,
    EARS,
    HEAD,
    WARM,
    all_rows,
    fill,
    imported,
    lead,
    reader_of,
    rows,
    tried,
    undone,
)
from tests.store.making import NOW, let_others_pass


@pytest.fixture
def books(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(taking, "BATCH", 3)
    fill(database)
    return database


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


def test_a_text_has_as_many_letters_as_from_any_sender(books: Database) -> None:
    head, long = "E-mail;Bedrijf;Campagne;Functie\n", "x" * 201
    rows_of = (f"one@example.com;{long};;", f"two@example.com;Acme;{long[:101]};", f"three@example.com;Acme;;{long}")
    found = tried(books, head + "\n".join(rows_of) + "\n")
    assert [[refusal.column for refusal in one.refusals] for one in found] == [["Bedrijf"], ["Campagne"], []]
    with pytest.raises(HowError):
        tried(books, campaign=long[:101])


def test_one_nul_in_a_file_is_one_row_refused(books: Database) -> None:
    text = HEAD + "one@example.com;B\0o;;;;;;\ntwo@example.com;;;;;12;;\nthree@example.com;Bo;;;Acme;;;\n"
    assert [one.becomes for one in tried(books, text)] == ["refused", "refused", "made"]
    import_id = imported(books, text)
    assert [row.status for row in rows(books, import_id)] == ["refused", "refused", "made"]
    assert [word for row in rows(books, import_id) for word in why_of(row)] == [
        "Voornaam “B�o”: a letter of this could not be read; write it anew",
        "Medewerkers “12”: this is a company's, and the row names no company: name it, or leave this out",
    ]


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
    changes = (
        tables.events, tables.leads, tables.touches, tables.companies, tables.companies_replaced, tables.replaced,
    )  # fmt: skip
    known = all_rows(books, *changes)
    again = imported(books)
    assert Counter(row.status for row in rows(books, again)) == {"changed": 2, "same": 4, "refused": 1}, "An and Anna"
    assert all_rows(books, *changes) == known


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


def test_what_is_known_is_not_written_over_by_a_number_or_a_word_that_only_looks_like_it(books: Database) -> None:
    imported(books, "E-mail;Telefoon;Land\none@example.com;06-12345678 / 020-1234567;NL\n")
    text = "Email;Achternaam;Relatienummer;Opt-in\none@example.com;Berg;100200300;NO\n"
    [outcome] = tried(books, text)
    assert set(outcome.changes) == {"last_name"}
    imported(books, text)
    one = lead(books, email="one@example.com")
    assert (one.last_name, one.phone, one.country) == ("Berg", "+31612345678", "NL")
    assert one.fields == {"other_phones": "020-1234567"}


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


# --- an id and an address -------------------------------------------------------------------------

_PAIR = "External id;E-mail;Voornaam\n"


def told_and_done(db: Database, text: str, **asked: Any) -> list[tuple[str, list[str]]]:
    """What becomes of each row, and why it is refused: before as after."""
    told = [(one.becomes, [str(why) for why in one.refusals]) for one in tried(db, text, **asked)]
    done = [(row.status, list(why_of(row))) for row in rows(db, imported(db, text, **asked))]
    assert told == done
    return done


def test_an_id_that_stands_with_two_addresses_in_one_file_is_one_persons(books: Database) -> None:
    text = _PAIR + "7;one@example.com;Ann\n8;eight@example.com;Bo\n7;two@example.com;Cy\n7;ONE@example.com;Anna\n"
    for moves in (False, True):
        *_, refused, same = told_and_done(books, text, moves=moves)
        assert same[0] in ("changed", "same")
        assert refused == (
            "refused",
            [
                "rows 1 and 3 of this file have the same id, “7”, and not the same address: it is that of "
                "one@example.com. If it is the number of a company, leave its column out"
            ],
        )
    assert (lead(books, external_id="7").email, lead(books, external_id="7").first_name) == ("one@example.com", "Anna")


def test_an_id_of_another_file_does_not_change_an_address_unless_somebody_says_so(books: Database) -> None:
    imported(books, _PAIR + "1;piet@one.example;Piet\n2;an@one.example;An\n")
    text = _PAIR + "1;zus@two.example;Zus\n2;an@one.example;Anna\n;same@example.com;Sam\n"
    [one, *others] = told_and_done(books, text)
    assert one[0] == "refused"
    assert one[1][0].startswith("the id “1” is known with another address, piet@one.example")
    assert [status for status, _ in others] == ["changed", "same"]
    assert (lead(books, external_id="1").email, lead(books, external_id="1").first_name) == ("piet@one.example", "Piet")
    assert told_and_done(books, text, keeps=True)[0] == one
    assert [status for status, _ in told_and_done(books, text, moves=True)] == ["changed", "same", "same"]
    assert (lead(books, external_id="1").email, lead(books, external_id="1").first_name) == ("zus@two.example", "Zus")
    back = _PAIR + "1;piet@one.example;Piet\n"
    assert [status for status, _ in told_and_done(books, back)] == ["refused"], "nor to the earlier one"


def test_an_id_and_the_address_of_one_who_was_merged_are_one_persons(books: Database) -> None:
    imported(books, _PAIR + "1;one@example.com;Ann\n2;two@example.com;Bo\n")
    one, two = (lead(books, external_id=which).id for which in "12")
    with books.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == two).values(merged_into=one))
    assert told_and_done(books, _PAIR + "2;two@example.com;Bob\n") == [("changed", [])]
    assert told_and_done(books, _PAIR + "1;one@example.com;Bob\n") == [("same", [])]


@pytest.mark.parametrize("brings", [False, True])
def test_a_permission_stays_with_the_address_for_which_it_was_given(books: Database, brings: bool) -> None:
    given = {"no_consent": False, "consent": "You may.", "purpose": "news"}
    imported(books, _PAIR + "1;piet@one.example;Piet\n2;an@one.example;An\n", **given)
    again = _PAIR + "1;zus@two.example;Zus\n2;an@one.example;An\n"
    reader, lines = reader_of(again, moves=True, **(given if brings else {}))
    later = NOW + timedelta(days=1)
    import_id = imports.store(books, "fair.csv", reader.how.dump(), ((one.number, one.cells) for one in lines), later)
    while taking.take_some(books, import_id, reader, EARS, later):
        pass
    zus, an = (lead(books, external_id=which).id for which in "12")
    with books.read() as read:
        assert allowed(read, zus, "email", later, "news") is brings
        assert allowed(read, zus, "email", later) is brings
        assert allowed(read, an, "email", later, "news")
        assert allowed(read, zus, "email", NOW, "news"), "as long as the address was that one"
    undone(books, import_id)
    assert lead(books, id=zus).email == "piet@one.example"
    with books.read() as read:
        assert allowed(read, zus, "email", later + timedelta(days=1), "news")


def test_a_number_of_a_company_makes_nobody_one_with_another(books: Database) -> None:
    text = "Relatie;Naam;E-mail;Functie\n" + "".join(
        f"Bakker BV;{name};{name}@bakker.example;Monteur\n" for name in ("jan", "piet", "kees")
    )
    assert [status for status, _ in told_and_done(books, text)] == ["made"] * 3
    said = told_and_done(books, text.replace("bakker.ex", "baker.ex"), fields={"Relatie": "external_id"})
    assert [status for status, _ in said] == ["made", "refused", "refused"]


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
    assert let_others_pass(books)
    with books.read() as read:
        assert imports.one(read, import_id).status == "done"
