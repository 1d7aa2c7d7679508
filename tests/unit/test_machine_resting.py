"""What rests while sales holds the lead, or while its flow is paused; and what does not."""

from __future__ import annotations

from tests.drafts import ENDS, call, end, flow, handover, send, task, wait
from tests.lives import DAY, MINUTE, MONDAY, Life
from tests.unit.held import CLOSE, LADDER, escalations

NURTURE = flow("nurture", [send("news", "7 days", {"answered": "a"}), wait("30 days"), end("done")], ENDS)


def test_while_a_handover_is_open_deadlines_of_all_flows_shift_by_the_time_held() -> None:
    life = Life([NURTURE, flow("f", [wait("2 days"), handover("sales", CLOSE)], ENDS)]).hear("brochure.requested")
    assert life.wake_at == MONDAY + 2 * DAY
    life.after(20 * DAY)
    assert (life.at("nurture"), life.wake_at) == ("steps/1-send-news", None)
    life.hear("lost", life.ref("f"))
    assert life.wake_at == MONDAY + 25 * DAY


def test_a_reaction_still_counts_while_nurture_rests() -> None:
    life = Life([NURTURE, flow("f", [handover("sales", CLOSE)], ENDS)]).hear("brochure.requested")
    assert life.hear("answered", life.ref("nurture")).at("nurture") == "done: a"


def test_a_mail_that_leaves_while_nurture_rests_has_all_its_time_afterwards() -> None:
    life = Life([NURTURE, flow("f", [handover("sales", CLOSE)], ENDS)], holds_mail=True).hear("brochure.requested")
    life.after(2 * DAY).hear("sent", life.ref("nurture"))
    life.after(3 * DAY).hear("lost", life.ref("f"))
    assert life.wake_at == MONDAY + 12 * DAY


def test_a_moment_in_the_calendar_does_not_shift() -> None:
    fair = flow("fair", [wait("until lead.fair"), end("done", "gone")])
    life = Life([fair, flow("f", [handover("sales", CLOSE)], ENDS)], fields={"lead.fair": MONDAY + 3 * DAY})
    life.hear("brochure.requested").after(5 * DAY)
    assert life.at("fair") == "steps/1-wait"
    assert life.hear("lost", life.ref("f")).at("fair") == "done: gone"


def test_pause_freezes_the_time_that_is_left_but_not_a_promise() -> None:
    plans = [
        flow("slow", [wait("5 days"), end("done", "gone")]),
        flow("f", [handover("sales", CLOSE, escalate=LADDER)], ENDS),
    ]
    life = Life(plans[:1]).hear("brochure.requested").after(2 * DAY)
    life.memory.paused_flows.add("slow")
    life.turn()  # pausing rings every lead of the flow
    life.after(30 * DAY)
    assert (life.at(), life.wake_at) == ("steps/1-wait", None)
    life.memory.paused_flows.clear()
    life.turn()
    assert life.wake_at == MONDAY + 35 * DAY
    life = Life(plans[1:]).hear("brochure.requested")
    life.memory.paused_flows.add("f")
    assert escalations(life.after(DAY)) == [(DAY, 1)]


def test_pause_freezes_calls_and_tasks_too() -> None:
    for step in (call("x", "5 days", {"else": "a"}, "b"), task("x", "5 days", {"done": "a"}, "b")):
        life = Life([flow("f", [step], ENDS)]).hear("brochure.requested")
        life.memory.paused_flows.add("f")
        life.turn()
        life.after(9 * DAY)
        life.memory.paused_flows.clear()
        life.turn()
        assert life.until(MONDAY + 14 * DAY - MINUTE).token().visit == 1
        assert life.after(MINUTE).at() == "done: b"
