"""Visits: kept while nobody knows whose they are, a lead's once it says who it is, and never another lead's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from activities.old_visits import OldVisits
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Enrolment, Token
from kweek.flow.world import World
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.visit_in import Forget, Left, Message, Took, Viewed
from kweek.intake.visits import Website, joins, take
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row, load_state, save_state
from kweek.leads.events import pull
from kweek.leads.facts import RowFacts, Rules
from kweek.leads.publish import publish, published
from kweek.leads.reckoned import Scores
from kweek.leads.topics import topics_of
from kweek.leads.visitors import HISTORY, OF_A_DAY
from kweek.rules.scoring import Rule
from tests.store.making import NOW, a_lead

MINUTE, LATER = timedelta(minutes=1), NOW + timedelta(hours=2)
V, W = "a" * 32, "b" * 32
DECLARED = {
    "page.viewed": {"path": "text", "topic": "text"},
    "page.read": {"path": "text", "seconds": "number", "depth": "number"},
    "download.taken": {"document": "text"},
    "info.requested": {},
}
EARS = FlowEars(
    scores=Scores((
        Rule("looked", "looked at a page", "interest", 6, "page.viewed"),
        Rule("took", "took a download", "interest", 10, "download.taken"),
        Rule("asked", "asked for information", "intent", 10, "info.requested"),
    ))
)  # fmt: skip
LOOKERS = """
flow: lookers
title: Who looks
start: [page.viewed, grade.changed]
reentry: always
steps:
  - wait: 5 days
  - end: done
"""


@pytest.fixture
def site(database: Database) -> Website:
    return Website(database, "https://www.example.com", EARS, DECLARED)


def visit(n: int) -> str:
    return f"{n:032x}"


def views(n: int, path: str = "/", topic: str = "", visitor: str = V, **more: Any) -> Viewed:
    return Viewed(visitor=visitor, id=visit(n), path=path, topic=topic, agreed="Follow me", **more)


def tell(site: Website, *messages: Message, since: datetime = NOW) -> list[str | None]:
    """One a minute."""
    return [take(site, one, since + n * MINUTE) for n, one in enumerate(messages)]


def asks(site: Website, email: str, visitor: str = V, at: datetime = NOW + timedelta(hours=1)) -> str:
    """Somebody fills in a form in this browser."""
    incoming = Incoming(f"form:{email}", "info.requested", at, LeadIn(email=email))
    return record(site.db, incoming, at, EARS, before=joins(visitor, at, DECLARED)).lead_id


def rows(db: Database, table: Any, *which: Any) -> list[Any]:
    with db.read() as read:
        return list(read.execute(select(table).where(*which).order_by(*table.primary_key)).all())


def story(db: Database, lead: str) -> list[tuple[str, Any]]:
    """In the order in which it happened."""
    events = sorted(rows(db, tables.events, tables.events.c.lead_id == lead), key=lambda row: row.at)
    return [(row.kind, row.data.get("path") or row.data.get("document")) for row in events]


def test_what_a_visitor_did_becomes_the_leads_in_order_with_its_points(site: Website) -> None:
    tell(
        site, views(1, "/", title=" Home\n page ", utm=("utm_campaign=spring",)),
        Left(visitor=V, id=visit(1), seconds=40, depth=200),
        views(2, "/prices", "humidity"), Took(visitor=V, id=visit(3), path="/files/white%20paper.pdf"),
        views(4, "/more", "humidity"), views(5, "/contact", "energy"),
    )  # fmt: skip
    assert rows(site.db, tables.leads) == rows(site.db, tables.outbox) == []
    lead = asks(site, "ann@example.com")
    assert story(site.db, lead) == [
        ("page.viewed", "/"), ("page.read", "/"), ("page.viewed", "/prices"), ("download.taken", "white paper.pdf"),
        ("page.viewed", "/more"), ("page.viewed", "/contact"), ("info.requested", None),
    ]  # fmt: skip
    _, first, read, *_ = rows(site.db, tables.events)
    assert (first.at, first.recorded_at, first.data) == (NOW, NOW + timedelta(hours=1), {"path": "/"})
    assert read.data == {"path": "/", "seconds": 40, "depth": 100}
    [row] = rows(site.db, tables.leads)
    assert (row.points_interest, row.points_intent, row.engagement, row.campaign) == (34, 10, 1, "spring")
    assert [(one.how, one.at) for one in rows(site.db, tables.touches)] == [("visit", NOW)]
    with site.db.read() as tx:
        assert [(one.topic, one.views) for one in topics_of(tx, lead)] == [("humidity", 2), ("energy", 1)]
    [home, *_] = rows(site.db, tables.visits)
    assert (home.title, home.event_id) == ("Home page", f"visit:{visit(1)}")


def test_that_a_page_was_left_may_be_heard_before_that_it_was_opened(site: Website) -> None:
    left = Left(visitor=V, id=visit(1), seconds=2, depth=60)
    assert tell(site, left, views(1, "/prices")) == [None, V], "nobody knew the visitor yet"
    [row] = rows(site.db, tables.visits)
    assert (row.what, row.seconds, row.depth) == ("/prices", 2, 60)
    lead = asks(site, "ann@example.com")
    tell(site, replace(left, id=visit(2)), replace(left, id=visit(3), visitor=W), views(2, "/more"), since=LATER)
    assert story(site.db, lead)[-2:] == [("page.viewed", "/more"), ("page.read", "/more")]
    tell(site, views(3, "/other"), replace(left, id=visit(4)), since=LATER + timedelta(hours=1))
    assert [row.seconds for row in rows(site.db, tables.visits)] == [2, 2, None], "what another visitor left is not it"
    tell(site, *(replace(left, id=visit(n)) for n in range(5, 1_200)))
    tell(site, views(4, "/old"), views(1_199, "/new"), since=LATER + timedelta(hours=2))
    assert [row.seconds for row in rows(site.db, tables.visits)] == [2, 2, None, None, 2], "and not for ever"


def test_what_is_told_in_order_is_kept_in_the_books_only(site: Website) -> None:
    left = Left(visitor=V, id=visit(1), seconds=2, depth=60)
    tell(site, views(1), left)
    assert site.left_early.take(views(1)) is None


def test_no_flow_hears_of_what_was_before_and_of_one_grade_only(site: Website) -> None:
    publish(site.db, {"flows/lookers.yaml": LOOKERS}, "lookers", "anna", NOW)
    tell(site, *(views(n, f"/{n}") for n in range(5)))
    lead = asks(site, "ann@example.com")
    with site.db.read() as tx:
        heard = pull(tx, lead, 0)
    assert [(event.kind, event.data) for event in heard] == [
        ("info.requested", {}), ("grade.changed", {"from": "C4", "to": "C1"}),
    ]  # fmt: skip
    assert [row.seq for row in rows(site.db, tables.outbox)] == [7]


def test_a_flow_hears_of_what_the_lead_does_from_then_on(site: Website) -> None:
    publish(site.db, {"flows/lookers.yaml": LOOKERS}, "lookers", "anna", NOW)
    tell(site, views(1))
    lead = asks(site, "ann@example.com")
    assert tell(site, views(2, "/now"), Left(visitor=V, id=visit(2), seconds=9, depth=50), since=LATER) == [V, V]
    tell(site, Left(visitor=V, id=visit(2), seconds=19, depth=60), since=LATER)
    with site.db.read() as tx:
        heard = [(event.kind, event.data.get("seconds")) for event in pull(tx, lead, 0) if event.kind[:4] == "page"]
    assert heard == [("page.viewed", None), ("page.read", 9)]
    assert rows(site.db, tables.visits)[1].seconds == 19


READS = """
flow: reads
title: Who reads about energy
start: info.requested
goal:
  if: lead.topic == "energy"
  go: warm
steps:
  - wait: 5 days
  - end: done
paths:
  warm:
    - end: won
"""


def test_books_and_machine_agree_about_what_it_reads_most(site: Website) -> None:
    memory = Memory(World({}))
    for n, topic in enumerate(("humidity", "", "energy", "humidity", "energy", "energy")):
        tell(site, views(n, topic=topic), since=NOW + n * MINUTE)
        memory.record("page.viewed", NOW + n * MINUTE, data={"topic": topic} if topic else {})
        lead = asks(site, "ann@example.com")
        with site.db.read() as tx:
            facts = RowFacts(tx, lead_row(tx, lead), NOW, {}, Rules(), {})
            assert facts.field("lead.topic") == memory.facts(None).field("lead.topic"), n
    assert memory.facts(None).field("lead.topic") == "energy"


def test_a_flow_whose_goal_it_is_hears_that_the_lead_reads_about_something_else(site: Website) -> None:
    publish(site.db, {"flows/reads.yaml": READS}, "reads", "anna", NOW)
    with site.db.read() as tx:
        [flow] = published(tx)
    lead = asks(site, "ann@example.com")
    start = Enrolment(f"{lead}-1", "reads", flow.version, NOW, 1, Token("steps/wait-1", 1, NOW))
    with site.db.lead_tx(lead) as tx:
        before = load_state(tx, lead_row(tx, lead))
        save_state(tx, before, replace(before, enrolments=(start,), born=1), turn=1, seen=1, wake_at=None)
    site = Website(site.db, site.origin, FlowEars(), site.declared)
    rang = [len(rows(site.db, tables.outbox))]
    for n, topic in enumerate(("humidity", "humidity", "energy", "energy", "energy")):
        take(site, views(n, topic=topic), LATER + n * MINUTE, lead)
        rang.append(len(rows(site.db, tables.outbox)) - sum(rang))
    assert rang[1:] == [1, 0, 0, 1, 0]


def test_twice_is_once(site: Website) -> None:
    tell(site, views(1), views(1), views(2))
    for _ in range(2):
        asks(site, "ann@example.com")
    tell(site, views(3), views(3), since=LATER)
    assert story(site.db, rows(site.db, tables.leads)[0].id) == [
        ("page.viewed", "/"), ("page.viewed", "/"), ("info.requested", None), ("page.viewed", "/"),
    ]  # fmt: skip


def test_a_shared_computer_moves_nothing_from_one_lead_to_another(site: Website) -> None:
    tell(site, views(1, "/ann"))
    ann, bob = asks(site, "ann@example.com"), asks(site, "bob@example.com")
    assert story(site.db, bob) == [("info.requested", None)]
    [now] = tell(site, views(2, "/bob"), since=LATER)
    assert now not in (V, None)
    assert tell(site, views(3, "/bob", visitor=now or ""), since=LATER) == [now]
    assert [path for _, path in story(site.db, bob)] == [None, "/bob", "/bob"]
    assert [path for _, path in story(site.db, ann)] == ["/ann", None]
    assert take(site, views(4, "/mail", visitor=V), LATER, ann) not in (V, now)
    assert [path for _, path in story(site.db, ann)] == ["/ann", None, "/mail"]


def test_a_link_in_a_mail_says_who_it_is(site: Website) -> None:
    ann = a_lead(site.db, "ann")
    tell(site, views(1, "/before"))
    assert take(site, views(2, "/landing"), NOW + MINUTE, ann) == V
    assert take(site, views(3, "/gone"), NOW + MINUTE, "nobody") == V
    assert story(site.db, ann) == [("page.viewed", path) for path in ("/before", "/landing", "/gone")]


def test_a_lead_that_was_merged_goes_on_as_the_other(site: Website) -> None:
    old, new = a_lead(site.db, "old", merged_into="new"), a_lead(site.db, "new")
    assert take(site, views(1), NOW, old) == take(site, views(2), NOW) == V
    assert story(site.db, new) == [("page.viewed", "/")] * 2


def test_nobody_is_followed_without_words_that_he_agreed_to(site: Website) -> None:
    unasked = Viewed(visitor=V, id=visit(1), path="/")
    assert tell(site, unasked, Forget(visitor=V), Left(visitor=V, id=visit(1), seconds=1, depth=1)) == [None] * 3
    assert rows(site.db, tables.visitors) == rows(site.db, tables.visits) == []
    assert asks(site, "ann@example.com")


def test_what_was_agreed_to_can_be_withdrawn(site: Website) -> None:
    assert tell(site, views(1), Forget(visitor=V)) == [V, None]
    assert rows(site.db, tables.visitors) == rows(site.db, tables.visits) == []
    tell(site, views(2, visitor=W))
    lead = asks(site, "ann@example.com", W)
    unasked = Viewed(visitor=W, id=visit(3), path="/")
    assert tell(site, Forget(visitor=W), unasked, views(4, visitor=W)) == [None] * 3
    [kept] = rows(site.db, tables.visitors)
    assert (kept.consent, kept.withdrawn_at, len(story(site.db, lead))) == ("Follow me", NOW, 2)


def test_events_that_the_workspace_does_not_name_are_not_recorded(database: Database) -> None:
    site = Website(database, "https://www.example.com", EARS, {"download.taken": {"document": "text"}})
    tell(site, views(1), Took(visitor=V, id=visit(2), path="/a.pdf"))
    ann = a_lead(database, "ann")
    take(site, views(3), NOW, ann)
    assert story(database, ann) == [("download.taken", "a.pdf")]


def test_there_is_an_end_to_what_is_kept(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    assert OF_A_DAY < HISTORY
    monkeypatch.setattr("kweek.leads.visitors.OF_A_DAY", 3)
    tell(site, *(views(n, f"/{n}") for n in range(5)))
    assert len(rows(site.db, tables.visits)) == 3
    ann = a_lead(site.db, "ann")
    take(site, views(8), NOW + MINUTE, ann)
    assert [path for _, path in story(site.db, ann)] == ["/0", "/1", "/2"], "what was kept is hers all the same"
    take(site, views(9), NOW + timedelta(days=2))
    assert len(rows(site.db, tables.visits)) == 4


def test_old_visits_are_forgotten_and_what_a_lead_did_is_not(site: Website) -> None:
    tell(site, views(1), views(2, visitor=W))
    lead = asks(site, "ann@example.com")
    old, told = OldVisits(site.db, lambda: timedelta(days=400)), list[int]()
    assert old.forget(NOW, NOW + timedelta(days=400), told.append) == 0
    assert old.forget(NOW, NOW + timedelta(days=401), told.append) == 3
    assert told == [0, 3, 3]
    assert rows(site.db, tables.visits) == []
    assert [row.lead_id for row in rows(site.db, tables.visitors)] == [lead]
    assert len(story(site.db, lead)) == 2
