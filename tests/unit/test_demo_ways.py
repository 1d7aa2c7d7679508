"""Who is bound for which row in the demo: the ways there, who can walk them, and that all are walked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from kweek.commands.demo import SEED
from kweek.demo.answers import Answers
from kweek.demo.choices import STAYS, handover_choices, heard_at
from kweek.demo.fits import fit
from kweek.demo.foresight import Foresight
from kweek.demo.known import Known
from kweek.demo.people import people
from kweek.demo.walked import Walked
from kweek.demo.ways import Way, Ways, rows_on
from kweek.flow.plan import Handover, Plan
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.unit.demo_on_paper import play_on_paper
from tests.unit.flow_of import BROCHURE, plan_from

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FLOW = BROCHURE.flow


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


def test_nobody_sets_out_for_what_must_be_done_while_all_sleep() -> None:
    plans, night = {FLOW: BROCHURE}, (NOW + timedelta(days=4), NOW + timedelta(days=12))
    walked = Walked(plans, Ways(plans, {}), NOW + timedelta(days=90), [night])
    rows = {way[-1].row[1] for way in walked.wanted(walked.ways.into(FLOW), NOW) if way[-1].row}
    assert "steps/send-survey when:3" not in rows  # answered, on the eighth day
    assert "steps/send-survey otherwise:4" in rows  # nothing has to be done
    assert "whenever:1" in rows  # the first day


def test_who_stands_where_he_may_be_heard_is_still_bound_for_what_can_be_done_with_the_mail() -> None:
    walked, at = _walked(), (FLOW, "steps/send-survey")
    bounced = next(way for way in walked.ways.into(FLOW) if way[-1].row == (FLOW, "steps/send-survey when:1"))
    walked.set_out("demo-1", bounced, NOW)
    heard = heard_at(BROCHURE, BROCHURE.steps["steps/send-survey"], ["quote.requested"])
    chosen = walked.pick(heard, at, "demo-1", NOW, lambda way: True)
    assert chosen is not None
    assert chosen.kind == STAYS
    errand = walked.errand("demo-1", NOW)
    assert errand is not None
    assert errand.row == (FLOW, "steps/send-survey when:1")


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
