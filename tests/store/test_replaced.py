"""Two who write to one lead: the last word counts, the earlier one can be read, and an earlier address finds it."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Table, select

from kweek.intake.ears import FlowEars
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn, Recorded
from kweek.intake.record import record
from kweek.leads import listed, replaced, tables
from kweek.leads.bant import Found
from kweek.leads.database import Database
from kweek.leads.lookup import leads_known_by
from tests.store.imported import FILE, HEAD, fill, imported, lead, undone
from tests.store.making import NOW

EARS = FlowEars()


def said(db: Database, lead: LeadIn, day: int = 0) -> Recorded:
    at = NOW + timedelta(days=day)
    return record(db, Incoming(f"day {day}", "lead.received", at, lead), at, EARS)


def rows(db: Database, table: Table) -> list[Any]:
    with db.read() as read:
        return list(read.execute(select(table)).all())


def instead(db: Database, lead_id: str) -> list[tuple[str, object, object, str]]:
    with db.read() as read:
        return [(row.name, row.was, row.became, row.source) for row in replaced.of_lead(read, lead_id)]


def test_what_one_program_said_stands_beside_what_another_said_after_it(database: Database) -> None:
    first = LeadIn(
        email="an@example.com", profile={"phone": "+31201111111"}, fields={"building": "hall"},
        company=CompanyIn("Acme", size=10),
    )  # fmt: skip
    an = said(database, first).lead_id
    assert instead(database, an) == []
    said(database, LeadIn(email="an@example.com", profile={"phone": "+31202222222", "job_title": "Buyer"}), 1)
    said(database, LeadIn(email="an@example.com", fields={"building": 7}, company=CompanyIn("ACME", size=12)), 2)
    said(database, LeadIn(email="an@example.com", company=CompanyIn("Beta")), 3)
    assert instead(database, an) == [
        ("phone", "+31201111111", "+31202222222", "day 1"),
        ("building", "hall", 7, "day 2"),
        ("company.size", 10, 12, "day 2"),
        ("company.name", "Acme", "Beta", "day 3"),
    ]
    said(database, LeadIn(email="an@example.com", company=CompanyIn("Beta"), profile={"phone": "+31202222222"}), 4)
    assert len(instead(database, an)) == 4, "the same again takes nothing's place"


def test_what_anybody_may_have_said_takes_nothings_place(database: Database) -> None:
    an = said(database, LeadIn(email="an@example.com", profile={"phone": "+31201111111"})).lead_id
    said(database, LeadIn(email="an@example.com", profile={"phone": "+31209999999"}, fills_only=True), 1)
    assert instead(database, an) == []


def test_what_is_taken_away_is_kept_and_a_form_takes_nothing_away(database: Database) -> None:
    known = {"phone": "+31201111111", "job_title": "Buyer"}
    an = said(database, LeadIn(email="an@example.com", profile=known, company=CompanyIn("Acme"))).lead_id
    gone = frozenset({"phone", "company", "building"})
    said(database, LeadIn(email="an@example.com", forgets=gone, fills_only=True), 1)
    assert instead(database, an) == []
    said(database, LeadIn(email="an@example.com", forgets=gone), 2)
    assert set(instead(database, an)) == {
        ("phone", "+31201111111", replaced.FORGOTTEN, "day 2"),
        ("company.name", "Acme", replaced.FORGOTTEN, "day 2"),
    }
    assert (lead(database, id=an).phone, lead(database, id=an).company_id) == (None, None)
    assert lead(database, id=an).job_title == "Buyer"


def test_a_fact_that_is_found_out_otherwise_and_one_that_is_heard_late(database: Database) -> None:
    an = said(database, LeadIn(email="an@example.com", facts=(Found("budget", "none", "api"),)), 1).lead_id
    said(database, LeadIn(email="an@example.com", facts=(Found("budget", "reserved", "api"),)), 2)
    said(database, LeadIn(email="an@example.com", facts=(Found("budget", "asked", "api"),)), 0)
    assert instead(database, an) == [
        ("bant.budget", "none", "reserved", "day 2"),
        ("bant.budget", "asked", None, "day 0"),
    ]


def test_who_has_another_address_now_is_found_under_the_earlier_one_and_keeps_the_new_one(database: Database) -> None:
    an = said(database, LeadIn(external_id="k1", email="An@old.example")).lead_id
    said(database, LeadIn(external_id="k1", email="an@new.example"), 1)
    assert said(database, LeadIn(email="an@OLD.example", profile={"name": "An"}), 2).lead_id == an
    assert lead(database, id=an).email == "an@new.example"
    with database.read() as read:
        assert leads_known_by(read, "an@old.example", None) == [an]
        which = listed.which(read, listed.Wanted(q="An@old.example"), "D4", "newest")
        assert [row.id for row in listed.page(read, which, "newest", "", 10).rows] == [an]
    assert said(database, LeadIn(external_id="k1", email="an@old.example"), 3).lead_id == an
    assert lead(database, id=an).email == "an@old.example", "whoever says whose it is may say so"
    assert said(database, LeadIn(email="an@new.example"), 4).lead_id == an


def test_an_earlier_address_is_whose_it_is_now(database: Database) -> None:
    an = said(database, LeadIn(external_id="k1", email="info@example.com")).lead_id
    said(database, LeadIn(external_id="k1", email="an@example.com"), 1)
    bo = said(database, LeadIn(external_id="k2", email="info@example.com"), 2).lead_id
    assert bo != an, "the sender says that it is somebody else"
    with database.read() as read:
        [pair] = read.execute(tables.duplicates.select()).all()
    assert {pair.first_id, pair.second_id} == {an, bo}, "and a person is asked"
    assert said(database, LeadIn(email="info@example.com"), 3).lead_id == bo


def test_another_id_for_an_address_is_said_to_a_person_once(database: Database) -> None:
    an = said(database, LeadIn(external_id="k1", email="an@example.com")).lead_id
    for day in (1, 2):
        assert said(database, LeadIn(external_id="k2", email="an@example.com"), day).lead_id == an
    with database.read() as read:
        [problem] = read.execute(tables.problems.select()).all()
    assert (problem.lead_id, problem.code) == (an, "another id")
    assert "“k2”, which is known as “k1”" in problem.words


def test_what_is_sent_late_does_not_take_the_place_of_what_was_said_after_it(database: Database) -> None:
    an = said(database, LeadIn(email="an@example.com", profile={"name": "An"}), 2).lead_id
    words = LeadIn(email="an@example.com", profile={"name": "Anna", "job_title": "Kok"}, fields={"sector": "steel"})
    record(database, Incoming("late", "lead.received", NOW, words), NOW + timedelta(days=3), EARS)
    with database.read() as read:
        [row] = replaced.of_lead(read, an)
    assert (row.was, row.became, row.at) == ("Anna", None, NOW + timedelta(days=3))
    [lead] = rows(database, tables.leads)
    assert (lead.name, lead.job_title, lead.fields) == ("An", "Kok", {"sector": "steel"}), "what nobody said is new"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_it_is_heard_the_last_word_counts(database: Database, order: tuple[int, ...]) -> None:
    told = [
        LeadIn(email="an@example.com", profile={"job_title": "student"}),
        LeadIn(email="an@example.com", profile={"job_title": "Directeur"}, company=CompanyIn("Acme")),
        LeadIn(email="an@example.com", profile={"job_title": "Directeur"}, fields={"sector": "steel"}),
        LeadIn(email="an@example.com", fields={"sector": "zinc"}, company=CompanyIn("Beta")),
    ]
    for n in order:
        at = NOW + timedelta(days=n)
        record(database, Incoming(f"w{n}", "lead.received", at, told[n]), NOW + timedelta(days=9), EARS)
    [lead], companies = rows(database, tables.leads), rows(database, tables.companies)
    named = {row.id: row.name for row in companies}
    assert (lead.job_title, lead.fields, named[lead.company_id]) == ("Directeur", {"sector": "zinc"}, "Beta")


def test_a_row_of_a_file_finds_its_lead_by_an_earlier_address_and_its_undoing_leaves_no_trace(
    database: Database,
) -> None:
    an = said(database, LeadIn(external_id="k1", email="an@old.example", profile={"first_name": "An"})).lead_id
    said(database, LeadIn(external_id="k1", email="an@new.example"), 1)
    before = instead(database, an)
    import_id = imported(database, HEAD + "an@old.example;Anna;;;;;;\n")
    assert (lead(database, id=an).first_name, lead(database, id=an).email) == ("Anna", "an@new.example")
    assert [one[:3] for one in instead(database, an)] == [*(one[:3] for one in before), ("first_name", "An", "Anna")]
    undone(database, import_id)
    assert instead(database, an) == before
    assert lead(database, id=an).first_name == "An"


def test_who_was_made_by_a_file_and_changed_by_its_next_row_goes_with_it(database: Database) -> None:
    fill(database)
    import_id = imported(database, FILE + "new@example.com;Nelly;;;Beta;;;\n")
    assert ("first_name", "Nel", "Nelly") in [
        one[:3] for one in instead(database, lead(database, email="new@example.com").id)
    ]
    undone(database, import_id)
    with database.read() as read:
        left = read.execute(tables.leads.select().where(tables.leads.c.email == "new@example.com")).all()
    assert not left


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_late_address_takes_the_place_of_no_later_one_and_finds_the_lead(
    database: Database, order: tuple[int, ...]
) -> None:
    for n in order:
        at, words = NOW + timedelta(days=n), LeadIn(external_id="k1", email=f"an{n}@example.com")
        record(database, Incoming(f"w{n}", "lead.received", at, words), NOW + timedelta(days=9), EARS)
    [lead] = rows(database, tables.leads)
    assert (lead.email, lead.email_key) == ("an2@example.com", "an2@example.com")
    for n in range(3):
        assert said(database, LeadIn(email=f"an{n}@example.com"), 20 + n).lead_id == lead.id
