"""Who looks like somebody else is proposed once, from where the last look ended; and not again once told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from activities import duplicates as looking
from activities.duplicates import Comparing
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.duplicates import settle_pair
from tests.store.making import NOW

LATER = NOW + timedelta(days=1)


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
    assert comparing.compare(NOW + timedelta(minutes=2), LATER) == 0, "the other has not been heard of yet"
    assert comparing.compare(LATER, LATER) == 1
    assert proposed(database) == [({leads[0], leads[3]}, "name and company", "open")]
    assert comparing.compare(LATER, LATER) == 0


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
