"""Which rows of a flow do its tests walk?"""

from __future__ import annotations

from pathlib import Path

from kweek.flow.cases.run import run_case
from kweek.flow.rows import rows_of
from kweek.rehearsal import rehearse
from kweek.workspace import read_workspace
from tests.unit.flow_of import BROCHURE, plan_from
from tests.unit.test_cases_run import WORLD, case

ROOT = Path(__file__).parents[2]


def test_every_line_that_decides_is_a_row_with_its_words() -> None:
    rows = rows_of(BROCHURE)
    assert list(rows)[:9] == [
        "whenever:1", "steps/send-survey when:1", "steps/send-survey when:2", "steps/send-survey when:3",
        "steps/send-survey otherwise:1", "steps/send-survey otherwise:2", "steps/send-survey otherwise:3",
        "steps/send-survey otherwise:4", "triage/choose-1 choose:1",
    ]  # fmt: skip
    assert rows["whenever:1"] == "quote.requested"
    assert rows["steps/send-survey when:3"] == "answered"
    assert rows["triage/choose-1 choose:2"] == 'lead.profile in ["A", "B"]'
    assert rows["triage/choose-1 choose:3"] == "else"


def test_the_limit_of_a_loop_and_the_goal_are_rows_and_what_is_ignored_is_none() -> None:
    plan = plan_from(
        """\
        flow: f
        title: T
        start: brochure.requested
        goal: { if: tagged("hot"), go: done }
        whenever: { unsubscribed: ignore, clicked demo: done }
        steps:
          - wait: 1 day
          - go: steps
            at_most: 2 times
            then: done
        """,
        "f",
    )
    assert rows_of(plan) == {"whenever:2": "clicked demo", "goal": 'tagged("hot")', "steps/go-1 then": "after 2 times"}


def test_a_life_walks_rows() -> None:
    ran = run_case(
        BROCHURE, case("events: { day 7 + 2 hours: opened, day 15: interested }\nexpect: { ends: won }"), WORLD
    )
    assert ran.rows == {"steps/send-survey otherwise:1", "call/call-brochure when:1"}


def test_what_no_test_walks_is_known(tmp_path: Path) -> None:
    tested = rehearse(read_workspace(ROOT), ["brochure-request", "long-term"])
    assert tested.unwalked("brochure-request") == {}
    assert len(tested.rows["long-term"]) > 20
