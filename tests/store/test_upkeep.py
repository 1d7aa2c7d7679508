"""Does one lead that cannot be reckoned with, or one chore that fails, stop the others? Does what is away?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.upkeep import Chore, Dates
from kweek.flow.world import World
from kweek.leads import tables
from kweek.leads.answers import RowAnswers
from kweek.leads.clock import Clock
from kweek.leads.database import Database, DatabaseAway
from kweek.leads.publish import publish
from tests.store.making import NOW, a_lead, let_others_pass
from workflows.messages import Window

FLOW = """
flow: weekly
title: Weekly
start:
  every: monday 09:00
steps:
  - wait: 50 weeks
  - end: done
"""
SUNDAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONDAY = SUNDAY + timedelta(days=1)
LEADS = ("a", "b", "c")


@pytest.fixture
def db(database: Database) -> Database:
    publish(database, {"flows/weekly.yaml": FLOW}, "weekly", "test", NOW)
    for lead in LEADS:
        a_lead(database, lead)
    return database


def look(
    db: Database, does: Callable[[Connection, str], object] = lambda tx, lead: None, chores: Sequence[Chore] = (),
    attempt: int = 1, until: datetime = MONDAY,
) -> int:  # fmt: skip
    """does: before a lead's answers are given."""

    def answers(tx: Connection, lead: str, now: datetime) -> RowAnswers:
        does(tx, lead)
        return RowAnswers(tx, lead, now, World({}, timezone="UTC"))

    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, attempt=attempt, started_time=MONDAY)
    return environment.run(Dates(db, Clock(), answers, chores).start_what_is_due, Window(SUNDAY, until, 60.0))


def begun(db: Database) -> list[str]:
    with db.read() as read:
        rows = read.execute(select(tables.events.c.lead_id).order_by(tables.events.c.lead_id))
        return list(rows.scalars())


def problems(db: Database) -> list[Any]:
    with db.read() as read:
        return [tuple(row) for row in read.execute(
            select(tables.problems.c.lead_id, tables.problems.c.key, tables.problems.c.code, tables.problems.c.times)
        )]  # fmt: skip


def too_far(tx: Connection, lead: str) -> None:
    if lead == "b":
        raise OverflowError("date value out of range")


def wrong_question(tx: Connection, lead: str) -> None:
    if lead == "b":
        tx.execute(text("SELECT nothing FROM leads"))


@pytest.mark.parametrize(("does", "code"), [(too_far, "OverflowError"), (wrong_question, None)])
def test_a_lead_whose_answers_fail_keeps_nobody_else(
    db: Database, does: Callable[[Connection, str], object], code: str | None
) -> None:
    assert look(db, does) == 2
    assert begun(db) == ["a", "c"]
    [(lead, key, said, times)] = problems(db)
    assert (lead, key, times) == ("b", "upkeep/b", 1)
    assert code is None or said == code
    assert look(db) == 1, "as soon as it can be reckoned with it begins, too"
    assert let_others_pass(db)


def test_a_lead_of_whom_nothing_can_be_recorded_keeps_nobody_else(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import activities.upkeep as upkeep

    whole = upkeep.record

    def record(db: Database, incoming: Any, until: datetime) -> Any:
        if incoming.lead.id == "a":
            raise ZeroDivisionError
        return whole(db, incoming, until)

    monkeypatch.setattr(upkeep, "record", record)
    assert look(db) == 2
    assert problems(db) == [("a", "upkeep/a", "ZeroDivisionError", 1)]


def test_a_database_that_is_away_ends_the_look(db: Database) -> None:
    def away(*what: object) -> None:
        raise DatabaseAway("away")

    with pytest.raises(DatabaseAway):
        look(db, away)
    with pytest.raises(DatabaseAway):
        look(db, chores=[away])
    assert (begun(db), problems(db)) == ([], [])


def test_a_chore_that_fails_stops_neither_the_starts_nor_the_other_chores(db: Database) -> None:
    done: list[datetime] = []

    def breaks(*window: object) -> None:
        raise ValueError("broken")

    def works(since: datetime, until: datetime, told: object) -> None:
        done.append(until)

    for times in (1, 2):
        with pytest.raises(ApplicationError, match="chores_undone"):
            look(db, chores=[breaks, works])
        assert [row[2:] for row in problems(db)] == [("ValueError", times)]
    assert (begun(db), len(done)) == (list(LEADS), 2)


def test_what_comes_due_while_a_chore_is_tried_again_begins_all_the_same(db: Database) -> None:
    assert look(db, until=SUNDAY + timedelta(minutes=1)) == 0
    assert look(db, until=SUNDAY + timedelta(minutes=1), attempt=7) == 3
