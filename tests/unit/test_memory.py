"""A lead in memory answers the machine as the database does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kweek.flow.conditions import parse_condition
from kweek.flow.conditions.schema import FieldType
from kweek.flow.conditions.shape import Kind
from kweek.flow.facts import Fact
from kweek.flow.lint.names import COMPUTED
from kweek.flow.plan import Plan
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Effect, EffectKind, Ended, Enrolment, LeadState
from kweek.flow.world import World
from kweek.rules.calendars import Calendar
from kweek.rules.grades import Points
from kweek.rules.qualification import Disqualifier, Need, SalesReady
from kweek.rules.scoring import Rule
from kweek.rules.traits import Traits
from tests.unit.flow_of import BROCHURE

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
READY = SalesReady(
    (Need("budget", parse_condition("bant.budget == true")),),
    (Disqualifier("competitor", parse_condition('tagged("competitor")')),),
)


def lead(**options: Any) -> Memory:
    world = World({"brochure-request": BROCHURE}, sales_ready=READY, timezone="Europe/Amsterdam")
    return Memory(world, **options).at(NOON)


def true(memory: Memory, condition: str) -> bool | None:
    return parse_condition(condition).test(memory.facts(None))


def effect(kind: EffectKind, **args: object) -> Effect:
    return Effect("lead-1/1", kind, "lead-1", "steps/x", args)


def test_fields_points_and_grades() -> None:
    memory = lead(fields={"lead.country": "NL"}, points=Points(profile=10, intent=15, interest=39))
    assert true(memory, 'lead.country == "NL" and lead.grade == "B1" and lead.score.intent == 15') is True
    assert true(memory, 'lead.job_title == "student"') is None
    assert true(lead(fields={"lead.profile": "D"}, points=Points(profile=99)), 'lead.profile == "D"') is True


@pytest.mark.parametrize(
    ("kind", "text", "condition"),
    [
        ("yes/no", "true", "lead.said"),
        ("yes/no", "false", "not lead.said"),
        ("number", "40", "lead.said > 10"),
        ("date", "2026-03-05", "days_until(lead.said) == 3"),
        ("text", "true", 'lead.said == "true"'),
    ],
)
def test_what_a_flow_sets_is_of_the_type_that_its_field_has(kind: Kind, text: str, condition: str) -> None:
    memory = Memory(World({}, own={"said": FieldType(kind)}), "lead-1").at(NOON)
    for name in ("said", "lead.said"):
        memory.apply(effect("set_fields", fields={name: text}))
        assert true(memory, condition) is True


def test_who_is_ruled_out_is_worked_out() -> None:
    memory = lead()
    assert true(memory, "lead.disqualified") is False
    memory.apply(effect("add_tags", tags=["competitor"]))
    assert true(memory, "lead.disqualified") is True


@pytest.mark.parametrize(("budget", "ready"), [(True, True), (False, False), (None, None)])
def test_sales_ready_is_worked_out_and_may_be_unknown(budget: Fact | None, ready: bool | None) -> None:
    assert true(lead(fields={"bant.budget": budget}), "lead.sales_ready") is ready


def test_effects_change_what_conditions_see() -> None:
    memory = lead()
    memory.apply(effect("add_points", points={"profile": 20, "intent": 40}))
    memory.apply(effect("add_tags", tags=["fair", "vip"]))
    memory.apply(effect("remove_tags", tags=["vip"]))
    memory.apply(effect("set_fields", fields={"building": "greenhouse"}))
    assert true(memory, 'lead.grade == "A1" and tagged("fair") and lead.building == "greenhouse"') is True
    assert true(memory, 'tagged("vip")') is False


def test_events_are_counted_within_their_period() -> None:
    memory = lead()
    for days in (20, 14, 3):
        memory.record("download.taken", NOON - days * DAY)
    assert [event.seq for event in memory.events] == [1, 2, 3]
    assert true(memory, 'count("download.taken") == 3 and count("download.taken", "14 days") == 2') is True
    assert true(memory, 'days_since("download.taken") == 3') is True
    assert true(memory, 'days_since("contact.requested") > 1') is None


def test_mail_states_overlap_upwards() -> None:
    memory = lead()
    memory.apply(effect("send_mail", mail="survey"))
    key = "lead-1/1"
    assert memory.mail_states(key) == frozenset()
    memory.record("opened", NOON, key)
    assert memory.mail_states(key) == {"opened"}
    memory.record("clicked", NOON, key, {"link": "book-a-demo"})
    assert memory.mail_states(key) == {"opened", "clicked"}
    memory.record("answered", NOON, key)
    assert memory.mail_states(key) == {"opened", "clicked", "answered"}
    assert true(memory, 'opened("survey") and clicked("survey", "book-a-demo")') is True
    assert true(memory, 'clicked("survey", "other") or opened("reminder")') is False


def test_what_nobody_can_know_is_unclear() -> None:
    assert lead(tracking=False).mail_states("lead-1/1") == {"unclear"}
    memory = lead()
    memory.unclear.add("lead-1/1")
    assert memory.mail_states("lead-1/1") == {"unclear"}
    memory.record("opened", NOON, "lead-1/1")
    assert memory.mail_states("lead-1/1") == {"opened"}


def test_what_was_said_last_of_a_handover() -> None:
    memory = lead()
    memory.record("rejected", NOON, "lead-1/2", {"reason": "student"})
    assert true(memory, 'handover.reason == "student"') is True
    memory.record("later", NOON, "lead-1/4", {"later_on": date(2026, 4, 1)})
    assert true(memory, "days_until(handover.later_on) == 30") is True
    assert true(memory, 'handover.reason == "student"') is None


@pytest.mark.parametrize(
    ("fields", "zone"),
    [
        ({"lead.timezone": "Asia/Tokyo", "lead.country": "DE"}, "Asia/Tokyo"),
        ({"lead.country": "DE"}, "Europe/Berlin"),
        ({"lead.country": "US"}, "Europe/Amsterdam"),
        ({}, "Europe/Amsterdam"),
    ],
)
def test_the_time_zone_is_its_own_else_its_countrys_else_ours(fields: dict[str, Fact], zone: str) -> None:
    assert str(lead(fields=fields).timezone(BROCHURE)) == zone


def test_an_event_belongs_to_the_enrolment_that_it_began() -> None:
    memory = lead()
    enrolment = Enrolment("lead-1", "brochure-request", BROCHURE.version, NOON, 1, None, start_data={"brochure": "a"})
    event = memory.record("brochure.requested", NOON, data={"brochure": "b"})
    assert memory.facts(enrolment, event).field("event.brochure") == "a"
    assert memory.facts(None, event).field("event.brochure") == "b"


def test_enrolments_that_ended_are_remembered() -> None:
    memory = lead()
    over = Enrolment(
        "lead-1", "brochure-request", BROCHURE.version, NOON, 1, None, per="x", ended=Ended("done", None, NOON)
    )
    memory.keep(LeadState("lead", enrolments=(over,)))
    memory.keep(LeadState("lead"))
    assert [(past.per, past.ended_at) for past in memory.past("brochure-request")] == [("x", NOON)]
    assert memory.past("long-term") == ()


def test_plans_calendars_and_halves() -> None:
    office = Calendar("UTC", (((540, 1020),),) * 7)
    world = World({"brochure-request": BROCHURE}, calendars={"office": office}, teams={"sales": office})
    memory = Memory(world, "lead-7")
    assert memory.plan(BROCHURE.version) is BROCHURE
    assert memory.starting("brochure.requested") == (BROCHURE,)
    assert memory.starting("quote.requested") == ()
    assert memory.calendar("office") is office
    assert memory.calendar_of("handover", "sales") is office
    assert memory.calendar_of("call", None) is world.calendar
    assert memory.spread("steps/a") == Memory(world, "lead-7").spread("steps/a") != memory.spread("steps/b")
    with pytest.raises(KeyError):
        memory.plan("never-was")


def test_halves_are_even() -> None:
    plans: dict[str, Plan] = {}
    draws = [Memory(World(plans), f"lead-{n}").spread("steps/ab") for n in range(2_000)]
    assert all(0 <= draw < 1 for draw in draws)
    assert 900 < sum(draw < 0.5 for draw in draws) < 1_100


# --- what follows from a grade ------------------------------------------------------------------------------


def graded(plans: dict[str, Plan]) -> Memory:
    took = Rule("took", "took a download", "interest", 10, "download.taken")
    world = World(plans, scoring=(took,), matrix={"C3": "brochure-request", "C2": "gone"})
    return Memory(world).at(NOON)


def test_a_lead_enters_the_flow_of_its_grade_once_each_time_it_comes_to_it() -> None:
    memory = graded({"brochure-request": BROCHURE})
    for kind in ("page.viewed", "download.taken", "page.viewed", "download.taken", "download.taken"):
        memory.record(kind, NOON)
    enrolled = [event for event in memory.events if event.kind == "enrol"]
    assert [(one.seq, one.data) for one in enrolled] == [(3, {"flow": "brochure-request", "grade": "C3"})]
    assert memory.followed == {3}
    assert memory.graded == "C2"  # whose flow is not there


def test_the_grade_that_it_comes_with_it_has_not_come_to() -> None:
    memory = graded({"brochure-request": BROCHURE})
    memory.add_points({"interest": 10})
    memory.record("page.viewed", NOON)
    assert [event.kind for event in memory.events] == ["page.viewed"]


def test_where_no_flow_of_the_matrix_is_there_grades_are_no_matter() -> None:
    memory = graded({})
    memory.record("download.taken", NOON)
    assert (memory.graded, [event.kind for event in memory.events]) == (None, ["download.taken"])


def test_what_a_lead_is_gives_the_same_points_however_many_are_alike() -> None:
    rules = tuple(
        Rule(asked, asked, "profile", points, condition=parse_condition(asked))
        for points, asked in enumerate(("known(lead.job_title)", "lead.size > 5", 'lead.stage == "suspect"'), start=1)
    )
    world = World({"brochure-request": BROCHURE}, scoring=rules)
    assert [rule.id for rule in world.traits.others] == ['lead.stage == "suspect"'], "it follows from what it did"
    alike = [
        {"lead.size": size, "lead.job_title": title} for size in (2, 9, 2, 9) for title in (None, "grower", "grower")
    ]
    expected = [3 + 2 * (one["lead.size"] == 9) + (one["lead.job_title"] is not None) for one in alike]
    assert [Memory(world, fields=one).judged().profile for one in alike] == expected
    several: dict[str, Any] = {"lead.size": ["a", "b"], "lead.job_title": "grower"}
    assert Memory(world, fields=several).judged().profile == 4, "a list has no place in a table"


def test_nothing_that_is_computed_is_taken_for_a_field() -> None:
    computed = [name for name in COMPUTED if name.startswith("lead.")]
    rules = [Rule(name, name, "profile", 1, condition=parse_condition(f"known({name})")) for name in computed]
    assert Traits.of(rules).rules == ()
