"""What do the files of `rules/` say, and do they agree? Each to its model, with every mistake at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

from kweek.flow.catalogue import Rules
from kweek.flow.load.agreed import SalesReadyReader
from kweek.flow.load.calendars import CalendarReader
from kweek.flow.load.events import EventReader
from kweek.flow.load.one_slip import Reading, least_wrong
from kweek.flow.load.personas import PersonaReader
from kweek.flow.load.scoring import ScoringReader
from kweek.flow.load.settings import SettingsReader
from kweek.flow.load.teams import TeamReader
from kweek.flow.problems import Located, Problem, did_you_mean, in_order
from kweek.flow.yaml import Pairs, Trap, read_yaml

T = TypeVar("T")
Read = TypeVar("Read", covariant=True)


def read_rules(sources: Mapping[str, str | bytes]) -> tuple[Rules, tuple[Problem, ...]]:
    """`sources`: path (`rules/events.yaml`) → text. What is absent is empty. Raises nothing."""
    files, empty = _Files(sources), Rules()
    settings = files.read("workspace", SettingsReader, empty.settings)
    rules = Rules(
        events=files.read("events", EventReader, empty.events),
        calendars=files.read("calendars", partial(CalendarReader, timezone=settings.timezone), empty.calendars),
        teams=files.read("teams", TeamReader, empty.teams),
        sales_ready=files.read("sales-ready", SalesReadyReader, empty.sales_ready),
        scoring=files.read("scoring", ScoringReader, empty.scoring),
        personas=files.read("personas", PersonaReader, empty.personas),
        settings=settings,
    )
    return rules, in_order((*files.problems, *_unknown_names(rules)))


class _FileReader(Protocol[Read]):
    """A Reader of one file of rules."""

    @property
    def problems(self) -> Sequence[Problem]: ...

    def read(self, root: Pairs) -> Read: ...


class _Files:
    """The files that there are, and what was found in them."""

    def __init__(self, sources: Mapping[str, str | bytes]) -> None:
        self._sources = sources
        self.problems: list[Problem] = []

    def read(self, name: str, kind: Callable[[str], _FileReader[T]], absent: T) -> T:
        path = f"rules/{name}.yaml"
        if path not in self._sources:
            return absent
        source = self._sources[path]
        found = least_wrong(source, lambda slips: _read(source, path, kind, absent, slips))
        self.problems += found.problems
        return found.value


def _read(
    source: str | bytes, path: str, kind: Callable[[str], _FileReader[T]], absent: T, slips: tuple[Trap, ...]
) -> Reading[T]:
    tree, reader = read_yaml(source, path, slips=slips), kind(path)
    said = reader.read(tree.root) if tree.root is not None else absent
    # a file of comments only is a list that is still to be written
    problems = (*(problem for problem in tree.problems if problem.code != "empty"), *tree.unsaid(reader.problems))
    return Reading(said, problems, tree.root is not None)


def _unknown_names(rules: Rules) -> Iterator[Problem]:
    """Does what these files name of each other exist?"""
    events, calendars, teams = rules.events, rules.calendars, rules.teams.teams
    for event in events.values():
        yield from _unknown("events", event.source, events, "event")
    for team in teams.values():
        yield from _unknown("teams", team.calendar, calendars, "calendar")
        yield from _unknown("teams", team.parent, teams, "team")
    for queue in rules.teams.queues.values():
        yield from _unknown("teams", queue.team, teams, "team")
        yield from _unknown("teams", queue.calendar, calendars, "calendar")
    yield from _unknown("workspace", rules.settings.calendar, calendars, "calendar")
    yield from _unknown("workspace", rules.settings.send_hours, calendars, "calendar")


def _unknown(file: str, name: Located[str] | None, names: Iterable[str], kind: str) -> Iterator[Problem]:
    if name is not None and name.value not in names:
        what = f"There is no {kind} “{name.value}”."
        fix = did_you_mean(name.value, names) or f"Write it in rules/{kind}s.yaml"
        yield Problem(f"rules/{file}.yaml", name.at.line, name.at.column, "error", f"unknown-{kind}", what, "", fix)
