"""What can a flow file say? All of it, as it is written."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from kweek.flow.model.steps import AnyStep, walk
from kweek.flow.model.targets import Inline, Reaction, Target
from kweek.flow.moment import Moment
from kweek.flow.plan import Limit, Reentry
from kweek.flow.problems import Located, Position


class Start(Struct, frozen=True):
    """One way in: an event (with a condition), beside a date, at a weekly moment (with a condition), or by hand."""

    at: Position
    event: Located[str] | None = None
    condition: Located[str] | None = None
    moment: Located[Moment] | None = None
    every: Located[Moment] | None = None
    manual: bool = False


class Goal(Struct, frozen=True):
    """Judged on entry and when a score, grade or field changes; fires once an enrolment."""

    at: Position
    condition: Located[str]
    target: Target


class Path(Struct, frozen=True):
    """A named list of steps; the way in is named `steps`."""

    name: Located[str]
    steps: tuple[AnyStep, ...]


class Flow(Struct, frozen=True):
    """A flow file. `file` is its path within the workspace."""

    file: str
    name: Located[str]
    title: Located[str]
    start: tuple[Start, ...]
    steps: Path
    paths: tuple[Path, ...] = ()
    about: Located[str] | None = None
    reentry: Located[Reentry] | None = None
    whenever: tuple[Reaction, ...] = ()
    goal: Goal | None = None
    send_hours: Located[str] | None = None
    timezone: Located[str] | None = None
    limit: Located[Limit] | None = None
    pace: Located[str] | None = None
    moved: tuple[tuple[Located[str], Located[str]], ...] = ()

    def lists(self) -> Iterator[tuple[str, tuple[AnyStep, ...]]]:
        """Every list of steps with the name that begins its ids: the way in, the paths, lists in whenever and goal."""
        yield "steps", self.steps.steps
        for path in self.paths:
            yield path.name.value, path.steps
        for reaction in self.whenever:
            if isinstance(reaction.target, Inline):
                yield "whenever", reaction.target.steps
        if self.goal and isinstance(self.goal.target, Inline):
            yield "goal", self.goal.target.steps

    def walk(self) -> Iterator[AnyStep]:
        """Every step of the file, from top to bottom within its list, lists written in place included."""
        for _, steps in self.lists():
            yield from walk(steps)
