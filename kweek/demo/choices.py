"""What could be done next with a mail, a call task, a handover, a task? And which of it, so that every way is walked.

People are drawn by how often such a thing happens; but a row of the flow that nobody has taken yet goes before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from kweek.demo.answers import Towards
from kweek.demo.ways import Row, Ways
from kweek.flow.conditions.tree import Compare, Constant, Field, walk
from kweek.flow.machine.lines import row
from kweek.flow.plan import AnyStep, Call, Choose, Handover, Plan, Send, Task, Wait
from kweek.flow.rows import rows_of
from kweek.flow.words import LEAD_WIDE, MAIL_CLOSES, MAIL_SAYS

NOTHING: Final = "nothing"
TOO_LATE: Final = "too late"  # nobody does it in time
CHOSEN: Final = " choose:"
_UNTAKEN_FIRST: Final = 0.95  # of all choices in which there is a row that nobody has taken
_FAR: Final = timedelta(days=40)  # for what lies further away nobody sets out
_ON_THE_WAY: Final = timedelta(days=9)  # so long nobody else sets out for the same row
_USUAL: Final[Mapping[str, float]] = {
    NOTHING: 30, TOO_LATE: 6,
    "opened": 30, "clicked": 12, "answered": 14, "replied": 2, "out of office": 2, "bounced": 3,
    "unsubscribed": 1, "complained": 0.5,
    "interested": 14, "not interested": 14, "appointment": 6, "quote": 5, "wrong person": 2, "objected": 2,
    "no answer": 20, "call back": 5,
    "won": 25, "lost": 35, "later": 15, "rejected": 25,
}  # fmt: skip


Search = Callable[[Callable[[Row], bool], timedelta], tuple[Row, ...]]
"""The rows on the way to one that is wanted, in so much time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """kind: a word of the flow language, `nothing`, `no answer` or `call back`. row: the key of the row that it takes,
    as far as that can be known. then: the rows that shall be walked after it."""

    kind: str
    link: str | None = None
    row: str | None = None
    then: tuple[Row, ...] = ()

    @property
    def towards(self) -> Towards:
        """What is said with it shall lead there."""
        return self.then[0] if self.then and CHOSEN in self.then[0][1] else None


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
        kind = NOTHING if line.state in ("else", "unclear") else line.state
        link = (
            next((one for one in sorted(links) if ("clicked", one) not in named), None) if kind == "clicked" else None
        )
        if kind == NOTHING or (kind in seen and (kind != "clicked" or link)):
            found.append(Choice(kind, link, f"{step.id} otherwise:{n}"))
    for line in plan.whenever:
        if line.event in (*LEAD_WIDE, *MAIL_SAYS, *MAIL_CLOSES) and (line.link is None or line.link in links):
            found.append(Choice(line.event, line.link, row("whenever", plan.whenever, line)))
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


def heard_anywhere(plan: Plan, events: Collection[str]) -> tuple[Choice, ...]:
    """Events of the workspace's own that this flow listens to, wherever its lead stands."""
    lines = (line for line in plan.whenever if line.event in events)
    return tuple(Choice(line.event, None, row("whenever", plan.whenever, line)) for line in lines)


def heard_at(step: AnyStep, events: Collection[str]) -> tuple[Choice, ...]:
    """Those that this step waits for; and nothing."""
    lines = step.when if isinstance(step, Wait | Send | Call | Handover | Task) else ()
    found = [
        Choice(line.event, None, f"{step.id} {row('when', lines, line)}") for line in lines if line.event in events
    ]
    return (*found, Choice(NOTHING)) if found else ()


def reasons(plans: Iterable[Plan]) -> tuple[str, ...]:
    """With which sales may reject, as far as a flow asks for them; and one that none asks for."""
    asked = {text for plan in plans for step in plan.steps.values() for text in _constants(step)}
    return (*sorted(asked), "no budget this year")


class Walked:
    """Which rows has some lead taken? And which has somebody set out for, so that not all set out for the same.

    until: what cannot be reached by then, nobody sets out for."""

    def __init__(self, plans: Mapping[str, Plan], until: datetime) -> None:
        self.until, self._ways = until, Ways(plans)
        self._words = {
            (flow, row): words for flow, plan in sorted(plans.items()) for row, words in rows_of(plan).items()
        }
        self._missing, self._set_out = set(self._words), dict[Row, tuple[str, datetime]]()

    def take(self, rows: Iterable[Row]) -> None:
        self._missing.difference_update(rows)

    def missing(self) -> dict[str, list[str]]:
        """flow → the rows of it that nobody has taken yet, in its order, with what the author wrote there."""
        found: dict[str, list[str]] = {}
        for (flow, key), words in self._words.items():
            if (flow, key) in self._missing:
                found.setdefault(flow, []).append(f"{key} ({words})")
        return found

    def __len__(self) -> int:
        """How many were taken."""
        return len(self._words) - len(self._missing)

    @property
    def rows(self) -> int:
        return len(self._words)

    def pick(self, choices: Sequence[Choice], flow: str, who: str, now: datetime, drawn: Random) -> Choice:
        """What this lead does, or is done with it."""
        rows = {(flow, one.row): one for one in drawn.sample(choices, len(choices)) if one.row is not None}
        way = self._bound(partial(self._ways.soonest, rows), who, now, drawn)
        if not way:
            return drawn.choices(choices, [_USUAL.get(choice.kind, 10) for choice in choices])[0]
        return replace(rows[way[0]], then=way[1:])

    def enter(self, plan: Plan, who: str, now: datetime, drawn: Random) -> tuple[Row, ...]:
        """The rows that this lead, who enters the flow now, shall walk."""
        return self._bound(partial(self._ways.inside, (plan.flow, plan.entry)), who, now, drawn)

    def _bound(self, search: Search, who: str, now: datetime, drawn: Random) -> tuple[Row, ...]:
        """To where this lead has set out before, as long as it can: some rows are come to by going round three times.
        Else to one that nobody has set out for."""
        if drawn.random() >= _UNTAKEN_FIRST:
            return ()
        within = min(_FAR, self.until - now)
        way = next((way for one in (who, None) if (way := search(self._wanted(one, now), within))), ())
        if way:
            self._set_out[way[-1]] = who, now + _ON_THE_WAY
        return way

    def _wanted(self, who: str | None, now: datetime) -> Callable[[Row], bool]:
        """By this one; None: by nobody."""

        def wanted(row: Row) -> bool:
            by, until = self._set_out.get(row, (None, now))
            return row in self._missing and (by if until > now else None) == who

        return wanted


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
