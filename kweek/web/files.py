"""What do the workspace's files say now, beside what is published? Read again when one has changed.

Whoever opens a page sees them as they are at that moment; pages that are open are told within a second that they have
changed, by the stamp that each was made with.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from kweek.flow.model import Flow
from kweek.flow.problems import Problem, errors
from kweek.linting import belongs_to, flows_in, lint_unrendered
from kweek.versions import source_of, version_of
from kweek.workspace import Workspace, read_workspace, watched

Draft = Literal["same", "differs", "broken", "new", "gone"]
News = Literal["", "broken", "mended", "published", "changed"]
_FRESH: Final = 1.0  # seconds for which a look is good for pages that are open


@dataclass(frozen=True, slots=True)
class OnFile:
    """A flow as its file is now. flow: as far as it can be read. problems: why publishing would refuse it. version:
    what publishing it would make, with these texts: source."""

    flow: Flow | None
    version: str | None
    problems: tuple[Problem, ...]
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """wrong: with the files of all flows, and of the rules."""

    flows: Mapping[str, OnFile] = field(default_factory=dict[str, OnFile])
    wrong: tuple[Problem, ...] = ()

    def stamp(self, flow: str | None, published: str | None) -> str:
        """What a page says of the files: of this flow's, beside its published version; of all. The same for the
        same."""
        if flow is None:
            return _stamp("broken" if self.wrong else "sound", self.wrong, "")
        on_file = self.flows.get(flow)
        what = (on_file.problems, on_file.version) if on_file else ()
        return _stamp(draft_of(on_file, published), what, published or "")


@dataclass(slots=True)
class Files:
    """One for the process; threads may share it."""

    folder: Path
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stamp: object = None
    _at: float = float("-inf")
    _seen: Seen = field(default_factory=Seen)

    def fresh(self) -> Seen | None:
        """What was seen within the last second."""
        return self._seen if self.clock() - self._at < _FRESH else None

    def look(self) -> Seen:
        """As they are now."""
        with self._lock:
            stamp = [(path, found.st_ino, found.st_mtime_ns, found.st_size) for path in watched(self.folder)
                     if (found := _stat(path))]  # fmt: skip
            if stamp != self._stamp:
                workspace = read_workspace(self.folder)
                wrong = tuple(errors(lint_unrendered(workspace)))
                self._seen, self._stamp = Seen(_on_file(workspace, wrong), wrong), stamp
            self._at = self.clock()
            return self._seen


def draft_of(on_file: OnFile | None, published: str | None) -> Draft:
    """How the file stands to what leads walk."""
    if on_file is None:
        return "gone"
    if on_file.version is None:
        return "broken"
    if published is None:
        return "new"
    return "same" if on_file.version == published else "differs"


def news(shown: str, now: str) -> News:
    """What has become of the files since a page with this stamp was made."""
    was, _, before = shown.split(".") if shown.count(".") == 2 else ("", "", "")
    word, _, published = now.split(".")
    if shown == now:
        return ""
    if word == "broken":
        return "broken"
    if was == "broken":
        return "mended"
    return "published" if published != before else "changed"


def _stamp(word: str, what: object, published: str) -> str:
    return f"{word}.{zlib.crc32(repr(what).encode()):08x}.{published[:12]}"


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
