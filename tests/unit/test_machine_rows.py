"""Which row of its flow did a lead take? The journal says so, in the words of the picture."""

from __future__ import annotations

import pytest

from kweek.flow.rows import place_in
from tests.lives import DAY, HOUR, Life
from tests.unit.flow_of import BROCHURE, plan_from


def rows(life: Life) -> list[str]:
    """`step row`, in the order in which they were taken."""
    said = [(entry.step, entry.detail.get("row")) for _, entry in life.journal]
    return [f"{step} {row}" for step, row in said if row is not None]


def test_a_way_through_the_flow_is_the_rows_that_it_took() -> None:
    life = Life([BROCHURE]).hear("brochure.requested").after(7 * DAY)
    life.hear("opened", life.ref()).after(7 * DAY)
    life.hear("interested", life.ref())
    life.hear("rejected", life.ref())
    assert rows(life) == [
        "steps/send-survey otherwise:1",
        "call/call-brochure when:1",
        "sales/handover-sales when:1",
        "back/choose-1 choose:2",
    ]


@pytest.mark.parametrize(("kind", "row"), [("bounced", "when:1"), ("blocked", "when:2"), ("answered", "when:3")])
def test_each_line_of_when_is_a_row(kind: str, row: str) -> None:
    life = Life([BROCHURE]).hear("brochure.requested").after(7 * DAY)
    life.hear(kind, life.ref())
    assert rows(life)[:1] == [f"steps/send-survey {row}"]


def test_what_else_catches_is_the_row_of_else_and_three_attempts_are_one() -> None:
    for kind, times in (("objected", 1), ("attempted", 3)):
        life = Life([BROCHURE]).hear("brochure.requested").after(7 * DAY)
        life.hear("opened", life.ref()).after(7 * DAY)
        for _ in range(times):
            life.after(HOUR).hear(kind, life.ref())
        assert rows(life) == ["steps/send-survey otherwise:1", "call/call-brochure when:2"]


def test_time_that_is_up_for_nobody_is_no_row() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: A mail, and on
        start: brochure.requested
        steps:
          - send: survey
            within: 7 days
          - end: done
        """)
    life = Life([plan]).hear("brochure.requested").after(7 * DAY)
    assert [entry.kind for _, entry in life.journal if entry.kind == "timed_out"] == ["timed_out"]
    assert rows(life) == []


def test_whenever_and_the_goal_are_rows_of_the_flow_and_say_where_the_lead_stood() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: Anywhere
        start: brochure.requested
        whenever:
          page.viewed:
            - score: { interest: 1 }
          quote.requested: done
        goal:
          if: lead.score.interest > 1
          go: won
        steps:
          - wait: 7 days
          - end: done
        """)
    life = Life([plan]).hear("brochure.requested").hear("page.viewed").hear("quote.requested")
    assert rows(life) == ["steps/wait-1 whenever:1", "steps/wait-1 whenever:2"]
    life = Life([plan]).hear("brochure.requested").hear("page.viewed").hear("page.viewed")
    assert rows(life)[-1] == "steps/wait-1 goal"
    life = Life([plan]).hear("brochure.requested").hear("complained")
    assert rows(life) == ["steps/wait-1 whenever:4"]  # after the author's lines: unsubscribed, complained


def test_a_loop_that_has_run_as_often_as_it_may_takes_the_row_then() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: Round and round
        start: brochure.requested
        steps:
          - wait: 1 day
          - go: steps
            at_most: 2 times
            then: done
        """)
    assert rows(Life([plan]).hear("brochure.requested").after(5 * DAY)) == ["steps/go-1 then"]


def test_the_outcome_of_a_task_that_was_withdrawn_is_a_row_of_the_step_that_asked() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: Too late, but heard
        start: brochure.requested
        steps:
          - call: brochure
            within: 5 days
            when: { quote.requested: rest, interested: won, else: done }
            otherwise: rest
        paths:
          rest:
            - wait: 30 days
            - end: done
        """)
    life = Life([plan]).hear("brochure.requested")
    call = life.ref()
    life.hear("taken", call).hear("quote.requested").hear("interested", call)
    assert rows(life) == ["steps/call-brochure when:1", "steps/call-brochure when:2"]


def test_a_test_says_which_half_was_drawn_also_where_that_is_nothing_and_an_end_that_it_was_come_to() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: Halves
        start: brochure.requested
        steps:
          - send: { offer: 50%, nothing: 50% }
            id: half
          - end: lost
        """)
    for draw, half in ((0.2, "half share:1"), (0.7, "half share:2")):
        life = Life([plan])
        life.memory.drawn = draw
        life.hear("brochure.requested")
        assert [row for _, entry in life.journal if (row := place_in(entry))] == [half, "half/end-1 end"]
    assert [effect.kind for _, effect in life.effects] == []
