"""Who looks like somebody else is proposed once, from where the last look ended; and not again once told apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Connection, event, select

from activities import duplicates as looking
from activities.duplicates import Comparing
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import comparing, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database
from kweek.leads.duplicates import settle_pair
from kweek.leads.likeness import ENOUGH, Person, likeness
from kweek.leads.merged import all_living
from tests.store.making import NOW

LATER = NOW + timedelta(days=1)
GIVEN = ("Ann", "A.", "Bob", "Cas", "")
SURNAMES = ("Smit", "Smits", "van den Berg", "Berg", "Bos")
FIRMS = ("Acme BV", "Acme", "Beta", "Beta Group")
NUMBERS = ("+31201234567", "+31207654321", None)


def come(db: Database, n: int, name: str, company: str = "Acme BV") -> str:
    lead = LeadIn(email=f"p{n}@gmail.com", company=CompanyIn(company), profile={"name": name})
    at = NOW + timedelta(minutes=n)
    return record(db, Incoming(f"e{n}", "form.sent", at, lead), at).lead_id


def proposed(db: Database) -> list[tuple[set[str], str, str]]:
    with db.read() as read:
        rows = read.execute(select(tables.duplicates).order_by(tables.duplicates.c.id)).all()
    return [({row.first_id, row.second_id}, row.why, row.status) for row in rows]


def test_a_pair_is_proposed_once_however_often_and_in_whatever_pieces_it_is_looked_at(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_NEWS", looking._NEWS.limit(2))
    monkeypatch.setattr(looking, "BATCH", 2)
    leads = [come(database, n, name) for n, name in enumerate(("Ann Smit", "Bob Bos", "Cas Kok", "A. Smit", "Dik Bos"))]
    comparing = Comparing(database)
    assert comparing.compare(NOW, NOW + timedelta(minutes=2)) == 0, "the other has not been heard of yet"
    assert comparing.compare(LATER, LATER) == 1
    assert proposed(database) == [({leads[0], leads[3]}, "name and company", "open")]
    assert comparing.compare(LATER, LATER) == 0


def test_whoever_came_since_the_last_look_is_proposed_by_the_next_but_for_the_last_minute(database: Database) -> None:
    for n, name in ((0, "Ann Smit"), (3, "A. Smit")):
        come(database, n, name)
    look, earnest = timedelta(minutes=15), Comparing(database)
    assert earnest.compare(NOW - look, NOW + timedelta(minutes=3, seconds=30)) == 0, "others may be writing still"
    assert earnest.compare(NOW - look, NOW + timedelta(minutes=4)) == 1


def test_where_time_flies_a_look_is_shorter_than_that_minute(database: Database) -> None:
    for n, name in ((0, "Ann Smit"), (3, "A. Smit")):
        come(database, n, name)
    fast = Comparing(database, Clock(tempo=86_400 / 5, anchor_real=NOW, anchor_flow=NOW))
    assert fast.compare(NOW, LATER) == 0
    assert fast.compare(LATER, LATER + timedelta(days=1)) == 1


def test_whoever_was_told_apart_is_not_proposed_again_but_another_is(database: Database) -> None:
    one, other = come(database, 0, "Ann Smit"), come(database, 1, "A. Smit")
    comparing = Comparing(database)
    comparing.compare(LATER, LATER)
    with database.write() as tx:
        settle_pair(tx, one, other, "different", "anna", LATER)
    come(database, 0, "Ann Smit")
    record(database, Incoming("e9", "form.sent", LATER, LeadIn(id=other, profile={"name": "Ann Smit"})), LATER)
    assert comparing.compare(LATER, LATER) == 0
    third = come(database, 3_000, "Ann Smit")
    assert comparing.compare(LATER + 9 * (LATER - NOW), LATER) == 2
    assert [status for pair, _, status in proposed(database) if third in pair] == ["open", "open"]


def crowd(db: Database, count: int) -> list[Person]:
    """Many who look alike in all ways."""
    chance, people = Random(7), list[Person]()
    for n in range(count):
        given, surname, firm, number = (chance.choice(some) for some in (GIVEN, SURNAMES, FIRMS, NUMBERS))
        name, email = f"{given} {surname}".strip(), f"p{n}@{chance.choice(('acme.example', 'gmail.com'))}"
        profile = {"name": name} | ({"phone": number} if number else {})
        lead = LeadIn(email=email, company=CompanyIn(firm), profile=profile)
        at = NOW + timedelta(minutes=n)
        id = record(db, Incoming(f"e{n}", "form.sent", at, lead), at).lead_id
        people.append(Person(id, name, phone=number, email=email, company=firm))
    return people


def one_by_one(people: list[Person]) -> set[frozenset[str]]:
    """Each is compared with those before it that share the most keys."""
    found = set[frozenset[str]]()
    for n, one in enumerate(people):
        shares = {other.id: len(set(one.keys()) & set(other.keys())) for other in people[:n]}
        beside = sorted((other for other in people[:n] if shares[other.id]), key=lambda it: (-shares[it.id], it.id))
        alike = (other for other in beside[: comparing.COMPARED] if likeness(one, other)[0] >= ENOUGH)
        found |= {frozenset((one.id, other.id)) for other in alike}
    return found


@pytest.mark.parametrize("compared", [3, 200])
@pytest.mark.parametrize("piece", [1, 7, 250])
def test_the_same_pairs_are_proposed_as_if_each_were_looked_at_by_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch, piece: int, compared: int
) -> None:
    monkeypatch.setattr(looking, "_NEWS", looking._NEWS.limit(piece))
    monkeypatch.setattr(looking, "BATCH", piece)
    monkeypatch.setattr(comparing, "COMPARED", compared)
    people = crowd(database, 60)
    Comparing(database).compare(LATER, LATER)
    assert {frozenset(pair) for pair, _, _ in proposed(database)} == one_by_one(people) != set()


def test_about_many_as_few_questions_are_asked_as_about_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, asked = crowd(database, 60), list[str]()
    with database.read() as read:
        event.listen(read, "before_cursor_execute", lambda *about: asked.append(about[2]))
        comparing.look(read, [one.id for one in people[:1]])
        of_one = len(asked)
        assert len(comparing.look(read, [one.id for one in people]).keys) == 60
    assert len(asked) <= 2 * of_one + 1


def test_what_somebody_else_found_meanwhile_is_not_written_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = come(database, 0, "Ann Smit"), come(database, 1, "A. Smit")
    found = list[int]()

    def late(read: Connection, ids: Sequence[str]) -> comparing.Looked:
        monkeypatch.setattr(looking, "look", comparing.look)
        looked = comparing.look(read, ids)
        found.append(Comparing(database).compare(LATER, LATER))
        return looked

    monkeypatch.setattr(looking, "look", late)
    assert Comparing(database).compare(LATER, LATER) == 0
    assert found == [1]
    assert proposed(database) == [({one, other}, "name and company", "open")]


def test_whoever_was_merged_while_we_looked_is_not_proposed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third = (come(database, n, "Ann Smit") for n in range(3))

    def late(read: Connection, ids: Sequence[str]) -> comparing.Looked:
        looked = comparing.look(read, ids)
        with database.write() as tx:
            tx.execute(tables.leads.update().where(tables.leads.c.id == other).values(merged_into=one))
        return looked

    monkeypatch.setattr(looking, "look", late)
    assert Comparing(database).compare(LATER, LATER) == 1
    assert [pair for pair, _, _ in proposed(database)] == [{one, third}]
    with database.read() as read:
        assert all_living(read, [other, third, one]) == [one, third]
        keys = set(read.execute(select(tables.likeness_keys.c.lead_id)).scalars())
    assert keys == {one, third}
