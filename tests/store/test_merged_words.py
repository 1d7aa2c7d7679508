"""Two who were one for a while: does each know what it would know if they had never been one?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.merging.merge import merge
from kweek.intake.merging.unmerge import unmerge
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.database import Database
from tests.store.making import NOW
from tests.store.test_merging import EARS, key

WHO = ("ann", "bob", "cas")
NAMES = ("first_name", "job_title", "sector", "company", "email")
CHOSEN = ("name", "job_title", "fields.sector", "company", "email")

Pairs = Sequence[tuple[str, str, str]]
"""Who are made one, one after another, and whose words count."""


@dataclass(frozen=True)
class Word:
    """of: whose. at: hours after the beginning. by_id: it is meant by its own id, else by its first address."""

    of: str
    name: str
    value: int
    at: int
    by_id: bool = True


def lead_in(word: Word) -> LeadIn:
    text = f"{word.of} {word.name} {word.value}"
    own_id = word.of if word.by_id or word.name == "email" else None
    address = None if own_id else f"{word.of}@first.test"
    match word.name:
        case "email":
            return LeadIn(external_id=own_id, email=f"{word.of}{word.value}@then.test")
        case "company":
            return LeadIn(external_id=own_id, email=address, company=CompanyIn(text))
        case "sector":
            return LeadIn(external_id=own_id, email=address, fields={"sector": text})
        case name:
            return LeadIn(external_id=own_id, email=address, profile={name: text})


def begin(db: Database) -> dict[str, str]:
    """Of each all is known."""
    with db.write() as tx:
        for table in reversed(tables.metadata.sorted_tables):
            tx.execute(table.delete())
    ids: dict[str, str] = {}
    for n, who in enumerate(WHO):
        at = NOW + timedelta(minutes=n)
        its = LeadIn(
            external_id=who, email=f"{who}@first.test", profile={"first_name": f"{who} 0", "job_title": f"{who} 0"},
            fields={"sector": f"{who} 0"}, company=CompanyIn(f"{who} 0"),
        )  # fmt: skip
        ids[who] = record(db, Incoming(who, "form.sent", at, its), at, EARS).lead_id
    return ids


def tell(db: Database, words: Sequence[Word], start: int = 0) -> None:
    for n, word in enumerate(words, start):
        at = NOW + timedelta(hours=word.at)
        record(db, Incoming(f"word {n}", "form.sent", at, lead_in(word)), NOW + timedelta(days=9), EARS)


def known(db: Database, ids: dict[str, str]) -> dict[str, tuple[Any, ...]]:
    lead, company = tables.leads.c, tables.companies.c
    query = select(tables.leads, company.name.label("works_at")).join_from(
        tables.leads, tables.companies, company.id == lead.company_id, isouter=True
    )
    with db.read() as read:
        rows = {row.id: row for row in read.execute(query)}
    its = {who: rows[lead_id] for who, lead_id in ids.items()}
    return {
        who: (row.email, row.email_key, row.first_name, row.job_title, row.fields, row.works_at)
        for who, row in its.items()
    }


def as_if_never(db: Database, words: Sequence[Word], more: Sequence[Word], pairs: Pairs) -> None:
    """more: said while they are one. Undone from the last merge to the first."""
    ids = begin(db)
    tell(db, [*words, *more])
    expected = known(db, ids)
    ids = begin(db)
    tell(db, words)
    done = [
        merge(db, ids[one], ids[other], dict.fromkeys(CHOSEN, ids[whose]), "anna", NOW, EARS, key).id
        for one, other, whose in pairs
    ]
    tell(db, more, len(words))
    for merge_id in reversed(done):
        unmerge(db, merge_id, "bob", NOW, EARS)
    assert known(db, ids) == expected


WORDS = st.lists(
    st.builds(Word, st.sampled_from(WHO), st.sampled_from(NAMES), st.integers(1, 3), st.integers(1, 9), st.booleans()),
    max_size=5,
)
PAIRS: st.SearchStrategy[Pairs] = st.sampled_from([
    [("ann", "bob", "ann")], [("ann", "bob", "bob")], [("bob", "cas", "cas"), ("ann", "bob", "bob")],
    [("bob", "cas", "cas"), ("ann", "bob", "ann")], [("ann", "bob", "bob"), ("ann", "cas", "cas")],
])  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS, more=WORDS, pairs=PAIRS)
def test_each_knows_what_it_would_know(
    sqlite_database: Database, words: list[Word], more: list[Word], pairs: Pairs
) -> None:
    as_if_never(sqlite_database, words, more, pairs)


@pytest.mark.parametrize("whose", ["ann", "bob"])
def test_words_of_both_in_turn(database: Database, whose: str) -> None:
    turns = enumerate(("bob", "ann", "bob", "bob"), 1)
    as_if_never(database, [], [Word(of, name, n, n + 1) for n, of in turns for name in NAMES], [("ann", "bob", whose)])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("whose", ["ann", "bob"])
def test_one_word_under_the_name_of_the_other_one(database: Database, name: str, whose: str) -> None:
    as_if_never(database, [], [Word("bob", name, 1, 2)], [("ann", "bob", whose)])
