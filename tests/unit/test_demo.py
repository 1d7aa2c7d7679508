"""The make-believe people of the demo: the same every time, fit for the doors of the house, and bound for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from kweek.demo.agenda import Agenda
from kweek.demo.answers import Answers
from kweek.demo.choices import (
    NOTHING,
    TOO_LATE,
    Choice,
    Walked,
    call_choices,
    handover_choices,
    heard_anywhere,
    heard_at,
    mail_choices,
    reasons,
)
from kweek.demo.days import days_on, paces
from kweek.demo.openings import Vocabulary, openings, told_as
from kweek.demo.people import people
from kweek.demo.ways import Ways
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Call, Handover, Send
from kweek.intake.check_lead import LeadChecker
from kweek.intake.check_lead import Vocabulary as Words
from kweek.leads.clock import Clock
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.unit.flow_of import BROCHURE, plan_from

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    assert list(islice(people(1), 50)) == list(islice(people(1), 50))
    assert list(islice(people(1), 50)) != list(islice(people(2), 50))


def test_everyone_may_come_in_by_the_door_and_nobody_is_the_same() -> None:
    everyone = list(islice(people(7), 1_000))
    for person in everyone:
        checker = LeadChecker(Words(), NOW)
        checker.lead(person.as_lead(["advice"], NOW))
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
    event, by_hand, date, listed = openings([plan], words, NOW, Random(1))
    assert (event.kind, event.data["webinar"]) == ("webinar.registered", "pumps")
    starts_at = event.data["starts_at"]
    assert isinstance(starts_at, datetime)
    assert timedelta(days=-1) < starts_at - NOW < timedelta(days=16)
    assert (by_hand.kind, by_hand.data) == ("enrol", {"flow": "brochure-request"})
    assert date.kind == "order.placed"
    later = NOW + timedelta(days=20)
    assert date.fields(later) == {"contract_end": (later + timedelta(days=92)).date()}
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
    walked = Walked({"brochure-request": BROCHURE}, NOW)
    everything = walked.missing()["brochure-request"]
    assert "steps/send-survey when:1 (bounced)" in everything
    assert (len(walked), walked.rows) == (0, len(everything))
    walked.take([("brochure-request", "steps/send-survey when:1"), ("brochure-request", "whenever:9")])
    assert len(walked) == 1
    assert walked.missing()["brochure-request"] == [row for row in everything if "survey when:1" not in row]


def test_a_row_that_nobody_took_goes_before_until_somebody_sets_out_for_it() -> None:
    walked, drawn = Walked({"brochure-request": BROCHURE}, NOW + timedelta(days=90)), Random(3)
    step = BROCHURE.steps["sales/handover-sales"]
    assert isinstance(step, Handover)
    choices = handover_choices(step)
    chosen = [walked.pick(choices, "brochure-request", f"lead-{n}", NOW, drawn).kind for n in range(12)]
    assert {"won", "lost", "later", "rejected"} <= set(chosen)
    walked.take(("brochure-request", row.rpartition(" (")[0]) for row in walked.missing()["brochure-request"])
    later = Counter(walked.pick(choices, "brochure-request", f"lead-{n}", NOW, drawn).kind for n in range(300))
    assert later["lost"] > later["won"] > later["later"]


def test_who_is_bound_for_a_row_takes_the_way_that_leads_there_soonest() -> None:
    ways = Ways({"brochure-request": BROCHURE})
    mail = [("brochure-request", f"steps/send-survey {row}") for row in ("when:1", "when:3", "otherwise:1")]
    ready = ("brochure-request", "triage/choose-1 choose:1")
    assert ways.soonest(mail, {ready}.__contains__, timedelta(days=30)) == (mail[1], ready)
    reached = ("brochure-request", "call/call-brochure when:1")
    assert ways.soonest(mail, {reached}.__contains__, timedelta(days=30))[-1] == reached
    back = ("brochure-request", "back/choose-1 choose:2")
    assert ways.inside((BROCHURE.flow, BROCHURE.entry), {back}.__contains__, timedelta(days=3)) == ()


def test_answers_are_drawn_until_they_lead_where_somebody_wants_to_go() -> None:
    workspace = read_workspace(Path(__file__).parents[2])
    world = world_of(workspace)
    answers, survey = Answers(world, Random(1)), world.asked["brochure"]
    for number, person in enumerate(islice(people(1), 20)):
        towards = ("brochure-request", f"triage/choose-1 choose:{1 + number % 3}")
        said = answers.fill_in(survey, person, towards)
        if number % 3 == 1:
            assert said["wish"] == "call" or said["authority"] in ("decides", "advises")
        if number % 3 == 2:
            assert said["wish"] != "call"
    towards = ("brochure-request", "back/choose-1 choose:1")
    assert answers.reason(["no budget", "student"], next(people(1)), towards) == "student"


def test_two_years_pass_in_minutes_and_people_act_while_the_clock_is_slow() -> None:
    tempo, days = 20_000.0, timedelta(days=60)
    clock = _clock(paces(tempo, days))
    found = days_on(clock, NOW)
    assert found.begun < found.early < found.opens < found.over < found.closes
    assert abs(found.over - found.opens - days) < timedelta(seconds=1)
    assert clock.anchor_real - NOW < timedelta(minutes=7)
    at_once = days_on(_clock(paces(tempo, days, only=True)), NOW)
    assert (at_once.begun, at_once.opens, at_once.over) == (NOW, NOW, at_once.closes)
    assert abs(at_once.over - NOW - days) < timedelta(seconds=1)


def _clock(turns: Sequence[tuple[float, timedelta]]) -> Clock:
    clock = Clock(1, NOW, NOW)
    for pace, lasts in turns:
        begins = clock.anchor_real + lasts
        before = replace(clock, tempo=pace)
        clock = Clock(1, begins, before.flow(begins), before)
    return clock


def test_deeds_are_done_in_order_of_their_moments() -> None:
    agenda, done = Agenda(), list[str]()
    for days, name in ((2, "b"), (1, "a"), (2, "c"), (9, "later")):
        agenda.add(NOW + timedelta(days=days), lambda now, name=name: done.append(name))
    for deed in agenda.due(NOW + timedelta(days=3)):
        deed(NOW)
    assert (done, len(agenda)) == (["a", "b", "c"], 1)
