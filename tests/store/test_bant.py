"""Facts in the books: the last word counts, what is over is not known, and a handover says by which definition."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from activities.handover import Desk, give_handover
from kweek.flow.catalogue import SalesReadyLines
from kweek.flow.conditions import parse_condition
from kweek.flow.load.rules import read_rules
from kweek.flow.state import Effect
from kweek.flow.world import World
from kweek.leads import bant, definitions, replaced, tables
from kweek.leads.answers import RowAnswers
from kweek.leads.bant import Found
from kweek.leads.database import Database
from kweek.leads.judged import Judged, judged
from kweek.rules.qualification import Need, SalesReady
from tests.store.making import NOW, a_lead

DAY = timedelta(days=1)
BUDGET = Found("budget", "reserved", "survey", NOW + 90 * DAY, "Is there a budget? Yes")
WORLD = World({}, sales_ready=SalesReady((Need("budget", parse_condition('bant.budget == "reserved"')),)))
TEXT = """\
facts:
  budget:
    values: { reserved: set aside }
    holds: 3 months
needs:
  - fact: budget
    if: bant.budget == "reserved"
"""


def lines(text: str = TEXT) -> SalesReadyLines:
    rules, problems = read_rules({"rules/sales-ready.yaml": text})
    assert not problems
    return rules.sales_ready


def test_what_was_said_later_stays_in_whatever_order_it_is_heard(database: Database) -> None:
    a_lead(database)
    with database.lead_tx("lead") as tx:
        assert bant.keep(tx, "lead", [BUDGET], "mail", NOW)
        assert not bant.keep(tx, "lead", [replace(BUDGET, value="none")], "late", NOW - DAY)
        row = bant.of_lead(tx, "lead")["budget"]
        assert (row.value, row.how, row.source, row.evidence) == ("reserved", "survey", "mail", BUDGET.evidence)
        assert bant.keep(tx, "lead", [replace(BUDGET, value="none", how="call", by="els")], "call", NOW + DAY)
        row = bant.of_lead(tx, "lead")["budget"]
        assert (row.value, row.by, row.at) == ("none", "els", NOW + DAY)
        kept = [(row.was, row.became, row.source, row.at) for row in replaced.of_lead(tx, "lead")]
    assert kept == [("none", None, "late", NOW - DAY), ("reserved", "none", "call", NOW + DAY)], (
        "the late one replaced nothing"
    )


@pytest.mark.parametrize(("day", "ready"), [(0, True), (89, True), (90, None)])
def test_a_lead_is_ready_as_long_as_what_was_said_holds(database: Database, day: int, ready: bool | None) -> None:
    """Nothing has to happen at the moment at which it is over."""
    a_lead(database)
    with database.lead_tx("lead") as tx:
        bant.keep(tx, "lead", [BUDGET], "mail", NOW)
        now = NOW + day * DAY
        assert RowAnswers(tx, "lead", now, WORLD).facts(None).field("lead.sales_ready") is ready
        assert bant.holding(tx, "lead", now) == ({"budget": "reserved"} if ready else {})


def test_a_definition_has_a_number_that_another_meaning_changes_and_other_words_do_not(database: Database) -> None:
    other_words = TEXT.replace("set aside", "there") + "# agreed on Monday\n"
    other_meaning = TEXT.replace("3 months", "6 months")
    with database.write() as tx:
        assert definitions.found(tx, lines()) is None
        first = definitions.number_of(tx, lines(), NOW)
        assert definitions.number_of(tx, lines(other_words), NOW + DAY) == first
        assert definitions.number_of(tx, lines(other_meaning), NOW + DAY) == first + 1
        assert definitions.number_of(tx, lines(), NOW + DAY) == first
        row = definitions.found(tx, lines())
        assert row is not None
        assert (row.at, row.source["needs"]) == (NOW, [["budget", 'bant.budget == "reserved"']])


def test_handovers_that_were_not_ready_are_counted_for_each_flow_and_in_all(database: Database) -> None:
    a_lead(database)
    row: dict[str, object] = {"lead_id": "lead", "version": "v", "started_at": NOW, "state": {}, "live": True}
    with database.write() as tx:
        assert judged(tx) == ([], Judged(None, 0, 0, 0))
        version: dict[str, object] = {
            "hash": "v",
            "flow": "a",
            "number": 1,
            "source": {},
            "published_at": NOW,
            "published_by": "anna",
        }
        tx.execute(insert(tables.versions), version)
        for number, flow in enumerate(("a", "a", "a", "b"), 1):
            tx.execute(insert(tables.enrolments), row | {"id": f"lead-{number}", "flow": flow})
            ready = {1: True, 2: False, 3: None, 4: True}[number]
            effect = Effect(f"lead-{number}/1", "give_handover", f"lead-{number}", "sales")
            give_handover(tx, "lead", effect, NOW, Desk("sales", (), None), ready, 7)
        flows, every = judged(tx)
        assert flows == [Judged("a", 3, 1, 1), Judged("b", 1, 1, 0)]
        assert (every, every.unknown, every.share) == (Judged(None, 4, 2, 1), 1, 0.5)
        assert set(tx.execute(select(tables.handovers.c.definition)).scalars()) == {7}
