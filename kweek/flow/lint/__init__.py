"""Is a flow sound? All that can be proven of it before a lead walks it; errors stop publishing, warnings do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kweek.flow.lint.asks import check_conditions
from kweek.flow.lint.before import check_before
from kweek.flow.lint.decides import check_decides
from kweek.flow.lint.graph import draw
from kweek.flow.lint.known import check_names
from kweek.flow.lint.ladders import check_ladders
from kweek.flow.lint.limits import check_limit
from kweek.flow.lint.loops import check_loops
from kweek.flow.lint.names import Names, starts_unknown
from kweek.flow.lint.reactions import check_reactions
from kweek.flow.lint.ready import check_ready
from kweek.flow.lint.report import Report
from kweek.flow.lint.targets import check_targets
from kweek.flow.lint.vain import check_vain
from kweek.flow.lint.ways import check_ends, check_reach
from kweek.flow.lint.whenever import check_whenever
from kweek.flow.model import Flow
from kweek.flow.problems import Problem, errors, in_order

__all__ = ["Names", "lint_flow"]

_KEEPS_WAYS: Final = (
    "duration", "moment", "number", "times", "share", "shares", "id-missing", "same-id", "name", "name-of-file",
    "limit", "reentry", "points", "else-last", "else-missing", "missing", "unknown-word", "reserved", "tell", "nothing",
    "dash", "dashes",
)  # fmt: skip
"""Codes of the loader after which every target that was written is still there."""
_KEEPS_STEPS: Final = (
    *(code for code in _KEEPS_WAYS if code not in ("share", "else-missing")),
    "target", "ending", "go", "goal", "empty", "text-wanted", "cut-by-hash",
)  # fmt: skip
"""Codes after which every step is still there, with all its lines: only a word of it could not be read."""


_MAY_LEAD_ANYWHERE: Final = (
    "closing-event-without-way", "way-without-end", "unknown-target", "next-of-nothing", "endless-loop", "instant-loop",
)  # fmt: skip
"""Codes of ours after which nobody knows where a way leads: a path to which none does may well be meant."""


def lint_flow(flow: Flow, names: Names, read: Sequence[Problem] = ()) -> tuple[Problem, ...]:
    """What is wrong with a flow, in the order of its lines.

    names: all that the workspace has, this flow included. read: what the loader has already said of it: near such a
    line nothing is said to be missing that may only have been misread.
    """
    report = Report(flow.file)
    graph = draw(flow)
    said = errors(read)
    misread = {problem.line for problem in said if problem.code not in _KEEPS_STEPS and not problem.guessed}
    check_targets(flow, graph, names, report, said)
    check_ends(graph, report, misread)
    check_reactions(flow, graph, names, report, misread)
    check_whenever(flow, names, report)
    check_loops(graph, report, misread)
    loose = {problem.line for problem in report.problems if problem.code in _MAY_LEAD_ANYWHERE}
    lost = {problem.line for problem in said if problem.code not in _KEEPS_WAYS and not problem.guessed}
    check_reach(flow, graph, names, report, lost | loose, bool(lost | loose) or not flow.steps.steps)
    if not lost:
        check_before(flow, graph, names, report)
    check_names(flow, names, report)
    check_conditions(flow, names, report, {problem.line for problem in said})
    check_decides(flow, names, report, {problem.line for problem in said})
    check_ladders(flow, graph, report, misread, names.weeks)
    if starts_unknown(flow, names):
        report.problems = [problem for problem in report.problems if "no field event." not in problem.what]
    if not said and not errors(report.problems):  # a slip in a condition may be why nobody seems to ask
        check_ready(flow, graph, names, report)
        check_limit(flow, names, report)
        check_vain(flow, names, report)
    return in_order(report.problems)
