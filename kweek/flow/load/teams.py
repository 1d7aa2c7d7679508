"""Who works with the leads? rules/teams.yaml: teams with their members, queues, and what both can do in a day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kweek.flow.catalogue import Person, Queue, Team, Teams
from kweek.flow.kebab import kebab
from kweek.flow.load.reader import Reader
from kweek.flow.load.texts import parse_address, parse_capacity
from kweek.flow.problems import value_of
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

KEYS: Final = ("teams", "queues")
TEAM_KEYS: Final = ("members", "manager", "calendar", "region", "parent", "capacity")
PERSON_KEYS: Final = ("name", "email")
QUEUE_KEYS: Final = ("team", "calendar", "capacity")


class TeamReader(Reader):
    """Reads rules/teams.yaml."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self._bare: list[Text] = []  # teams without members
        self._addresses: Mapping[str, str] = {}  # of all who are named in this file

    def read(self, root: Pairs) -> Teams:
        self._addresses = dict(_addresses_below(root))
        known = self.known(root.pairs, KEYS, "rules/teams.yaml")
        teams = self.pairs(known["teams"].value, known["teams"].key, "sales: members: …") if "teams" in known else ()
        queues = self.pairs(known["queues"].value, known["queues"].key, "default: team: …") if "queues" in known else ()
        found = Teams({p.key.value: self._team(p) for p in teams}, {p.key.value: self._queue(p) for p in queues})
        self._say_empty(found)
        self._circle(found)
        return found

    def _say_empty(self, found: Teams) -> None:
        """Only a team that others are part of may do without members."""
        above = {team.parent.value for team in found.teams.values() if team.parent is not None}
        for key in self._bare:
            if key.value in above:
                continue
            fix = "Add: members: - { name: anna, email: anna@example.com }"
            self.note(key.at, "missing", f"“{key.value}” has no members.", "Nobody would get its leads.", fix)

    def _circle(self, found: Teams) -> None:
        """Said once, where the first of them names the next."""
        for name, team in found.teams.items():
            *_, top = found.line(name)
            if team.parent is not None and top.parent is not None and top.parent.value == name:
                what, why = f"“{name}” is part of itself.", "A team is part of another one, and that of none below it."
                fix = "Delete this line." if team.parent.value == name else "Delete one of the lines with parent."
                self.note(team.parent.at, "circle", what, why, fix)
                return

    def _team(self, pair: Pair) -> Team:
        known = self.fields(pair.value, pair.key, TEAM_KEYS, needs=("members",))
        members = self._members(known.get("members"))
        if isinstance(pair.value, Pairs) and "members" not in known:
            self._bare.append(pair.key)
        manager = self._person(known["manager"].value, known["manager"].key) if "manager" in known else None
        calendar, region, parent = (self.text(known.get(word)) for word in ("calendar", "region", "parent"))
        return Team(pair.key.located, members, manager, calendar, region, parent, self._capacity(known))

    def _members(self, pair: Pair | None) -> tuple[Person, ...]:
        if pair is None:
            return ()
        nodes = self.items(pair.value, pair.key, "{ name: anna, email: anna@example.com }")
        alone = [node for node in nodes if isinstance(node, Text) and self._in_full(node)]
        if alone[1:]:
            each = [self._in_full(node) for node in alone]
            right = f"members: [{', '.join(each)}]" if alone[0].at.line == pair.key.at.line else f"- {' - '.join(each)}"
            self._not_in_full(alone[0], right)
            nodes = [node for node in nodes if node not in alone]
        members = [person for person in (self._person(node, pair.key) for node in nodes) if person is not None]
        seen: set[str] = set()
        for person in members:
            if person.name.value in seen:
                what = f"“{person.name.value}” is in this team twice."
                self.note(person.name.at, "twice", what, "Each would get every second lead.", "Delete one line.")
            seen.add(person.name.value)
        return tuple(members)

    def _person(self, node: Node, key: Text) -> Person | None:
        if isinstance(node, Text) and (right := self._in_full(node)):
            self._not_in_full(node, f"{key.value}: {right}" if key.value == "manager" else right)
            return None
        known = self.fields(node, key, PERSON_KEYS, "name: anna, email: anna@example.com", PERSON_KEYS)
        if not isinstance(node, Pairs):
            return None
        self.required(known, {"name": "anna", "email": "anna@example.com"}, node.at, "This person")
        name, email = self.text(known.get("name")), self.parsed(known.get("email"), parse_address, "address")
        if name and " " in name.value.strip():
            first, why = kebab(name.value), "Flows and pages name a person by one word."
            self.note(name.at, "name", f"“{name.value}” is more than one word.", why, f"Write: name: {first}")
        return Person(name, email) if name and email else None

    def _in_full(self, said: Text) -> str:
        """Of a bare name or address, both; empty: it is neither."""
        found = _SAID.fullmatch(said.value)
        if found is None or not (found["name"] or found["email"]):
            return ""
        name = kebab(found["name"] or found["email"].partition("@")[0])
        return f"{{ name: {name}, email: {found['email'] or self._addresses.get(name) or f'{name}@example.com'} }}"

    def _not_in_full(self, said: Text, right: str) -> None:
        what = f"“{said.value}” alone does not say who that is."
        self.note(said.at, "keys-wanted", what, "A person has a name and an address.", f"Write: {right}")

    def _queue(self, pair: Pair) -> Queue:
        known = self.fields(pair.value, pair.key, QUEUE_KEYS)
        team, calendar = self.text(known.get("team")), self.text(known.get("calendar"))
        return Queue(pair.key.located, team, calendar, self._capacity(known))

    def _capacity(self, known: Mapping[str, Pair]) -> int | None:
        return value_of(self.parsed(known.get("capacity"), parse_capacity, "capacity"))


_SAID: Final = re.compile(r"(?P<name>[^\W\d_][\w.' -]*?)?[ ,;:<(]*(?P<email>[^\s@<>,;:()]+@[^\s@<>,;:()]+)?[>)]?")
"""`hanneke`, `hanneke@example.com`, `Hanneke <hanneke@example.com>`."""


def _addresses_below(node: Node) -> Iterator[tuple[str, str]]:
    """Name and address of each person, wherever in the file."""
    match node:
        case Pairs(pairs=pairs):
            said = {pair.key.value: pair.value.value for pair in pairs if isinstance(pair.value, Text)}
            if said.keys() >= {"name", "email"}:
                yield said["name"], said["email"]
            for pair in pairs:
                yield from _addresses_below(pair.value)
        case Items(items=items):
            for item in items:
                yield from _addresses_below(item)
        case _:
            pass
