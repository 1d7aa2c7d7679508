"""An import that sent its leads into a flow is taken back: out of the flow first, and then out of the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kweek.intake import calls
from kweek.intake.imports.enrolling import enrol_some
from kweek.intake.imports.undoing import undo_some
from kweek.intake.outcomes import Said
from kweek.leads import imports, tables
from kweek.leads.database import Database
from kweek.leads.tally import counted, numbers
from tests.drafts import call, end, flow, handover, send, wait
from tests.lives import HOUR, MONDAY
from tests.lives_in_rows import LEAD, RowLife, Town, town
from tests.store import imported as helper
from tests.store.imported import EARS, HEAD, all_rows, imported, rows
from tests.store.making import let_others_pass
from workflows.messages import TurnInput

NEW = HEAD + "nel@example.com;Nel;;020 620 1234;Beta;;;\n" + "bo@example.com;Bo;;020 620 1235;;;;\n"
WAITS = flow("one", [wait("9 days"), call("intro", "5 days"), end("done")], start="own.thing")
CALLS = flow("one", [call("intro", "5 days"), end("done")], start="own.thing")
SENDS = flow("one", [send("hello"), wait("9 days"), end("done")], start="own.thing")
HANDS = flow("one", [handover("sales", {"else": [end("done")]})], start="own.thing")
OTHER = flow("two", [end("done")], start="own.thing")
AFTER = MONDAY + HOUR


@pytest.fixture
def place(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(helper, "WORDS", replace(helper.WORDS, flows=lambda: ("one",)))
    with town(tmp_path, database_url) as place:
        yield place


def put_in(life: RowLife, text: str = NEW) -> str:
    db = life.house.database
    import_id = imported(db, text, flow="one")
    with db.write() as tx:
        imports.change(tx, import_id, status="enrolling")
        life.house.allow(tx, [row.lead_id for row in rows(db, import_id)], "telephone", MONDAY)
    while enrol_some(db, import_id, EARS, AFTER, timedelta(seconds=1)) is not None:
        pass
    return import_id


def turns(life: RowLife, import_id: str) -> None:
    """The next one of everybody who came with it."""
    db = life.house.database
    for lead_id in dict.fromkeys(row.lead_id for row in rows(db, import_id)):
        with db.read() as read:
            n = read.execute(select(tables.leads.c.turn).where(tables.leads.c.id == lead_id)).scalar_one()
        life.take(TurnInput(lead_id, n, AFTER))


def undo(db: Database, import_id: str, later: timedelta = HOUR) -> str:
    """As far as it goes for now; what the import says then."""
    while undo_some(db, import_id, EARS, AFTER + later / 2, 3):
        pass
    with db.read() as read:
        return imports.one(read, import_id).status


def undone(life: RowLife, import_id: str) -> str:
    """All of it, with the turn that each lead has meanwhile."""
    imports.undo(life.house.database, import_id)
    undo(life.house.database, import_id)
    turns(life, import_id)
    return undo(life.house.database, import_id)


def told(db: Database, import_id: str) -> list[tuple[str, list[Any]]]:
    return [(row.status, [one["values"] or one["words"] for one in row.why or ()]) for row in rows(db, import_id)]


@pytest.mark.parametrize("plan", [WAITS, CALLS, SENDS])
def test_whom_a_flow_only_let_wait_goes_wholly(place: Town, plan: Any) -> None:
    with place.begin((plan, OTHER)) as life:
        db = life.house.database
        before = all_rows(db)
        import_id = put_in(life)
        turns(life, import_id)
        imports.undo(db, import_id)
        assert undo(db, import_id) == "undoing", "they have yet to hear of it"
        assert let_others_pass(db)
        turns(life, import_id)
        assert undo(db, import_id) == "undone"
        assert told(db, import_id) == [("undone", []), ("undone", [])]
        after = all_rows(db)
        assert {name: after[name] for name in after if name != "tallies"} == {
            name: before[name] for name in before if name != "tallies"
        }
        with db.read() as read:
            assert numbers(read) == counted(read) == {}, "they are counted nowhere"


def test_who_could_not_be_called_goes_too(place: Town) -> None:
    with place.begin((CALLS, OTHER)) as life:
        db = life.house.database
        import_id = put_in(life, HEAD + "nel@example.com;Nel;;;Beta;;;\n")
        turns(life, import_id)
        assert undone(life, import_id) == "undone"
        assert told(db, import_id) == [("undone", [])]


def test_a_lead_whose_bell_never_came_goes_by_what_it_heard_first(place: Town) -> None:
    with place.begin((SENDS, OTHER)) as life:
        import_id = put_in(life)
        imports.undo(life.house.database, import_id)
        assert undo(life.house.database, import_id) == "undoing"
        turns(life, import_id)
        assert undo(life.house.database, import_id) == "undone"
        assert told(life.house.database, import_id) == [("undone", []), ("undone", [])]


def test_whose_call_somebody_took_stays_and_the_call_is_withdrawn(place: Town) -> None:
    with place.begin((CALLS, OTHER)) as life:
        db = life.house.database
        import_id = put_in(life)
        turns(life, import_id)
        [first, _] = life.house.rows(select(tables.call_tasks).order_by(tables.call_tasks.c.key))
        calls.take_call(db, first.key, Said("els", AFTER, id="browser-1"))
        assert undone(life, import_id) == "undone"
        assert sorted(told(db, import_id)) == [("kept", [{"what": "taken"}]), ("undone", [])]
        [left] = life.house.rows(select(tables.enrolments))
        assert (left.result, left.ended_at) == ("unenrolled", AFTER)
        [task] = life.house.rows(select(tables.call_tasks))
        assert task.status == "withdrawn"


def test_what_sales_has_stays_with_sales(place: Town) -> None:
    with place.begin((HANDS, OTHER)) as life:
        db = life.house.database
        import_id = put_in(life)
        turns(life, import_id)
        imports.undo(db, import_id)
        undo(db, import_id)
        turns(life, import_id)
        assert undo(db, import_id, 4 * HOUR) == "undone", "though nobody was told of it yet"
        assert told(db, import_id) == [("kept", [{"what": "it walks in a flow"}])] * 2
        assert [row.status for row in life.house.rows(select(tables.handovers))] == ["open", "open"]


def test_who_was_known_before_leaves_the_flow_and_stays(place: Town) -> None:
    with place.begin((WAITS, OTHER)) as life:
        db = life.house.database
        import_id = put_in(life, HEAD + f"{LEAD}@there.example;Lea;;;;;;\n")
        turns(life, import_id)
        assert undone(life, import_id) == "undone"
        assert told(db, import_id) == [("undone", [])]
        [left] = life.house.rows(select(tables.enrolments))
        assert (left.lead_id, left.result) == (LEAD, "unenrolled")
        turns(life, put_in(life, HEAD + f"{LEAD}@there.example;Lea;;;;;;\n"))
        entered = life.house.rows(select(tables.enrolments.c.result).order_by(tables.enrolments.c.started_at))
        assert sorted(row.result or "" for row in entered) == ["", "unenrolled"], "though it may come but once"


def test_a_lead_that_does_not_get_its_turn_holds_nothing_up_for_ever(place: Town) -> None:
    with place.begin((WAITS, OTHER)) as life:
        db = life.house.database
        import_id = put_in(life)
        turns(life, import_id)
        imports.undo(db, import_id)
        assert undo(db, import_id) == "undoing"
        assert undo(db, import_id, 4 * HOUR) == "undone"
        assert told(db, import_id) == [("kept", [{"what": "it walks in a flow"}])] * 2
