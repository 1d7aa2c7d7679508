"""Whoever writes back is heard, also where the lead walks in no flow any more: the mail's enrolment is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kweek.intake import tasks
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.outcomes import Said
from kweek.leads import tables
from kweek.leads.enrolments import lead_row, load_state
from tests.drafts import end, flow, send
from tests.lives import MONDAY
from tests.lives_in_rows import LEAD, RowLife, Town, town

PLANS = (flow("one", [send("hello"), end("done")]), flow("two", [end("done")], start="quote.requested"))


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with town(tmp_path, database_url) as found:
        yield found


def reply(life: RowLife, n: int) -> None:
    life.record(Incoming(f"mailbox/{n}", "replied", MONDAY, LeadIn(id=LEAD), {}, f"{LEAD}-1/1"))
    life.turn()


def test_a_lead_that_walks_nowhere_writes_and_its_owner_has_the_task(place: Town) -> None:
    with place.begin(PLANS) as life:
        life.record(Incoming("shop/1", "brochure.requested", MONDAY, LeadIn(id=LEAD)))
        assert not life.turn().open
        reply(life, 1)
        reply(life, 2)
        (task,) = life.house.rows(select(tables.tasks))
        assert (task.key, task.title, task.status) == (f"{LEAD}-1/2", "Answer", "open")
        tasks.close_task(life.house.database, task.key, "done", Said("els", MONDAY))
        life.turn()
        with life.house.database.read() as tx:
            state = load_state(tx, lead_row(tx, LEAD))
        assert (state.resting, state.enrolments) == ((), ())
        reply(life, 3)
        assert [row.status for row in life.house.rows(select(tables.tasks).order_by(tables.tasks.c.key))] == [
            "closed", "open",
        ]  # fmt: skip
