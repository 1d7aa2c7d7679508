"""Who gets an event, and what it does: reactions as the flow language states them."""

from __future__ import annotations

from typing import Any

import pytest

from kweek.flow.machine import listens
from kweek.flow.plan import Plan, Reentry
from tests.drafts import call, choose, end, flow, go, handover, score, send, tag, task, tell, wait
from tests.lives import DAY, HOUR, MINUTE, MONDAY, Life

ALWAYS = Reentry("always")
ENDS = {"a": [end("done", "a")], "b": [end("done", "b")], "c": [end("done", "c")]}


def at_survey(when: Any = None, otherwise: Any = None, **more: Any) -> Life:
    """A lead that was sent the survey and waits 7 days for a reaction."""
    life = Life([flow("f", [send("survey", "7 days", when, otherwise), end("done", "below")], ENDS, **more)])
    return life.hear("brochure.requested")


# --- when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["opened", "clicked", "answered", "replied", "out of office", "bounced", "blocked"])
def test_a_named_event_of_this_mail_acts_at_once(kind: str) -> None:
    life = at_survey({kind: "a"}).after(HOUR)
    assert life.hear(kind, life.ref()).at() == "done: a"


@pytest.mark.parametrize("kind", ["opened", "clicked", "answered", "out of office"])
def test_what_is_not_named_is_recorded_and_changes_nothing(kind: str) -> None:
    life = at_survey({"bounced": "a"})
    before, lines = life.state, len(life.journal)
    life.hear(kind, life.ref())
    assert life.token() == before.enrolments[0].token
    assert len(life.journal) == lines


def test_an_event_of_another_mail_is_not_this_steps() -> None:
    life = Life([flow("f", [send("first"), send("survey", "7 days", {"opened": "a"}), end("done")], ENDS)])
    life.hear("brochure.requested").hear("opened", "lead-1/1")
    assert life.at() == "steps/2-send-survey"
    assert life.hear("opened", "lead-1/2").at() == "done: a"


def test_where_one_event_fits_two_lines_the_upper_one_wins() -> None:
    for when, way in (({"clicked": "a", "clicked demo": "b"}, "a"), ({"clicked demo": "b", "clicked": "a"}, "b")):
        life = at_survey(when)
        assert life.hear("clicked", life.ref(), link="demo").at() == f"done: {way}"


def test_a_click_on_a_link_is_that_link() -> None:
    life = at_survey({"clicked demo": "b"})
    life.hear("clicked", life.ref(), link="imprint")
    assert life.at() == "steps/1-send-survey"


def test_else_catches_the_other_closing_events_and_only_those() -> None:
    life = at_survey({"else": "a"})
    life.hear("opened", life.ref()).hear("replied", life.ref())
    assert life.at() == "steps/1-send-survey"
    assert life.hear("bounced", life.ref()).at() == "done: a"


@pytest.mark.parametrize("kind", ["bounced", "blocked"])
def test_unnamed_bounced_and_blocked_let_otherwise_decide_at_once(kind: str) -> None:
    life = at_survey({"answered": "a"}, {"opened": "b", "else": "c"}).after(HOUR)
    assert life.hear(kind, life.ref()).at() == "done: c"
    assert life.now == MONDAY + HOUR


def test_an_own_event_in_when_acts_for_this_step() -> None:
    assert at_survey({"demo.booked": "a"}).hear("demo.booked").at() == "done: a"


def test_a_passing_event_does_its_list_and_the_lead_stays() -> None:
    steps = [call("x", "5 days", {"attempted": [score(intent=1), tell("boss"), send("note")], "else": "a"})]
    life = Life([flow("f", steps, ENDS)]).hear("brochure.requested")
    life.hear("attempted", life.ref())
    assert life.kinds() == ["open_call_task", "add_points", "tell", "send_mail"]
    assert (life.at(), life.token().visit, life.token().attempts) == ("steps/1-call-x", 1, 1)


# --- otherwise -------------------------------------------------------------------------------------------------

LINES = {"answered": "a", "opened": "b", "else": "c"}


@pytest.mark.parametrize(
    ("happened", "way"),
    [([], "c"), (["opened"], "b"), (["clicked"], "b"), (["answered"], "a"), (["opened", "answered"], "a")],
)
def test_otherwise_reads_at_the_deadline_what_was_recorded_by_then(happened: list[str], way: str) -> None:
    life = at_survey(None, LINES)
    for kind in happened:
        life.hear(kind, life.ref())
    assert life.until(MONDAY + 7 * DAY - MINUTE).at() == "steps/1-send-survey"
    assert life.after(MINUTE).at() == f"done: {way}"


def test_unclear_is_where_nobody_can_know() -> None:
    life = at_survey(None, {"opened": "a", "unclear": "b", "else": "c"})
    life.memory.unclear.add(life.ref())
    assert life.after(7 * DAY).at() == "done: b"


def test_without_otherwise_it_carries_on_below() -> None:
    assert at_survey().after(7 * DAY).at() == "done: below"
    assert at_survey(None, {"opened": "a"}).after(7 * DAY).at() == "done: below"


def test_otherwise_waits_for_the_grade_of_a_hit() -> None:
    life = at_survey(None, LINES).until(MONDAY + 7 * DAY - MINUTE)
    life.memory.grading = MONDAY + 7 * DAY + MINUTE
    life.until(MONDAY + 7 * DAY)
    assert (life.at(), life.wake_at) == ("steps/1-send-survey", MONDAY + 7 * DAY + MINUTE)
    life.memory.record("opened", life.now, life.ref())
    assert life.after(MINUTE).at() == "done: b"


def test_an_event_counts_if_it_was_committed_before_the_turn() -> None:
    life = at_survey({"answered": "a"}, "c")
    life.now = MONDAY + 8 * DAY  # a day's outage; the answer came after the deadline, and before anyone looked
    assert life.hear("answered", life.ref()).at() == "done: a"


def test_what_comes_after_the_step_was_left_changes_nothing() -> None:
    life = at_survey({"bounced": "discard", "answered": "a"})
    ref = life.ref()
    life.hear("bounced", ref)
    lines = len(life.journal)
    life.hear("opened", ref).hear("answered", ref).hear("bounced", ref)
    assert (life.at(), len(life.journal)) == ("discard: bounced", lines)


# --- undelivered: our own fault must not discard a lead --------------------------------------------------------


def test_undelivered_is_never_else() -> None:
    life = at_survey(None, {"opened": "a", "else": "discard"})
    life.hear("undelivered", life.ref())
    assert life.at() == "steps/1-send-survey"
    assert life.after(7 * DAY).at() == "done: below"


def test_undelivered_goes_where_the_author_says() -> None:
    life = at_survey(None, {"undelivered": "b", "else": "discard"})
    life.hear("undelivered", life.ref())
    assert life.after(7 * DAY).at() == "done: b"


def test_a_mail_that_never_left_has_no_reaction_to_wait_for() -> None:
    life = Life([flow("f", [send("survey", "7 days", None, {"undelivered": "b", "else": "c"})], ENDS)], holds_mail=True)
    life.hear("brochure.requested").after(3 * DAY)
    assert life.hear("undelivered", life.ref()).at() == "done: b"


def test_what_was_opened_did_arrive_whatever_a_server_said_later() -> None:
    life = at_survey(None, {"answered": "a", "else": "c"})
    life.hear("opened", life.ref()).hear("undelivered", life.ref())
    assert life.after(7 * DAY).at() == "done: c"


def test_where_nothing_is_below_a_person_is_asked_and_may_try_again_or_let_go() -> None:
    for outcome, way in (("carry on", "steps/1-send-survey"), ("leave", "done: undelivered")):
        life = Life([flow("f", [send("survey", "7 days", None, {"else": "discard"})])], holds_mail=True)
        life.hear("brochure.requested").hear("undelivered", life.ref())
        assert life.issued()[-1].args["outcomes"] == ["carry on", "leave"]
        assert life.token().asks == "undelivered"
        asked = life.ref()
        life.hear("taken", asked).hear(outcome, asked)
        assert life.at() == way
        assert life.enrolment().ended is not None or life.token().visit == 3


# --- whenever ----------------------------------------------------------------------------------------------------


def test_whenever_acts_anywhere_in_the_flow_and_cancels_a_mail_that_has_not_left() -> None:
    plan = flow("f", [wait("1 day"), send("survey", "7 days"), end("done")], ENDS, whenever={"quote.requested": "a"})
    for days, cancelled in ((0, []), (2, ["lead-1/1"])):
        life = Life([plan], holds_mail=True).hear("brochure.requested").after(days * DAY)
        assert life.hear("quote.requested").at() == "done: a"
        assert life.cancelled == cancelled


def test_a_mail_that_has_left_is_not_cancelled() -> None:
    life = at_survey(whenever={"quote.requested": "a"}).hear("quote.requested")
    assert life.cancelled == []


def test_when_comes_before_whenever_and_whenever_before_goal() -> None:
    more = {"whenever": {"demo.booked": "b"}, "goal": ('happened("demo.booked")', "c")}
    assert at_survey({"demo.booked": "a"}, **more).hear("demo.booked").at() == "done: a"
    assert at_survey(**more).hear("demo.booked").at() == "done: b"
    assert at_survey(goal=more["goal"]).hear("demo.booked").at() == "done: c"


def test_whenever_hears_of_any_mail_of_this_enrolment_and_of_no_other() -> None:
    plan = flow("f", [send("first"), wait("7 days"), end("done")], ENDS, whenever={"answered": "a"}, reentry=ALWAYS)
    life = Life([plan]).hear("brochure.requested")
    assert life.hear("answered", "lead-7/1").at() == "steps/2-wait"
    assert life.hear("answered", "lead-1/1").at() == "done: a"


@pytest.mark.parametrize("kind", ["unsubscribed", "complained"])
def test_unsubscribed_and_complained_discard_unless_the_author_says_otherwise(kind: str) -> None:
    assert at_survey().hear(kind).at() == f"discard: {kind}"
    assert at_survey(whenever={kind: "a"}).hear(kind).at() == "done: a"
    assert at_survey(whenever={kind: "ignore"}).hear(kind).at() == "steps/1-send-survey"
    assert at_survey(whenever={"quote.requested": "a"}).hear(kind).at() == f"discard: {kind}"  # added, not replaced


def test_unsubscribing_by_a_mail_of_one_flow_leaves_all_flows() -> None:
    other = flow("other", [wait("30 days"), end("done")])
    life = Life([flow("f", [send("survey", "7 days"), end("done")]), other]).hear("brochure.requested")
    life.hear("unsubscribed", life.ref("f"))
    assert {e.flow: e.ended and (e.ended.result, e.ended.because) for e in life.state.enrolments} == {
        "f": ("discard", "unsubscribed"),
        "other": ("discard", "unsubscribed"),
    }


def test_replied_rests_and_the_owner_answers() -> None:
    life = at_survey().after(2 * DAY)
    life.hear("replied", life.ref())
    answer = life.issued()[-1]
    assert (answer.kind, answer.args["title"], answer.args["to"], answer.args["rests"]) == (
        "open_task", "Answer", "owner", True,
    )  # fmt: skip
    assert (life.wake_at, life.state.resting) == (None, (answer.key,))
    life.hear("replied", life.ref())  # one answer is owed, not two
    assert len(life.issued("open_task")) == 1
    life.after(10 * DAY).hear("taken", answer.key).hear("done", answer.key)
    assert (life.state.resting, life.wake_at) == ((), MONDAY + 17 * DAY)  # five days were left


def test_a_reply_that_is_named_moves_the_lead_instead() -> None:
    life = at_survey({"replied": "a"})
    assert life.hear("replied", life.ref()).at() == "done: a"
    assert life.issued("open_task") == []


# --- goal ---------------------------------------------------------------------------------------------------------


def test_the_goal_is_judged_on_entry() -> None:
    plan = flow("f", [send("x"), wait("9 days"), end("done")], ENDS, goal=("lead.score.intent >= 10", "a"))
    life = Life([plan])
    life.memory._add({"intent": 10})
    assert life.hear("brochure.requested").at() == "done: a"
    assert life.kinds() == []


def test_the_goal_is_judged_when_a_score_or_field_changes_also_by_a_step_of_its_own() -> None:
    plan = flow(
        "f", [wait("1 day"), score(intent=10), call("x", "9 days", {"else": "b"})], ENDS,
        goal=("lead.score.intent >= 10", "a"),
    )  # fmt: skip
    life = Life([plan]).hear("brochure.requested")
    assert life.until(MONDAY + DAY).at() == "done: a"
    assert life.issued("open_call_task") == []  # it went there at once, not by way of the call
    other = Life([plan]).hear("brochure.requested")
    other.memory._add({"intent": 10})
    assert other.hear("points.changed").at() == "done: a"


def test_the_goal_fires_once_an_enrolment() -> None:
    plan = flow("f", [wait("1 day"), end("done")], {"again": [go("steps")]}, goal=('happened("demo.booked")', "again"))
    life = Life([plan]).hear("brochure.requested").after(HOUR).hear("demo.booked")
    assert (life.token().visit, life.enrolment().goal_fired) == (2, True)
    assert life.hear("demo.booked").token().visit == 2


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
