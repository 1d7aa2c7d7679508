"""Teams are part of teams: who has no manager of its own has that of what it is part of."""

from __future__ import annotations

from activities.colleagues import meant
from kweek.flow.catalogue import Rules, Teams
from kweek.flow.load.teams import TeamReader
from kweek.flow.yaml import Pairs, read_yaml

TEAMS = """
teams:
  group: { manager: { name: gerda, email: gerda@example.com } }
  south: { parent: group, region: Limburg, manager: { name: sofie, email: sofie@example.com } }
  north:
    parent: group
    members: [{ name: anna, email: anna@example.com }]
  sales:
    parent: south
    members: [{ name: bram, email: bram@example.com }]
"""


def read(text: str) -> tuple[Teams, list[str]]:
    reader, root = TeamReader("rules/teams.yaml"), read_yaml(text, "rules/teams.yaml").root
    assert isinstance(root, Pairs)
    return reader.read(root), [problem.code for problem in reader.problems]


def test_the_manager_is_the_nearest_above() -> None:
    teams, problems = read(TEAMS)
    assert problems == []
    managers = {name: found.name.value for name in teams.teams if (found := teams.manager_of(name))}
    assert managers == {"group": "gerda", "south": "sofie", "north": "gerda", "sales": "sofie"}
    assert [team.name.value for team in teams.line("sales")] == ["sales", "south", "group"]
    assert teams.manager_of("nobody's") is None


def test_who_is_told_is_the_manager_of_whoever_has_the_lead() -> None:
    rules = Rules(teams=read(TEAMS)[0])
    assert [one.name.value for one in meant("manager", rules, owner="bram")] == ["sofie"]
    assert [one.name.value for one in meant("manager", rules, owner="bram", team="north")] == ["gerda"]
    assert [one.name.value for one in meant("manager", rules, owner=None)] == ["gerda"]


def test_what_is_part_of_itself_ends() -> None:
    teams, problems = read(TEAMS.replace("group: {", "group: { parent: sales,"))
    assert problems == ["circle"]
    assert [team.name.value for team in teams.line("north")] == ["north", "group", "sales", "south"]
