"""Where may a step lead, as it is written? Targets, and the lines of `when`, `whenever` and `otherwise` to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kweek.flow.plan import EndingKind
from kweek.flow.problems import Located, Position

if TYPE_CHECKING:  # a list written in place is a target, and its steps have targets
    from kweek.flow.model.steps import AnyStep

RESERVED: Final = ("steps", "next", "done", "discard", "won", "lost", "else", "flow", "ignore")
ENDINGS: Final[tuple[EndingKind, ...]] = ("done", "discard", "won", "lost")


@dataclass(frozen=True, slots=True)
class ToPath:
    """A path by its name; `steps` is the way in."""

    name: str
    at: Position


@dataclass(frozen=True, slots=True)
class Next:
    """Carry on below."""

    at: Position


@dataclass(frozen=True, slots=True)
class Ending:
    """Leave the flow with this result."""

    result: EndingKind
    at: Position


@dataclass(frozen=True, slots=True)
class ToFlow:
    """Leave for another flow."""

    flow: str
    at: Position


@dataclass(frozen=True, slots=True)
class Inline:
    """A list of steps written in place; it carries on below when it runs out."""

    steps: tuple[AnyStep, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Ignore:
    """`whenever` only: takes a default away."""

    at: Position


Target = ToPath | Next | Ending | ToFlow | Inline | Ignore


@dataclass(frozen=True, slots=True)
class Reaction:
    """A line of `when` or `whenever`: `event: target`. `clicked book-a-demo` has a link. Event `else` is the rest."""

    event: Located[str]
    target: Target
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A line of `otherwise`: `state: target`. A bare target is one line with the state `else`."""

    state: Located[str]
    target: Target
