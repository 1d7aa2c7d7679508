"""What intake promises: one event once, one lead for one person, nothing of what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from kweek.flow.state import Event
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import CompanyIn, OtherEventError
from kweek.intake.record import AlwaysRing, ConsentIn, Incoming, LeadIn, record
from kweek.leads import tables
from kweek.leads.database import Database, NoSuchLead
from tests.web.conftest import NOW, Books


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


def event(identifier: str = "e1", kind: str = "brochure.requested", lead: LeadIn | None = None) -> Incoming:
    return Incoming(identifier, kind, NOW, lead or LeadIn(email="Ann@Example.com"))


class Deaf(AlwaysRing):
    """Nobody listens."""

    def rings(self, tx: Connection, lead_id: str, event: Event, *, profile_changed: bool) -> bool:
        return False


def test_an_unknown_lead_is_made_and_its_event_is_the_first(db: Database, books: Books) -> None:
    recorded = record(db, event(), NOW)
    [lead] = books.rows(tables.leads)
    assert (recorded.lead_id, recorded.seq, recorded.fresh) == (lead.id, 1, True)
    assert (lead.email, lead.email_key, lead.seq) == ("Ann@Example.com", "ann@example.com", 1)


def test_the_same_id_twice_answers_the_same_and_changes_nothing(db: Database, books: Books) -> None:
    first = record(db, event(), NOW)
    again = record(db, event(lead=LeadIn(email="ann@example.com", profile={"name": "Other"})), NOW + timedelta(days=1))
    assert (again.lead_id, again.seq, again.fresh) == (first.lead_id, first.seq, False)
    assert books.count(tables.events) == books.count(tables.outbox) == 1
    assert books.rows(tables.leads)[0].name is None


@pytest.mark.parametrize(
    "other", [event(kind="quote.requested"), event(lead=LeadIn(email="bob@example.com"))], ids=["kind", "lead"]
)
def test_an_id_that_belongs_to_another_event_is_refused_without_a_trace(
    db: Database, books: Books, other: Incoming
) -> None:
    record(db, event(), NOW)
    with pytest.raises(OtherEventError):
        record(db, other, NOW)
    assert books.count(tables.leads) == books.count(tables.events) == 1


def test_two_posts_at_once_make_one_lead(db: Database, books: Books) -> None:
    lead = LeadIn(email="ann@example.com", external_id="crm-7", company=CompanyIn("Acme"))
    with ThreadPoolExecutor(8) as pool:
        recorded = list(pool.map(lambda n: record(db, event(f"e{n}", lead=lead), NOW), range(16)))
    assert len({one.lead_id for one in recorded}) == books.count(tables.leads) == books.count(tables.companies) == 1
    assert sorted(one.seq for one in recorded) == list(range(1, 17))


def test_address_and_external_id_together_tie_one_person_together(db: Database, books: Books) -> None:
    by_mail = record(db, event("e1", lead=LeadIn(email="ann@example.com")), NOW)
    both = record(db, event("e2", lead=LeadIn(email="ANN@example.com", external_id="crm-7")), NOW)
    by_id = record(db, event("e3", lead=LeadIn(external_id="crm-7")), NOW)
    assert by_mail.lead_id == both.lead_id == by_id.lead_id


def test_two_leads_that_look_like_one_stay_two_until_a_person_has_looked(db: Database, books: Books) -> None:
    record(db, event("e1", lead=LeadIn(email="ann@example.com")), NOW)
    crm = record(db, event("e2", lead=LeadIn(external_id="crm-7")), NOW)
    for identifier in ("e3", "e4"):
        both = LeadIn(email="ann@example.com", external_id="crm-7")
        assert record(db, event(identifier, lead=both), NOW).lead_id == crm.lead_id
    [asked] = books.rows(tables.duplicates)
    assert (asked.why, asked.likeness, asked.status) == ("address", 1.0, "open")
    assert crm.lead_id in (asked.first_id, asked.second_id)


def test_what_the_sender_says_of_the_person_is_kept_the_last_word_counts(db: Database, books: Books) -> None:
    consent = ConsentIn("email", "newsletter", "Yes, mail me.", "form brochure")
    for identifier, title in (("e1", "Buyer"), ("e2", "Head of buying")):
        lead = LeadIn(
            email="ann@example.com", company=CompanyIn("ACME  bv"), profile={"job_title": title},
            fields={identifier: 1}, consents=(consent,) if identifier == "e1" else (),
        )  # fmt: skip
        record(db, event(identifier, lead=lead), NOW)
    [lead] = books.rows(tables.leads)
    [company] = books.rows(tables.companies)
    [given] = books.rows(tables.consents)
    assert (lead.job_title, lead.fields, lead.company_id) == ("Head of buying", {"e1": 1, "e2": 1}, company.id)
    assert (given.words, given.at) == ("Yes, mail me.", NOW)


@pytest.mark.parametrize(
    ("kind", "ref", "rings"),
    [("page.viewed", None, 0), ("opened", "l1-1/1", 0), ("clicked", "l1-1/1", 0), ("interested", "l1-1/1", 1)],
)
def test_only_what_a_flow_hears_rings_and_what_came_of_an_effect_always(
    db: Database, books: Books, kind: str, ref: str | None, rings: int
) -> None:
    books.lead()
    record(db, Incoming("e1", kind, NOW, LeadIn(id="l1"), ref=ref), NOW, FlowEars())
    assert books.count(tables.events) == 1
    assert books.count(tables.outbox) == rings


def test_a_derived_event_is_recorded_with_its_source(db: Database, books: Books) -> None:
    class Derives(Deaf):
        def derived(self, incoming: Incoming) -> list[Incoming]:
            return [Incoming(f"{incoming.id}/pricing.viewed", "pricing.viewed", incoming.at, incoming.lead)]

    for _ in range(2):
        record(db, event(kind="page.viewed"), NOW, Derives())
    assert [(row.seq, row.id, row.kind) for row in books.rows(tables.events)] == [
        (1, "e1", "page.viewed"),
        (2, "e1/pricing.viewed", "pricing.viewed"),
    ]


def test_an_event_about_a_lead_that_is_gone_is_refused(db: Database, books: Books) -> None:
    with pytest.raises(NoSuchLead):
        record(db, Incoming("l9-1/1/sent", "sent", NOW, LeadIn(id="l9"), ref="l9-1/1"), NOW)
    assert books.count(tables.events) == 0


def test_a_failure_half_way_leaves_nothing(db: Database, books: Books) -> None:
    def fails(tx: Connection, recorded: object) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        record(db, event(), NOW, also=fails)
    assert books.count(tables.leads) == books.count(tables.events) == books.count(tables.outbox) == 0
