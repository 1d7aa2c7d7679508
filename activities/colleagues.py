"""Who is meant by owner, manager, a team or a name? Somebody always is: where nobody else can be found, a manager."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kweek.flow.catalogue import Person, Rules, Teams
from kweek.flow.problems import Located, Position


def meant(to: str | None, rules: Rules, owner: str | None, team: str | None = None) -> Sequence[Person]:
    """Whom to tell by mail. owner: whose lead it is; team: the team's that has it. Nobody: a channel, which has no
    mailbox, or a company in whose rules/teams.yaml there is no manager."""
    if to in rules.settings.channels:
        return ()
    return _named(to, rules.teams, owner) or tuple(_managers(rules.teams, owner, team))[:1]


def _named(to: str | None, teams: Teams, owner: str | None) -> Sequence[Person]:
    people = {person.name.value: person for person in teams.people()}
    name = (owner if to == "owner" else to) or ""
    if "@" in name:  # an address, as it is written
        return (Person(_written(name), _written(name)),)
    if name in people:
        return (people[name],)
    return teams.teams[name].members if name in teams.teams else ()


def _written(text: str) -> Located[str]:
    return Located(text, Position(1, 1), Position(1, 1))


def _managers(teams: Teams, owner: str | None, team: str | None) -> Iterator[Person]:
    """Of the team that has it, then of the owner's, then of the first team that has one; a team's manager is its own,
    or that of what it is part of."""
    of_owner = [name for name, one in teams.teams.items() if owner in [person.name.value for person in one.members]]
    found = (teams.manager_of(name) for name in (team, *of_owner, *teams.teams))
    return (one for one in found if one is not None)
