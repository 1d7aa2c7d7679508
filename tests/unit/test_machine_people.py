"""People first: what waits until whoever holds the lead is done, in all its flows."""

from __future__ import annotations

from tests.drafts import ENDS, call, end, flow, handover, tell, wait
from tests.lives import Life
from tests.unit.held import SALES, on_the_desk, with_sales


def test_whenever_does_not_move_a_lead_that_is_being_called() -> None:
    life = on_the_desk({"else": "a"}, whenever={"quote.requested": "sales"})
    life.hear("taken", life.ref()).hear("quote.requested")
    assert life.at() == "steps/1-call-x"
    assert life.hear("given_back", life.ref()).at() == "sales/1-handover-sales"


def test_what_was_deferred_is_judged_after_the_outcome() -> None:
    plan = flow(
        "f",
        [call("x", "5 days", {"interested": "rest", "else": "a"})],
        {**ENDS, **SALES, "rest": [wait("9 days"), end("done")]},
        whenever={"quote.requested": "sales"},
    )
    life = Life([plan]).hear("brochure.requested")
    life.hear("taken", life.ref()).hear("quote.requested").hear("quote.requested")
    assert [e.kind for e in life.enrolment().deferred] == ["quote.requested"]
    assert life.hear("interested", life.ref()).at() == "sales/1-handover-sales"


def test_an_outcome_that_ends_the_flow_leaves_nothing_to_judge() -> None:
    life = on_the_desk({"else": "a"}, whenever={"quote.requested": "sales"})
    life.hear("taken", life.ref()).hear("quote.requested")
    assert life.hear("not interested", life.ref()).at() == "done: a"


def test_the_goal_waits_for_the_outcome_too() -> None:
    plan = flow(
        "f",
        [call("x", "5 days", {"interested": "rest", "else": "a"})],
        {**ENDS, "rest": [wait("9 days"), end("done")]},
        goal=('happened("demo.booked")', "b"),
    )
    life = Life([plan]).hear("brochure.requested")
    life.hear("taken", life.ref()).hear("demo.booked")
    assert life.at() == "steps/1-call-x"
    assert life.hear("interested", life.ref()).at() == "done: b"


def test_a_passing_list_in_whenever_moves_nobody_and_so_need_not_wait() -> None:
    life = on_the_desk({"else": "a"}, whenever={"page.viewed": [tell("owner")]})
    life.hear("taken", life.ref()).hear("page.viewed")
    assert life.kinds()[-1] == "tell"


def test_unsubscribing_while_sales_holds_the_lead_waits_for_sales() -> None:
    life = with_sales()
    life.hear("unsubscribed")
    assert life.at() == "steps/1-handover-sales"
    assert life.hear("won", life.ref()).at() == "won: None"
    plan = flow("f", [handover("sales", {"later": "rest", "else": "lost"})], {"rest": [wait("9 days"), end("done")]})
    life = Life([plan]).hear("brochure.requested").hear("unsubscribed")
    assert life.hear("later", life.ref()).at() == "discard: unsubscribed"


def test_what_was_deferred_goes_along_into_another_flow() -> None:
    plans = [
        flow("f", [handover("sales", {"else": "flow long"})]),
        flow("long", [wait("90 days"), end("done")], start="x.y"),
    ]
    life = Life(plans).hear("brochure.requested").hear("unsubscribed")
    assert life.hear("rejected", life.ref()).at("long") == "discard: unsubscribed"


def test_a_person_in_one_flow_holds_the_lead_in_all() -> None:
    other = flow("other", [wait("30 days"), end("done")], ENDS, whenever={"quote.requested": "a"})
    life = with_sales(other).hear("quote.requested")
    assert life.at("other") == "steps/1-wait"
    assert life.hear("lost", life.ref("f")).at("other") == "done: a"


def test_a_withdrawn_task_still_acts_on_the_outcome_of_whoever_had_taken_it() -> None:
    plan = flow(
        "f",
        [call("x", "5 days", {"order.placed": "rest", "interested": "b", "else": "a"})],
        {**ENDS, "rest": [wait("9 days"), end("done")]},
    )
    life = Life([plan]).hear("brochure.requested")
    ref = life.ref()
    life.hear("taken", ref).hear("order.placed")
    assert (life.at(), life.enrolment().withdrawn) == ("rest/1-wait", {ref: "steps/1-call-x"})
    assert life.hear("interested", ref).at() == "done: b"
    assert life.enrolment().withdrawn == {}


def test_it_acts_even_after_the_flow_has_ended() -> None:
    life = on_the_desk({"order.placed": "a", "interested": "sales", "else": "c"})
    ref = life.ref()
    life.hear("taken", ref).hear("order.placed")
    assert (life.at(), life.enrolment().live) == ("done: a", True)
    assert life.hear("interested", ref).at() == "sales/1-handover-sales"


def test_a_withdrawn_task_that_nobody_had_taken_or_that_is_given_back_moves_nobody() -> None:
    life = on_the_desk({"order.placed": "a", "else": "c"})
    ref = life.ref()
    assert life.hear("order.placed").hear("interested", ref).at() == "done: a"
    life = on_the_desk({"order.placed": "a", "else": "c"})
    ref = life.ref()
    life.hear("taken", ref).hear("order.placed").hear("given_back", ref)
    assert (life.enrolment().live, life.hear("interested", ref).at()) == (False, "done: a")
