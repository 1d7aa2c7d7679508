"""What can somebody do in the demo: with a mail, on the telephone, in sales, and with an event of their own."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from kweek.demo.choices import (
    NOTHING,
    STAYS,
    TOO_LATE,
    Choice,
    call_choices,
    handover_choices,
    heard_at,
    mail_choices,
    reasons,
    usual,
)
from kweek.demo.openings import SOON, Vocabulary, openings, told_as
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Call, Handover, Send
from tests.unit.flow_of import BROCHURE, plan_from

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_every_way_into_a_flow_has_an_opening() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: Ways in
        start:
          - webinar.registered
          - manual
          - { at: 90 days before lead.contract_end }
          - { every: monday 09:00, if: 'days_since("order.placed") > 180' }
        steps:
          - wait: 7 days
          - end: done
        """)
    words = Vocabulary(
        {"webinar.registered": {"webinar": "text", "starts_at": "moment"}, "order.placed": {}, "page.viewed": {}},
        {"webinar.registered": [{"webinar": "pumps"}]},
    )
    event, by_hand, date, listed = openings([plan], words, NOW, Random(1))
    assert (event.kind, event.data["webinar"]) == ("webinar.registered", "pumps")
    starts_at = event.data["starts_at"]
    assert isinstance(starts_at, datetime)
    assert timedelta(days=-1) < starts_at - NOW < timedelta(days=16)
    assert (by_hand.kind, by_hand.data) == ("enrol", {"flow": "brochure-request"})
    assert date.kind == "order.placed"
    later = NOW + timedelta(days=20)
    assert date.fields(later, SOON) == {"contract_end": (later + timedelta(days=92)).date()}
    assert (listed.kind, listed.data) == ("enrol", {"flow": "brochure-request"})


def test_what_can_be_done_with_a_mail_is_what_its_step_listens_to_and_its_lead_can_do() -> None:
    step = BROCHURE.steps["steps/send-survey"]
    assert isinstance(step, Send)
    known = mail_choices(BROCHURE, step, ["book-a-demo"], ["opened", "answered"])
    rows = {choice.row: choice.kind for choice in known}
    assert rows["steps/send-survey when:1"] == "bounced"
    assert rows["steps/send-survey when:3"] == "answered"
    assert rows["steps/send-survey otherwise:1"] == "opened"
    assert rows["steps/send-survey otherwise:4"] == NOTHING
    unknown = mail_choices(BROCHURE, step, [], [])
    assert "opened" not in {choice.kind for choice in unknown}


def test_a_call_may_come_to_anything_and_to_nothing() -> None:
    step = BROCHURE.steps["call/call-brochure"]
    assert isinstance(step, Call)
    rows = {choice.kind: choice.row for choice in call_choices(step, ("interested", "objected"))}
    assert rows == {
        "interested": "call/call-brochure when:1", "objected": "call/call-brochure when:2",
        "no answer": "call/call-brochure when:2", "call back": None, TOO_LATE: "call/call-brochure otherwise:1",
    }  # fmt: skip


def test_sales_knows_the_reasons_that_the_flow_asks_for() -> None:
    step = BROCHURE.steps["sales/handover-sales"]
    assert isinstance(step, Handover)
    assert {choice.row for choice in handover_choices(step)} == {f"{step.id} when:{n}" for n in (1, 2, 3, 4)}
    assert reasons([BROCHURE]) == ("student", "no budget this year")


def test_own_events_that_a_flow_or_a_step_hears_are_choices_and_mail_words_are_not() -> None:
    wait = BROCHURE.steps["steps/wait-1"]
    assert heard_at(BROCHURE, wait, ["quote.requested"]) == (
        Choice("quote.requested", None, "whenever:1"),
        Choice(STAYS),
    )
    plan = plan_from("""\
        flow: brochure-request
        title: Did it come?
        start: brochure.requested
        steps:
          - wait: 1 day
            when: { webinar.attended: won }
          - end: done
        """)
    assert heard_at(plan, plan.steps["steps/wait-1"], ["webinar.attended"]) == (
        Choice("webinar.attended", None, "steps/wait-1 when:1"),
        Choice(STAYS),
    )
    assert heard_at(plan, plan.steps["steps/end-1"], ["webinar.attended"]) == ()


def test_an_event_that_follows_from_another_is_told_as_that_one() -> None:
    words = Vocabulary(
        {"page.viewed": {"path": "text", "topic": "text"}},
        made_of={
            "pricing.viewed": ("page.viewed", parse_condition('matches(event.path, "/prices*")')),
            "energy.viewed": ("page.viewed", parse_condition('event.topic == "energy"')),
        },
    )
    assert told_as("pricing.viewed", words, NOW, Random(1)) == ("page.viewed", {"path": "/prices"})
    assert told_as("energy.viewed", words, NOW, Random(1)) == ("page.viewed", {"topic": "energy"})
    assert told_as("moon.viewed", words, NOW, Random(1)) is None


def test_who_is_bound_for_nothing_does_what_people_usually_do() -> None:
    step, drawn = BROCHURE.steps["sales/handover-sales"], Random(3)
    assert isinstance(step, Handover)
    kinds = Counter(usual(handover_choices(step), drawn).kind for _ in range(300))
    assert kinds["lost"] > kinds["won"] > kinds["later"]
