"""A case for every way through a flow: each holds, and together they walk every row."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings

from kweek.cli import main
from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import try_case
from kweek.flow.cases.suggest import Suggestions, suggest
from kweek.flow.cases.written import text, written
from kweek.flow.plan import Plan
from kweek.flow.rows import rows_of
from kweek.flow.world import World
from kweek.rehearsal import rehearse
from kweek.suggesting import suggestion
from kweek.workspace import read_workspace
from tests.flows_of_chance import workspaces
from tests.lives import OFFICE
from tests.unit.flow_of import BROCHURE, plan_from
from tests.unit.test_cases_run import WORLD

ROOT = Path(__file__).parents[2]


def walk(plan: Plan, world: World, known: frozenset[str] = frozenset()) -> tuple[Suggestions, str, frozenset[str]]:
    """What is suggested, as text, and the rows that it walks when it is read again; all of it holds."""
    found = suggest(plan, world, known)
    items = written(found.cases, plan)
    cases, problems = read_cases(f"flow: {plan.flow}\ntests:\n{items}", "x.yaml", plan)
    assert problems == ()
    assert len(cases) == len(found.cases)
    results = [try_case(plan, case, world) for case in cases]
    assert [result.message for result in results if not result.holds] == []
    return found, items, frozenset[str]().union(*(result.rows for result in results))


def flow(body: str, **world: object) -> tuple[Suggestions, str, frozenset[str]]:
    plan = plan_from("flow: f\ntitle: T\nstart: brochure.requested\n" + dedent(body), "f")
    return walk(plan, World({"f": plan}, **world))


# --- every way ----------------------------------------------------------------------------------------


def test_every_row_of_a_flow_is_walked_by_no_more_cases_than_rows() -> None:
    found, items, rows = walk(BROCHURE, WORLD)
    assert rows >= rows_of(BROCHURE).keys()
    assert found.left == {}
    assert len(found.cases) <= len(rows_of(BROCHURE))
    assert items.startswith(
        "  - name: no reaction → discard\n    expect:\n      day 7: send survey\n      ends: day 14, discard\n\n"
    )
    assert "- name: opened but not filled in → call → nobody calls → done" in items
    assert "day 7 + 2 hours: { answered: { bant.budget: reserved } }" in items
    assert "day 2: { rejected: student }" in items


def test_only_what_is_missing_is_suggested() -> None:
    known = frozenset(rows_of(BROCHURE)) - {"call/call-brochure when:1"}
    found, items, rows = walk(BROCHURE, WORLD, known)
    assert len(found.cases) == 1
    assert "interested" in items
    assert "call/call-brochure when:1" in rows
    assert suggest(BROCHURE, WORLD, frozenset(rows_of(BROCHURE))).cases == ()


def test_a_flow_without_any_row_has_one_case() -> None:
    _, items, _ = flow("steps:\n  - wait: 2 days\n  - tell: anna\n  - end: done\n")
    assert items == "  - name: done\n    expect:\n      day 2: tell anna\n      ends: day 2, done\n"


@pytest.mark.parametrize(
    ("condition", "lead"),
    [
        ('lead.country == "NL"', "{ country: NL }"),
        ('lead.country != "NL" and known(lead.country)', "{ country: other }"),
        ("company.size >= 100", "{ company: { size: 100 } }"),
        ("50 < company.size <= 60", "{ company: { size: 51 } }"),
        ('lead.profile in ["A", "B"] and not tagged("cold")', "{ profile: A }"),
        ("company.size > 5 and company.size > 10", "{ company: { size: 11 } }"),
        ('known(lead.country) and lead.country == "NL"', "{ country: NL }"),
        ('lead.grade == "A1"', "{ profile: A, engagement: 1 }"),
        ("lead.score.intent > 4", "{ score: { intent: 5 } }"),
        ('tagged("vip")', "{ tags: [vip] }"),
        ('matches(lead.job_title, "*head of*")', "{ job_title: head of }"),
        ("days_until(lead.contract_end) < 30", "{ contract_end: 2026-03-31 }"),
        ("known(lead.phone) and known(lead.owner)", "{ phone: something, owner: something }"),
        ("lead.sales_ready", "{ bant: { budget: reserved } }"),
    ],
)
def test_conditions_are_made_true(condition: str, lead: str) -> None:
    body = f"""
        steps:
          - choose:
              - if: {condition}
                go: won
              - else: done
        """
    plan = plan_from("flow: f\ntitle: T\nstart: brochure.requested" + dedent(body), "f")
    world = World({"f": plan}, grades=WORLD.grades, sales_ready=WORLD.sales_ready)
    found = suggest(plan, world)
    assert found.left == {}
    assert f"    lead: {lead}\n" in written(found.cases, plan)


def test_a_line_below_another_is_made_true_without_the_other() -> None:
    found, items, _ = flow("""
        steps:
          - choose:
              - if: company.size > 10
                go: lost
              - if: company.size > 5
                go: won
              - else: done
        """)
    assert found.left == {}
    assert "size: 6" in items


def test_what_cannot_be_brought_about_is_said() -> None:
    found, _, _ = flow("""
        steps:
          - choose:
              - if: company.size > 5 and company.size < 5
                go: lost
              - share: 50%
                go: won
              - else: done
        """)
    assert found.left["steps/choose-1 choose:1"] == "company.size > 5 and company.size < 5"
    assert len(found.left) == 2


def test_loops_are_walked_to_their_limit() -> None:
    found, items, _ = flow("""
        steps:
          - call: script
            within: 5 days
            when: { interested: again, else: done }
            otherwise: lost
        paths:
          again:
            - wait: 1 day
            - go: steps
              at_most: 2 times
              then: won
        """)
    assert found.left == {}
    assert "- name: call → interested → … → for the last time → won" in items


def test_a_goal_an_if_at_the_start_and_what_is_wanted_anywhere() -> None:
    plan = plan_from(
        """\
        flow: f
        title: T
        start: { event: webinar.registered, if: event.topic == "heat" }
        goal: { if: lead.profile == "A", go: won }
        whenever: { clicked demo: lost, quote.requested: [{ tag: warm }] }
        steps:
          - send: hello
          - wait: 5 days
          - end: done
        """,
        "f",
    )
    found, items, rows = walk(plan, World({"f": plan}))
    assert (found.left, rows) == ({}, frozenset({"goal", "whenever:1", "whenever:2"}))
    assert "start: { webinar.registered: { topic: heat } }" in items
    assert "{ clicked: demo }" in items


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(workspace=workspaces)
def test_whatever_is_suggested_holds(workspace: tuple[Plan, ...]) -> None:
    world = World({plan.flow: plan for plan in workspace}, calendar=OFFICE)
    found, _, rows = walk(workspace[0], world)
    assert rows_of(workspace[0]).keys() - rows <= found.left.keys()
    assert len(found.cases) <= max(1, len(rows_of(workspace[0])))


# --- the text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "yaml"),
    [
        ("call → won", "call → won"),
        ("a: b", "'a: b'"),
        ("it's", "'it''s'"),
        ("no", "'no'"),
        ("- dash", "'- dash'"),
        ("# not", "'# not'"),
        ("{{ lead.name }}", "'{{ lead.name }}'"),
    ],
)
def test_texts_are_quoted_where_yaml_would_misread_them(words: str, yaml: str) -> None:
    assert text(words) == yaml
    assert text("a, b") == "a, b"
    assert text("a, b", inside=True) == "'a, b'"


# --- the command --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("flows", "rules", "surveys", "templates"):
        copytree(ROOT / name, tmp_path / name)
    return tmp_path


UNWALKED: dict[str, list[str]] = {}
"""Rows of flows that ship to which no suggested case leads, by flow."""


def test_every_way_of_the_flows_that_ship_is_walked_by_cases_that_hold(folder: Path) -> None:
    for path in (folder / "flows/tests").glob("*.yaml"):
        path.unlink()
    for flow in read_workspace(folder).flows:
        found = suggestion(read_workspace(folder), flow)
        assert found.cases > 3
        (folder / found.path).write_text(found.added)
    workspace = read_workspace(folder)
    tested = rehearse(workspace, list(workspace.flows))
    assert tested.problems == ()
    assert [result.message for result in tested.results if not result.holds] == []
    assert {flow: list(left) for flow in workspace.flows if (left := tested.unwalked(flow))} == UNWALKED
    for flow in workspace.flows:
        again = suggestion(workspace, flow)
        assert (again.cases, again.added) == (0, ""), flow


def test_what_the_survey_at_hand_does_not_ask_is_known_from_the_start(folder: Path) -> None:
    (folder / "flows/tests/webinar.yaml").unlink()
    added = suggestion(read_workspace(folder), "webinar").added
    assert "lead: { profile: A, bant: { budget: reserved, authority: decides, time: three-months } }" in added
    assert "{ answered: { bant.need: new-building, wish: call } }" in added  # an appointment would end the flow


def test_a_start_may_say_something_else_than_it_did_at_first(folder: Path) -> None:
    (folder / "flows/tests/fair-leads.yaml").unlink()
    assert "start: { fair.visited: { wish: call } }" in suggestion(read_workspace(folder), "fair-leads").added


def test_what_does_not_hold_as_it_is_written_is_left_out_and_said() -> None:
    plan = plan_from(
        "flow: f\ntitle: T\nstart: manual\nsteps:\n  - handover: sales\n    when: { won: won, lost: lost }\n", "f"
    )
    found = suggest(plan, World({"f": plan}), holds=lambda one: all(given.kind != "won" for given in one.case.given))
    assert [given.kind for one in found.cases for given in one.case.given] == ["lost"]
    assert list(found.left) == list(found.unheld) == [row for row in rows_of(plan) if row.endswith("when:1")]


def test_loops_of_several_steps_are_walked_to_their_limit() -> None:
    found, _, _ = flow("""
        steps:
          - task: Ask
            outcomes: [agrees, later]
            within: 5 days
            when: { agrees: papers, later: done }
            otherwise: done
        paths:
          papers:
            - task: Send
              within: 5 days
              when: { done: ask }
              otherwise: done
          ask:
            - wait: 1 week
            - go: steps
              at_most: 2 times
              then: lost
        """)
    assert found.left == {}


def test_it_is_put_below_what_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "flows/tests/contact-request.yaml"
    first = "flow: contact-request\ntests:\n- name: won  # by hand\n  events: { day 1: won }\n  expect: { ends: won }\n"
    path.write_text(first)
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 0
    shown = capsys.readouterr().out
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request", "--write"]) == 0
    assert path.read_text() == f"{first}\n{shown}"
    assert shown.startswith("- name: handover → rejected")
    assert main(["test", "contact-request", "--workspace", str(folder)]) == 0
    assert "Every row is walked" in capsys.readouterr().out
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 0
    assert capsys.readouterr() == ("", "every way that can be found is walked by flows/tests/contact-request.yaml\n")


def test_a_flow_without_tests_gets_a_file(folder: Path) -> None:
    path = folder / "flows/tests/contact-request.yaml"
    path.unlink()
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request", "--write"]) == 0
    assert path.read_text().startswith("# One case for every way")
    assert main(["test", "contact-request", "--workspace", str(folder)]) == 0


def test_one_is_one_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text(
        'flow: f\ntitle: F\nstart: manual\nsteps:\n  - choose:\n      - if: lead.country == "NL"\n        go: won\n'
        "      - else: done\n"
    )
    test = "flow: f\ntests:\n- name: won\n  lead: { country: NL }\n  expect: { ends: won }\n"
    (tmp_path / "flows/tests").mkdir()
    (tmp_path / "flows/tests/f.yaml").write_text(test)
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    assert capsys.readouterr().err == "flows/tests/f.yaml: 1 test added\n"


def test_what_has_no_case_is_said_in_the_file_and_where_nothing_is_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text(
        "flow: f\ntitle: F\nstart: manual\nsteps:\n"
        "  - choose:\n      - if: company.size > 5 and company.size < 5\n        go: won\n      - else: done\n"
    )
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    says = "steps/choose-1 choose:"
    assert f"  # Not walked: {says}" in (tmp_path / "flows/tests/f.yaml").read_text()
    capsys.readouterr()
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f"]) == 0
    assert f"Not walked: {says}" in capsys.readouterr().err
    assert "true where a lead comes by" in (tmp_path / "flows/tests/f.yaml").read_text()
    assert main(["test", "--workspace", str(tmp_path), "--write"]) == 2
    assert "--write goes with --suggest" in capsys.readouterr().err


def test_a_draw_is_walked_by_a_hundred_leads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text(
        "flow: f\ntitle: F\nstart: manual\nsteps:\n"
        "  - choose:\n      - share: 50%\n        go: won\n      - else: done\n"
    )
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    assert "leads: 100" in (tmp_path / "flows/tests/f.yaml").read_text()
    assert main(["test", "--workspace", str(tmp_path)]) == 0
    assert "Every row is walked: 2 of 2" in capsys.readouterr().out


def test_a_flow_without_rows_has_its_one_case_once(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text("flow: f\ntitle: F\nstart: manual\nsteps:\n  - end: done\n")
    for _ in range(2):
        assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    assert (tmp_path / "flows/tests/f.yaml").read_text().count("- name:") == 1


def test_what_cannot_be_suggested(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--workspace", str(folder), "--suggest", "contact"]) == 2
    assert "there is no flow “contact”" in capsys.readouterr().err
    (folder / "flows/tests/contact-request.yaml").write_text("flow: contact-request\ntests: x\n")
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 1
    assert "flows/tests/contact-request.yaml:2:" in capsys.readouterr().out
    (folder / "flows/tests/contact-request.yaml").write_text(
        "tests:\n  - name: won\n    expect: { ends: won }\nflow: contact-request\n"
    )
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 1


def test_a_flow_that_cannot_be_read_is_there_and_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "acme"
    for part in ("flows", "rules", "surveys", "templates"):
        copytree(Path(__file__).parents[2] / part, folder / part)
    (folder / "flows/brochure-request.yaml").write_text("flow: [\n")
    for words in (["brochure-request"], ["--suggest", "brochure-request"]):
        assert main(["test", *words, "--workspace", str(folder)]) == 1
        said = "".join(capsys.readouterr())
        assert "flows/brochure-request.yaml:" in said
        assert "no flow" not in said
        assert "Did you mean" not in said
