"""What could be done next with a mail, a call task, a handover, a task? And how often does such a thing happen?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from kweek.demo.stage import Place
from kweek.demo.ways import Row
from kweek.flow.conditions.tree import Compare, Constant, Field, walk
from kweek.flow.duration import Duration
from kweek.flow.machine.lines import row as row_of
from kweek.flow.plan import AnyStep, Call, Choose, Handover, Plan, Send, Task, Wait
from kweek.flow.words import LEAD_WIDE, MAIL_CLOSES, MAIL_SAYS

NOTHING: Final = "nothing"  # of what could be done with a mail
STAYS: Final = "stays"  # where he stands: no event of his own, whatever else may come
TOO_LATE: Final = "too late"  # nobody does it in time
CHOSEN: Final = " choose:"
_USUAL: Final[Mapping[str, float]] = {
    NOTHING: 30, STAYS: 30, TOO_LATE: 6,
    "opened": 30, "clicked": 12, "answered": 14, "replied": 2, "out of office": 2, "bounced": 3,
    "unsubscribed": 1, "complained": 0.5,
    "interested": 14, "not interested": 14, "appointment": 6, "quote": 5, "wrong person": 2, "objected": 2,
    "no answer": 20, "call back": 5,
    "won": 25, "lost": 35, "later": 15, "rejected": 25,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """kind: a word of the flow language, `nothing`, `no answer` or `call back`. row: the key of the row that it takes,
    as far as that can be known. then: the rows that shall be walked after it."""

    kind: str
    link: str | None = None
    row: str | None = None
    then: tuple[Row, ...] = ()

    @property
    def towards(self) -> Row | None:
        """What is said with it shall lead there."""
        return self.then[0] if self.then and CHOSEN in self.then[0][1] else None


Bound = Callable[[Sequence[Choice], Place, str], Choice | None]
"""Which of these leads this lead, who stands there, to where it is bound? None: none, or it is bound for nothing."""


def usual(choices: Sequence[Choice], drawn: Random) -> Choice:
    """What people do who are bound for nothing."""
    return drawn.choices(choices, [_USUAL.get(choice.kind, 10) for choice in choices])[0]


def mail_choices(plan: Plan, step: Send, links: Collection[str], seen: Collection[str]) -> tuple[Choice, ...]:
    """links: those of the mail that can be followed and noticed. seen: `opened`, `clicked`, `answered`, as far as this
    lead's mail can tell."""
    found: list[Choice] = []
    for n, line in enumerate(step.when, 1):
        if line.event == "clicked" and (line.link in links or (line.link is None and links)):
            found.append(Choice("clicked", line.link or sorted(links)[0], f"{step.id} when:{n}"))
        elif line.event in seen or line.event in ("bounced", "replied", "out of office"):
            found.append(Choice(line.event, None, f"{step.id} when:{n}"))
    named = {(choice.kind, choice.link) for choice in found}
    for n, line in enumerate(step.otherwise, 1):
        row = f"{step.id} otherwise:{n}"
        if line.state == "clicked":
            free = (one for one in sorted(links) if ("clicked", one) not in named)
            found += [Choice("clicked", link, row) for link in islice(free, 1)]
        elif line.state in seen:
            found.append(Choice(line.state, None, row))
        elif line.state == "unclear" and "opened" not in seen:
            found.append(Choice(NOTHING, None, row))
            break
        elif line.state == "else":
            found.append(Choice(NOTHING, None, row))
    for line in plan.whenever:
        if line.event in (*LEAD_WIDE, *MAIL_SAYS, *MAIL_CLOSES) and (line.link is None or line.link in links):
            found.append(Choice(line.event, line.link, row_of("whenever", plan.whenever, line)))
    unheard = (kind for kind in ("opened", "answered") if kind in seen)
    return (*found, Choice(NOTHING), Choice("replied"), *map(Choice, unheard))


def call_choices(step: Call, outcomes: Iterable[str]) -> tuple[Choice, ...]:
    """outcomes: all that the desk may say of it."""
    rows = _rows(step)
    found = [Choice(kind, None, rows.get(kind, rows.get("else"))) for kind in outcomes if kind != "call back"]
    tried = rows.get("unreachable", rows.get("else"))
    time_is_up = next((f"{step.id} otherwise:{n}" for n, _ in enumerate(step.otherwise, 1)), None)
    return (*found, Choice("no answer", None, tried), Choice("call back"), Choice(TOO_LATE, None, time_is_up))


def handover_choices(step: Handover) -> tuple[Choice, ...]:
    rows = _rows(step)
    return tuple(Choice(kind, None, rows.get(kind, rows.get("else"))) for kind in ("won", "lost", "later", "rejected"))


def task_choices(step: Task) -> tuple[Choice, ...]:
    rows = _rows(step)
    undone = (Choice(TOO_LATE, None, f"{step.id} otherwise:1"),) if step.otherwise else ()
    return (*(Choice(kind, None, rows.get(kind, rows.get("else"))) for kind in step.outcomes), *undone)


def heard_at(plan: Plan, step: AnyStep, events: Collection[str]) -> tuple[Choice, ...]:
    """Those of the workspace's own events for which this step waits, or its flow wherever its leads stand; and
    none of them. No choice where none is heard."""
    match step:
        case Wait() | Call() | Task() | Send(within=Duration()):
            found = [Choice(line.event, None, f"{step.id} {row_of('when', step.when, line)}") for line in step.when]
            found += [Choice(line.event, None, row_of("whenever", plan.whenever, line)) for line in plan.whenever]
        case _:
            found = []
    found = [choice for choice in found if choice.kind in events]
    return (*found, Choice(STAYS)) if found or isinstance(step, Wait) else ()


def reasons(plans: Iterable[Plan]) -> tuple[str, ...]:
    """With which sales may reject, as far as a flow asks for them; and one that none asks for."""
    asked = {text for plan in plans for step in plan.steps.values() for text in _constants(step)}
    return (*sorted(asked), "no budget this year")


def _rows(step: Call | Handover | Task) -> dict[str, str]:
    return {line.event: f"{step.id} when:{n}" for n, line in enumerate(step.when, 1)}


def _constants(step: AnyStep) -> Iterator[str]:
    """The texts with which its conditions compare the reason."""
    conditions = [branch.condition for branch in step.branches] if isinstance(step, Choose) else []
    for condition in conditions:
        compared = [node for node in walk(condition.tree) if isinstance(node, Compare)] if condition else []
        for node in compared:
            if any(isinstance(one, Field) and one.path == "handover.reason" for one in node.operands):
                inside = (part for operand in node.operands for part in walk(operand))
                yield from (part.value for part in inside if isinstance(part, Constant) and isinstance(part.value, str))
