"""Is a flow sound? All that can be proven of it before a lead walks it; errors stop publishing, warnings do not."""

from __future__ import annotations

from kweek.flow.lint.asks import check_conditions
from kweek.flow.lint.graph import draw
from kweek.flow.lint.known import check_names
from kweek.flow.lint.loops import check_loops
from kweek.flow.lint.names import Names
from kweek.flow.lint.people import check_people
from kweek.flow.lint.reactions import check_reactions
from kweek.flow.lint.report import Report
from kweek.flow.lint.ways import check_ends, check_reach, check_targets
from kweek.flow.model import Flow
from kweek.flow.problems import Problem, in_order

__all__ = ["Names", "lint_flow"]


def lint_flow(flow: Flow, names: Names) -> tuple[Problem, ...]:
    """What is wrong with a flow that could be read, in the order of its lines.

    names: all that the workspace has, this flow included.
    """
    report = Report(flow.file)
    graph = draw(flow)
    check_targets(flow, names, report)
    check_ends(graph, report)
    check_reach(flow, graph, report)
    check_loops(graph, report)
    check_reactions(flow, names, report)
    check_names(flow, names, report)
    check_conditions(flow, names, report)
    check_people(flow, graph, names, report)
    return in_order(report.problems)
