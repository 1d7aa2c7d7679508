"""Who fits which portrait, and gets its points? And what may a portrait ask?"""

from __future__ import annotations

import pytest

from kweek.flow.facts import Fact
from kweek.flow.lint.gather import names_of
from kweek.flow.lint.rules import lint_rules
from kweek.flow.load.rules import read_rules
from kweek.flow.simulate.memory import Memory
from kweek.flow.world import World
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.lives import MONDAY

ONE = "a: { is: company.size > 5, rules: [{ because: b, "
FILE = """
grower:
  is: company.sector == "horticulture"
  rules:
    - because: leads a large nursery
      if: company.size >= 50
      profile: +10
large:
  title: { en: a large one, nl: een grote }
  is: company.size > 200
  max_cost: 900
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "rules").mkdir()
    (folder / "rules" / "personas.yaml").write_text(FILE, "utf-8")
    workspace = read_workspace(folder)
    assert not workspace.broken("rules/personas.yaml")
    return world_of(workspace)


@pytest.mark.parametrize(
    ("company", "persona", "points"),
    [
        ({}, None, 0),
        ({"size": 60}, None, 0),
        ({"sector": "horticulture"}, "grower", 0),
        ({"sector": "horticulture", "size": 60}, "grower", 10),
        ({"sector": "horticulture", "size": 300}, "grower", 10),
        ({"size": 300}, "large", 0),
    ],
)
def test_the_first_portrait_that_fits_is_its_own(
    world: World, company: dict[str, Fact], persona: object, points: int
) -> None:
    memory = Memory(world, fields={f"company.{name}": value for name, value in company.items()}).at(MONDAY)
    assert (memory.facts(None).field("lead.persona"), memory.judged().profile) == (persona, points)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("a: {}", "“a” does not say who is one."),
        ('a: { is: lead.profile == "A" }', "A persona cannot ask for lead.profile"),
        ('a: { is: lead.persona == "a" }', "A persona cannot ask for lead.persona"),
        ("a: { is: company.size > 5, max_cost: cheap }", "“cheap” is not a whole number"),
        (f"{ONE}when: opened, profile: +5 }}] }}", "A persona gives profile points, by who the lead is."),
        (f"{ONE}if: company.size > 9, intent: +5 }}] }}", "A persona gives profile points, by who the lead is."),
        ("a: { is: company.siz > 5 }", "There is no field company.siz"),
    ],
)
def test_what_a_portrait_may_not_say(wrong: str, said: str) -> None:
    rules, problems = read_rules({"rules/personas.yaml": wrong})
    found = [problem.what for problem in (*problems, *lint_rules(rules, names_of({}, rules, {}, {})))]
    assert len(found) == 1
    assert found[0].startswith(said)
