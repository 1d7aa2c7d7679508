"""Other rules: is it told before what they would change, and is it what they then change?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.event import listen
from temporalio.testing import ActivityEnvironment

from activities.rescoring import AT_A_TIME, Rescorer
from kweek.flow.conditions import Condition, parse_condition
from kweek.flow.conditions.schema import FieldType
from kweek.flow.facts import Facts
from kweek.flow.state import Value
from kweek.intake import rescoring
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.rescoring import preview, rescore
from kweek.leads import sound_rules, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database
from kweek.leads.publish import publish
from kweek.leads.reckoned import Scores, is_anew
from kweek.leads.scores import failures
from kweek.rules.grades import Grades
from kweek.rules.scoring import Rule
from tests.store.making import NOW, a_lead, let_others_pass
from workflows.messages import Rescored

LATER = NOW + timedelta(days=2)
TOOK = Rule("took", "took a download", "interest", 10, "download.taken")
MORE = Rule("took", "took a download", "interest", 25, "download.taken")
STUDENT = Rule("student", "is a student", "profile", -30, condition=parse_condition('lead.job_title == "student"'))
OLD, NEW = FlowEars(scores=Scores((TOOK,))), FlowEars(scores=Scores((MORE, STUDENT)))
WARM = """
flow: warm
title: Who got warm
start: grade.changed
steps:
  - end: done
"""


@pytest.fixture
def crowd(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Seven leads, the odd ones took a download, the first and the last are students."""
    monkeypatch.setattr(rescoring, "BATCH", 3)
    for n in range(7):
        title = "student" if n in (0, 6) else "grower"
        lead = a_lead(database, f"lead-{n}", job_title=title)
        if n % 2:
            record(database, Incoming(f"e{n}", "download.taken", NOW, LeadIn(id=lead)), NOW, OLD)
    return database


def grades(db: Database) -> list[str]:
    with db.read() as read:
        rows = read.execute(select(tables.leads).order_by(tables.leads.c.id)).all()
    return [f"{row.profile or ''}{row.engagement or ''}" for row in rows]


def rescore_all(db: Database, ears: FlowEars) -> list[int]:
    return [batch.changed for batch in rescore(db, ears, "", lambda: LATER)]


def test_what_is_told_before_is_what_then_happens(crowd: Database) -> None:
    assert grades(crowd) == ["", "C3", "", "C3", "", "C3", ""]
    told = preview(crowd, NEW.scores, LATER)
    assert (told.leads, told.points, told.failed) == (7, 5, {})
    assert told.grades == {("C4", "D4"): 2, ("C3", "C2"): 3}
    assert told.becomes("C2") == (3, 0)
    assert told.becomes("C3") == (0, 3)
    assert grades(crowd) == ["", "C3", "", "C3", "", "C3", ""], "nothing was written"
    assert rescore_all(crowd, NEW) == [2, 2, 1]
    assert grades(crowd) == ["D4", "C2", "", "C2", "", "C2", "D4"]
    assert rescore_all(crowd, NEW) == [0, 0, 0], "twice is once"
    assert preview(crowd, NEW.scores, LATER).grades == {}


def test_the_ledger_tells_which_rows_were_reckoned_anew(crowd: Database) -> None:
    rescore_all(crowd, NEW)
    with crowd.read() as read:
        rows = read.execute(select(tables.points).order_by(tables.points.c.id)).all()
    assert {(row.rule, row.points, is_anew(row)) for row in rows} == {
        ("took", 10, False), ("took", 15, True), ("student", -30, False),
    }  # fmt: skip


def test_it_is_told_into_which_flows_the_matrix_sends(crowd: Database) -> None:
    scores = replace(NEW.scores, matrix={"C2": "warm", "D4": "cold"})
    assert preview(crowd, scores, LATER).flows == {}, "nothing is published"
    publish(crowd, {"flows/warm.yaml": WARM}, "warm", "anna", NOW)
    assert preview(crowd, scores, LATER).flows == {"warm": 3}


def test_it_goes_on_behind_the_last_that_was_done_and_begins_no_more_than_it_may(crowd: Database) -> None:
    may = iter((True, False, False))
    [first, *more] = rescore(crowd, NEW, "", lambda: LATER, lambda: next(may))
    assert (first.leads, more) == (3, [])
    assert [batch.leads for batch in rescore(crowd, NEW, first.last, lambda: LATER)] == [3, 1]
    assert list(rescore(crowd, NEW, "", lambda: LATER, lambda: False)) == []


def test_who_was_merged_is_counted_neither_before_nor_in_what_is_done(crowd: Database) -> None:
    with crowd.write() as tx:
        tx.execute(update(tables.leads).where(tables.leads.c.id.in_(["lead-1", "lead-6"])).values(merged_into="lead-0"))
    with crowd.read() as read:
        assert rescoring.count(read) == 5
    assert [batch.leads for batch in rescore(crowd, NEW, "", lambda: LATER)] == [3, 2]


def test_other_limits_alone_change_grades_and_no_row(crowd: Database) -> None:
    with crowd.read() as read:
        rows = read.execute(select(func.count()).select_from(tables.points)).scalar_one()
    limits = FlowEars(scores=Scores((TOOK,), Grades(engagement=(10, 5, 1))))
    assert preview(crowd, limits.scores, LATER).points == 0
    assert rescore_all(crowd, limits) == [1, 2, 0]
    assert grades(crowd)[1] == "C1"
    with crowd.read() as read:
        assert read.execute(select(func.count()).select_from(tables.points)).scalar_one() == rows


def test_a_rule_that_fails_on_one_lead_does_not_stop_the_rest(crowd: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = Condition.test

    def fails(this: Condition, facts: Facts) -> bool | None:
        if facts.field("lead.email") == "lead-2@example.com":
            raise ZeroDivisionError("by nothing")
        return sound(this, facts)

    monkeypatch.setattr(Condition, "test", fails)
    [(lead, why)] = preview(crowd, NEW.scores, LATER).failed.items()
    assert (lead, why.startswith("Rule “is a student”: it cannot be reckoned with what is known of this lead.")) == (
        "lead-2", True,
    )  # fmt: skip
    assert why.endswith("tell whoever keeps Kweek (ZeroDivisionError: by nothing).")
    batch = next(iter(rescore(crowd, NEW, "", lambda: LATER)))
    assert (batch.leads, batch.changed, dict(batch.failed)) == (3, 2, {lead: why})


HUMID = Rule("humid", "read about humidity", "interest", 1, "page.viewed", parse_condition('event.topic == "humidity"'))
READERS = FlowEars(scores=Scores((HUMID, MORE), timezone="Europe/Amsterdam"))


def test_an_event_that_cannot_be_read_is_told_with_its_rule_and_with_what_to_do(crowd: Database) -> None:
    for n in range(3):
        read = Incoming(f"v{n}", "page.viewed", NOW + timedelta(hours=n), LeadIn(id="lead-1"), {"topic": "humidity"})
        record(crowd, read, LATER, READERS)
    e = tables.events
    with crowd.write() as tx:
        tx.execute(update(e).where(e.c.id.in_(("v1", "v2"))).values(data="no object"))
        before = tx.execute(select(tables.points.c.id).order_by(tables.points.c.id)).all()
    batches = [batch for _ in range(2) for batch in rescore(crowd, READERS, "", lambda: LATER)]
    assert sum(batch.changed for batch in batches) == 2, "the others are rescored"
    [said] = {why for batch in batches for why in batch.failed.values()}
    assert said == (
        "Rule “read about humidity”, event page.viewed of 2 March 2026 11:00: what came with the event cannot be read, "
        "it should be names with their values. Look at the lead's story, and tell whoever keeps Kweek "
        "(AttributeError: 'str' object has no attribute 'get')."
    )
    with crowd.write() as tx:
        its = select(tables.points.c.id).where(tables.points.c.id.in_([row.id for row in before]))
        assert tx.execute(its.order_by(tables.points.c.id)).all() == before, "it keeps what it has"
        assert failures(tx, READERS.scores.stamp, LATER, 10) == [("lead-1", said)]
        tx.execute(update(e).where(e.c.id == "v1").values(data={}))
    assert [lead for batch in rescore(crowd, READERS, "", lambda: LATER) for lead in batch.failed] == ["lead-1"]
    with crowd.read() as tx:
        [(_, still)] = failures(tx, READERS.scores.stamp, LATER, 10)
    assert "page.viewed of 2 March 2026 12:00" in still, "the one that is left"


def test_flows_hear_of_grades_that_changed_and_only_where_they_listen(crowd: Database) -> None:
    events, outbox = tables.events, tables.outbox

    def told() -> list[str]:
        with crowd.read() as read:
            graded = select(events.c.lead_id).where(events.c.kind == "grade.changed").order_by(events.c.lead_id)
            return list(read.execute(graded).scalars())

    rescore_all(crowd, NEW)
    assert told() == [], "nobody listens"
    publish(crowd, {"flows/warm.yaml": WARM}, "warm", "anna", NOW)
    rescore_all(crowd, NEW)
    assert told() == [], "and nobody is told of what was before"
    rescore_all(crowd, OLD)
    assert told() == ["lead-0", "lead-1", "lead-3", "lead-5", "lead-6"]
    with crowd.read() as read:
        row = read.execute(select(events).where(events.c.kind == "grade.changed", events.c.lead_id == "lead-1")).one()
        assert row.data == {"from": "C2", "to": "C3"}
        assert set(told()) <= set(read.execute(select(outbox.c.lead_id)).scalars())
    assert let_others_pass(crowd)


def test_what_flows_hear_of_a_batch_is_written_at_once(crowd: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescoring, "BATCH", 100)
    publish(crowd, {"flows/warm.yaml": WARM}, "warm", "anna", NOW)
    taken = {"lead_id": "lead-0", "seq": 1, "id": "lead-6/graded/1", "kind": "x", "at": NOW, "recorded_at": NOW}
    with crowd.write() as tx:
        tx.execute(insert(tables.events), {**taken, "data": {}})
        tx.execute(update(tables.leads).where(tables.leads.c.id == "lead-0").values(seq=1))
    said: list[str] = []
    listen(crowd.engine, "before_cursor_execute", lambda c, cursor, statement, *more: said.append(statement))
    assert rescore_all(crowd, NEW) == [5]
    for table in ("events", "outbox", "points"):
        assert sum(one.startswith(f"INSERT INTO {table}") for one in said) == 1, table
    with crowd.read() as read:
        graded = select(tables.events.c.id).where(tables.events.c.kind == "grade.changed").order_by("id")
        assert list(read.execute(graded).scalars()) == [
            "lead-0/graded/2", "lead-1/graded/2", "lead-3/graded/2", "lead-5/graded/2"
        ], "whose id another event has is passed over, and no other for it"  # fmt: skip
        lead = read.execute(select(tables.leads).where(tables.leads.c.id == "lead-6")).one()
        assert (lead.seq, lead.graded) == (0, "D4")


def test_the_last_word_is_about_the_whole_of_it_though_a_worker_died(
    crowd: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed and never told is not lost, and does not count twice."""
    worker, environment = Rescorer(crowd, Clock(), lambda: NEW), ActivityEnvironment()

    def round_of(so_far: Rescored) -> Rescored:
        """Time is up after one batch."""
        seconds = chain((0.0, 0.0), repeat(AT_A_TIME))
        monkeypatch.setattr("activities.rescoring.monotonic", lambda: next(seconds))
        return environment.run(worker.rescore_some, so_far)

    round_of(Rescored())  # it died before it could say so
    first = round_of(Rescored())
    assert (first.leads, first.changed, first.done) == (3, 2, False)
    round_of(first)
    round_of(first)
    second = round_of(first)
    assert (second.leads, second.changed) == (6, 4)
    monkeypatch.undo()
    monkeypatch.setattr(rescoring, "BATCH", 3)
    last = environment.run(worker.rescore_some, second)
    assert (last.leads, last.changed, last.of, last.done) == (7, 5, 7, True)


def test_until_all_are_rescored_nobody_who_does_something_shows_points_by_both(crowd: Database) -> None:
    """And once they are, only what happens is looked at again; also where the rules are those of before again."""

    def kept(ears: FlowEars) -> None:
        sound_rules.keep(crowd, {"rules/scoring.yaml": ears.scores.stamp}, NOW, lambda before: None, ears.scores.stamp)

    def interest_after(id: str, ears: FlowEars) -> int:
        record(crowd, Incoming(id, "download.taken", LATER, LeadIn(id="lead-1")), LATER, ears)
        with crowd.read() as read:
            return read.execute(
                select(tables.leads.c.points_interest).where(tables.leads.c.id == "lead-1")
            ).scalar_one()

    kept(OLD)
    assert interest_after("two", OLD) == 20
    assert interest_after("three", NEW) == 75, "the files are others, and nobody has kept them yet"
    kept(NEW)
    assert interest_after("four", NEW) == 100
    kept(OLD)
    assert interest_after("five", OLD) == 50
    kept(NEW)
    assert ActivityEnvironment().run(Rescorer(crowd, Clock(), lambda: NEW).rescore_some, Rescored()).done
    reckoned = list[str]()
    listen(crowd.engine, "before_cursor_execute", lambda *of: reckoned.append(of[2]))
    assert interest_after("six", NEW) == 150
    assert not [text for text in reckoned if text.startswith("SELECT") and "FROM points" in text]


def test_what_came_with_an_event_is_read_as_its_field_is_declared_today(database: Database) -> None:
    """It was a text when it was kept."""
    large = Rule("large", "is large", "profile", 40, "download.taken", parse_condition("event.size > 50"))
    early = Rule("early", "came early", "profile", 2, "download.taken", parse_condition("event.on < '2026-04-01'"))
    said = {"small": "12", "large": "60", "unread": "many", "number": 60}
    for name, size in said.items():
        lead = a_lead(database, name, job_title="grower")
        data: dict[str, Value] = {"size": size, "on": "2026-03-05"}
        record(database, Incoming(name, "download.taken", NOW, LeadIn(id=lead), data), NOW, OLD)
    held = {"size": FieldType("number"), "on": FieldType("date")}
    ears = FlowEars(scores=Scores((large, early), events={"download.taken": held}))
    assert preview(database, ears.scores, LATER).points == 4
    assert sum(rescore_all(database, ears)) == 4
    with database.read() as read:
        points = {row.id: row.points_profile for row in read.execute(select(tables.leads))}
    assert points == {"small": 2, "large": 42, "unread": 2, "number": 42}
    lead = a_lead(database, "next", job_title="grower")
    record(database, Incoming("next", "download.taken", NOW, LeadIn(id=lead), {"size": "70"}), LATER, ears)
    with database.read() as read:
        assert read.execute(select(tables.leads).filter_by(id=lead)).one().points_profile == 40


def test_the_same_rules_have_the_same_stamp() -> None:
    assert NEW.scores.stamp == Scores((MORE, STUDENT)).stamp
    assert len({scores.stamp for scores in (OLD.scores, NEW.scores, Scores((MORE, STUDENT), Grades((9, 8, 7))))}) == 3
    large = Rule("large", "large", "intent", 1, event="asked", condition=parse_condition("event.size > 40"))
    read_as = [{"asked": {"size": FieldType(kind)}, "other": {"size": FieldType(kind)}} for kind in ("text", "number")]
    assert len({Scores((large,), events=types).stamp for types in read_as}) == 2
    assert len({Scores((MORE,), events=types).stamp for types in read_as}) == 1, "nothing that a rule asks"
