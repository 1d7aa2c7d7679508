"""People first: calls, handovers, tasks, and what waits until whoever holds the lead is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kweek.flow.state import Effect
from tests.drafts import call, choose, end, flow, handover, rung, send, task, tell, wait
from tests.lives import DAY, HOUR, MINUTE, MONDAY, OFFICE, Life

ENDS = {"a": [end("done", "a")], "b": [end("done", "b")], "c": [end("done", "c")]}
SALES = {"sales": [handover("sales", {"rejected": "b", "later": "c", "won": "won", "lost": "lost"})]}
CLOSE = {"rejected": "b", "later": "c", "won": "won", "lost": "lost"}


def on_the_desk(when: Any = None, otherwise: Any = None, world: Any = None, **more: Any) -> Life:
    """A lead that is to be called, three times at most, within five days."""
    plan = flow(
        "f", [call("x", "5 days", when or {"else": "a"}, otherwise), end("done", "below")], {**ENDS, **SALES}, **more
    )
    return Life([plan], world=world or {}).hear("brochure.requested")


def with_sales(other: Any = None, **options: Any) -> Life:
    """A lead that sales holds, and that another flow nurtures."""
    plans = [flow("f", [handover("sales", CLOSE, **options)], ENDS), *([other] if other else [])]
    return Life(plans).hear("brochure.requested")


NURTURE = flow("nurture", [send("news", "7 days", {"answered": "a"}), wait("30 days"), end("done")], ENDS)


# --- the call --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    ["interested", "not interested", "appointment", "quote", "wrong person", "objected", "blocked", "wants a brochure"],
)
def test_an_outcome_ends_the_call(kind: str) -> None:
    life = on_the_desk({kind: "b", "else": "a"})
    assert life.hear(kind, life.ref()).at() == "done: b"
    assert life.issued("withdraw") == []  # the desk has closed the task itself
    life = on_the_desk({"else": "a"})
    assert life.hear(kind, life.ref()).at() == "done: a"


def test_after_the_last_attempt_the_machine_concludes_that_the_lead_is_unreachable() -> None:
    for when, way in (({"unreachable": "b", "else": "a"}, "b"), ({"else": "a"}, "a")):
        life = on_the_desk(when)
        ref = life.ref()
        for n in range(1, 4):
            assert life.at() == "steps/1-call-x"
            life.after(DAY).hear("taken", ref).hear("attempted", ref)
            assert n == 3 or life.token().attempts == n
        assert life.at() == f"done: {way}"
        assert life.issued("withdraw")[0].args == {"ref": ref, "because": "unreachable"}


def test_otherwise_knows_whether_anyone_tried() -> None:
    lines = {"attempted": "b", "else": "c"}
    assert on_the_desk(None, lines).after(5 * DAY).at() == "done: c"
    life = on_the_desk(None, lines)
    assert life.hear("attempted", life.ref()).after(5 * DAY).at() == "done: b"


def test_time_is_up_for_a_call_and_its_task_is_withdrawn() -> None:
    life = on_the_desk(None, "c")
    ref = life.ref()
    assert life.after(5 * DAY).at() == "done: c"
    assert life.issued("withdraw")[0].args == {"ref": ref, "because": "timed out"}


def test_an_agreed_call_back_is_no_attempt_and_extends_the_time_to_one_business_day_after_it() -> None:
    life = on_the_desk(None, "c", world={"queues": {"default": OFFICE}})
    at = MONDAY + 11 * DAY + 4 * HOUR  # a Friday, 13:00
    life.hear("taken", life.ref()).hear("call_back", life.ref(), at=None, **{})
    token = life.token()
    assert (token.attempts, token.call_back) == (0, None)  # without a moment nothing was agreed
    life.memory.record("call_back", life.now, life.ref(), {"at": at.isoformat()})
    life.turn(life.memory.events[-1])
    token = life.token()
    assert (token.attempts, token.call_back, token.taken) == (0, at, False)
    assert life.wake_at == at + 3 * DAY  # Monday, 13:00
    assert life.until(at + 3 * DAY).at() == "done: c"


def test_a_call_back_soon_does_not_shorten_the_time() -> None:
    life = on_the_desk()
    life.memory.record("call_back", life.now, life.ref(), {"at": (MONDAY + HOUR).isoformat()})
    life.turn(life.memory.events[-1])
    assert life.wake_at == MONDAY + 5 * DAY


def test_a_task_that_someone_has_taken_is_never_timed_out() -> None:
    life = on_the_desk(None, "c")
    life.after(4 * DAY).hear("taken", life.ref()).after(30 * DAY)
    assert (life.at(), life.wake_at) == ("steps/1-call-x", None)
    assert life.hear("given_back", life.ref()).at() == "done: c"


# --- people first ----------------------------------------------------------------------------------------


def test_an_overdue_task_that_a_colleague_takes_over_in_one_breath_is_kept() -> None:
    life = on_the_desk()
    ref = life.ref()
    life.hear("taken", ref).after(6 * DAY)
    life.turn(*(life.memory.record(kind, life.now, ref) for kind in ("given_back", "taken")))
    assert life.token().taken
    assert life.hear("given_back", ref).at() == "done: below"


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


# --- the handover and its clock --------------------------------------------------------------------------


LADDER = [rung("24 hours", tell="manager"), rung("48 hours", every="24 hours", tell="manager", reassign="sales")]


def escalations(life: Life) -> list[tuple[timedelta, Any]]:
    return [(at - MONDAY, effect.args["rung"]) for at, effect in life.effects if effect.kind == "escalate"]


def test_each_rung_speaks_once_or_at_its_every() -> None:
    life = with_sales(follow_up="24 hours", remind="20 hours", escalate=LADDER).after(5 * DAY)
    assert life.when("remind") == [20 * HOUR]
    assert escalations(life) == [(DAY, 1), (2 * DAY, 2), (3 * DAY, 2), (4 * DAY, 2), (5 * DAY, 2)]
    effect: Effect = life.issued("escalate")[1]
    assert effect.args == {"ref": life.ref(), "rung": 2, "tell": "manager", "reassign": "sales"}


@pytest.mark.parametrize("contact", ["contacted", "appointment", "quoted"])
def test_only_a_logged_contact_meets_the_promise(contact: str) -> None:
    life = with_sales(follow_up="24 hours", escalate=LADDER)
    life.hear("accepted", life.ref()).after(DAY)
    assert escalations(life) == [(DAY, 1)]
    life.hear(contact, life.ref()).after(9 * DAY)
    assert escalations(life) == [(DAY, 1)]
    assert (life.at(), life.wake_at) == ("steps/1-handover-sales", None)  # it stays with sales until it closes


def test_a_contact_at_a_second_to_midnight_is_in_time() -> None:
    life = with_sales(escalate=LADDER)
    life.until(MONDAY + DAY - timedelta(seconds=1))
    life.memory.record("contacted", life.now, life.ref())
    life.now = MONDAY + DAY  # committed, but the bell and the rung come in one turn
    life.turn(life.memory.events[-1])
    assert escalations(life) == []


def test_after_an_outage_a_rung_speaks_once() -> None:
    life = with_sales(escalate=LADDER)
    life.now = MONDAY + 6 * DAY + HOUR
    life.turn()
    assert [n for _, n in escalations(life)] == [1, 2]
    assert life.wake_at == MONDAY + 7 * DAY


def test_a_promise_in_business_time_runs_on_the_teams_calendar() -> None:
    plan = flow(
        "f",
        [handover("sales", CLOSE, follow_up="9 business hours", escalate=[rung("1 business day", every="1 day")])],
        ENDS,
    )
    life = Life([plan], world={"teams": {"sales": OFFICE}}, now=MONDAY + 4 * DAY).hear("brochure.requested")
    assert life.issued()[0].args["follow_up_at"] == (MONDAY + 7 * DAY + HOUR).isoformat()
    assert life.wake_at == MONDAY + 7 * DAY


def test_sales_closes_it_by_its_own_word() -> None:
    for kind, way in (("rejected", "done: b"), ("later", "done: c"), ("won", "won: None"), ("lost", "lost: None")):
        life = with_sales()
        assert life.hear(kind, life.ref()).at() == way
        assert (life.state.handover, life.kinds()) == (None, ["give_handover"])


def test_handover_says_why() -> None:
    steps = [handover("sales", {"rejected": "back", "else": "lost"})]
    plan = flow("f", steps, {"back": [choose(('handover.reason in ["student"]', "discard"), (None, "done"))]})
    for reason, way in (("student", "discard: rejected"), ("no time", "done: None")):
        life = Life([plan]).hear("brochure.requested")
        assert life.hear("rejected", life.ref(), reason=reason).at() == way


def test_one_open_handover_a_lead_a_second_joins_it() -> None:
    second = flow(
        "second", [handover("sales", {"won": "a", "else": "b"}, escalate=LADDER)], ENDS, start="quote.requested"
    )
    life = Life([flow("f", [handover("sales", CLOSE, escalate=LADDER)], ENDS), second]).hear("brochure.requested")
    life.after(HOUR).hear("quote.requested")
    first, joined = life.issued()
    assert (joined.kind, joined.args) == ("join_handover", {"ref": first.key})
    life.until(MONDAY + DAY)
    assert escalations(life) == [(DAY, 1)]  # one lead, one clock, and it never restarts
    life.hear("won", first.key)
    assert (life.at("f"), life.at("second")) == ("won: None", "done: a")


def test_who_joined_a_handover_that_is_taken_back_gets_one_of_his_own() -> None:
    first = flow("f", [handover("sales", {"order.placed": "a", "else": "b"})], ENDS)
    second = flow("g", [handover("field", {"else": "c"})], ENDS)
    life = Life([first, second]).hear("brochure.requested")
    assert life.kinds() == ["give_handover", "join_handover"]
    life.hear("order.placed")
    assert life.kinds()[2:] == ["withdraw", "give_handover"]
    assert (life.at("f"), life.at("g"), life.state.handover) == ("done: a", "steps/1-handover-field", "lead-2/2")


def test_a_discard_elsewhere_does_not_take_the_lead_out_of_sales_hands() -> None:
    other = flow("other", [call("x", "5 days", {"not interested": "discard", "else": "a"})], ENDS)
    life = with_sales(other)
    life.hear("not interested", life.ref("other"))
    assert (life.at("other"), life.at("f")) == ("discard: not interested", "steps/1-handover-sales")


# --- what rests meanwhile --------------------------------------------------------------------------------


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
