"""Which picture does a page show? That of a published version, with its numbers; and what the file says meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection, select

from kweek.draw import Picture, lay_out
from kweek.flow.load.flow import load_flow
from kweek.flow.model import Flow
from kweek.flow.plan import Branch, EndStep, Go, Otherwise, Plan, Send, When
from kweek.flow.problems import Problem, errors
from kweek.flow.rows import END, GOAL, line_at
from kweek.leads import publish, tables
from kweek.leads.tally import Numbers, is_step
from kweek.linting import belongs_to, flows_in, lint_unrendered
from kweek.versions import source_of, version_of
from kweek.words import Tongue
from kweek.workspace import Workspace, read_workspace, watched

Draft = Literal["same", "differs", "broken", "new", "gone"]
_FRESH: Final = 0.5  # seconds between looks at the files
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class OnFile:
    """A flow as its file is now. flow: as far as it can be read. problems: why publishing would refuse it. version:
    what publishing it would make, with these texts: source."""

    flow: Flow | None
    version: str | None
    problems: tuple[Problem, ...]
    source: Mapping[str, str]


@dataclass(slots=True)
class Files:
    """The workspace's flows as they are written now, and what is wrong with its files; read again when one has
    changed."""

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stamp: object = None
    _looked: float = 0.0
    _flows: Mapping[str, OnFile] = field(default_factory=dict[str, OnFile])
    _wrong: tuple[Problem, ...] = ()

    def wrong(self) -> tuple[Problem, ...]:
        self.flows()
        return self._wrong

    def flows(self) -> Mapping[str, OnFile]:
        with self._lock:
            if time.monotonic() - self._looked > _FRESH:
                stamp = [(path, found.st_mtime_ns, found.st_size) for path in watched(self.folder)
                         if (found := _stat(path))]  # fmt: skip
                if stamp != self._stamp:
                    workspace = read_workspace(self.folder)
                    self._wrong = tuple(errors(lint_unrendered(workspace)))
                    self._flows, self._stamp = _on_file(workspace, self._wrong), stamp
                self._looked = time.monotonic()
            return self._flows


def _stat(path: Path) -> Any:
    try:
        return path.stat()
    except OSError:
        return None


def _on_file(workspace: Workspace, wrong: Sequence[Problem]) -> dict[str, OnFile]:
    found: dict[str, OnFile] = {}
    for name in sorted(flows_in(workspace)):
        flow = workspace.flows.get(name)
        its = tuple(problem for problem in wrong if belongs_to(name, workspace, problem))
        source = source_of(workspace, name) if flow is not None else {}
        found[name] = OnFile(flow, version_of(source) if source and not its else None, its, source)
    return found


def draft_of(on_file: OnFile | None, published: str | None) -> Draft:
    """How the file stands to what leads walk."""
    if on_file is None:
        return "gone"
    if on_file.version is None:
        return "broken"
    if published is None:
        return "new"
    return "same" if on_file.version == published else "differs"


# --- a version's picture --------------------------------------------------------------------------


def picture_of(read: Connection, version: str, say: Tongue) -> Picture:
    """As it was published; laid out once for each tongue."""
    known = _KEPT.get((version, say))
    if known is None:
        known = lay_out(flow_in(read, version), say)
        if len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[version, say] = known
    return known


def source_in(read: Connection, version: str) -> Mapping[str, str]:
    """The texts of a version, by their paths."""
    return read.execute(select(tables.versions.c.source).where(tables.versions.c.hash == version)).scalar_one()


def flow_in(read: Connection, version: str) -> Flow:
    """As its author wrote it."""
    source = source_in(read, version)
    path = next(path for path in source if path.startswith("flows/"))
    flow = load_flow(source[path], path).flow
    if flow is None:
        raise publish.NoSuchVersionError(f"Version {version} holds no flow that can be read.")
    return flow


_KEPT: Final[dict[tuple[str, Tongue], Picture]] = {}


def counts(read: Connection, numbers: Numbers, flow: str, version: str) -> dict[str, int]:
    """The numbers in this version's picture. Who stands on a step: whatever version he walks. How often a row was
    taken, and an `end` come to: in every version in which that row or end says the same."""
    plan = publish.plan_in(read, version)
    found: dict[str, int] = {}
    for other, places in numbers.get(flow, {}).items():
        for place, count in places.items():
            if other == version or is_step(place) or _same(plan, publish.plan_in(read, other), place):
                key = place.removesuffix(END)
                found[key] = found.get(key, 0) + count
    return found


def _same(plan: Plan, other: Plan, place: str) -> bool:
    return (says := _says(plan, place)) is not None and says == _says(other, place)


def _says(plan: Plan, place: str) -> object:
    """What stands in that row, without where it leads; None: there is no such row."""
    of, _, row = place.rpartition(" ")
    step = plan.steps.get(of)
    if row == GOAL:
        return plan.goal and plan.goal.condition.text
    word, _, number = row.partition(":")
    if word == "share":
        return step.mails[int(number) - 1] if isinstance(step, Send) and int(number) <= len(step.mails) else None
    if word == "end":
        return step.result if isinstance(step, EndStep) else None
    if word == "whenever":
        line = plan.whenever[int(number) - 1] if int(number) <= len(plan.whenever) else None
    else:
        line = line_at(step, row)
    match line:
        case Branch():
            return (line.condition.text if line.condition else None, line.share)
        case Otherwise():
            return line.state
        case When():
            return line.event, line.link
        case Go():
            return "then"
        case None:
            return None
