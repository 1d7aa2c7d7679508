"""What can a step say? One class per verb, every word with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from msgspec import Struct

from kweek.flow.duration import Duration
from kweek.flow.model.targets import Inline, Otherwise, Reaction, Target
from kweek.flow.moment import Moment
from kweek.flow.problems import Located, Position
from kweek.flow.words import EndingKind
from kweek.rules.grades import Axis


class Step(Struct, frozen=True, kw_only=True):
    """`at` is the place of the verb; `id` is what the author wrote (`kweek.flow.ids` names the others)."""

    verb: ClassVar[str]
    at: Position
    id: Located[str] | None = None


class Wait(Step, frozen=True, kw_only=True):
    """The lead rests."""

    verb: ClassVar[str] = "wait"
    until: Located[Moment]
    when: tuple[Reaction, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


class Share(Struct, frozen=True):
    """One half of an A/B test. A mail None is `nothing`."""

    mail: Located[str | None]
    per_cent: Located[int]


class Send(Step, frozen=True, kw_only=True):
    """A mail leaves. One mail is one share of 100."""

    verb: ClassVar[str] = "send"
    mails: tuple[Share, ...]
    expires: Located[Duration] | None = None
    within: Located[Duration] | None = None
    when: tuple[Reaction, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


class Call(Step, frozen=True, kw_only=True):
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


class Rung(Struct, frozen=True):
    """One line of `escalate`."""

    at: Position
    after: Located[Duration]
    every: Located[Duration] | None = None
    tell: Located[str] | None = None
    reassign: Located[str] | None = None


class Handover(Step, frozen=True, kw_only=True):
    """Sales gets the lead, with a running clock."""

    verb: ClassVar[str] = "handover"
    team: Located[str]
    prefer: Located[Literal["owner", "same person"]] | None = None
    follow_up: Located[Duration] | None = None
    remind: Located[Duration] | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[Reaction, ...] = ()


class Task(Step, frozen=True, kw_only=True):
    """A colleague gets something to do. `outcomes` empty: the default, `done`."""

    verb: ClassVar[str] = "task"
    title: Located[str]
    within: Located[Duration]
    to: Located[str] | None = None
    outcomes: tuple[Located[str], ...] = ()
    remind: Located[Duration] | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[Reaction, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


class Branch(Struct, frozen=True):
    """A line of `choose`: a condition or a share; neither: `else`."""

    at: Position
    target: Target
    condition: Located[str] | None = None
    share: Located[int] | None = None

    @property
    def is_else(self) -> bool:
        """It is true for whoever comes to it."""
        return self.condition is None and self.share is None


class Choose(Step, frozen=True, kw_only=True):
    """The way parts: the first true line decides."""

    verb: ClassVar[str] = "choose"
    branches: tuple[Branch, ...]

    @property
    def leaves_open(self) -> bool:
        """Do some leads fit no line of it? Not where the last one is `else`, nor where shares make 100."""
        shares = sum(branch.share.value for branch in self.branches if branch.share)
        return shares != 100 and not any(branch.is_else for branch in self.branches)


class Go(Step, frozen=True, kw_only=True):
    """A jump that never comes back."""

    verb: ClassVar[str] = "go"
    target: Target
    at_most: Located[int] | None = None
    then: Target | None = None


class End(Step, frozen=True, kw_only=True):
    """The lead leaves."""

    verb: ClassVar[str] = "end"
    result: Located[EndingKind]
    because: Located[str] | None = None


class Score(Step, frozen=True, kw_only=True):
    """Points, in the ledger."""

    verb: ClassVar[str] = "score"
    points: tuple[tuple[Axis, Located[int]], ...]
    because: Located[str] | None = None


class Tag(Step, frozen=True, kw_only=True):
    """A word that stays with the lead."""

    verb: ClassVar[str] = "tag"
    tags: tuple[Located[str], ...]


class Untag(Step, frozen=True, kw_only=True):
    """Takes the word away."""

    verb: ClassVar[str] = "untag"
    tags: tuple[Located[str], ...]


class Set(Step, frozen=True, kw_only=True):
    """Fields of the lead are filled in.

    (field, value): the values `today` and `event.<field>` are looked up, anything else is a constant.
    """

    verb: ClassVar[str] = "set"
    fields: tuple[tuple[Located[str], Located[str]], ...]


class Tell(Step, frozen=True, kw_only=True):
    """A colleague hears of it."""

    verb: ClassVar[str] = "tell"
    to: Located[str]
    text: Located[str] | None = None
    mail: Located[str] | None = None


class Webhook(Step, frozen=True, kw_only=True):
    """A signed POST."""

    verb: ClassVar[str] = "webhook"
    name: Located[str]


AnyStep = Wait | Send | Call | Handover | Task | Choose | Go | End | Score | Tag | Untag | Set | Tell | Webhook


def targets_of(step: AnyStep) -> Iterator[Target]:
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
        for target in targets_of(step):
            if isinstance(target, Inline):
                yield from walk(target.steps)
