"""The make-believe people of the demo: the same every time, fit for the doors of the house, and bound for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

import msgspec
import pytest

from kweek.commands.demo import SEED
from kweek.demo.agenda import Agenda
from kweek.demo.answers import Answers
from kweek.demo.choices import (
    NOTHING,
    TOO_LATE,
    Choice,
    call_choices,
    handover_choices,
    heard_at,
    mail_choices,
    reasons,
    usual,
)
from kweek.demo.colleagues import Colleagues
from kweek.demo.days import days_on, paces
from kweek.demo.fits import fit
from kweek.demo.foresight import Foresight
from kweek.demo.known import Known
from kweek.demo.openings import Vocabulary, openings, told_as
from kweek.demo.people import people
from kweek.demo.sheets import draw_sheet
from kweek.demo.stage import OpenHandover, Place
from kweek.demo.walked import Walked
from kweek.demo.ways import Way, Ways, rows_on
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Call, Handover, Plan, Send
from kweek.intake.check_lead import LeadChecker
from kweek.intake.check_lead import Vocabulary as Words
from kweek.leads.clock import Clock
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.unit.demo_on_paper import OnPaper, play_on_paper
from tests.unit.flow_of import BROCHURE, plan_from

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FLOW = BROCHURE.flow


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


def test_own_events_that_a_flow_or_a_step_hears_are_choices_and_mail_words_are_not() -> None:
    wait = BROCHURE.steps["steps/wait-1"]
    assert heard_at(BROCHURE, wait, ["quote.requested"]) == (
        Choice("quote.requested", None, "whenever:1"),
        Choice(NOTHING),
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
        Choice(NOTHING),
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


def _walked(days: int = 90) -> Walked:
    plans = {FLOW: BROCHURE}
    return Walked(plans, Ways(plans, {}), NOW + timedelta(days=days))


def _way(to: str, plan: Plan = BROCHURE) -> Way:
    return next(way for way in Ways({FLOW: plan}, {}).into(FLOW) if way[-1].row == (FLOW, to))


def test_what_nobody_took_is_said_with_its_words() -> None:
    walked = _walked()
    everything = walked.missing()[FLOW]
    assert "steps/send-survey when:1 (bounced)" in everything
    assert (len(walked), walked.rows) == (0, len(everything))
    walked.take("demo-1", (FLOW, "steps/send-survey when:1"))
    walked.take("demo-1", (FLOW, "whenever:9"))
    assert len(walked) == 1
    assert walked.missing()[FLOW] == [row for row in everything if "survey when:1" not in row]


def test_the_way_to_a_row_is_the_soonest_and_says_how_long_it_takes() -> None:
    way = _way("triage/choose-1 choose:1")
    assert rows_on(way) == ((FLOW, "steps/send-survey when:3"), (FLOW, "triage/choose-1 choose:1"))
    assert [leg.days for leg in way] == [7, 8, 8]
    assert _way("call/call-brochure otherwise:1")[-1].days == 15


def test_the_last_line_of_a_loop_lies_as_many_rounds_away() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: Three times
        start: brochure.requested
        steps:
          - go: round
        paths:
          round:
            - wait: 5 days
            - go: round
              at_most: 3 times
              then: done
        """)
    [then] = [way for way in Ways({FLOW: plan}, {}).into(FLOW) if way[-1].row and way[-1].row[1].endswith(" then")]
    assert then[-1].days == 20


def test_each_is_bound_for_another_row_the_furthest_first_and_goes_there_step_by_step() -> None:
    walked, step = _walked(), BROCHURE.steps["sales/handover-sales"]
    assert isinstance(step, Handover)
    choices, at = handover_choices(step), (FLOW, "sales/handover-sales")
    first = walked.pick(choices, at, "demo-1", NOW, lambda way: True)
    second = walked.pick(choices, at, "demo-2", NOW, lambda way: True)
    assert first
    assert second
    bound = [walked.errand(who, NOW) for who in ("demo-1", "demo-2")]
    assert len({errand.row for errand in bound if errand}) == 2
    assert (first.kind, first.towards) == ("rejected", bound[0] and bound[0].row)
    assert walked.pick(choices, at, "demo-1", NOW, lambda way: False) == first
    walked.take("demo-1", (FLOW, "back/choose-1 choose:1"))
    assert walked.pick(choices, at, "demo-3", NOW, lambda way: False) is None


def test_nobody_sets_out_for_what_cannot_be_reached_in_time() -> None:
    wanted = _walked(days=3).wanted(Ways({FLOW: BROCHURE}, {}).into(FLOW), NOW)
    assert {way[-1].row for way in wanted} == {(FLOW, "whenever:1")}


def test_who_is_bound_for_nothing_does_what_people_usually_do() -> None:
    step, drawn = BROCHURE.steps["sales/handover-sales"], Random(3)
    assert isinstance(step, Handover)
    kinds = Counter(usual(handover_choices(step), drawn).kind for _ in range(300))
    assert kinds["lost"] > kinds["won"] > kinds["later"]


def test_who_comes_is_such_as_can_walk_the_way() -> None:
    person, plans = next(people(1)), {FLOW: BROCHURE}
    blocked = fit(person, _way("steps/send-survey when:2"), plans, ())
    assert "email" not in blocked.channels
    assert "email" not in fit(person, _way("steps/send-survey when:2"), plans, ["survey"]).as_lead([], NOW)
    unseen = fit(person, _way("steps/send-survey otherwise:2"), plans, ())
    assert "email" in unseen.channels
    assert "open tracking" not in unseen.channels
    refusing = fit(person, _way("steps/send-survey otherwise:3"), plans, ())
    assert "+policy@" in refusing.email
    called = fit(person, _way("call/call-brochure when:1"), plans, ())
    assert "phone" in called.as_lead([], NOW)
    assert fit(called, _way("call/call-brochure when:1"), plans, ()) == called


def test_answers_are_drawn_until_they_lead_where_somebody_wants_to_go() -> None:
    world = world_of(read_workspace(Path(__file__).parents[2]))
    answers, survey = Answers(Known(world), ["no budget", "student"], Random(1)), world.asked["brochure"]
    for number, person in enumerate(islice(people(1), 20)):
        towards = (FLOW, f"triage/choose-1 choose:{1 + number % 3}")
        said = answers.fill_in(survey, person, towards)
        if number % 3 == 1:
            assert said["wish"] == "call" or said["authority"] in ("decides", "advises")
        if number % 3 == 2:
            assert said["wish"] != "call"
    towards = (FLOW, "back/choose-1 choose:1")
    assert answers.reason(next(people(1)), towards) == "student"


def test_what_is_asked_of_a_person_is_true_and_what_nobody_can_know_is_left_out_or_vague() -> None:
    asked = world_of(read_workspace(Path(__file__).parents[2])).asked
    role, installer = asked["brochure"].questions[0], asked["demo-preparation"].questions[-1]
    survey = msgspec.structs.replace(asked["webinar"], questions=(role, installer, asked["webinar"].questions[-1]))
    must = msgspec.structs.replace(installer, required=True)
    for person in islice(people(1), 50):
        sheet = draw_sheet(survey, person, Random(person.number))
        assert sheet.items() <= {"role": person.job_title, "question": person.says}.items()
        assert draw_sheet(msgspec.structs.replace(survey, questions=(must,)), person, Random(1)) == {
            "installer": person.says
        }
        assert person.says.startswith(("Dat ", "Daar ") if person.language == "nl" else "I ")


class _Desks(OnPaper):
    """Twenty leads lie there, which sales is given at once; what is done with them is noted."""

    def __init__(self) -> None:
        super().__init__(read_workspace(Path(__file__).parents[2]), 60)
        self.done: dict[str, list[tuple[datetime, str]]] = {}

    def open_handovers(self) -> list[OpenHandover]:
        return [OpenHandover(str(n), "demo-1", "sales", None) for n in range(20)]

    def place(self, key: str) -> Place:
        return Place(BROCHURE, "sales/handover-sales")

    def act(self, path: str, by: str, **said: object) -> bool:
        *_, key, action = path.split("/")
        self.done.setdefault(key, []).append((self.at, action))
        return True


def _bound_for_nothing(choices: Sequence[Choice], place: Place, who: str) -> None:
    return None


def test_sales_is_at_work_in_office_hours_and_closes_what_it_has_contacted() -> None:
    stage, drawn = _Desks(), Random(1)
    agenda = Agenda(stage.now)
    teams, answers = read_workspace(Path(__file__).parents[2]).rules.teams, Answers(Known(stage.world), ["none"], drawn)
    someone = {"demo-1": next(people(1))}
    sales = Colleagues(stage, agenda, stage.world, teams, someone, answers, _bound_for_nothing, drawn)
    sales.look(stage.at)
    office = stage.world.teams["sales"]
    while len(agenda):
        stage.at += timedelta(minutes=97)
        for deed in agenda.due():
            deed(stage.at)
    assert len(stage.done) == 20
    for deeds in stage.done.values():
        assert [office.next_open(at) for at, _ in deeds] == [at for at, _ in deeds]
        actions = [action for _, action in deeds]
        assert actions[:2] == ["accept", "contact"]
        assert actions[2:-1] in ([], ["appointment", "quote"])
        assert actions[-1] in ("won", "lost", "later", "reject")


def test_it_is_foreseen_whether_a_way_can_be_walked_by_what_is_known() -> None:
    world = world_of(read_workspace(Path(__file__).parents[2]))
    known = Known(world)
    foresight = Foresight(Answers(known, ["student"], Random(1)), Random(1))
    ways = Ways(world.plans, world.links)
    person = next(one for one in people(1) if "student" not in one.job_title.lower())
    [ready] = [way for way in ways.into("fair-leads") if way[-1].row == ("fair-leads", "judge/choose-1 choose:1")]
    assert not foresight.can(person, ready)
    brochure = world.asked["brochure"]
    assert foresight.prospects(person, brochure, ready)
    memory = known.of(person).fork()
    told = {"bant.budget": "planned", "bant.authority": "decides", "bant.time": "six-months"}
    memory.fields.update(told)
    memory.add_points({"profile": 15})
    known.learn(person, memory)
    assert foresight.can(person, ready)


@pytest.mark.slow
def test_a_whole_demo_takes_every_row_of_every_shipped_flow() -> None:
    """Where the flows have changed, it may be other people who do: choose another SEED."""
    play = play_on_paper(SEED)
    assert (len(play.walked), play.walked.missing()) == (play.walked.rows, {})


def test_two_years_pass_in_minutes_and_people_act_while_the_clock_is_slow() -> None:
    tempo, days = 20_000.0, timedelta(days=60)
    clock = _clock(paces(tempo, days))
    found = days_on(clock)
    assert found.begun == NOW + timedelta(minutes=1)
    assert found.begun < found.early < found.opens < found.over < found.closes
    assert abs(found.over - found.opens - days) < timedelta(seconds=1)
    assert clock.anchor_real - NOW < timedelta(minutes=8)
    at_once = days_on(_clock(paces(tempo, days, only=True)))
    assert (at_once.early, at_once.opens, at_once.over) == (at_once.begun, at_once.begun, at_once.closes)
    assert abs(at_once.over - at_once.begun - days) < timedelta(seconds=1)


def _clock(turns: Sequence[tuple[float, timedelta]]) -> Clock:
    """The house is built in a minute."""
    clock = Clock(1, NOW, NOW)
    for pace, lasts in ((1.0, timedelta(minutes=1)), *turns):
        begins = clock.anchor_real + lasts
        before = replace(clock, tempo=pace)
        clock = Clock(1, begins, before.flow(begins), before)
    return clock


def test_deeds_are_done_in_order_of_their_moments() -> None:
    agenda, done = Agenda(lambda: NOW + timedelta(days=3)), list[str]()
    for days, name in ((2, "b"), (1, "a"), (2, "c"), (9, "later")):
        agenda.add(NOW + timedelta(days=days), lambda now, name=name: done.append(name))
    agenda.add(NOW + timedelta(days=3), lambda now: done.append("at work"), office=True)
    agenda.add(NOW + timedelta(days=4), lambda now: done.append("tomorrow"), office=True)
    for deed in agenda.due():
        deed(NOW)
    assert (done, len(agenda)) == (["at work", "a", "b", "c"], 2)
