"""Who gets an event, and what it does: `when`, then `whenever`, then `goal`."""

from __future__ import annotations

from typing import Any

import pytest

from kweek.flow.machine.people import ON_ITS_OWN
from kweek.flow.plan import Plan, Reentry
from tests.drafts import ENDS, Draft, call, end, flow, go, handover, score, send, tell, wait
from tests.lives import DAY, HOUR, MONDAY, Life
from tests.unit.waiting import at_survey

ALWAYS = Reentry("always")


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


@pytest.mark.parametrize("kind", ["bounced", "blocked"])
@pytest.mark.parametrize(("when", "way"), [({"answered": "a"}, "b"), ({"else": "a"}, "a"), ({"named": "a"}, "a")])
def test_what_the_flow_says_of_it_for_everywhere_goes_before_otherwise(
    kind: str, when: dict[str, str], way: str
) -> None:
    named = {kind if event == "named" else event: leads for event, leads in when.items()}
    life = at_survey(named, {"else": "c"}, whenever={kind: "b"}).after(HOUR)
    assert life.hear(kind, life.ref()).at() == f"done: {way}"


def test_where_the_flow_only_notes_it_otherwise_decides_at_once() -> None:
    life = at_survey({"answered": "a"}, {"else": "c"}, whenever={"bounced": [score(interest=-1)]}).after(HOUR)
    assert life.hear("bounced", life.ref()).at() == "done: c"
    assert [effect.kind for _, effect in life.effects].count("add_points") == 1


def test_an_own_event_in_when_acts_for_this_step() -> None:
    assert at_survey({"demo.booked": "a"}).hear("demo.booked").at() == "done: a"


def test_a_passing_event_does_its_list_and_the_lead_stays() -> None:
    steps = [call("x", "5 days", {"attempted": [score(intent=1), tell("boss"), send("note")], "else": "a"})]
    life = Life([flow("f", steps, ENDS)]).hear("brochure.requested")
    life.hear("attempted", life.ref())
    assert life.kinds() == ["open_call_task", "add_points", "tell", "send_mail"]
    assert (life.at(), life.token().visit, life.token().attempts) == ("steps/1-call-x", 1, 1)


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


def written_and_gone(*others: Plan, then: Draft | None = None, **first: Any) -> Life:
    """A lead that got a mail of one flow and was moved to another, or out of all."""
    first_flow = flow("first", [send("hello"), then or go("flow second")], ENDS, **first)
    return Life([first_flow, *others]).hear("brochure.requested").after(HOUR)


SECOND = flow("second", [send("news", "7 days"), end("done")], start="second.began", reentry=ALWAYS)


def test_a_reply_to_a_flow_that_the_lead_has_left_is_answered_and_its_next_flow_rests() -> None:
    life = written_and_gone(SECOND).hear("replied", "lead-1/1")
    (answer,) = life.issued("open_task")
    assert (answer.enrolment, answer.args["title"], answer.args["to"]) == ("lead-2", "Answer", "owner")
    assert (life.state.resting, life.wake_at, life.at("second")) == ((answer.key,), None, "steps/1-send-news")
    life.hear("replied", "lead-1/1").after(3 * DAY).hear("done", answer.key)  # owed once; then it goes on
    assert (len(life.issued("open_task")), life.state.resting, life.wake_at) == (1, (), MONDAY + 10 * DAY)


def test_it_is_answered_once_for_the_lead_and_not_once_a_flow() -> None:
    other = flow("other", [send("other", "7 days"), end("done")])
    life = written_and_gone(SECOND, other).hear("replied", "lead-1/1")
    assert len(life.issued("open_task")) == 1
    assert [one.token and one.token.held_since for one in life.state.enrolments if not one.ended] == [life.now] * 2


def test_a_line_for_replies_is_about_the_mails_of_its_own_flow() -> None:
    for line in ("a", "ignore"):
        second = flow("second", [send("news", "7 days")], ENDS, start="x.y", whenever={"replied": line}, reentry=ALWAYS)
        life = written_and_gone(second).hear("replied", "lead-1/1")
        assert (life.at("second"), len(life.issued("open_task"))) == ("steps/1-send-news", 1)


def test_where_the_lead_walks_nowhere_the_one_that_wrote_has_it_answered() -> None:
    life = written_and_gone(then=end("discard"))
    assert life.hear("replied", "lead-1/1").state.enrolments[0].ended is not None
    (answer,) = life.issued("open_task")
    assert (answer.key, answer.args["to"], life.state.resting) == ("lead-1/2", "owner", (answer.key,))
    life.hear("replied", "lead-1/1").hear("done", answer.key).hear("replied", "lead-1/1")
    assert [task.key for task in life.issued("open_task")] == ["lead-1/2", "lead-1/3"]


def test_an_author_who_took_the_default_away_has_taken_it_away_for_later_too() -> None:
    life = written_and_gone(SECOND, whenever={"replied": "ignore"}).hear("replied", "lead-1/1")
    assert life.issued("open_task") == []


def test_a_reply_to_the_past_waits_for_whoever_holds_the_lead_like_any_other() -> None:
    second = flow(
        "second", [call("x", "7 days", {"else": "next"}), send("news", "7 days")], ENDS, start="x.y", reentry=ALWAYS,
        whenever={"replied": "a", "demo.booked": "a"},
    )  # fmt: skip
    life = written_and_gone(second)
    life.hear("taken", task := life.ref("second")).hear("replied", "lead-1/1").hear("demo.booked")
    assert (life.issued("open_task"), [event.kind for event in life.enrolment().deferred]) == (
        [], ["replied", "demo.booked"],
    )  # fmt: skip
    life.hear("interested", task)
    assert (len(life.issued("open_task")), life.at("second")) == (1, "done: a")


# --- a merge that was none ----------------------------------------------------------------------------------------


def test_who_was_merged_by_mistake_is_somebodys_task_once_and_stands_nowhere_again() -> None:
    life = Life([flow("f", [handover("sales", {}), end("done")])]).hear("brochure.requested")
    life.hear("unmerged")
    assert life.issued("open_task") == [], "it was not ended by a merge"
    for _ in range(2):
        life.hear("merged").hear("unmerged")
    (task,) = life.issued("open_task")
    assert task.args == {
        "title": "On its own again after a merge: its handover was withdrawn", "to": "sales", "outcomes": ["done"],
        "deadline": (MONDAY + DAY).isoformat(), "rests": False, "handover": "lead-1/1",
    }  # fmt: skip
    assert (life.at(), life.state.handover, life.state.resting, life.wake_at) == ("merged: None", None, (), None)
    life.hear("taken", task.key).hear("done", task.key)
    assert len(life.issued("open_task")) == 1


def test_a_merge_that_took_nothing_is_nobodys_task() -> None:
    life = Life([flow("f", [end("done")])]).hear("brochure.requested").hear("merged").hear("unmerged")
    assert life.hear("unmerged").issued("open_task") == []


def test_each_thing_that_a_merge_took_is_a_task_and_one_that_two_flows_had_is_one() -> None:
    plans = [
        flow("f", [handover("sales", {}), end("done")]),
        flow("g", [handover("sales", {}), end("done")], start="quote.requested"),
        flow("h", [call("intro", "5 days"), end("done")], start="demo.booked"),
        flow("i", [wait("50 weeks"), end("done")], start="x.y"),
    ]
    life = Life(plans).hear("brochure.requested").hear("quote.requested").hear("demo.booked").hear("x.y")
    life.hear("merged").hear("unmerged")
    assert [(one.enrolment, one.args["title"]) for one in life.issued("open_task")] == [
        ("lead-1", ON_ITS_OWN["handover"]), ("lead-3", ON_ITS_OWN["call"]), ("lead-4", ON_ITS_OWN["flow"]),
    ]  # fmt: skip


# --- goal ---------------------------------------------------------------------------------------------------------


def test_the_goal_is_judged_on_entry() -> None:
    plan = flow("f", [send("x"), wait("9 days"), end("done")], ENDS, goal=("lead.score.intent >= 10", "a"))
    life = Life([plan])
    life.memory.add_points({"intent": 10})
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
    other.memory.add_points({"intent": 10})
    assert other.hear("points.changed").at() == "done: a"


def test_the_goal_fires_once_an_enrolment() -> None:
    plan = flow("f", [wait("1 day"), end("done")], {"again": [go("steps")]}, goal=('happened("demo.booked")', "again"))
    life = Life([plan]).hear("brochure.requested").after(HOUR).hear("demo.booked")
    assert (life.token().visit, life.enrolment().goal_fired) == (2, True)
    assert life.hear("demo.booked").token().visit == 2
