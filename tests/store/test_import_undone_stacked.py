"""Imports upon imports are taken back: each that is undone counts as if it had never been, whatever the order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kweek.intake.imports import giving_back
from kweek.intake.imports.undoing import undo_some
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import imports, tables
from kweek.leads.away import until_through
from kweek.leads.database import Database
from tests.store.imported import EARS, HEAD, imported, lead, rows, undone
from tests.store.making import NOW

COLUMNS = "E-mail;Voornaam;Functie;Telefoon;Bedrijf;Medewerkers;Contract end;Klantnummer"
CONSENT = {"no_consent": False, "consent": "signed", "purpose": "advice"}


@dataclass(frozen=True)
class Line:
    who: str
    email: str = ""
    name: str = ""
    job: str = ""
    company: str = ""
    size: str = ""

    def __str__(self) -> str:
        return f"{self.email};{self.name};{self.job};;{self.company};{self.size};;{self.who}\n"


def take(db: Database, *lines: Line, hour: int = 1) -> str:
    return imported(db, HEAD + "".join(map(str, lines)), NOW + timedelta(hours=hour), moves=True, **CONSENT)


def said(db: Database, who: str, email: str, at: str | None = None, size: int | None = None, **profile: str) -> str:
    company = None if at is None else CompanyIn(at, size=size)
    its = LeadIn(external_id=who, email=email, profile=dict(profile), company=company)
    return record(db, Incoming(f"form {who} {email} {profile}", "form.sent", NOW, its), NOW, EARS).lead_id


def known(db: Database) -> dict[str, Any]:
    """People, companies, what was replaced, and who may be mailed."""
    people, companies, consents = tables.leads, tables.companies, tables.consents
    replaced = tables.replaced.c
    where = select(people, companies.c.name.label("works_at")).join_from(people, companies, isouter=True)
    with db.read() as read:
        return {
            "people": {
                row.external_id: (row.email, row.email_key, row.first_name, row.job_title, row.works_at, row.fields)
                for row in read.execute(where)
            },
            "companies": {row.name: row.size for row in read.execute(select(companies))},
            "replaced": [
                tuple(row)
                for row in read.execute(
                    select(replaced.lead_id, replaced.name, replaced.was, replaced.became, replaced.email_key)
                    .order_by(replaced.id)
                )
            ],
            "allowed": [
                row.words
                for row in read.execute(select(consents).where(consents.c.withdrawn_at.is_(None)))
            ],
        }  # fmt: skip


def told(db: Database, import_id: str) -> list[tuple[str, list[str]]]:
    return [(row.status, [one["words"] for one in row.why or ()]) for row in rows(db, import_id)]


ORDERS = list(permutations(range(3)))


@pytest.mark.parametrize("order", ORDERS)
def test_whatever_was_said_of_somebody_is_taken_back_in_any_order(database: Database, order: tuple[int, ...]) -> None:
    said(database, "k1", "an@example.com", "Acme", 10, first_name="Before")
    before = known(database)
    lines = (
        Line("k1", "b@example.com", "FromA", "Cook", "AcmeQ", "11"),
        Line("k1", "c@example.com", "FromB", "Cook", "BetaQ"),
        Line("k1", "d@example.com", "FromC", "", "Acme", "12"),
    )
    done = [take(database, line, hour=hour) for hour, line in enumerate(lines)]
    for n in order:
        undone(database, done[n])
        assert told(database, done[n]) == [("undone", [])]
    assert known(database) == before


@pytest.mark.parametrize("order", ORDERS)
def test_whoever_came_by_an_import_goes_with_the_last_that_speaks_of_him(
    database: Database, order: tuple[int, ...]
) -> None:
    before = known(database)
    lines = (
        Line("k1", "b@example.com", "FromA", "", "AcmeQ", "11"),
        Line("k1", "c@example.com", "FromB", "", "BetaQ"),
        Line("k1", "c@example.com", "FromB", "", "BetaQ"),
    )
    done = [take(database, line, hour=hour) for hour, line in enumerate(lines)]
    for n in order:
        undone(database, done[n])
    assert known(database) == before
    assert [told(database, one) for one in done] == [[("undone", [])]] * 3


def test_whoever_came_by_an_import_stays_as_long_as_another_speaks_of_him(database: Database) -> None:
    first, second = take(database, Line("k1", name="FromA")), take(database, Line("k1", name="FromB"), hour=2)
    k1 = lead(database, external_id="k1").id
    undone(database, first)
    assert told(database, first) == [("kept", ["the lead stays, for since then: imported"])]
    said(database, "k1", "an@example.com")
    undone(database, second)
    assert lead(database, id=k1).first_name == "FromA", "and then for what happened since"
    assert told(database, first)[0][0] == "kept"


def test_what_two_files_said_stays_where_one_of_them_is_undone(database: Database) -> None:
    said(database, "k1", "an@example.com", "Acme", 10, first_name="Before")
    line = Line("k1", "b@example.com", "Same", "Cook", "BetaQ", "11")
    first, second = take(database, line), take(database, line, hour=2)
    now = known(database)
    undone(database, first)
    after = known(database)
    assert (now["people"], now["companies"]) == (after["people"], after["companies"])
    assert sorted(now["replaced"], key=str) == sorted(after["replaced"], key=str)
    undone(database, second)
    assert lead(database, external_id="k1").first_name == "Before"


def test_a_company_that_went_is_made_anew_where_somebody_goes_back_to_it(database: Database) -> None:
    said(database, "k1", "an@example.com", "Acme")
    import_id = take(database, Line("k1", company="BetaQ"))
    with database.write() as tx:
        tx.execute(tables.companies.delete().where(tables.companies.c.name == "Acme"))
    undone(database, import_id)
    assert known(database)["people"]["k1"][4] == "Acme"
    assert set(known(database)["companies"]) == {"Acme"}


# --- what cannot be given back ----------------------------------------------------------------------------


def test_an_address_that_is_anothers_by_now_is_told_and_the_rest_goes_on(database: Database) -> None:
    said(database, "k1", "xa@example.com", first_name="Before")
    import_id = take(database, Line("k2", "w@example.com"), Line("k1", "xb@example.com", "After"), Line("k3"))
    said(database, "k9", "xa@example.com")
    undone(database, import_id)
    assert told(database, import_id) == [
        ("undone", []), ("undone", ["that address is another lead's by now"]), ("undone", []),
    ]  # fmt: skip
    people = known(database)["people"]
    assert (people["k1"][0], people["k1"][2], people["k9"][0]) == ("xb@example.com", "Before", "xa@example.com")
    assert sorted(people) == ["k1", "k9"]


def test_an_address_that_is_free_again_goes_back_to_whose_it_was(database: Database) -> None:
    said(database, "k1", "xa@example.com")
    before = known(database)
    first, second = take(database, Line("k1", "xb@example.com")), take(database, Line("k9", "xa@example.com"), hour=2)
    undone(database, first)
    undone(database, second)
    assert known(database) == before
    assert [told(database, one) for one in (first, second)] == [[("undone", [])]] * 2


def test_a_row_on_which_something_fails_holds_up_no_other(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said(database, "k1", "an@example.com", first_name="Before")
    import_id = take(database, Line("k2"), Line("k1", name="After"), Line("k3", "c@example.com", company="BetaQ"))
    k1, whole = lead(database, external_id="k1").id, giving_back.settle

    def fails(tx: Any, scores: Any, lead_id: str, now: Any) -> Any:
        if lead_id == k1:
            raise ZeroDivisionError
        return whole(tx, scores, lead_id, now)

    monkeypatch.setattr(giving_back, "settle", fails)
    undone(database, import_id)
    wrong = "something went wrong here with this row; it was written down"
    assert told(database, import_id) == [("undone", []), ("kept", [wrong]), ("undone", [])]
    assert known(database)["allowed"] == []
    with database.read() as read:
        assert imports.one(read, import_id).status == "undone"
        [problem] = read.execute(select(tables.problems)).all()
    assert "ZeroDivisionError" in problem.words


def test_permissions_are_withdrawn_before_anything_else(database: Database) -> None:
    import_id = take(database, *(Line(f"k{n}") for n in range(9)))
    imports.undo(database, import_id)
    assert undo_some(database, import_id, EARS, NOW + timedelta(days=1), 3)
    assert known(database)["allowed"] == []
    assert {row.status for row in rows(database, import_id)} == {"made"}
    assert len(known(database)["people"]) == 9


def test_what_an_undo_that_takes_long_withdrew_is_nobodys_no(database: Database) -> None:
    said(database, "k1", "an@example.com")
    import_id = take(database, Line("k1"), Line("k2"))
    imports.undo(database, import_id)
    day = 1
    while undo_some(database, import_id, EARS, NOW + timedelta(days=day), 1):
        day += 1
    assert day > 2
    take(database, Line("k1"), hour=24 * day)
    assert known(database)["allowed"] == ["signed"]


def test_two_that_are_undone_at_once_do_not_miss_what_the_other_does(database: Database) -> None:
    who = [f"k{n}" for n in range(12)]
    for n, one in enumerate(who[:6]):
        said(database, one, f"{one}@example.com", f"Own {n}")
    before = known(database)
    done = [
        take(database, *(Line(one, f"{one}{hour}@example.com", f"Name {hour}", "", f"Firm {n + hour}", f"{hour}0")
        for n, one in enumerate(who)), hour=hour)
        for hour in (1, 2, 3)
    ]  # fmt: skip
    for one in done:
        imports.undo(database, one)

    def undo(import_id: str) -> None:
        while until_through(lambda: undo_some(database, import_id, EARS, NOW + timedelta(days=1), 3)):
            pass

    with ThreadPoolExecutor(3) as hands:
        list(hands.map(undo, done))  # raises what failed
    assert known(database) == before
    assert [row for one in done for row in told(database, one)] == [("undone", [])] * 36


def test_a_row_that_is_refused_takes_nothing_from_those_that_are_taken_beside_it(database: Database) -> None:
    said(database, "k1", "a@example.com")
    said(database, "k2", "b@example.com")
    before = known(database)
    import_id = take(database, Line("k1", "", "Ann"), Line("k1", "c@example.com"), Line("k2", "", "Bea", "", "Acme"))
    assert [status for status, _ in told(database, import_id)] == ["changed", "refused", "changed"]
    undone(database, import_id)
    assert [status for status, _ in told(database, import_id)] == ["undone", "refused", "undone"]
    assert known(database) == before


# --- by chance --------------------------------------------------------------------------------------------

FEW = st.sampled_from


def files_of(*who: str, shared: tuple[str, ...] = ()) -> st.SearchStrategy[list[list[Line]]]:
    """shared: addresses that any of them may have."""

    def line(one: str) -> st.SearchStrategy[Line]:
        own = [f"{one}{n}@example.com" for n in "abc"]
        return st.builds(
            Line, st.just(one), FEW(["", *own, *shared]), FEW(["", "Ann", "Bea", "Cas"]), FEW(["", "Cook", "Boss"]),
            FEW(["", "Acme", "BetaQ", "Gamma"]), FEW(["", "10", "20"]),
        )  # fmt: skip

    return st.lists(st.lists(FEW(who).flatmap(line), min_size=1, max_size=4), min_size=1, max_size=3)


SHARED = ("x@example.com", "y@example.com", "k1a@example.com", "k2a@example.com")
CHANCE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def two_known(db: Database) -> None:
    with db.write() as tx:
        for table in reversed(tables.metadata.sorted_tables):
            tx.execute(table.delete())
    said(db, "k1", "k1a@example.com", "Acme", 10, first_name="Ann", job_title="Cook")
    said(db, "k2", "k2a@example.com")


@CHANCE
@given(files=files_of("k1", "k2", "k3", "k4", shared=SHARED), order=st.permutations(range(3)))
def test_when_all_are_undone_everything_is_as_before(
    sqlite_database: Database, files: list[list[Line]], order: list[int]
) -> None:
    two_known(sqlite_database)
    before = known(sqlite_database)
    done = [take(sqlite_database, *lines, hour=hour) for hour, lines in enumerate(files)]
    for n in order:
        if n < len(done):
            undone(sqlite_database, done[n])
    assert known(sqlite_database) == before
    assert {status for one in done for status, _ in told(sqlite_database, one)} <= {"undone", "refused"}


@CHANCE
@given(files=files_of("k1", "k2"), gone=st.lists(FEW(range(3)), unique=True))
def test_what_is_undone_is_as_if_it_had_never_been(
    sqlite_database: Database, files: list[list[Line]], gone: list[int]
) -> None:
    def without(skipped: list[int]) -> tuple[dict[int, str], dict[str, Any]]:
        two_known(sqlite_database)
        done = {n: take(sqlite_database, *lines, hour=n) for n, lines in enumerate(files) if n not in skipped}
        return done, known(sqlite_database)

    _, expected = without(gone)
    done, _ = without([])
    for n in gone:
        if n in done:
            undone(sqlite_database, done[n])
    seen = known(sqlite_database)
    assert {name: seen[name] for name in ("people", "companies")} == {
        name: expected[name] for name in ("people", "companies")
    }
