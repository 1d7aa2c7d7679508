"""The make-believe people of the demo: the same every time, fit for the doors of the house, and bound for every row."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

from kweek.demo.agenda import Agenda
from kweek.demo.choices import (
    NOTHING,
    Choice,
    Walked,
    call_choices,
    handover_choices,
    heard_anywhere,
    heard_at,
    mail_choices,
    reasons,
)
from kweek.demo.openings import LONG_AGO, Vocabulary, openings, told_as
from kweek.demo.people import people
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Call, Handover, Send
from kweek.intake.check_lead import LeadChecker
from kweek.intake.check_lead import Vocabulary as Words
from tests.unit.flow_of import BROCHURE, plan_from

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    assert list(islice(people(1), 50)) == list(islice(people(1), 50))
    assert list(islice(people(1), 50)) != list(islice(people(2), 50))


def test_everyone_may_come_in_by_the_door_and_nobody_is_the_same() -> None:
    everyone = list(islice(people(7), 1_000))
    for person in everyone:
        checker = LeadChecker(Words(), NOW)
        checker.lead(person.as_lead(["advice"]))
        checker.done()
    assert len({person.email for person in everyone}) == len({person.id for person in everyone}) == 1_000
    assert {person.country for person in everyone} == {"NL", "BE", "GB", "IE"}


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
    event, by_hand, date, quiet = openings([plan], words, NOW, Random(1))
    assert (event.kind, event.data["webinar"]) == ("webinar.registered", "pumps")
    starts_at = event.data["starts_at"]
    assert isinstance(starts_at, datetime)
    assert timedelta(days=13) < starts_at - NOW < timedelta(days=22)
    assert (by_hand.kind, by_hand.data) == ("enrol", {"flow": "brochure-request"})
    assert date.kind == "order.placed"
    later = NOW + timedelta(days=20)
    assert date.fields(later) == {"contract_end": (later + timedelta(days=92)).date()}
    assert (quiet.kind, quiet.ago) == ("order.placed", LONG_AGO)


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
        "no answer": "call/call-brochure when:2", "call back": None, NOTHING: "call/call-brochure otherwise:1",
    }  # fmt: skip


def test_sales_knows_the_reasons_that_the_flow_asks_for() -> None:
    step = BROCHURE.steps["sales/handover-sales"]
    assert isinstance(step, Handover)
    assert {choice.row for choice in handover_choices(step)} == {f"{step.id} when:{n}" for n in (1, 2, 3, 4)}
    assert reasons([BROCHURE]) == ("student", "no budget this year")


def test_own_events_that_a_flow_hears_are_choices_and_mail_words_are_not() -> None:
    assert heard_anywhere(BROCHURE, ["quote.requested"]) == (Choice("quote.requested", None, "whenever:1"),)
    plan = plan_from("""\
        flow: brochure-request
        title: Did it come?
        start: brochure.requested
        steps:
          - wait: 1 day
            when: { webinar.attended: won }
          - end: done
        """)
    assert heard_at(plan.steps["steps/wait-1"], ["webinar.attended"]) == (
        Choice("webinar.attended", None, "steps/wait-1 when:1"),
        Choice(NOTHING),
    )
    assert heard_at(plan.steps["steps/end-1"], ["webinar.attended"]) == ()


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


def test_what_nobody_took_is_said_with_its_words() -> None:
    walked = Walked()
    everything = walked.missing(BROCHURE)
    assert "steps/send-survey when:1 (bounced)" in everything
    walked.take([("brochure-request", "steps/send-survey when:1")])
    assert walked.missing(BROCHURE) == [row for row in everything if row != "steps/send-survey when:1 (bounced)"]


def test_a_row_that_nobody_took_goes_before_until_somebody_sets_out_for_it() -> None:
    walked, drawn = Walked(), Random(3)
    choices = [Choice("won", None, "a when:1"), Choice("lost", None, "a when:2"), Choice("usual")]
    chosen = [walked.pick(choices, "f", NOW, drawn).row for _ in range(12)]
    assert {"a when:1", "a when:2"} <= set(chosen)
    walked.take([("f", "a when:1"), ("f", "a when:2")])
    later = Counter(walked.pick(choices, "f", NOW + timedelta(days=30), drawn).kind for _ in range(300))
    assert later["lost"] > later["won"] > later["usual"]


def test_deeds_are_done_in_order_of_their_moments() -> None:
    agenda, done = Agenda(), list[str]()
    for days, name in ((2, "b"), (1, "a"), (2, "c"), (9, "later")):
        agenda.add(NOW + timedelta(days=days), lambda now, name=name: done.append(name))
    for deed in agenda.due(NOW + timedelta(days=3)):
        deed(NOW)
    assert (done, len(agenda)) == (["a", "b", "c"], 1)
