"""Is a company or a campaign another than it was: do the points, the grades and the flows of all its leads follow?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

import activities.in_common
import tests.store.imported
from activities.in_common import InCommon
from kweek.flow.conditions import parse_condition
from kweek.flow.state import Enrolment, LeadState, Token
from kweek.intake.buying import change_company
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import CompanyIn, Incoming, LeadIn
from kweek.intake.outcomes import Said
from kweek.intake.record import record
from kweek.leads import in_common, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row, load_state, save_state
from kweek.leads.publish import publish
from kweek.leads.reckoned import Scores
from kweek.leads.replaced import of_company
from kweek.rules.scoring import Rule
from tests.store.imported import imported, undone
from tests.store.making import NOW, a_lead

LARGE = Rule("large", "is large", "profile", 30, condition=parse_condition("company.size >= 50"))
FAIR = Rule("fair", "met at a fair", "interest", 10, condition=parse_condition('campaign.channel == "fair"'))
EARS = FlowEars(scores=Scores((LARGE, FAIR)))
WON = """
flow: grown
title: Grown
start: page.viewed
goal:
  if: company.size >= 50
  go: large
steps:
  - wait: 50 weeks
  - end: done
paths:
  large:
    - end: won
"""


@pytest.fixture
def acme(database: Database) -> Database:
    """Three who work there, and one who was merged."""
    with database.write() as tx:
        tx.execute(insert(tables.companies).values(id="acme", name="Acme", name_key="acme", fields={}))
        tx.execute(insert(tables.campaigns).values(id="spring", title="Spring", created_at=NOW))
    for lead in ("a", "b", "c"):
        a_lead(database, lead, company_id="acme", campaign="spring")
    a_lead(database, "gone", company_id="acme", merged_into="a")
    return database


def says(db: Database, lead: str, size: int, ears: FlowEars = EARS, *, number: int = 1) -> None:
    company = CompanyIn("Acme", size=size)
    record(db, Incoming(f"{lead}/{number}", "met", NOW, LeadIn(id=lead, company=company)), NOW, ears)


def page_says(db: Database, size: str, was: str = "") -> None:
    change_company(db, "acme", {"size": was}, {"size": size}, Said("anna", NOW), EARS)


def points(db: Database) -> dict[str, int]:
    with db.read() as read:
        rows = read.execute(select(tables.leads).order_by(tables.leads.c.id)).all()
    return {row.id: row.points_profile + row.points_interest for row in rows}


def count(db: Database, table: Any) -> int:
    with db.read() as read:
        return read.execute(select(func.count()).select_from(table)).scalar_one()


def carry(db: Database, ears: FlowEars = EARS) -> int:
    errand, times = InCommon(db, Clock(), lambda: ears), 0
    while errand.look():
        times += 1
    return times


def test_what_one_lead_says_of_its_company_counts_for_all_who_work_there(acme: Database) -> None:
    says(acme, "b", 80)
    assert points(acme) == {"a": 30, "b": 30, "c": 30, "gone": 0}
    says(acme, "c", 10, number=2)
    assert points(acme) == {"a": 0, "b": 0, "c": 0, "gone": 0}
    assert carry(acme) == 1, "two marks of one company are one pass"
    assert count(acme, tables.looks) == 0


def test_so_does_what_its_page_says_and_it_is_kept_who_said_so_and_what_was_before(acme: Database) -> None:
    page_says(acme, "80")
    assert points(acme) == {"a": 30, "b": 30, "c": 30, "gone": 0}
    says(acme, "a", 10)
    with acme.read() as read:
        told = [(row.name, row.was, row.became, row.by, row.lead_id) for row in of_company(read, "acme", 5)]
    assert told == [("size", 80, 10, None, "a"), ("size", None, 80, "anna", None)]


def test_a_grade_that_changes_by_it_is_told(acme: Database) -> None:
    publish(acme, {"flows/hot.yaml": WON.replace("grown", "hot")}, "hot", "anna", NOW)
    ears = replace(EARS, scores=replace(EARS.scores, matrix={"B4": "hot", "A4": "hot", "C4": "hot"}))
    before = count(acme, tables.outbox)
    says(acme, "a", 80, ears)
    with acme.read() as read:
        e = tables.events.c
        told = set(read.execute(select(e.lead_id, e.kind).where(e.kind == "enrol")).all())
    assert {lead for lead, _ in told} == {"a", "b", "c"}
    assert count(acme, tables.outbox) >= before + 3


def test_a_flow_whose_goal_asks_for_it_is_rung(acme: Database) -> None:
    version = publish(acme, {"flows/grown.yaml": WON}, "grown", "anna", NOW).hash
    with acme.lead_tx("b") as tx:
        before, token = load_state(tx, lead_row(tx, "b")), Token("steps/wait-1", 1, NOW, deadline=NOW)
        walks = LeadState("b", 1, (Enrolment("b-1", "grown", version, NOW, 1, token),), seen=0)
        save_state(tx, before, walks, turn=1, seen=0, wake_at=NOW)
        tally = {"flow": "grown", "version": version, "place": "steps/wait-1", "shard": 0, "count": 1}
        tx.execute(insert(tables.tallies).values(**tally))
        tx.execute(tables.outbox.delete())
    says(acme, "a", 80, FlowEars())
    with acme.read() as read:
        assert list(read.execute(select(tables.outbox.c.lead_id)).scalars()) == ["b"]


def test_where_nobody_asks_nothing_is_done(acme: Database) -> None:
    says(acme, "a", 80, FlowEars(scores=Scores((FAIR,))))
    assert count(acme, tables.looks) == count(acme, tables.points) == 0


def test_many_are_looked_at_later_and_whatever_dies_the_next_goes_on_behind_the_last(
    acme: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_common, "AT_ONCE", 2)
    monkeypatch.setattr(activities.in_common, "BATCH", 2)
    for n in range(5):
        a_lead(acme, f"more-{n}", company_id="acme")
    page_says(acme, "80")
    assert sum(points(acme).values()) == 60, "some at once"
    errand = InCommon(acme, Clock(), lambda: EARS)
    assert errand.look()
    assert errand.look()
    with acme.read() as read:
        [mark] = read.execute(select(tables.looks)).all()
    assert mark.lead_id == "more-0"

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(in_common, "move", dies)
        with pytest.raises(KeyboardInterrupt):
            errand.look()
    assert sum(points(acme).values()) == 4 * 30, "nothing of the batch that died"
    assert carry(acme) == 3
    assert points(acme) == {**dict.fromkeys(("a", "b", "c", *(f"more-{n}" for n in range(5))), 30), "gone": 0}


def test_what_fails_on_some_is_told_and_holds_up_nobody(acme: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with acme.write() as tx:
        in_common.note(tx, "company", "acme", NOW)

    def fails(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("kweek.intake.ears.settle_these", fails)
    says(acme, "a", 80)
    assert points(acme) == {"a": 30, "b": 0, "c": 0, "gone": 0}, "what happened to one counts"
    assert carry(acme) == 1
    assert count(acme, tables.problems) == 1


def test_the_channel_of_a_campaign_counts_for_all_who_came_from_it(acme: Database) -> None:
    with acme.write() as tx:
        tx.execute(update(tables.campaigns).values(channel="fair"))
        EARS.changed_in_common(tx, "campaign", "spring", NOW)
    assert points(acme) == {"a": 10, "b": 10, "c": 10, "gone": 0}


def test_whoever_is_held_is_not_waited_for(acme: Database) -> None:
    """On PostgreSQL; SQLite has one writer."""
    if acme.sqlite:
        return
    with ThreadPoolExecutor(1) as other, acme.lead_tx("b"):
        other.submit(says, acme, "c", 80).result(timeout=5)
        assert points(acme) == {"a": 30, "b": 0, "c": 30, "gone": 0}
    assert carry(acme) == 1
    assert points(acme)["b"] == 30


def test_two_who_speak_of_one_company_at_once_and_whoever_looks_meanwhile_never_wait_in_a_circle(
    acme: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.in_common, "BATCH", 2)
    monkeypatch.setattr("kweek.intake.record._RACES", 1)  # nothing is done again: a deadlock would be seen
    over = threading.Event()

    def many(lead: str, sizes: tuple[int, int]) -> None:
        for n in range(20):
            says(acme, lead, sizes[n % 2], number=n)

    def look() -> None:
        errand = InCommon(acme, Clock(), lambda: EARS)
        while not over.is_set():
            errand.look()

    with ThreadPoolExecutor(4) as pool:
        looks: Callable[[], None] = look
        looking = pool.submit(looks)
        speaking = [
            pool.submit(many, lead, sizes) for lead, sizes in (("a", (80, 10)), ("b", (10, 80)), ("c", (90, 5)))
        ]
        try:
            for one in speaking:
                one.result(timeout=60)
        finally:
            over.set()
        looking.result(timeout=60)
    page_says(acme, "60", was=_size(acme))
    carry(acme)
    assert points(acme) == {"a": 30, "b": 30, "c": 30, "gone": 0}


def _size(db: Database) -> str:
    with db.read() as read:
        return str(read.execute(select(tables.companies.c.size)).scalar_one())


@pytest.mark.parametrize("who", ["new@example.com", "a@example.com"])
def test_an_import_and_its_undoing_are_looked_at_soon(
    acme: Database, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(tests.store.imported, "EARS", EARS)
    import_id = imported(acme, f"E-mail;Bedrijf;Medewerkers\n{who};Acme;80\n")
    assert carry(acme) == 1
    assert {points(acme)[lead] for lead in ("a", "b", "c")} == {30}
    undone(acme, import_id)
    carry(acme)
    assert {points(acme)[lead] for lead in ("a", "b", "c")} == {0}
    imported(acme, "E-mail;Bedrijf;Medewerkers\nelse@example.com;Beta;80\n")
    assert carry(acme) == 0, "who else works at a new one?"
