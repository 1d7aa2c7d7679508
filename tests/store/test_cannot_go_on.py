"""Is a lead whose turns fail told from one that goes on, from one that rests, and from one whose mail fails?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from kweek import config
from kweek.checkup.books import look_at_books
from kweek.checkup.finding import Finding
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import cannot_go_on, tables
from kweek.leads.cannot_go_on import LATELY, Stuck
from kweek.leads.clock import flow_clock
from kweek.leads.database import Database
from kweek.leads.ledger import problem
from tests.store.making import NOW, a_lead

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def fails(db: Database, lead: str, at: datetime = NOW, activity: str = "turn", code: str = "OverflowError") -> None:
    with db.write() as tx:
        problem(tx, lead, f"lead-{lead}/{activity}", code, "date value out of range", at)


def stuck(db: Database, lead: str, now: datetime = NOW) -> Stuck | None:
    with db.read() as read:
        return cannot_go_on.of_lead(read, lead, now - LATELY, now)


def those(db: Database, now: datetime = NOW, most: int = 9) -> tuple[int, list[str]]:
    with db.read() as read:
        found = cannot_go_on.the_last(read, now - LATELY, now, most)
        return cannot_go_on.how_many(read, now - LATELY, now), [one.lead for one in found]


def test_whose_turn_is_due_and_fails_stands_still_since_then(database: Database) -> None:
    a_lead(database, "l", wake_at=NOW - HOUR)
    assert stuck(database, "l") is None
    fails(database, "l", NOW - MINUTE)
    fails(database, "l", NOW)
    assert stuck(database, "l") == Stuck("l", NOW - HOUR, NOW, "OverflowError", "date value out of range", 2)


def test_who_has_news_that_no_turn_takes_stands_still_since_the_first_of_it(database: Database) -> None:
    a_lead(database, "l", wake_at=NOW - MINUTE)
    for minutes in (30, 20):
        at = NOW - minutes * MINUTE
        record(database, Incoming(f"{minutes}", "word.said", at, LeadIn(id="l")), at)
    fails(database, "l")
    found = stuck(database, "l")
    assert found
    assert found.since == NOW - 30 * MINUTE


@pytest.mark.parametrize("values", [{}, {"wake_at": NOW + HOUR}, {"wake_at": NOW - HOUR, "held": "older"}])
def test_whom_a_turn_has_brought_on_since_goes_on(database: Database, values: dict[str, object]) -> None:
    a_lead(database, "l", **values)
    fails(database, "l")
    assert (stuck(database, "l"), those(database)) == (None, (0, []))


def test_what_is_no_turn_or_long_ago_is_something_else(database: Database) -> None:
    for lead in "ab":
        a_lead(database, lead, wake_at=NOW - HOUR)
    fails(database, "a", activity="send_mail")
    fails(database, "b", NOW - LATELY - MINUTE)
    assert those(database) == (0, [])


def test_each_lead_counts_once_and_the_last_is_named_first(database: Database) -> None:
    for minutes, lead in enumerate("dcba"):
        a_lead(database, lead, wake_at=NOW - HOUR)
        fails(database, lead, NOW - minutes * MINUTE)
    fails(database, "a", NOW, code="ValueError")
    assert those(database, most=3) == (4, ["a", "d", "c"])


# --- and what doctor says of it --------------------------------------------------------------------


def finding(db: Database, folder: Path, part: str) -> Finding:
    found, _ = look_at_books(db, config.settings({}, folder))
    return next(one for one in found if one.part == part)


@pytest.mark.parametrize("tempo", [1, 17_280])
def test_doctor_says_how_many_cannot_go_on_at_any_pace(database: Database, tmp_path: Path, tempo: float) -> None:
    clock = flow_clock(database, tempo)
    assert finding(database, tmp_path, "turns") == Finding("turns", "well", "none fail")
    real = datetime.now(UTC)
    for number in range(5):
        a_lead(database, f"l{number}", wake_at=clock.flow(real - HOUR))
        fails(database, f"l{number}", clock.flow(real - (20 - number) * MINUTE))
    fails(database, "l3", clock.flow(real - 10 * MINUTE))
    for number in (0, 1, 2):
        fails(database, f"l{number}", clock.flow(real - number * MINUTE))
    told = finding(database, tmp_path, "turns")
    assert told.state == "attention"
    assert told.words.startswith("4 leads cannot go on: their turns fail (l0, l1, l2 …). The last: OverflowError: date")
    assert "by themselves" in told.do
    with database.write() as tx:
        tx.execute(update(tables.leads).values(wake_at=None).where(tables.leads.c.id != "l3"))
    assert finding(database, tmp_path, "turns").words.startswith("1 lead cannot go on, for its turns fail (l3)")
    with database.write() as tx:
        tx.execute(delete(tables.problems))
    assert finding(database, tmp_path, "turns").state == "well"


def test_doctor_counts_problems_of_a_day_or_of_a_real_hour(database: Database, tmp_path: Path) -> None:
    clock = flow_clock(database, 17_280)  # a day is over in five seconds
    fails(database, "l", clock.flow(datetime.now(UTC) - 30 * MINUTE))
    fails(database, "m", clock.flow(datetime.now(UTC) - 90 * MINUTE))
    assert finding(database, tmp_path, "problems").words == "1 were written down in the last hour"


def test_in_earnest_doctor_counts_problems_of_a_day(database: Database, tmp_path: Path) -> None:
    clock = flow_clock(database)
    for hours in (23, 25):
        fails(database, f"{hours}", clock.flow(datetime.now(UTC) - hours * HOUR))
    assert finding(database, tmp_path, "problems").words == "1 were written down in the last day"
