"""What stands where, now? The numbers and rows of the first page, read in one moment of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kweek.flow.plan import Call, Handover, Plan, Send, Task, Wait
from kweek.leads import publish
from kweek.web import queries
from kweek.web.house import House
from kweek.web.lists import stamp
from kweek.web.live import as_shown
from kweek.web.mail_titles import titles
from kweek.web.spoken import step_words
from kweek.words import Tongue

_LINES: Final = 10
_STEPS: Final = 5  # of a flow's card


@dataclass(frozen=True, slots=True)
class StepView:
    """shown: it is among the few that a card has room for; the picture has them all."""

    id: str
    title: str
    leads: int
    shown: bool


@dataclass(frozen=True, slots=True)
class FlowView:
    """broken: publishing its file would be refused."""

    name: str
    title: str
    number: int
    paused: bool
    broken: bool
    leads: int
    steps: tuple[StepView, ...]
    ended: tuple[tuple[str, int], ...]


def overview(house: House, say: Tongue) -> Mapping[str, Any]:
    now, snapshot, files = house.now(), house.board.look(), house.files.look()
    with house.db.read() as read:
        published = snapshot.published
        flows: list[FlowView] = []
        for name in snapshot.flows():
            row = published.get(name)
            plan = publish.plan_in(read, row.version) if row else None
            here = snapshot.standing(name)
            in_order = _in_order(plan, here)
            shown = sorted(in_order, key=lambda step: not here.get(step))[:_STEPS]
            steps = tuple(
                StepView(step, _title(say, plan, step), here.get(step, 0), step in shown) for step in in_order
            )
            results = tuple(sorted(snapshot.ended(name).items()))
            flows.append(
                FlowView(
                    name,
                    plan.title if plan else name,
                    row.number if row else 0,
                    bool(row and row.paused_at),
                    name in files.flows and files.flows[name].version is None,
                    sum(here.values()),
                    steps,
                    results,
                )
            )
        return {
            "now": now,
            "flows": flows,
            "wrong": files.wrong,
            "files": files.stamp(None, None),
            "lines": [as_shown(read, say, house.rules.zone(), line) for line in snapshot.lines_of(None)],
            "slots": _LINES,
            **snapshot.lists,
            "stamp": stamp(snapshot.lists),
            "overdue": snapshot.work["overdue"],
            "mails": (mails := queries.last_mails(read, 20)),
            "called": titles(read, house.rules, mails, say.language),
            "held_mails": queries.held_mails(read),
            "held_leads": queries.held_leads(read),
            "problems": queries.last_problems(read, 20),
        }


def _in_order(plan: Plan | None, here: Mapping[str, int]) -> list[str]:
    """Where leads can stand, as in the file; steps of older versions last."""
    steps = plan.steps.values() if plan else ()
    rest = [step.id for step in steps if isinstance(step, Wait | Send | Call | Handover | Task)]
    return [*rest, *sorted({*here} - {*rest})]


def _title(say: Tongue, plan: Plan | None, step: str) -> str:
    found = plan.steps.get(step) if plan else None
    return step if found is None else step_words(say, found)
