"""What do the rules say now? The workspace's files, read again when they have changed; nobody has to be started anew.

The flows and mails of a running lead are those that were published. Rules are not: teams, calendars, points and events
hold for everybody from the moment in which they are saved. Broken ones are not taken: the last good ones go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from kweek.flow.catalogue import Rules
from kweek.flow.conditions.types import FieldType
from kweek.flow.lint.gather import names_of
from kweek.flow.simulate.world import World
from kweek.intake.ears import FlowEars, derivations
from kweek.workspace import Workspace, read_workspace, watched
from kweek.worlds import world_of

log = structlog.get_logger()

FRESH: Final = 2.0  # seconds between looks at the files

Stamp = tuple[tuple[str, int, int], ...]
RulesNow = Callable[[], "InForce"]


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules, and what follows from them. types: what each field holds."""

    rules: Rules
    world: World
    types: Mapping[str, FieldType]
    ears: FlowEars


class Rulebook:
    """One for the process; threads may share it. Its first reading is taken as it is: what cannot be read is absent."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self._clock = folder, clock
        self._lock = threading.Lock()
        self._stamp = _stamp(folder)
        self._in_force = _read(read_workspace(folder))
        self._looked = clock()

    def now(self) -> InForce:
        with self._lock:
            if self._clock() - self._looked > FRESH:
                self._look()
                self._looked = self._clock()
            return self._in_force

    def _look(self) -> None:
        stamp = _stamp(self.folder)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        workspace = read_workspace(self.folder)
        errors = sum(one.severity == "error" and one.file.startswith("rules/") for one in workspace.problems)
        if errors:
            log.warning("the rules have errors: those of before go on", errors=errors, see="kweek lint")
            return
        self._in_force = _read(workspace)
        log.info("the rules were read again")


def _read(workspace: Workspace) -> InForce:
    rules = workspace.rules
    types = names_of({}, rules, workspace.surveys, {}).schema().fields
    return InForce(rules, world_of(workspace), types, FlowEars(tuple(derivations(rules))))


def _stamp(folder: Path) -> Stamp:
    return tuple(_of_files(folder))


def _of_files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for file in watched(folder):
        try:
            stat = file.stat()
        except OSError:  # it went away between two looks: the next one sees that
            continue
        yield str(file), stat.st_mtime_ns, stat.st_size
