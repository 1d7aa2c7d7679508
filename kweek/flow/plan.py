"""What is there to walk? A flow with every name resolved: what the machine runs, and nothing else.

A plan is made from a flow file by `kweek.flow.compile`. All targets are resolved: `next` is the step that
follows, a list written in place is a chain of steps, a path is its first step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kweek.flow.conditions import Condition
from kweek.flow.duration import Duration
from kweek.flow.moment import Moment

EndingKind = Literal["done", "discard", "won", "lost"]
Axis = Literal["profile", "intent", "interest"]

# --- where it goes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class At:
    """Carry on at this step."""

    step: str


@dataclass(frozen=True, slots=True)
class End:
    """Leave the flow, with a result."""

    result: EndingKind
    because: str | None = None


@dataclass(frozen=True, slots=True)
class ToFlow:
    """Leave this flow for another; `then` decides where its `reentry` refuses."""

    flow: str
    then: Target | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A passing event: the lead stays, and these immediate steps are done."""

    steps: tuple[str, ...]


Target = At | End | ToFlow


@dataclass(frozen=True, slots=True)
class When:
    """`event: target`. `link` narrows `clicked <link>`; event `else` catches the other closing events."""

    event: str
    target: Target | Stay
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """`state: target`, read at the deadline; state `else` is always true."""

    state: str
    target: Target


# --- the steps: one class per verb ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """What every verb has. `next` is where it goes when nothing else is said (None: a path ends here)."""

    id: str
    path: str
    line: int
    next: Target | None


@dataclass(frozen=True, slots=True)
class Wait(Step):
    """The lead rests until `until`."""

    until: Moment
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True)
class Send(Step):
    """`mails`: (mail, share in per cent); one mail is ((name, 100),); mail None is `nothing`."""

    mails: tuple[tuple[str | None, int], ...]
    expires: Duration | None = None
    within: Duration | None = None
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True)
class Call(Step):
    """A call task; `attempts` tries, `apart` from each other."""

    script: str
    within: Duration
    queue: str | None = None
    priority: str | None = None
    attempts: int = 3
    apart: Duration | None = None
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of `escalate`: `after` the start, then `every`; tell someone, give it to another."""

    after: Duration
    every: Duration | None = None
    tell: str | None = None
    reassign: str | None = None


@dataclass(frozen=True, slots=True)
class Handover(Step):
    """Sales gets the lead; it stays there until it closes."""

    team: str
    prefer: Literal["owner", "same person"] | None = None
    follow_up: Duration | None = None
    remind: Duration | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class Task(Step):
    """A task for any colleague; its closing events are its `outcomes`."""

    title: str
    within: Duration
    to: str | None = None
    outcomes: tuple[str, ...] = ("done",)
    remind: Duration | None = None
    escalate: tuple[Rung, ...] = ()
    when: tuple[When, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of `choose`: a condition or a share (per cent); neither: `else`."""

    target: Target
    condition: Condition | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Choose(Step):
    """The first branch that is true."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Go(Step):
    """`at_most` times this enrolment; then `then`."""

    target: Target
    at_most: int | None = None
    then: Target | None = None


@dataclass(frozen=True, slots=True)
class EndStep(Step):
    """The lead leaves with this result."""

    result: EndingKind
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Score(Step):
    """Points, in the ledger."""

    points: tuple[tuple[Axis, int], ...]
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Tag(Step):
    """Words that stay with the lead."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untag(Step):
    """Takes these words away."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Set(Step):
    """(field, value); the values `today` and `event.<field>` are looked up, anything else is a constant."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tell(Step):
    """A colleague hears of it: a text, a mail, or neither (the standard words)."""

    to: str
    text: str | None = None
    mail: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook(Step):
    """A signed POST to a name from the configuration."""

    name: str


AnyStep = Wait | Send | Call | Handover | Task | Choose | Go | EndStep | Score | Tag | Untag | Set | Tell | Webhook

# --- the whole ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """One way in. `event` (with `condition`), `before`/`after` a date field, `every` weekday and time, or `manual`."""

    event: str | None = None
    condition: Condition | None = None
    at: Moment | None = None
    every: Moment | None = None
    manual: bool = False


@dataclass(frozen=True, slots=True)
class Reentry:
    """May a lead come back? `after` it left so long ago, or once `per` value of a field."""

    rule: Literal["never", "always", "after", "per"] = "never"
    after: Duration | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a lead goes for whom this becomes true."""

    condition: Condition
    target: Target


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `mails` in any window of `per`."""

    mails: int
    per: Duration

    def __str__(self) -> str:
        return f"{self.mails} mail{'' if self.mails == 1 else 's'} per {self.per}"


@dataclass(frozen=True, slots=True)
class Plan:
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
