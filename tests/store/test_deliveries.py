"""What other programs shall hear is written with the event: once, with ids and what may be sent, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from kweek.flow.catalogue import Hook
from kweek.flow.problems import Located, Position
from kweek.intake.ears import FlowEars
from kweek.intake.hooks import hooks_of
from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.record import record
from kweek.intake.rescoring import rescore
from kweek.leads import deliveries, tables
from kweek.leads.database import Database
from kweek.leads.facts import Rules
from kweek.leads.reckoned import Scores
from kweek.rules.scoring import Rule
from tests.store.making import NOW, a_lead

REAL = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOT = Scores((Rule("asked", "asked for a quote", "intent", 50, "quote.requested"),))


def names(*words: str) -> tuple[Located[str], ...]:
    return tuple(Located(word, Position(1, 1), Position(1, 1)) for word in words)


def hearing(*events: str, sends: tuple[str, ...] = (), scores: Scores = HOT, **others: tuple[str, ...]) -> FlowEars:
    """One webhook, crm; others: more of them, with what they hear."""
    crm = Hook("https://crm.example/", names(*sends), names(*events))
    more = {name: Hook("https://else.example/", (), names(*heard)) for name, heard in others.items()}
    return FlowEars(scores, hooks=hooks_of({"crm": crm, **more}, Rules(scores.grades)))


def asked(identifier: str = "e1", kind: str = "quote.requested", **data: Any) -> Incoming:
    return Incoming(identifier, kind, NOW, LeadIn(email="lead@example.com"), data)


def written(db: Database) -> list[Any]:
    with db.read() as read:
        return list(read.execute(select(tables.deliveries).order_by(tables.deliveries.c.id)))


def test_who_hears_an_event_is_told_ids_and_what_may_be_sent(database: Database) -> None:
    lead = a_lead(database, external_id="crm-7", first_name="Planted")
    ears = hearing("quote.requested", sends=("lead.grade", "event.surface", "company.name"), erp=("won",))
    record(database, asked(surface=200, building="Planted"), NOW, ears)
    [row] = written(database)
    assert (row.hook, row.message, row.lead_id, row.attempts) == ("crm", f"{lead}/1", lead, 0)
    assert row.body == {
        "type": "quote.requested",
        "timestamp": "2026-03-02T09:00:00+00:00",
        "data": {
            "lead": {"id": lead, "external_id": "crm-7", "grade": "C1"},
            "event": {"surface": 200},
            "company": {"name": None},
        },
    }


def test_the_same_event_twice_is_told_once_and_what_nobody_hears_never(database: Database) -> None:
    a_lead(database)
    ears = hearing("quote.requested", erp=("quote.requested",))
    for event in (asked(), asked(), asked("e2", "page.viewed")):
        record(database, event, NOW, ears)
    assert [row.hook for row in written(database)] == ["crm", "erp"]


def test_an_event_that_does_not_come_to_be_is_not_told(database: Database) -> None:
    a_lead(database)

    def fail(tx: Connection, recorded: Recorded) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        record(database, asked(), NOW, hearing("quote.requested"), fail)
    assert written(database) == []


def test_a_grade_that_changes_is_told_though_no_flow_listens(database: Database) -> None:
    a_lead(database)
    record(database, asked(), NOW, hearing("grade.changed", sends=("event.from", "event.to", "lead.grade")))
    [row] = written(database)
    assert (row.kind, row.body["data"]["event"]) == ("grade.changed", {"from": "C4", "to": "C1"})
    assert row.body["data"]["lead"]["grade"] == "C1", "as it is, when it is told"


def test_a_grade_that_other_rules_change_is_told_too(database: Database) -> None:
    a_lead(database)
    record(database, asked(), NOW, hearing("grade.changed", scores=Scores()))
    assert written(database) == []
    for _ in range(2):
        [_] = rescore(database, hearing("grade.changed", sends=("lead.grade",)), "", lambda: NOW)
    assert [(row.kind, row.body["data"]["lead"]["grade"]) for row in written(database)] == [("grade.changed", "C1")]


# --- who brings them ------------------------------------------------------------------------------------


def put(db: Database, hook: str, *messages: str) -> None:
    with db.write() as tx:
        for n, message in enumerate(messages):
            deliveries.write(tx, hook, message, "lead", "won", {}, REAL + timedelta(seconds=n))


def leased(db: Database, hook: str, at: datetime) -> str | None:
    with db.write() as tx:
        row = deliveries.lease(tx, hook, at)
    return row.message if row else None


def test_they_are_brought_in_order_each_by_one_and_again_where_he_died(database: Database) -> None:
    put(database, "crm", "a", "b", "a")
    later = REAL + timedelta(seconds=10)
    assert [leased(database, "crm", later) for _ in range(3)] == ["a", "b", None]
    assert leased(database, "crm", later + deliveries.LEASE) == "a"
    assert leased(database, "erp", later) is None
    with database.read() as read:
        assert deliveries.due(read, later) == []
        assert deliveries.due(read, later + 2 * deliveries.LEASE) == ["crm"]


def test_what_was_taken_is_gone_and_what_was_given_up_can_be_tried_again(database: Database) -> None:
    put(database, "crm", "a", "b", "c")
    a, b, _ = (row.id for row in written(database))
    with database.write() as tx:
        deliveries.taken(tx, a)
        deliveries.not_taken(tx, b, "http 410", None)
    with database.read() as read:
        left = deliveries.standing(read)["crm"]
    assert (left.waiting, left.given_up, left.why) == (1, 1, "http 410")
    with database.write() as tx:
        assert deliveries.once_more(tx, "crm", REAL) == 1
        assert deliveries.once_more(tx, "crm", REAL) == 0
    assert {row.due_real for row in written(database)} == {REAL, REAL + timedelta(seconds=2)}
    with database.write() as tx:
        deliveries.not_taken(tx, b, "http 410", None)
        deliveries.forget(tx, REAL + deliveries.KEPT)
        assert len(deliveries.standing(tx)) == 1
        deliveries.forget(tx, REAL + deliveries.KEPT + timedelta(seconds=1))
    assert [row.message for row in written(database)] == ["c"]
