"""What can a flow file say? The language as it is written: one class per verb, every word with its place.

Names are unresolved and conditions are texts here; `kweek.flow.compile` makes a plan of it that can run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.plan import Axis, EndingKind, Limit, Reentry
from kweek.flow.problems import Located, Position

RESERVED: Final = ("steps", "next", "done", "discard", "won", "lost", "else", "flow", "ignore")
ENDINGS: Final[tuple[EndingKind, ...]] = ("done", "discard", "won", "lost")

# --- targets ---------------------------------------------------------------------------------------


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


# --- steps: one class per verb ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`at` is the place of the verb; `id` is what the author wrote (`kweek.flow.ids` names the others)."""

    verb: ClassVar[str]
    at: Position
    id: Located[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """The lead rests."""

    verb: ClassVar[str] = "wait"
    until: Located[Moment]
    when: tuple[Reaction, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """One half of an A/B test. A mail None is `nothing`."""

    mail: Located[str | None]
    per_cent: Located[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Step):
    """One mail is one share of 100."""

    verb: ClassVar[str] = "send"
    mails: tuple[Share, ...]
    expires: Located[Duration] | None = None
    within: Located[Duration] | None = None
    when: tuple[Reaction, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Step):
    """A call task on the telemarketers' desk."""

    verb: ClassVar[str] = "call"
    script: Located[str]
    within: Located[Duration]
    queue: Located[str] | None = None
    priority: Located[str] | None = None
    attempts: Located[int] | None = None
    apart: Located[Duration] | None = None
    when: tuple[Reaction, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of `escalate`."""

    at: Position
    after: Located[Duration]
    every: Located[Duration] | None = None
    tell: Located[str] | None = None
    reassign: Located[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover(Step):
    """Sales gets the lead, with a running clock."""

    verb: ClassVar[str] = "handover"
    team: Located[str]
    prefer: Located[Literal["owner", "same person"]] | None = None
    follow_up: Located[Duration] | None = None
    remind: Located[Duration] | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[Reaction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Step):
    """`outcomes` empty: the default, `done`."""

    verb: ClassVar[str] = "task"
    title: Located[str]
    within: Located[Duration]
    to: Located[str] | None = None
    outcomes: tuple[Located[str], ...] = ()
    remind: Located[Duration] | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[Reaction, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of `choose`: a condition or a share; neither: `else`."""

    at: Position
    target: Target
    condition: Located[str] | None = None
    share: Located[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Step):
    """The first true line."""

    verb: ClassVar[str] = "choose"
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Go(Step):
    """A jump that never comes back."""

    verb: ClassVar[str] = "go"
    target: Target
    at_most: Located[int] | None = None
    then: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Step):
    """The lead leaves."""

    verb: ClassVar[str] = "end"
    result: Located[EndingKind]
    because: Located[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Step):
    """Points, in the ledger."""

    verb: ClassVar[str] = "score"
    points: tuple[tuple[Axis, Located[int]], ...]
    because: Located[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Step):
    """A word that stays with the lead."""

    verb: ClassVar[str] = "tag"
    tags: tuple[Located[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Untag(Step):
    """Takes the word away."""

    verb: ClassVar[str] = "untag"
    tags: tuple[Located[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Step):
    """(field, value): the values `today` and `event.<field>` are looked up, anything else is a constant."""

    verb: ClassVar[str] = "set"
    fields: tuple[tuple[Located[str], Located[str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Step):
    """A colleague hears of it."""

    verb: ClassVar[str] = "tell"
    to: Located[str]
    text: Located[str] | None = None
    mail: Located[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Step):
    """A signed POST."""

    verb: ClassVar[str] = "webhook"
    name: Located[str]


AnyStep = Wait | Send | Call | Handover | Task | Choose | Go | End | Score | Tag | Untag | Set | Tell | Webhook

# --- the whole -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """One way in: an event (with a condition), beside a date, at a weekly moment (with a condition), or by hand."""

    at: Position
    event: Located[str] | None = None
    condition: Located[str] | None = None
    moment: Located[Moment] | None = None
    every: Located[Moment] | None = None
    manual: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """Judged on entry and when a score, grade or field changes; fires once an enrolment."""

    at: Position
    condition: Located[str]
    target: Target


@dataclass(frozen=True, slots=True)
class Path:
    """A named list of steps; the way in is named `steps`."""

    name: Located[str]
    steps: tuple[AnyStep, ...]


@dataclass(frozen=True, slots=True)
class Flow:
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


def targets(step: AnyStep) -> Iterator[Target]:
    """Where a step says that it may go, in the order of the text (not what follows it in silence)."""
    match step:
        case Wait() | Send() | Call() | Task():
            yield from (line.target for line in step.when)
            yield from (line.target for line in step.otherwise)
        case Handover():
            yield from (line.target for line in step.when)
        case Choose():
            yield from (line.target for line in step.branches)
        case Go():
            yield step.target
            if step.then is not None:
                yield step.then
        case _:
            return


def walk(steps: tuple[AnyStep, ...]) -> Iterator[AnyStep]:
    """These steps and those in the lists written inside them."""
    for step in steps:
        yield step
        for target in targets(step):
            if isinstance(target, Inline):
                yield from walk(target.steps)
