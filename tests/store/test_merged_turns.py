"""A lead that was merged leaves its flows by its own turn, and whatever still comes in for it is the other one's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kweek.intake import calls
from kweek.intake.grading import Hit
from kweek.intake.hits import grade_hits, note_hit
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.merging.merge import merge
from kweek.intake.outcomes import Said
from kweek.intake.record import AlwaysRing
from kweek.leads import tables
from tests.drafts import call, end, flow, send, wait
from tests.lives import HOUR, MONDAY
from tests.lives_in_rows import LEAD, RowLife, town
from tests.plain_call import PlainCall
from tests.store.making import a_lead
from workflows.messages import TurnInput

PLANS = (
    flow("one", [send("hello"), call("intro", "5 days"), wait("50 weeks")]),
    flow("two", [end("done")], start="quote.requested"),
)
SALES = "sales-has-it"


@pytest.fixture
def life(tmp_path: Path, database_url: str) -> Iterator[RowLife]:
    """A lead that is called in a flow, merged into one that sales has, who walks nowhere."""
    with town(tmp_path, database_url) as place, place.begin(PLANS) as life:
        life.record(Incoming("shop/1", "brochure.requested", MONDAY, LeadIn(id=LEAD)))
        life.turn()
        db = life.house.database
        a_lead(db, SALES)
        given = {"lead_id": SALES, "enrolment_id": "x", "team": "sales", "status": "open", "given_at": MONDAY}
        with db.write() as tx:
            tx.execute(insert(tables.handovers).values(key="x/1", **given))
        merged = merge(db, LEAD, SALES, {}, "anna", MONDAY, AlwaysRing(), str)
        assert merged.kept == SALES, "sales has it"
        yield life


def theirs(life: RowLife) -> list[tuple[str, str | None]]:
    events = tables.events.c
    rows = life.house.rows(select(tables.events).where(events.lead_id == SALES).order_by(events.seq))
    return [(row.kind, row.ref) for row in rows]


def test_its_flows_end_and_what_lay_on_a_desk_is_withdrawn(life: RowLife) -> None:
    before = life.house.rows(select(tables.call_tasks))
    answer = life.turn()
    [walk] = life.house.rows(select(tables.enrolments))
    assert (walk.lead_id, walk.result, walk.live) == (LEAD, "merged", False)
    assert not answer.open
    assert [row.status for row in life.house.rows(select(tables.call_tasks))] == ["withdrawn" for _ in before]
    assert life.house.rows(select(tables.handovers))[0].status == "open", "the promise stands, on the one that goes on"


def test_who_writes_back_to_its_mail_is_answered(life: RowLife) -> None:
    life.turn()
    life.record(Incoming("mailbox/1", "replied", MONDAY, LeadIn(id=LEAD), {}, f"{LEAD}-1/1"))
    life.take(TurnInput(SALES, 0, MONDAY + HOUR))
    [task] = life.house.rows(select(tables.tasks))
    assert (task.title, task.lead_id, task.status) == ("Answer", SALES, "open")
    [walk] = life.house.rows(select(tables.enrolments))
    assert walk.lead_id == LEAD, "the enrolment stays whose it was"


def test_clicks_in_its_mails_and_words_of_whoever_had_its_call_are_the_other_ones(life: RowLife) -> None:
    db, key, mail = life.house.database, f"{LEAD}-1/1", {"audience": "lead", "mail": "hello", "kind": "marketing"}
    open_call = {"lead_id": LEAD, "enrolment_id": f"{LEAD}-1", "script": "intro", "attempts_allowed": 3}
    with db.write() as tx:
        row = {"key": key, "lead_id": LEAD, "status": "sent", "claimed_at": MONDAY, **mail}
        tx.execute(insert(tables.mails).values(**row))
        tx.execute(
            insert(tables.call_tasks).values(
                key=f"{LEAD}-1/9", status="withdrawn", taken_by="els", opened_at=MONDAY, **open_call
            )
        )
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    note_hit(db, key, Hit("click", MONDAY + HOUR, "GET", "demo", agent, "n"))
    grade_hits(db, MONDAY + HOUR + timedelta(minutes=3))
    calls.log_call(db, f"{LEAD}-1/9", "interested", Said("els", MONDAY), PlainCall(), address_key=str)
    assert theirs(life)[-3:] == [("clicked", key), ("opened", key), ("interested", f"{LEAD}-1/9")]
