"""A lead that sales holds, and the clock that runs meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kweek.flow.state import Effect
from tests.drafts import ENDS, call, choose, flow, handover, rung
from tests.lives import DAY, HOUR, MONDAY, OFFICE, Life
from tests.unit.held import CLOSE, LADDER, escalations, with_sales


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
