"""Which picture does a page show? That of a published version, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, select

from kweek.draw import Picture, lay_out
from kweek.flow.load.flow import load_flow
from kweek.flow.model import Flow
from kweek.flow.plan import Branch, EndStep, Go, Otherwise, Plan, Send, When
from kweek.flow.rows import END, GOAL, line_at
from kweek.leads import publish, tables
from kweek.leads.tally import Numbers, is_step
from kweek.words import Tongue

_MOST: Final = 200


def picture_of(read: Connection, version: str, say: Tongue) -> Picture:
    """As it was published; laid out once for each tongue."""
    known = _KEPT.get((version, say))
    if known is None:
        known = lay_out(flow_in(read, version), say)
        if len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[version, say] = known
    return known


def source_in(read: Connection, version: str) -> Mapping[str, str]:
    """The texts of a version, by their paths."""
    return read.execute(select(tables.versions.c.source).where(tables.versions.c.hash == version)).scalar_one()


def flow_in(read: Connection, version: str) -> Flow:
    """As its author wrote it."""
    source = source_in(read, version)
    path = next(path for path in source if path.startswith("flows/"))
    flow = load_flow(source[path], path).flow
    if flow is None:
        raise publish.NoSuchVersionError(f"Version {version} holds no flow that can be read.")
    return flow


_KEPT: Final[dict[tuple[str, Tongue], Picture]] = {}


def counts(read: Connection, numbers: Numbers, flow: str, version: str) -> dict[str, int]:
    """The numbers in this version's picture. Who stands on a step: whatever version he walks. How often a row was
    taken, and an `end` come to: in every version in which that row or end says the same."""
    plan = publish.plan_in(read, version)
    found: dict[str, int] = {}
    for other, places in numbers.get(flow, {}).items():
        for place, count in places.items():
            if other == version or is_step(place) or _same(plan, publish.plan_in(read, other), place):
                key = place.removesuffix(END)
                found[key] = found.get(key, 0) + count
    return found


def _same(plan: Plan, other: Plan, place: str) -> bool:
    return (says := _says(plan, place)) is not None and says == _says(other, place)


def _says(plan: Plan, place: str) -> object:
    """What stands in that row, without where it leads; None: there is no such row."""
    of, _, row = place.rpartition(" ")
    step = plan.steps.get(of)
    if row == GOAL:
        return plan.goal and plan.goal.condition.text
    word, _, number = row.partition(":")
    if word == "share":
        return step.mails[int(number) - 1] if isinstance(step, Send) and int(number) <= len(step.mails) else None
    if word == "end":
        return step.result if isinstance(step, EndStep) else None
    if word == "whenever":
        line = plan.whenever[int(number) - 1] if int(number) <= len(plan.whenever) else None
    else:
        line = line_at(step, row)
    match line:
        case Branch():
            return (line.condition.text if line.condition else None, line.share)
        case Otherwise():
            return line.state
        case When():
            return line.event, line.link
        case Go():
            return "then"
        case None:
            return None
