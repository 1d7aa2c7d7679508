"""Is a handover earned, and watched? Sales readiness before it, a clock behind it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.lint.graph import Graph, Node
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import Call, Choose, Flow, Handover, Rung, Task
from kweek.flow.problems import Located, errors
from kweek.flow.words import BUILT_IN, CALL, MAIL


def check_people(flow: Flow, graph: Graph, names: Names, report: Report, misread: Collection[int]) -> None:
    for step in flow.walk():
        match step:
            case Handover():
                if not step.escalate and not _near(graph, step, misread):
                    report.warning(
                        step.at,
                        "no-escalation",
                        "Nobody hears of it when this handover is left lying",
                        "a lead that sales does not call is lost",
                        "Add follow_up: 24 hours, and escalate: with “- after: 24 hours”, “every: 24 hours”, "
                        "“tell: manager”",
                    )
                _rungs(step.escalate, report)
            case Task():
                _rungs(step.escalate, report)
            case _:
                pass
    if not misread and not errors(report.problems):  # a slip in a condition may be why nobody seems to ask
        _unasked(flow, graph, names, report)


def _near(graph: Graph, step: Handover, misread: Collection[int]) -> bool:
    return any(node.step is step and node.misread(misread) for node in graph.nodes)


def _rungs(rungs: tuple[Rung, ...], report: Report) -> None:
    if rungs and rungs[-1].every is None:
        why = "a lead that nobody follows up would fall silent after it"
        fix = "Add: every: 24 hours"
        report.error(rungs[-1].at, "rung-every", "The last rung of escalate happens only once", why, fix)
    for above, below in pairwise(rungs):
        one, two = above.after.value, below.after.value
        if one.business == two.business and _length(one.amount, one.unit) >= _length(two.amount, two.unit):
            report.error(
                below.after.at,
                "rungs-out-of-order",
                f"This rung ({two}) does not come after the one above it ({one})",
                "a ladder is climbed upwards",
                "Write the rungs from the shortest to the longest",
            )


def _length(amount: int, unit: str) -> int:
    return amount * {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}[unit]


# --- sales ready ----------------------------------------------------------------------------------


def _unasked(flow: Flow, graph: Graph, names: Names, report: Report) -> None:
    """A handover that a lead can come to though nobody asked: no `lead.sales_ready`, no person, no hard conversion."""
    hard = [(start.event and start.event.value in names.hard) or _asks(start.condition) for start in flow.start]
    open_ways: list[int] = [] if flow.start and all(hard) else [graph.roots[0].to]
    for root in graph.roots[1:]:
        if root.event == "goal":
            asked = flow.goal is not None and _asks(flow.goal.condition)
        else:
            asked = root.event in names.hard or root.event not in (*names.events, *BUILT_IN)
        if not asked:
            open_ways.append(root.to)
    seen: set[int] = set()
    while open_ways:
        at = open_ways.pop()
        if at < 0 or at in seen:
            continue
        seen.add(at)
        node = graph.nodes[at]
        if isinstance(node.step, Handover):
            report.warning(
                node.step.at,
                "not-sales-ready",
                "A lead can come to this handover without anyone asking whether it is sales ready",
                "only what is sales ready may be handed over",
                "Put a choose before it: “- if: lead.sales_ready”",
            )
        open_ways += _onward(node, names)


def _onward(node: Node, names: Names) -> list[int]:
    match node.step:
        case Handover():
            return [edge.to for edge in node.edges if edge.event not in names.hard]
        case Call() | Task() as step:
            by_person = {line.event.value for line in step.when} - {"else"}  # a person talked with the lead
            return [edge.to for edge in node.edges if edge.event not in by_person and edge.event not in names.hard]
        case Choose(branches=branches):
            first = next((n for n, branch in enumerate(branches) if _asks(branch.condition)), len(node.edges))
            return [edge.to for edge in node.edges[:first]]
        case _:
            never = set(CALL) - set(MAIL)  # has a message of its own
            return [edge.to for edge in node.edges if edge.event not in names.hard and edge.event not in never]


def _asks(condition: Located[str] | None) -> bool:
    try:
        return condition is not None and "lead.sales_ready" in parse_condition(condition.value).names
    except ConditionError:
        return True  # it has its own message
