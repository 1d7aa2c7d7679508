"""Is what goes wrong again and again one row that counts, about the lead that it concerns, and gone when it is old?"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from structlog.testing import capture_logs
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

import kweek.leads.ledger
from activities.failures import Failures, failure
from activities.old_problems import OldProblems
from kweek.leads import tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database, open_database
from kweek.leads.ledger import problem
from kweek.leads.migrate import migrate
from kweek.leads.workflow_ids import lead_of, workflow_of
from tests.store.making import NOW
from tests.store.test_migrations import as_of

HOUR = timedelta(hours=1)


def rows(db: Database) -> list[Any]:
    with db.read() as read:
        return list(read.execute(select(tables.problems).order_by(tables.problems.c.id)))


def said(db: Database, key: str | None, code: str = "c", words: str = "w", at: datetime = NOW, lead: str = "l") -> None:
    with db.write() as tx:
        problem(tx, lead, key, code, words, at)


def test_what_goes_wrong_again_is_counted_with_its_last_words(database: Database) -> None:
    said(database, "k", words="first")
    said(database, "k", code="other")
    said(database, "k", words="last", at=NOW + HOUR)
    assert [(row.code, row.words, row.at, row.times) for row in rows(database)] == [
        ("c", "last", NOW + HOUR, 2),
        ("other", "w", NOW, 1),
    ]


def test_what_has_no_key_is_the_same_where_it_says_the_same_of_the_same_lead(database: Database) -> None:
    for lead, words in (("l", "w"), ("l", "other"), ("m", "w"), ("l", "w")):
        said(database, None, words=words, lead=lead)
    assert [(row.lead_id, row.words, row.times) for row in rows(database)] == [
        ("l", "w", 2), ("l", "other", 1), ("m", "w", 1),
    ]  # fmt: skip


# what is not reflected is not looked at here
@pytest.mark.filterwarnings("ignore:Skipped .*expression-based index")
def test_of_the_rows_of_an_old_database_the_newest_is_counted_on(empty_url: str) -> None:
    old = open_database(empty_url, make=True)
    with old.engine.begin() as tx:
        table = as_of(tx, "0010")["problems"]
        for words in ("a", "b"):
            tx.execute(insert(table).values(lead_id="l", key="k", code="c", words=words, at=NOW))
    migrate(old.engine)
    said(old, "k", words="now")
    assert [(row.words, row.times) for row in rows(old)] == [("a", 1), ("now", 2)]
    old.close()


def test_what_did_not_come_about_for_ninety_days_is_deleted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kweek.leads.ledger, "_BATCH", 2)
    now = NOW + timedelta(days=90)
    for number in range(5):
        said(database, f"old {number}", at=NOW - HOUR)
    said(database, "young")
    said(database, "goes on", at=NOW - HOUR)
    said(database, "goes on", at=now)
    assert OldProblems(database).forget(now - HOUR, now) == 5
    assert [row.key for row in rows(database)] == ["young", "goes on"]
    assert OldProblems(database).forget(now - HOUR, now) == 0


def test_a_workflow_tells_whose_it_is() -> None:
    assert lead_of(workflow_of("lead-7")) == "lead-7"
    assert lead_of("upkeep") is None


class _Fails(ActivityInboundInterceptor):
    """It stands for the activity."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        raise self.error


@pytest.mark.parametrize(("workflow", "lead"), [(workflow_of("x"), "x"), ("upkeep", None)])
async def test_an_activity_that_fails_is_written_down_for_its_lead(
    database: Database, workflow: str, lead: str | None
) -> None:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, workflow_id=workflow, activity_type="turn", started_time=NOW
    )
    fails = Failures(database, Clock()).intercept_activity(_Fails(ValueError("no such thing")))
    for _ in range(2):
        with pytest.raises(ApplicationError, match="ValueError"):
            await environment.run(fails.execute_activity, ExecuteActivityInput(print, [], None, {}))
    [row] = rows(database)
    assert (row.lead_id, row.key, row.code, row.times) == (lead, f"{workflow}/turn", "ValueError", 2)
    assert row.words == "ValueError('no such thing')"


async def test_what_an_activity_wrote_down_itself_is_one_line_of_the_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """As for every mail that a relay puts off; of the SDK there are ten more."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, activity_type="send_mail", attempt=3)
    fails = Failures(database, Clock()).intercept_activity(_Fails(failure("451 4.3.0")))
    with capture_logs() as logs:
        try:
            await environment.run(fails.execute_activity, ExecuteActivityInput(print, [], None, {}))
        except ApplicationError:
            activity.logger.warning("Completing activity as failed", exc_info=True)
    assert logs == [
        {"event": "activity failed", "activity": "send_mail", "attempt": 3, "code": "451 4.3.0", "log_level": "warning"}
    ]
    assert (caplog.records, rows(database)) == ([], [])


def test_what_else_the_sdk_has_to_say_of_activities_stays(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    Failures(database, Clock())
    for error, words in ((ValueError(), "Completing activity as failed"), (failure("x"), "Exception handling failed")):
        try:
            raise error
        except Exception:
            activity.logger.warning(words, exc_info=True)
    assert len(caplog.records) == 2
