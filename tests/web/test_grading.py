"""What counts as a person: table of hits and what they are judged to be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kweek.intake.grading import Hit, judge
from kweek.intake.hits import grade_hits, note_hit
from kweek.leads import tables
from kweek.leads.database import Database
from tests.web.conftest import NOW, Books


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SENT = NOW - timedelta(hours=1)


def click(second: float = 0, link: str = "demo", **more: str) -> Hit:
    return Hit("click", NOW + timedelta(seconds=second), **({"method": "GET", "link": link, "agent": FIREFOX} | more))


def opened(second: float = 0, agent: str | None = FIREFOX, method: str = "GET") -> Hit:
    return Hit("open", NOW + timedelta(seconds=second), method, agent=agent)


LEAVE = Hit("unsubscribe", NOW + timedelta(seconds=50), "GET", agent=FIREFOX)

CASES = {
    "a browser": (opened(), [], "human"),
    "a click": (click(), [], "human"),
    "two links in ten seconds": (click(), [click(9, "price")], "human"),
    "three links, slowly": (click(), [click(11, "price"), click(22, "faq")], "human"),
    "HEAD": (click(method="HEAD"), [], "machine"),
    "prefetched": (click(method="PREFETCH"), [], "machine"),
    "a scanner's name": (click(agent="Barracuda Sentinel"), [], "machine"),
    "no name": (opened(agent=None), [], "machine"),
    "Apple's proxy": (opened(agent="Mozilla/5.0"), [], "machine"),
    "Google's proxy": (opened(agent="Mozilla/5.0 (via ggpht.com GoogleImageProxy)"), [], "unclear"),
    "three links in ten seconds": (click(10, "faq"), [click(), click(5, "price")], "machine"),
    "the first of three links in ten seconds": (click(), [click(5, "price"), click(10, "faq")], "machine"),
    "unsubscribe and content within a minute": (click(), [LEAVE], "machine"),
    "the unsubscribe page, with content": (LEAVE, [click()], "machine"),
    "many networks": (click(network="a"), [click(5, network="b"), click(20, network="c")], "machine"),
    "an open beside a burst of clicks": (opened(), [click(), click(5, "price"), click(10, "faq")], "human"),
}


@pytest.mark.parametrize(("hit", "others", "grade"), CASES.values(), ids=CASES.keys())
def test_a_hit_is_judged_among_its_neighbours(hit: Hit, others: list[Hit], grade: str) -> None:
    judgement = judge(hit, [hit, *others], SENT, confirmed=False)
    assert judgement.grade == grade, judgement.reasons
    assert judgement.reasons


@pytest.mark.parametrize(("seconds", "grade"), [(1, "machine"), (5, "unclear"), (30, "human")])
def test_nobody_reads_a_mail_the_second_it_left(seconds: int, grade: str) -> None:
    assert judge(click(), [click()], NOW - timedelta(seconds=seconds), confirmed=False).grade == grade


def test_an_answer_confirms_what_no_machine_did() -> None:
    proxy = opened(agent="Mozilla/5.0 (via ggpht.com GoogleImageProxy)")
    assert judge(proxy, [proxy], SENT, confirmed=True).grade == "confirmed"
    assert judge(click(method="HEAD"), [], SENT, confirmed=True).grade == "machine"


def test_a_hit_waits_two_minutes_and_then_is_one_event_however_often_it_came(db: Database, books: Books) -> None:
    books.lead()
    key = books.mail()
    for second in (0, 60):
        note_hit(db, key, click(second))
    assert grade_hits(db, NOW + timedelta(seconds=119)) == 0
    assert books.count(tables.events) == 0
    assert grade_hits(db, NOW + timedelta(minutes=3)) == 2
    assert [(row.kind, row.ref, row.data) for row in books.rows(tables.events)] == [
        ("clicked", key, {"grade": "human", "link": "demo"}),
        ("opened", key, {"grade": "human"}),  # who clicked has opened
    ]
    assert grade_hits(db, NOW + timedelta(minutes=3)) == 0


def test_what_a_machine_did_is_kept_with_its_reasons_and_never_reaches_the_flow(db: Database, books: Books) -> None:
    books.lead()
    key = books.mail()
    note_hit(db, key, click(agent="curl/8"))
    assert grade_hits(db, NOW + timedelta(minutes=2)) == 1
    [hit] = books.rows(tables.hits)
    assert (hit.grade, hit.grade_at, hit.reasons) == ("machine", None, ["a program, by its name"])
    assert books.count(tables.events) == 0


def test_hits_for_no_mail_or_without_end_are_not_kept(db: Database, books: Books) -> None:
    books.lead()
    key = books.mail()
    assert not note_hit(db, "l1-1/99", click())
    kept = sum(note_hit(db, key, click(n)) for n in range(203))
    assert kept == books.count(tables.hits) == 200
