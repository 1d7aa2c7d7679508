"""What do the rules say now? The workspace's files, read again when they have changed; nobody has to be started anew.

The flows and mails of a running lead are those that were published. Rules are not: teams, calendars, points and events
hold for everybody from the moment in which they are saved. Broken ones are not taken: the last sound ones go on, also
for a process that starts while they are broken. Nor is a file that went away taken for one that says nothing: `{}` is
that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection

from kweek.edited import FILE, Past, calendars_in, with_past
from kweek.flow.catalogue import RULES, Rules
from kweek.flow.conditions.schema import FieldType
from kweek.flow.facts import Facts
from kweek.flow.lint.gather import names_of
from kweek.flow.lint.rules import lint_rules
from kweek.flow.load.rules import read_rules
from kweek.flow.problems import Problem, errors
from kweek.flow.world import World
from kweek.intake.ears import FlowEars, derivations
from kweek.intake.hooks import hooks_of
from kweek.leads import facts, sound_rules
from kweek.leads.database import Database, DatabaseAway, DatabaseUnusable
from kweek.leads.facts import Rules as FactRules
from kweek.leads.reckoned import Scores
from kweek.linting import names_in
from kweek.mails.template import purposes_of
from kweek.rules.wall import zone
from kweek.workspace import Workspace, read_workspace, watched
from kweek.worlds import world_of

log = structlog.get_logger()

FRESH: Final = 2.0  # seconds between looks at the files
_SCORING: Final = "rules/scoring.yaml"

Stamp = tuple[tuple[str, int, int], ...]
RulesNow = Callable[[], "InForce"]


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules, and what follows from them. types: what each field holds. purposes: what the mails that are there
    ask consent for."""

    rules: Rules
    world: World
    types: Mapping[str, FieldType]
    ears: FlowEars
    purposes: frozenset[str] = frozenset()

    def facts_of(self, tx: Connection, lead_id: str, now: datetime) -> Facts:
        """What conditions see of a lead; days are those of the workspace."""
        rules = facts.Rules(self.world.grades, self.world.sales_ready, self.types, self.world.personas)
        return facts.facts_of(tx, lead_id, now.astimezone(zone(self.world.timezone)), rules)


class Rulebook:
    """One for the process; threads may share it. Where nothing sound was ever read, the files are taken as they are."""

    def __init__(self, folder: Path, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self.database, self._clock = folder, database, clock
        self._lock = threading.Lock()
        self._to_keep: dict[str, str] | None = None
        self._to_say: str | None = None
        self._stamp = stamp_of(folder)
        self._last = self._read_kept()
        workspace = read_workspace(folder)
        self._workspace = workspace if self._sound(workspace) else self._as_before(workspace)
        self._past = self._read_past()
        self._in_force = in_force(self._workspace, self._past)
        self._looked = clock()

    def now(self) -> InForce:
        with self._lock:
            if self._clock() - self._looked > FRESH:
                self._look()
                self._looked = self._clock()
            return self._in_force

    def keep(self, now: datetime) -> None:
        """Have the sound rules outlive this process, and people hear of broken ones. Not in `now`, which is asked
        inside transactions. now: flow time. DatabaseAway."""
        with self._lock:
            source, words, scoring = self._to_keep, self._to_say, self._in_force.ears.scores.stamp
        past: Past = ()
        if source is not None:
            sound_rules.keep(self.database, source, now, lambda before: _edited(before, source), scoring)
            past = sound_rules.past(self.database)
        if words is not None:
            sound_rules.say_broken(self.database, words, now)
        with self._lock:
            if source is not None and self._to_keep is source:
                self._to_keep = None
                self._past = past
                self._in_force = in_force(self._workspace, past)
            self._to_say = None if self._to_say is words else self._to_say

    def _look(self) -> None:
        stamp = stamp_of(self.folder)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        workspace = read_workspace(self.folder)
        if self._sound(workspace):
            self._workspace = workspace
            # until `keep` has kept them, what is edited here is not known as an edit; those of before are
            self._in_force = in_force(workspace, self._past)

    def _sound(self, workspace: Workspace) -> bool:
        wrong, away = broken(workspace), gone(self._last, workspace.texts)
        if wrong or away:
            log.warning("rules/ has errors: the rules of before go on", errors=len(wrong + away), see="kweek lint")
            all_of_it = "; `kweek lint` says all" if wrong else ""
            first = min(wrong + away, key=lambda one: one.code not in ("empty", "gone"))  # others follow from it
            self._to_say = f"{first} The rules of before go on{all_of_it}."
            return False
        self._last = {path: text for path, text in workspace.texts.items() if path.startswith("rules/")}
        self._to_keep, self._to_say = dict(self._last), None
        return True

    def _read_kept(self) -> Mapping[str, str]:
        """Nothing: they were never sound here."""
        try:
            return sound_rules.kept(self.database) or {}
        except (DatabaseAway, DatabaseUnusable):
            return {}

    def _read_past(self) -> Past:
        try:
            return sound_rules.past(self.database)
        except (DatabaseAway, DatabaseUnusable):  # `keep` asks again
            return ()

    def _as_before(self, workspace: Workspace) -> Workspace:
        return replace(workspace, rules=_rules_in(self._last)) if self._last else workspace


def broken(workspace: Workspace) -> list[Problem]:
    """The errors in rules/: with one of them, what is written there holds for nobody. That a flow is not there, which
    the matrix names, is no reason: somebody may be writing it."""
    found = [*workspace.problems, *lint_rules(workspace.rules, names_in(workspace))]
    return [one for one in errors(found) if one.file.startswith("rules/") and one.code != "unknown-flow"]


def gone(before: Mapping[str, str], now: Mapping[str, str]) -> list[Problem]:
    """What was in force, and is said no more by any file, though nobody wrote that it shall not be: path → text. What
    is there, and broken, is said by `broken`."""
    found: list[Problem] = []
    fix = "Put it back; a file with {} in it says that there is none, and that it is meant."
    for path in (f"rules/{name}.yaml" for name in RULES):
        if path in before and path not in now and _rules_in({path: before[path]}) != Rules():
            what, why = f"There is no {path}.", "What it said holds for leads that are there."
            found.append(Problem(path, 1, 1, "error", "gone", what, why, fix))
    if _SCORING in before and _SCORING in now and now[_SCORING].strip() != "{}":
        was, says = (_rules_in({_SCORING: source[_SCORING]}).scoring.rules for source in (before, now))
        if was and not says:
            what, why = "It has no rules any more.", "All points that they gave would be taken back."
            found.append(Problem(_SCORING, 1, 1, "error", "gone", what, why, fix))
    return found


def _rules_in(source: Mapping[str, str]) -> Rules:
    """source: path → text."""
    return read_rules({path: text.encode() for path, text in source.items()})[0]


def _edited(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """What stood in the calendars' file, if it says something else now."""
    return before.get(FILE) if calendars_in(before) != calendars_in(after) else None


def in_force(workspace: Workspace, past: Past = ()) -> InForce:
    """What this workspace says, whoever keeps to it. past: of its calendars."""
    workspace = replace(workspace, rules=with_past(workspace.rules, past))
    rules = workspace.rules
    names = names_of({}, rules, workspace.surveys, {})
    types = names.schema().fields
    purposes, world = purposes_of(workspace.texts), world_of(workspace)
    scores = Scores(world.scoring, world.grades, world.timezone, types, world.matrix, names.events)
    hooks = hooks_of(rules.settings.webhooks, FactRules(world.grades, world.sales_ready, types, world.personas))
    judging = (*world.sales_ready.needs, *world.sales_ready.disqualified, *world.personas)
    judged = frozenset(name for one in judging for name in one.condition.names)
    ears = FlowEars(scores, world.conversions, tuple(derivations(rules)), hooks, judged)
    return InForce(rules, world, types, ears, purposes)


def stamp_of(folder: Path) -> Stamp:
    """Another one: a file of the workspace has changed."""
    return tuple(_of_files(folder))


def _of_files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for file in watched(folder):
        try:
            stat = file.stat()
        except OSError:  # it went away between two looks: the next one sees that
            continue
        yield str(file), stat.st_mtime_ns, stat.st_size
