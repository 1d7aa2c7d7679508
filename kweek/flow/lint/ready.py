"""Is a handover earned? The lead was asked whether it is sales ready, talked with, or asked for it itself."""

from __future__ import annotations

from collections.abc import Iterator

from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.lint.graph import Graph, Node
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import Call, Choose, Flow, Handover, Task
from kweek.flow.problems import Located
from kweek.flow.words import BUILT_IN, CALL, MAIL


def check_ready(flow: Flow, graph: Graph, names: Names, report: Report) -> None:
    """A handover that a lead can come to though nobody asked: no `lead.sales_ready`, no person, no hard conversion."""
    unasked = list(_unasked(flow, graph, names))
    seen: set[int] = set()
    while unasked:
        at = unasked.pop()
        if at < 0 or at in seen:
            continue
        seen.add(at)
        node = graph.nodes[at]
        if isinstance(node.step, Handover):
            what = "A lead can come to this handover without anyone asking whether it is sales ready"
            fix = "Put a choose before it: “- if: lead.sales_ready”"
            report.warning(node.step.at, "not-sales-ready", what, "only what is sales ready may be handed over", fix)
        unasked += _onward(node, names)


def _unasked(flow: Flow, graph: Graph, names: Names) -> Iterator[int]:
    """The ways in on which nobody asks."""
    hard = [(start.event and start.event.value in names.hard) or _asks(start.condition) for start in flow.start]
    if not (flow.start and all(hard)):
        yield graph.roots[0].to
    for root in graph.roots[1:]:
        if root.event == "goal":
            asked = flow.goal is not None and _asks(flow.goal.condition)
        else:
            asked = root.event in names.hard or root.event not in (*names.events, *BUILT_IN)
        if not asked:
            yield root.to


def _onward(node: Node, names: Names) -> list[int]:
    """Where one goes from here without having been asked."""
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
