"""An import is taken back after merges: fields are again what they would be without it, wherever a merge has brought
them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from kweek.intake.imports import taking
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.merging.merge import merge, which_stays
from kweek.intake.merging.united import GROUPS, OWN
from kweek.intake.merging.unmerge import unmerge
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.database import Database
from tests.store.imported import (
    EARS,
    HEAD,
    fill,
    imported,
    lead,
    merged_into_older,
    rows,
    undone,
)
from tests.store.making import NOW

TOLD = HEAD + "an@example.com;An;Inkoper;0201234567;Beta;;31-12-2026;\n"


@pytest.fixture
def books(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(taking, "BATCH", 3)
    fill(database)
    return database


def _known(db: Database, lead_id: str) -> tuple[Any, ...]:
    row = lead(db, id=lead_id)
    with db.read() as read:
        company = read.execute(select(tables.companies.c.name).where(tables.companies.c.id == row.company_id)).scalar()
    return row.first_name, row.job_title, row.phone, company, row.fields


def _three(db: Database, of_sam: dict[str, str]) -> tuple[str, str, str]:
    """An, Sam, who has a job and these fields of his own, and a third, of whom nothing is known."""
    an, sam = (lead(db, email=f"{name}@example.com").id for name in ("an", "same"))
    own = LeadIn(id=sam, profile={"job_title": "Kok"}, fields=of_sam)
    record(db, Incoming("own", "form.sent", NOW, own), NOW, EARS)
    third = LeadIn(email="third@example.com")
    return an, sam, record(db, Incoming("third", "form.sent", NOW, third), NOW, EARS).lead_id


@pytest.mark.parametrize("merges", [1, 2])
def test_fields_are_given_back_wherever_a_merge_has_brought_them(books: Database, merges: int) -> None:
    """Sam, who goes on, has a job and a building of his own. Of the names, the telephone and the company An's count."""
    an, sam, third = three = _three(books, {"building": "shed"})
    before = [_known(books, one) for one in three]
    import_id = imported(books, TOLD)
    told = _known(books, an)
    assert told == ("An", "Inkoper", "+31201234567", "Beta", {"building": "hall", "contract_end": "2026-12-31"})
    record(books, Incoming("late", "form.sent", NOW, LeadIn(id=an)), NOW + timedelta(minutes=1), EARS)
    kept, done = merged_into_older(books, an, *[sam, third][:merges])
    went = _known(books, kept)
    assert (went[0], went[2:4]) == ("An", told[2:4])
    undone(books, import_id)
    [row] = rows(books, import_id)
    assert (row.status, row.why) == ("undone", None)
    first, title, phone, company, fields = _known(books, kept)
    assert (first, phone, company) == ("Antje", "+31201111111", "ACME"), "as if An had come without the import"
    assert title == "Kok", "what the import said of An is nobody's"
    assert "contract_end" not in fields
    for one in reversed(done):
        unmerge(books, one, "anna", NOW + timedelta(days=2), EARS)
    assert [_known(books, one) for one in (an, sam, third)] == before, "each has again what was its own"


def test_what_was_written_since_where_the_lead_went_on_stays_and_is_told(books: Database) -> None:
    an, sam = (lead(books, email=f"{name}@example.com").id for name in ("an", "same"))
    import_id = imported(books, TOLD)
    record(books, Incoming("late", "form.sent", NOW, LeadIn(id=an)), NOW + timedelta(minutes=1), EARS)
    kept, _ = merged_into_older(books, an, sam)
    with books.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id == kept).values(job_title="Chef"))
    undone(books, import_id)
    assert _known(books, kept)[:2] == ("Antje", "Chef")
    [row] = rows(books, import_id)
    assert [(one["column"], one["cell"], one["words"]) for one in row.why] == [
        ("job_title", "Chef", "this was written since, and stays")
    ]


@pytest.mark.parametrize("merges", [1, 2])
def test_where_the_file_spoke_first_the_word_of_the_one_that_goes_counts(books: Database, merges: int) -> None:
    """An is the oldest. Sam has a job; a third takes the place of both."""
    an, sam, third = three = _three(books, {"contract_end": "2027-01-01"})
    before = [_known(books, one) for one in three]
    import_id = imported(books, TOLD)
    later = NOW + timedelta(minutes=1)
    record(books, Incoming("late", "form.sent", later, LeadIn(id=an)), later, EARS)
    kept, done = merged_into_older(books, sam, *[an, third][:merges])
    assert _known(books, kept)[1] == "Inkoper"
    undone(books, import_id)
    assert _known(books, kept)[1] == "Kok"
    assert _known(books, kept)[4]["contract_end"] == "2027-01-01"
    for one in reversed(done):
        unmerge(books, one, "anna", NOW + timedelta(days=2), EARS)
    assert [_known(books, one) for one in (an, sam, third)] == before


ALL = (
    TOLD,
    "same@example.com;Sammie;Chef;0201234568;Gamma;;30-11-2026;\n",
    "third@example.com;Tri;Baas;0201234569;Delta;;29-11-2026;\n",
)
AGES = {"into one": (3, 2, 1), "into one that goes": (2, 1, 3), "one after another": (1, 2, 3)}


def _all_merged(db: Database, leads: list[str], whose: str, hour: int) -> tuple[str, list[int]]:
    """The first two, then the third; the older stays. whose: words count, of the one that is kept or that goes."""
    one, done = leads[0], list[int]()
    for other in leads[1:]:
        with db.read() as read:
            kept, gone = which_stays(read, one, other)
        words = [*GROUPS, *(f"{OWN}{name}" for name in ("building", "contract_end"))]
        chosen = dict.fromkeys(words, kept if whose == "kept" else gone)
        merged = merge(db, one, other, chosen, "anna", NOW + timedelta(hours=hour + len(done)), EARS, str)
        one = merged.kept
        done.append(merged.id)
    return one, done


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("whose", ["kept", "gone"])
@pytest.mark.parametrize("merges", [1, 2])
@pytest.mark.parametrize("ages", AGES.values(), ids=AGES)
def test_where_all_who_were_merged_are_in_the_file_it_is_as_if_there_had_been_none(
    books: Database, ages: tuple[int, ...], merges: int, whose: str, order: tuple[int, ...]
) -> None:
    an, sam = (lead(books, email=f"{name}@example.com").id for name in ("an", "same"))
    third = record(books, Incoming("third", "form.sent", NOW, LeadIn(email="third@example.com")), NOW, EARS).lead_id
    leads = [an, sam, third][: merges + 1]
    for one, days in zip((an, sam, third), ages, strict=True):
        own = LeadIn(
            id=one, profile={"job_title": f"Kok {days}", "first_name": f"Voor {days}"},
            fields={"building": f"shed {days}", "contract_end": f"2027-01-0{days}"}, company=CompanyIn(f"Own {days}"),
        )  # fmt: skip
        if one != third or whose == "kept":  # the words of one that says nothing never count
            record(books, Incoming(f"own {one}", "form.sent", NOW, own), NOW, EARS)
        if one != an and whose == "kept":
            phone = LeadIn(id=one, profile={"phone": f"+3120222222{days}"})
            record(books, Incoming(f"phone {one}", "form.sent", NOW, phone), NOW, EARS)
        with books.write() as tx:
            older = update(tables.leads).where(tables.leads.c.id == one)
            tx.execute(older.values(created_at=NOW - timedelta(days=days)))
    before = [_known(books, one) for one in leads]
    kept, done = _all_merged(books, leads, whose, -5)
    without = _known(books, kept)
    for one in reversed(done):
        unmerge(books, one, "anna", NOW - timedelta(hours=1), EARS)
    assert [_known(books, one) for one in leads] == before
    lines = [ALL[0].removeprefix(HEAD), *ALL[1:]]
    import_id = imported(books, HEAD + "".join(lines[n] for n in order))
    kept, done = _all_merged(books, leads, whose, 1)
    undone(books, import_id)
    assert [(row.status, row.why) for row in rows(books, import_id)] == [("undone", None)] * 3
    assert _known(books, kept) == without
    for one in reversed(done):
        unmerge(books, one, "anna", NOW + timedelta(days=2), EARS)
    assert [_known(books, one) for one in leads] == before


def _addresses(db: Database, leads: list[str]) -> list[tuple[str | None, str | None]]:
    return [(row.email, row.email_key) for row in (lead(db, id=one) for one in leads)]


ADDRESSES = (("a", "b", "c"), (None, None, None), (None, "b", None))
"""What three had who become one: of each an address, of none, of the second alone."""


@pytest.mark.parametrize("spoken_of", [(0,), (1,), (2, 0), (0, 1, 2)])
@pytest.mark.parametrize("whose", ["kept", "gone"])
@pytest.mark.parametrize("ages", AGES.values(), ids=AGES)
def test_an_address_is_given_back_wherever_merges_have_exchanged_it(
    books: Database, ages: tuple[int, ...], whose: str, spoken_of: tuple[int, ...]
) -> None:
    """Three times three, in one file."""

    def of(three: int, n: int, name: str | None) -> str:
        email = None if name is None else f"{name}@{three}.old.example.com"
        who = LeadIn(email=email, external_id=f"k{three}{n}")
        return record(books, Incoming(f"new {three}{n}", "form.sent", NOW, who), NOW, EARS).lead_id

    threes = [[of(three, n, name) for n, name in enumerate(had)] for three, had in enumerate(ADDRESSES)]
    every = [one for leads in threes for one in leads]
    for leads in threes:
        for one, days in zip(leads, ages, strict=True):
            with books.write() as tx:
                older = update(tables.leads).where(tables.leads.c.id == one)
                tx.execute(older.values(created_at=NOW - timedelta(days=days)))
    before = _addresses(books, every)
    done = [one for leads in threes for one in _all_merged(books, leads, whose, -5)[1]]
    without = _addresses(books, every)
    for one in reversed(done):
        unmerge(books, one, "anna", NOW - timedelta(hours=1), EARS)
    assert _addresses(books, every) == before
    lines = [f"{n}@{three}.new.example.com;;;;;;;k{three}{n}\n" for n in spoken_of for three in range(len(threes))]
    import_id = imported(books, HEAD + "".join(lines), moves=True)
    assert [row.status for row in rows(books, import_id)] == ["changed"] * len(lines)
    done = [one for leads in threes for one in _all_merged(books, leads, whose, 1)[1]]
    undone(books, import_id)
    assert [(row.status, row.why) for row in rows(books, import_id)] == [("undone", None)] * len(lines)
    assert _addresses(books, every) == without
    for one in reversed(done):
        unmerge(books, one, "anna", NOW + timedelta(days=2), EARS)
    assert _addresses(books, every) == before
