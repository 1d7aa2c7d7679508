"""A flow does what its tests say, or the two stories are laid side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from msgspec.structs import replace

from kweek.cli import main
from kweek.flow.cases.case import Case
from kweek.flow.cases.crowd import run_crowd
from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import Result, try_case
from kweek.flow.cases.run import run_case
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Plan
from kweek.flow.problems import Located, Position
from kweek.flow.surveys import Option, Question, Survey
from kweek.flow.world import World
from kweek.rehearsal import rehearse
from kweek.rules.calendars import Calendar
from kweek.rules.qualification import Disqualifier, Need, SalesReady
from kweek.workspace import read_workspace
from tests.unit.flow_of import BROCHURE, plan_from
from tests.unit.manual import CASES

ROOT = Path(__file__).parents[2]
OFFICE = Calendar("Europe/Amsterdam", (((540, 1050),),) * 5 + ((), ()))
WORLD = World(
    {"brochure-request": BROCHURE},
    calendar=OFFICE,
    calendars={"office": OFFICE},
    send_hours="office",
    timezone="Europe/Amsterdam",
    surveys={"survey": "brochure"},
    fills={"survey.brochure.money": "bant.budget"},
    sales_ready=SalesReady(
        (Need("budget", parse_condition('bant.budget == "reserved"')),),
        (Disqualifier("competitor", parse_condition('tagged("competitor")')),),
    ),
)


def cases(text: str, plan: Plan = BROCHURE) -> Iterator[Case]:
    found, problems = read_cases(dedent(text), "flows/tests/brochure-request.yaml", plan)
    assert problems == ()
    yield from found


def case(body: str, plan: Plan = BROCHURE) -> Case:
    lines = "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())
    return next(cases(f"flow: {plan.flow}\ntests:\n  - name: a test\n{lines}", plan))


def tried(body: str, world: World = WORLD) -> Result:
    return try_case(BROCHURE, case(body), world)


def story(body: str, plan: Plan = BROCHURE) -> list[str]:
    ran = run_case(plan, case(body + "\nexpect: { ends: done }", plan), WORLD)
    assert ran.trouble == ()
    return [f"{one.day} {one.clock} {one}" for one in ran.story.told if one.kind != "·"]


def test_the_manuals_own_example_holds() -> None:
    for one in cases(CASES.replace("1000", "100")):
        result = try_case(BROCHURE, one, WORLD)
        assert result.holds, result.message


# --- the story --------------------------------------------------------------------------------------


def test_a_mail_is_told_when_it_leaves() -> None:
    assert story("starts: saturday 2026-02-28 22:00")[:2] == ["0 22:00 starts brochure-request", "9 09:00 send survey"]


def test_days_are_dates_and_events_count_hours() -> None:
    """Across the change to summer time seven days are an hour later by the clock, and so is `day 7`."""
    assert story("starts: monday 2026-03-23 09:00\nevents: { day 7 + 1 minute: bounced }") == [
        "0 09:00 starts brochure-request",
        "7 10:00 send survey",
        "7 10:01 ends discard",
    ]
    by_the_clock = story("starts: monday 2026-03-23 09:00\nevents: { day 7 11:30: bounced }")
    assert by_the_clock[-1] == "7 11:30 ends discard"


def test_answers_become_facts_just_before_they_are_judged() -> None:
    answered = "lead: { profile: A }\nevents: { day 8: { answered: { money: reserved } } }"
    assert story(answered)[2] == "8 09:00 handover sales"
    assert story("lead: { profile: A }\nevents: { day 8: { answered: { money: none } } }")[2] == "8 09:00 call brochure"
    assert story("events: { day 8: { answered: { bant.budget: reserved } } }")[2] == "8 09:00 handover sales"


def test_the_lead_is_who_the_case_says() -> None:
    answered = "events: { day 8: answered }"
    assert story("lead: { profile: B }\n" + answered)[2] == "8 09:00 call brochure"
    assert story("lead: { profile: C }\n" + answered)[2] == "8 09:00 ends done"
    assert story("lead: { score: { profile: 10 } }\n" + answered)[2] == "8 09:00 call brochure"
    assert story("lead: { bant: { budget: reserved } }\n" + answered)[2] == "8 09:00 handover sales"
    assert story("lead: { tracking: false }")[2] == "14 09:00 call brochure"
    assert story("lead: { consent: false }")[1:3] == ["7 09:00 blocked survey", "7 09:00 call brochure"]


def test_a_word_is_about_the_last_thing_to_which_it_can_happen() -> None:
    assert story("""
        events:
          day 7 + 1 hour: opened
          day 14 + 1 hour: interested
          day 15: opened
          day 15 + 1 hour: contacted
          day 16: { rejected: student }
        """)[2:] == [
        "14 09:00 call brochure",
        "14 10:00 handover sales",
        "15 06:00 remind",
        "16 09:00 ends discard",
    ]


def test_three_attempts_are_unreachable_and_a_call_back_is_kept() -> None:
    thrice = "".join(f"\n  day {14 + n} + 1 hour: attempted" for n in range(3))
    assert story(f"events:\n  day 7 + 1 hour: opened{thrice}")[-1] == "16 10:00 ends discard"
    kept = "events:\n  day 7 + 1 hour: opened\n  day 15: { call_back: day 28 10:00 }\n  day 28 10:05: interested"
    assert story(kept)[3] == "28 10:05 handover sales"


def test_what_cannot_happen_is_a_failure_that_says_so() -> None:
    result = tried("events: { day 3: opened }\nexpect: { day 7: send survey }")
    assert not result.holds
    assert result.message.startswith("day 3: opened — no mail had left by then")


def test_by_hand_where_no_event_starts_the_flow() -> None:
    plan = plan_from("flow: by-hand\ntitle: By hand\nstart: manual\nsteps:\n  - tag: seen\n  - end: done\n", "by-hand")
    assert story("", plan) == ["0 09:00 starts by-hand", "0 09:00 tag seen", "0 09:00 ends done"]


# --- what is expected -------------------------------------------------------------------------------

OPENED = "events: { day 7 + 2 hours: opened }\n"


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ("{ day 7: send survey, day 14: call }", True),
        ("{ day 7: [send survey, call] }", False),
        ("{ day 6: send survey }", False),
        ("{ day 7: [send survey, send survey] }", False),
        ("{ never: handover }", True),
        ("{ never: [handover, call brochure] }", False),
        ('{ ends: "day 21, done" }', True),
        ("{ ends: done }", True),
        ("{ ends: day 21 }", True),
        ('{ ends: "day 20, done" }', False),
        ("{ ends: discard }", False),
        ("{ after 20 days: { under way: 1, call: 1 } }", True),
        ("{ after 13 days: { call: 1 } }", False),
        ("{ after 21 days: { under way: 0, done: 1, send survey: 100% } }", True),
        ("{ after 21 days: { lost: at least 1 } }", False),
        ("{ after 21 days: { lost: at most 1 } }", True),
    ],
)
def test_every_expectation_can_hold_and_can_fail(expect: str, holds: bool) -> None:
    result = tried(f"{OPENED}expect: {expect}")
    assert result.holds is holds
    assert bool(result.message) is not holds


def test_what_happens_again_and_again_is_shortened() -> None:
    result = tried("events: { day 3: quote.requested, day 60: won }\nexpect: { ends: lost }")
    lines = result.message.splitlines()
    assert lines[0] == "It ended on day 60, won; expected was lost."
    assert sum("escalate rung 1" in line for line in lines) == 3
    assert any(line.strip() == "…" for line in lines)


# --- a crowd ----------------------------------------------------------------------------------------

CROWD = "leads: 400\nmix: { opened: 45%, bounced: 5%, answered: 25% }\nexpect: { after 60 days: { under way: 0 } }"


def test_a_crowd_does_the_same_every_time() -> None:
    one, two = (list(run_crowd(BROCHURE, case(CROWD), WORLD)) for _ in range(2))
    assert [ran.story.words for ran in one] == [ran.story.words for ran in two]


def test_a_crowd_keeps_its_shares_and_tries_every_way() -> None:
    runs = list(run_crowd(BROCHURE, case(CROWD), WORLD))
    events = Counter(str(told) for ran in runs for told in ran.story.told if told.kind == "·")
    assert 150 < events["· opened"] < 210
    assert 70 < events["· answered"] < 130
    assert 8 < events["· bounced"] < 35
    assert {"· interested", "· not interested", "· attempted", "· won", "· lost", "· contacted"} <= set(events)
    ends = Counter(ran.story.end.what for ran in runs if ran.story.end)
    assert set(ends) == {"discard", "done", "won", "lost"}


def test_a_crowd_that_is_told_what_sales_does() -> None:
    told = case("""
        leads: 100
        mix: { answered: 100%, interested: 100%, won: 100%, quote.requested: 20% }
        expect: { after 60 days: { won: 100% } }
        """)
    told = replace(told, lead=case("lead: { profile: A }\nexpect: { never: call }").lead)
    result = try_case(BROCHURE, told, WORLD)
    assert result.holds, result.message


def test_a_crowd_that_fails_shows_a_lead() -> None:
    result = tried("""
        leads: 100
        mix: { opened: 45%, answered: 30% }
        expect: { never: call, after 60 days: { won: at least 90% } }
        """)
    assert not result.holds
    first, second, third, *others = result.message.splitlines()
    assert first.startswith("after 60 days won: at least 90% — there are ")
    assert second.endswith("of 100 leads did not do what is expected of each")
    assert third.startswith("for example lead ")
    assert any("never call" in line and "✗" in line for line in others)


# --- the command ------------------------------------------------------------------------------------


def test_the_flows_that_ship_do_what_their_tests_say() -> None:
    workspace = read_workspace(ROOT)
    tested = rehearse(workspace, [Path(path).stem for path in workspace.tests])
    assert tested.problems == ()
    assert [result.message for result in tested.results if not result.holds] == []
    assert {result.case.flow for result in tested.results} == set(workspace.flows)
    assert {flow: rows for flow in workspace.flows if (rows := tested.unwalked(flow))} == {}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flows/tests").mkdir(parents=True)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/workspace.yaml").write_text("name: Acme\nlanguages: [en]\ntimezone: Europe/Amsterdam\n")
    (tmp_path / "flows/tagged.yaml").write_text(
        "flow: tagged\ntitle: Tagged\nstart: manual\nsteps:\n  - wait: 2 days\n  - tag: seen\n  - end: done\n"
    )
    (tmp_path / "flows/tests/tagged.yaml").write_text(
        "flow: tagged\ntests:\n  - name: it is tagged\n    expect: { day 2: tag seen }\n"
        "  - name: it never ends\n    expect: { ends: 'day 3, won' }\n"
    )
    return tmp_path


def test_the_command_says_what_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--workspace", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "flows/tests/tagged.yaml:5: tagged: it never ends" in out
    assert "It ended on day 2, done; expected was day 3, won." in out
    assert "day 3   ends won" in out
    assert out.endswith("1 of 2 tests hold, 1 fails.\n")


def test_the_command_speaks_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "tagged", "--workspace", str(folder), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [(test["test"], test["holds"]) for test in answer["tests"]] == [
        ("it is tagged", True),
        ("it never ends", False),
    ]
    tag = answer["tests"][0]["story"][-2]
    assert {key: tag[key] for key in ("day", "clock", "kind", "what")} == {
        "day": 2, "clock": "09:00", "kind": "tag", "what": "seen",
    }  # fmt: skip


def test_mistakes_are_answered_before_anything_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "flows/tests/tagged.yaml").write_text("flow: tagged\ntests:\n  - name: x\n    expect: { dey 2: tag }\n")
    assert main(["test", "--workspace", str(folder)]) == 1
    assert "flows/tests/tagged.yaml:4:15: error:" in capsys.readouterr().out


def test_a_broken_flow_is_not_run_but_explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "flows/tagged.yaml").write_text("flow: tagged\ntitle: T\nstart: manual\nsteps:\n  - wait: 2 dys\n")
    assert main(["test", "--workspace", str(folder)]) == 1
    assert "flows/tagged.yaml:5:11: error:" in capsys.readouterr().out


def test_what_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "taged", "--workspace", str(folder)]) == 2
    assert "Did you mean “tagged”?" in capsys.readouterr().err
    (folder / "flows/tests/tagged.yaml").unlink()
    assert main(["test", "--workspace", str(folder)]) == 2
    assert "nothing to test" in capsys.readouterr().err


def test_an_answer_to_another_survey_than_the_one_at_hand_is_said() -> None:
    quote, wish, brochure = (Located(name, Position(1, 1), "") for name in ("quote", "wish", "brochure"))
    question = Question(wish, {"en": "?"}, "choice", (Option(quote, {}),))
    world = replace(WORLD, asked={"brochure": Survey("s.yaml", brochure, {}, questions=(question,))})
    asked = "events: { day 7 + 2 hours: { answered: { ANSWER } } }\nexpect: { day 7: send survey }"
    assert tried(asked.replace("ANSWER", "wish: quote"), world).holds
    for answer, name in (
        ("wish: gold", "wish"),
        ("bant.time: now", "bant.time"),
        ("survey.fair.wish: x", "survey.fair"),
    ):
        says = tried(asked.replace("ANSWER", answer), world).says
        assert f"the survey brochure does not give this “{name}" in says[0]
        assert "its questions are wish" in says[0]
