"""What rings the bell, what is heard first, and what the machine does where a flow is not sound."""

from __future__ import annotations

from kweek.flow.machine import listens
from kweek.flow.plan import Plan
from tests.drafts import ENDS, choose, end, flow, go, handover, tag, task, wait
from tests.lives import DAY, MONDAY, Life
from tests.unit.waiting import at_survey

# --- what rings -----------------------------------------------------------------------------------------------------


def heard(plan: Plan) -> frozenset[str]:
    return listens(plan, Life([plan]).hear("brochure.requested").enrolment())


def test_an_enrolment_listens_to_what_it_reacts_to_now() -> None:
    plan = flow(
        "f", [wait("1 day", {"demo.booked": "a"}), wait("1 day", {"late.called": "a"}), end("done")], ENDS,
        whenever={"quote.requested": "a", "page.viewed": "ignore", "complained": "ignore"},
    )  # fmt: skip
    assert heard(plan) == {"demo.booked", "quote.requested", "unsubscribed", "replied"}


def test_an_enrolment_that_ended_listens_to_nothing() -> None:
    plan = flow("f", [end("done")], whenever={"quote.requested": "lost"})
    assert heard(plan) == frozenset()


# --- the guards -----------------------------------------------------------------------------------------------------


def test_a_flow_that_runs_in_circles_ends_on_a_persons_desk() -> None:
    for steps in ([choose((None, "steps"))], [tag("x"), go("steps")], [wait("until lead.born"), go("steps")]):
        life = Life([flow("f", steps)], fields={"lead.born": MONDAY - DAY}).hear("brochure.requested")
        assert life.token().asks == "circles"
        assert life.issued("open_task")[0].args["title"] == "This lead went in circles"
        assert life.hear("leave", life.ref()).at() == "done: circles"


def test_a_path_without_an_end_is_not_the_end_of_the_lead() -> None:
    life = Life([flow("f", [task("x", "1 day")])]).hear("brochure.requested").after(2 * DAY)
    assert life.token().asks == "nowhere"
    life = Life([flow("f", [handover("sales", {"won": "next"})])]).hear("brochure.requested")
    assert life.hear("won", life.ref()).token().asks == "nowhere"


def test_handover_step_left_by_an_own_event_is_taken_back() -> None:
    plan = flow("f", [handover("sales", {"order.placed": "a", "else": "b"})], ENDS)
    life = Life([plan]).hear("brochure.requested").hear("order.placed")
    assert (life.at(), life.state.handover, life.kinds()[-1]) == ("done: a", None, "withdraw")


def test_of_two_events_at_the_same_moment_the_upper_line_wins() -> None:
    for when, way in (
        ({"quote.requested": "a", "answered": "b"}, "a"),
        ({"answered": "b", "quote.requested": "a"}, "b"),
    ):
        life = at_survey(when)
        answered = life.memory.record("answered", life.now, life.ref())
        raised = life.memory.record("quote.requested", life.now)  # by one of the answers
        life.turn(answered, raised)
        assert life.at() == f"done: {way}"


def test_an_event_from_before_the_enrolment_is_not_offered_to_it() -> None:
    life = Life([flow("f", [wait("1 day", {"demo.booked": "a"}), end("done")], ENDS)])
    old = life.memory.record("demo.booked", life.now)
    life.hear("brochure.requested")
    life.turn(old)
    assert life.at() == "steps/1-wait"
