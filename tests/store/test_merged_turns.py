"""A lead that was merged leaves its flows by its own turn, and whatever still comes in for it is the other one's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kweek.intake import calls
from kweek.intake.ears import FlowEars
from kweek.intake.grading import Hit
from kweek.intake.hits import grade_hits, note_hit
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.merging.merge import merge
from kweek.intake.merging.unmerge import unmerge
from kweek.intake.outcomes import Said
from kweek.intake.record import AlwaysRing
from kweek.intake.tasks import close_task
from kweek.leads import tables
from kweek.leads.enrolments import fold, positions, read_journal
from tests.drafts import Draft, call, end, flow, handover, send, wait
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
        merged_with_sales(life)
        yield life


def merged_with_sales(life: RowLife, owner: str | None = None) -> None:
    """It begins the flow that a brochure begins, is this colleague's, and is merged into a lead that was promised a
    contact at once."""
    life.record(Incoming("shop/1", "brochure.requested", MONDAY, LeadIn(id=LEAD)))
    life.turn()
    merged_unheard(life, owner)


def merged_unheard(life: RowLife, owner: str | None = None) -> None:
    db = life.house.database
    with db.write() as tx:
        tx.execute(tables.leads.update().values(owner=owner))
        tx.execute(tables.handovers.update().values(owner=owner))
    a_lead(db, SALES)
    given = {"lead_id": SALES, "enrolment_id": "x", "team": "sales", "status": "open", "given_at": MONDAY}
    with db.write() as tx:
        tx.execute(insert(tables.handovers).values(key="x/1", follow_up_at=MONDAY, **given))
    merged = merge(db, LEAD, SALES, {}, "anna", MONDAY, AlwaysRing(), str)
    assert merged.kept == SALES, "sales has it"


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


# --- and is itself again --------------------------------------------------------------------------


def undone(life: RowLife) -> None:
    [*_, merged] = life.house.rows(select(tables.merges).order_by(tables.merges.c.id))
    unmerge(life.house.database, merged.id, "bob", MONDAY + HOUR, FlowEars())
    life.now = MONDAY + HOUR


def by_mistake(life: RowLife, *, heard: bool) -> None:
    """heard: it had left its flows before the merging was undone."""
    if heard:
        life.turn()
    with life.house.database.write() as tx:
        tx.execute(tables.outbox.delete())
    undone(life)
    assert LEAD in [row.lead_id for row in life.house.rows(select(tables.outbox))], "its workflow is not running"
    life.turn()


def told(life: RowLife) -> list[tuple[str | None, str]]:
    tasks = tables.tasks
    rows = life.house.rows(select(tasks).where(tasks.c.lead_id == LEAD).order_by(tasks.c.opened_at, tasks.c.key))
    return [(row.assignee, row.title.partition(": ")[2]) for row in rows if row.status == "open"]


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize(
    ("step", "owner", "assignee", "withdrew"),
    [
        (handover("sales", {}, "1 day"), "anna", "anna", "its handover was withdrawn"),
        (handover("sales", {}, "1 day"), None, "sales", "its handover was withdrawn"),
        (call("intro", "5 days"), "anna", "anna", "its call task was withdrawn"),
        (wait("50 weeks"), "anna", "anna", "its flow was ended"),
        (end("done"), "anna", None, ""),
    ],
)
def test_whoever_had_it_is_told_that_it_is_on_its_own_again(
    tmp_path: Path,
    database_url: str,
    heard: bool,
    step: Draft,
    owner: str | None,
    assignee: str | None,
    withdrew: str,
) -> None:
    with town(tmp_path, database_url) as place, place.begin((flow("one", [step]), PLANS[1])) as life:
        merged_with_sales(life, owner)
        by_mistake(life, heard=heard)
        expected = [] if assignee is None else [(assignee, withdrew)]
        assert told(life) == expected
        life.turn()
        assert merge(life.house.database, LEAD, SALES, {}, "anna", MONDAY + HOUR, AlwaysRing(), str).gone == LEAD
        by_mistake(life, heard=heard)
        assert told(life) == expected, "the second merge took nothing from anybody"
        for task in life.house.rows(select(tables.tasks)):
            promised = "handover" in withdrew  # before the merge, and still ahead
            due = MONDAY + timedelta(days=1, hours=0 if promised else 1)
            assert (task.due_at, task.outcomes) == (due, ["done"])
            close_task(life.house.database, task.key, "done", Said("els", MONDAY + HOUR))
        life.turn()
        assert told(life) == []
        with life.house.database.read() as tx:
            assert fold(read_journal(tx, LEAD)) == positions(tx, LEAD) == {}
        on_desks = (tables.handovers, tables.call_tasks)
        assert [row.key for table in on_desks for row in life.house.rows(select(table)) if row.status == "open"] == [
            "x/1"
        ], "what was withdrawn stays so, and the one that went on keeps what it had"


@pytest.mark.parametrize("times", [1, 2])
def test_whoever_was_merged_and_is_itself_again_before_its_first_turn_is_one_task(
    tmp_path: Path, database_url: str, times: int
) -> None:
    with town(tmp_path, database_url) as place, place.begin((flow("one", [handover("sales", {})]), PLANS[1])) as life:
        life.record(Incoming("shop/1", "brochure.requested", MONDAY, LeadIn(id=LEAD)))
        merged_unheard(life, "anna")
        for _ in range(times - 1):
            undone(life)
            merge(life.house.database, LEAD, SALES, {}, "anna", MONDAY + HOUR, AlwaysRing(), str)
        by_mistake(life, heard=False)
        [given] = [row for row in life.house.rows(select(tables.handovers)) if row.lead_id == LEAD]
        assert (given.status, told(life)) == ("closed", [(given.owner or "sales", "its handover was withdrawn")])
        before = life.books()
        life.turn()
        assert life.books() == before


def test_each_thing_that_the_merge_took_lies_with_whoever_had_it_and_a_promise_is_due_when_it_was(
    tmp_path: Path, database_url: str
) -> None:
    later = MONDAY + timedelta(hours=5)
    plans = (flow("one", [handover("sales", {})]), flow("two", [call("intro", "5 days")], start="quote.requested"))
    with town(tmp_path, database_url) as place, place.begin(plans) as life:
        life.record(Incoming("shop/2", "quote.requested", MONDAY, LeadIn(id=LEAD)))
        life.record(Incoming("shop/1", "brochure.requested", MONDAY, LeadIn(id=LEAD)))
        life.turn()
        with life.house.database.write() as tx:
            tx.execute(tables.handovers.update().values(follow_up_at=later))
        merged_unheard(life, "anna")
        by_mistake(life, heard=True)
        assert sorted(told(life)) == [("anna", "its call task was withdrawn"), ("anna", "its handover was withdrawn")]
        due = {row.title.partition(": ")[2]: row.due_at for row in life.house.rows(select(tables.tasks))}
        assert due["its handover was withdrawn"] == later


def test_what_came_in_before_a_merge_that_was_heard_first_is_heard_once_that_is_undone(
    tmp_path: Path, database_url: str
) -> None:
    with town(tmp_path, database_url) as place, place.begin((flow("one", [handover("sales", {})]), PLANS[1])) as life:
        life.record(Incoming("shop/1", "brochure.requested", MONDAY, LeadIn(id=LEAD)))
        merged_unheard(life)
        by_mistake(life, heard=True)
        [given] = [row for row in life.house.rows(select(tables.handovers)) if row.lead_id == LEAD]
        assert (given.status, told(life)) == ("open", [])
        before = life.books()
        life.turn()
        assert life.books() == before
