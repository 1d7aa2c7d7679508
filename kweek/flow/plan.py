"""What is there to walk? A flow with every name resolved: what the machine runs, and nothing else.

A plan is made from a flow file by `kweek.flow.compile`. All targets are resolved: `next` is the step that
follows, a list written in place is a chain of steps, a path is its first step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from kweek.flow.conditions import Condition
from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.words import EndingKind
from kweek.rules.grades import Axis

# --- where it goes -------------------------------------------------------------------------------


class At(Struct, frozen=True):
    """Carry on at this step."""

    step: str


class End(Struct, frozen=True):
    """Leave the flow, with a result."""

    result: EndingKind
    because: str | None = None


class ToFlow(Struct, frozen=True):
    """Leave this flow for another; `then` decides where its `reentry` refuses."""

    flow: str
    then: Target | None = None


class Stay(Struct, frozen=True):
    """A passing event: the lead stays, and these immediate steps are done."""

    steps: tuple[str, ...]


Target = At | End | ToFlow


class When(Struct, frozen=True):
    """`event: target`. `link` narrows `clicked <link>`; event `else` catches the other closing events."""

    event: str
    target: Target | Stay
    link: str | None = None


class Otherwise(Struct, frozen=True):
    """`state: target`, read at the deadline; state `else` is always true."""

    state: str
    target: Target


# --- the steps: one class per verb ----------------------------------------------------------------


class Step(Struct, frozen=True):
    """What every verb has. `next` is where it goes when nothing else is said (None: a path ends here)."""

    id: str
    path: str
    line: int
    next: Target | None


class Wait(Step, frozen=True):
    """The lead rests until `until`."""

    until: Moment
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


class Send(Step, frozen=True):
    """`mails`: (mail, share in per cent); one mail is ((name, 100),); mail None is `nothing`."""

    mails: tuple[tuple[str | None, int], ...]
    expires: Duration | None = None
    within: Duration | None = None
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


class Call(Step, frozen=True):
    """A call task; `attempts` tries, `apart` from each other."""

    script: str
    within: Duration
    queue: str | None = None
    priority: str | None = None
    attempts: int = 3
    apart: Duration | None = None
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


class Rung(Struct, frozen=True):
    """One line of `escalate`: `after` the start, then `every`; tell someone, give it to another."""

    after: Duration
    every: Duration | None = None
    tell: str | None = None
    reassign: str | None = None


class Handover(Step, frozen=True):
    """Sales gets the lead; it stays there until it closes."""

    team: str
    prefer: Literal["owner", "same person"] | None = None
    follow_up: Duration | None = None
    remind: Duration | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[When, ...] = ()


class Task(Step, frozen=True):
    """A task for any colleague; its closing events are its `outcomes`."""

    title: str
    within: Duration
    to: str | None = None
    outcomes: tuple[str, ...] = ("done",)
    remind: Duration | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


class Branch(Struct, frozen=True):
    """One line of `choose`: a condition or a share (per cent); neither: `else`."""

    target: Target
    condition: Condition | None = None
    share: int | None = None


class Choose(Step, frozen=True):
    """The first branch that is true."""

    branches: tuple[Branch, ...]


class Go(Step, frozen=True):
    """`at_most` times this enrolment; then `then`."""

    target: Target
    at_most: int | None = None
    then: Target | None = None


class EndStep(Step, frozen=True):
    """The lead leaves with this result."""

    result: EndingKind
    because: str | None = None


class Score(Step, frozen=True):
    """Points, in the ledger."""

    points: tuple[tuple[Axis, int], ...]
    because: str | None = None


class Tag(Step, frozen=True):
    """Words that stay with the lead."""

    tags: tuple[str, ...]


class Untag(Step, frozen=True):
    """Takes these words away."""

    tags: tuple[str, ...]


class Set(Step, frozen=True):
    """(field, value); the values `today` and `event.<field>` are looked up, anything else is a constant."""

    fields: tuple[tuple[str, str], ...]


class Tell(Step, frozen=True):
    """A colleague hears of it: a text, a mail, or neither (the standard words)."""

    to: str
    text: str | None = None
    mail: str | None = None


class Webhook(Step, frozen=True):
    """A signed POST to a name from the configuration."""

    name: str


AnyStep = Wait | Send | Call | Handover | Task | Choose | Go | EndStep | Score | Tag | Untag | Set | Tell | Webhook

# --- the whole ------------------------------------------------------------------------------------


class Start(Struct, frozen=True):
    """One way in. `event` (with `condition`), `before`/`after` a date field, `every` weekday and time, or `manual`."""

    event: str | None = None
    condition: Condition | None = None
    at: Moment | None = None
    every: Moment | None = None
    manual: bool = False


class Reentry(Struct, frozen=True):
    """May a lead come back? `after` it left so long ago, or once `per` value of a field."""

    rule: Literal["never", "always", "after", "per"] = "never"
    after: Duration | None = None
    per: str | None = None


class Goal(Struct, frozen=True):
    """Where a lead goes for whom this becomes true."""

    condition: Condition
    target: Target


class Limit(Struct, frozen=True):
    """At most `mails` in any window of `per`."""

    mails: int
    per: Duration

    def __str__(self) -> str:
        return f"{self.mails} mail{'' if self.mails == 1 else 's'} per {self.per}"


class Plan(Struct, frozen=True):
    """A published flow, ready to run. `version` is the content hash of the flow with its mails and surveys."""

    flow: str
    version: str
    title: str
    start: tuple[Start, ...]
    entry: str
    steps: Mapping[str, AnyStep]
    paths: Mapping[str, str]
    whenever: tuple[When, ...] = ()
    goal: Goal | None = None
    reentry: Reentry = field(default_factory=Reentry)
    send_hours: str | None = None
    timezone: str = "lead"
    limit: Limit | None = None
    pace: str | None = None
