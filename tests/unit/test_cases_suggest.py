"""A case for every way through a flow: each holds, and together they walk every row."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings

from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import try_case
from kweek.flow.cases.suggest import Suggestions, suggest
from kweek.flow.cases.written import text, written
from kweek.flow.plan import Plan
from kweek.flow.rows import rows_of
from kweek.flow.world import World
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
        ("lead.disqualified", "{ tags: [competitor] }"),
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


def test_what_does_not_hold_as_it_is_written_is_left_out_and_said() -> None:
    plan = plan_from(
        "flow: f\ntitle: T\nstart: manual\nsteps:\n  - handover: sales\n    when: { won: won, lost: lost }\n", "f"
    )
    found = suggest(plan, World({"f": plan}), holds=lambda one: all(given.kind != "won" for given in one.case.given))
    assert [given.kind for one in found.cases for given in one.case.given] == ["lost"]
    assert list(found.left) == list(found.unheld) == [row for row in rows_of(plan) if row.endswith("when:1")]


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
