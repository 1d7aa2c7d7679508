"""Where may a step lead, as it is written? Targets, and the lines of `when`, `whenever` and `otherwise` to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from kweek.flow.problems import Located, Position
from kweek.flow.words import ENDINGS, EndingKind

if TYPE_CHECKING:  # a list written in place is a target, and its steps have targets
    from kweek.flow.model.steps import AnyStep

RESERVED: Final = ("steps", "next", *ENDINGS, "else", "flow", "ignore")


class ToPath(Struct, frozen=True):
    """A path by its name; `steps` is the way in."""

    name: str
    at: Position


class Next(Struct, frozen=True):
    """Carry on below."""

    at: Position


class Ending(Struct, frozen=True):
    """Leave the flow with this result."""

    result: EndingKind
    at: Position


class ToFlow(Struct, frozen=True):
    """Leave for another flow."""

    flow: str
    at: Position


class Inline(Struct, frozen=True):
    """A list of steps written in place; it carries on below when it runs out."""

    steps: tuple[AnyStep, ...]
    at: Position


class Ignore(Struct, frozen=True):
    """`whenever` only: takes a default away."""

    at: Position


Target = ToPath | Next | Ending | ToFlow | Inline | Ignore


class Reaction(Struct, frozen=True):
    """A line of `when` or `whenever`: `event: target`. `clicked book-a-demo` has a link. Event `else` is the rest."""

    event: Located[str]
    target: Target
    link: str | None = None


class Otherwise(Struct, frozen=True):
    """A line of `otherwise`: `state: target`. A bare target is one line with the state `else`."""

    state: Located[str]
    target: Target
