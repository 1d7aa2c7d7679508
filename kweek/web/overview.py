"""What stands where, now? The numbers and rows of the first page, read in one moment of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kweek.flow.plan import Plan
from kweek.leads import enrolments, publish
from kweek.web import queries
from kweek.web.house import House
from kweek.web.spoken import step_words
from kweek.words import Tongue


@dataclass(frozen=True, slots=True)
class StepView:
    id: str
    title: str
    leads: int


@dataclass(frozen=True, slots=True)
class FlowView:
    name: str
    title: str
    number: int
    paused: bool
    leads: int
    steps: tuple[StepView, ...]
    ended: tuple[tuple[str, int], ...]


def overview(house: House, say: Tongue) -> Mapping[str, Any]:
    now = house.now()
    with house.db.read() as read:
        standing = enrolments.standing(read)
        ended = queries.ended_by_flow(read)
        published = {row.flow: row for row in publish.published(read)}
        flows: list[FlowView] = []
        for name in sorted({*published, *standing}):
            row = published.get(name)
            plan = publish.plan_in(read, row.version) if row else None
            here = standing.get(name, {})
            steps = tuple(StepView(step, _title(say, plan, step), here[step]) for step in _in_order(plan, here))
            results = tuple(sorted(ended.get(name, {}).items()))
            flows.append(
                FlowView(
                    name,
                    plan.title if plan else name,
                    row.number if row else 0,
                    bool(row and row.paused_at),
                    sum(here.values()),
                    steps,
                    results,
                )
            )
        return {
            "now": now,
            "flows": flows,
            "calls": queries.open_calls(read),
            "handovers": queries.open_handovers(read),
            "overdue": queries.overdue_handovers(read, now),
            "tasks": queries.open_tasks(read),
            "mails": queries.last_mails(read, 20),
            "held_mails": queries.held_mails(read),
            "held_leads": queries.held_leads(read),
            "problems": queries.last_problems(read, 20),
        }


def _in_order(plan: Plan | None, here: Mapping[str, int]) -> list[str]:
    """As in the file; steps of older versions last."""
    order = {step: place for place, step in enumerate(plan.steps)} if plan else {}
    return sorted(here, key=lambda step: (order.get(step, len(order)), step))


def _title(say: Tongue, plan: Plan | None, step: str) -> str:
    found = plan.steps.get(step) if plan else None
    return step if found is None else step_words(say, found)
