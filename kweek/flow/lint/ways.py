"""Does every way lead somewhere, and is every step on one? Targets, ends, reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from kweek.flow.kebab import kebab
from kweek.flow.lint.graph import NOWHERE, Graph, Node
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import (
    ENDINGS,
    RESERVED,
    AnyStep,
    Call,
    End,
    Flow,
    Go,
    Next,
    Send,
    Target,
    Task,
    ToFlow,
    ToPath,
    targets_of,
)
from kweek.flow.problems import Position, Problem, did_you_mean, nearest

# --- targets --------------------------------------------------------------------------------------


_LOSES_PATHS: Final = ("reserved", "indentation", "keys-wanted", "duplicate-key", "unknown-key", "syntax")


def check_targets(flow: Flow, names: Names, report: Report, read: Collection[Problem]) -> None:
    """Every path and flow that is named exists; where a flow may refuse the lead, `then` decides.

    read: errors of the loader. Where it may have lost whole paths, only a name that is near another is a slip.
    """
    unsure = any(problem.code in _LOSES_PATHS and not problem.guessed for problem in read)
    paths = ("steps", *(path.name.value for path in flow.paths))
    for step in flow.walk():
        for target in targets_of(step):
            _exists(target, tuple(dict.fromkeys((*paths, *ENDINGS, "next"))), paths, names, report, unsure)
            then = step.then if isinstance(step, Go) and target is step.target else None
            if isinstance(target, ToFlow) and then is None:
                _refusal(target, flow, names, report, in_go=isinstance(step, Go))
    for target in (*(line.target for line in flow.whenever), *((flow.goal.target,) if flow.goal else ())):
        _exists(target, (*paths, *ENDINGS), paths, names, report, unsure)
        match target:
            case Next(at=at):
                why = "this line holds anywhere in the flow, so no step comes after it"
                report.error(at, "next-of-nothing", "“next” has no meaning here", why, "Name a path or an ending")
            case ToFlow():
                _refusal(target, flow, names, report, in_go=False)
            case _:
                pass


def _exists(
    target: Target, can: tuple[str, ...], paths: tuple[str, ...], names: Names, report: Report, unsure: bool
) -> None:
    """can: what may stand there."""
    match target:
        case ToPath(name=name, at=at) if name not in paths:
            fix = did_you_mean(name, can)
            if nearest(name, can) is None and name in names.flows:
                fix = f"To send the lead to the flow of that name, write: flow {name}"
            misnamed = any(kebab(path) == kebab(name) for path in paths if kebab(path) != path)  # has its own message
            if not misnamed and not (unsure and nearest(name, (*paths[1:], *ENDINGS)) is None):
                report.error(at, "unknown-target", f"There is no path “{name}” in this flow", "", fix)
        case ToFlow(flow=name, at=at) if name not in names.flows:
            fix = did_you_mean(name, names.flows)
            if name in paths:
                fix = f"To go to the path of that name, leave out “flow”: {name}"
            report.error(at, "unknown-flow", f"There is no flow “{name}”", "", fix)
        case _:
            pass


def _refusal(target: ToFlow, flow: Flow, names: Names, report: Report, in_go: bool) -> None:
    reentry = names.flows.get(target.flow)
    if reentry is None or reentry.rule == "always":
        return
    rule = {"never": "only once", "after": "only after a while", "per": "once per value"}[reentry.rule]
    fix = (
        "Add “then: done” (or another target) to this go"
        if in_go
        else f"Write a list: “- go: flow {target.flow}” with “then: done” below it, or give that flow “reentry: always”"
    )
    why = f"it lets a lead in {rule}, and nothing says what then"
    report.error(target.at, "flow-without-then", f"“flow {target.flow}” may refuse the lead", why, fix)


# --- ends -----------------------------------------------------------------------------------------


def check_ends(graph: Graph, report: Report, misread: Collection[int]) -> None:
    """No list runs out with the lead still on it. misread: lines that the loader could not make sense of."""
    reached = graph.reach([root.to for root in graph.roots])
    for number, node in enumerate(graph.nodes):
        if number not in reached or node.misread(misread):
            continue
        loose = [edge for edge in node.edges if edge.to == NOWHERE]
        said = next((edge for edge in loose if edge.said), None)
        if said is not None and node.below == NOWHERE and "next" not in graph.heads:
            report.error(
                said.at,
                "next-of-nothing",
                "“next” stands on the last step",
                "nothing comes after it",
                "Name a path or an ending, or add a step below",
            )
        if any(not edge.said for edge in loose):
            report.error(_silence(node.step), "way-without-end", *_runs_out(node))


def _silence(step: AnyStep) -> Position:
    """Where it should have been said: below the last line of `otherwise`, where that has no else."""
    lines = step.otherwise if isinstance(step, Send | Call | Task) else ()
    return lines[-1].state.at if lines and all(line.state.value != "else" for line in lines) else step.at


def _runs_out(node: Node) -> tuple[str, str, str]:
    where = f"of the path “{node.path}”" if node.path and node.path != "steps" else "of this list"
    why = "a lead that comes here would stay for ever"
    match node.step.verb:
        case "wait" | "send" | "call" | "task" if _silence(node.step) != node.step.at:
            what = f"No line of this otherwise is for all others, and the {node.step.verb} is the last step {where}"
            return what, why, "Add a last line “else: done” (or a path)"
        case "wait" | "send" | "call" | "task" if node.timed:
            what = (
                f"This {node.step.verb} is the last step {where}; nothing says where the lead goes when its time is up"
            )
            return what, why, "Add “otherwise: …” with a path or an ending, or a go or an end below"
        case "go":
            what = f"This go is the last step {where}, and nothing says where the lead goes after the last time"
            return what, why, "Add “then: …” with a path or an ending"
        case verb:
            what = f"The way ends in the air: {verb} is the last step {where}"
            return what, why, "Add a step “- end: done” (or a go) below it"


# --- reach ----------------------------------------------------------------------------------------


def check_reach(
    flow: Flow, graph: Graph, names: Names, report: Report, misread: Collection[int], lost_ways: bool
) -> None:
    """Every path and every step can be come to. What only a lost step or path leads to is not reported again.

    lost_ways: the loader had to drop targets, so that a path that nothing leads to may well have been one of them.
    """
    reached = graph.reach([root.to for root in graph.roots])
    covered = set(reached)
    for above, below in _rows(graph):
        if above in reached and below not in reached:
            covered |= graph.reach([below])
            if not (graph.nodes[above].misread(misread) or graph.nodes[below].misread(misread)):
                _lost_step(graph.nodes[above], graph.nodes[below], report)
    if not lost_ways:
        _lost_paths(flow, graph, names, report, covered)


def _lost_paths(flow: Flow, graph: Graph, names: Names, report: Report, covered: set[int]) -> None:
    """covered: the steps that are reached, or whose loss has been reported."""
    named_as_flow = {target.flow for step in flow.walk() for target in targets_of(step) if isinstance(target, ToFlow)}
    excused = {*RESERVED, *(named_as_flow - names.flows.keys())}  # these have a message of their own
    paths = {path.name.value: path.name.at for path in flow.paths if path.name.value not in excused}
    lost = {name: at for name, at in paths.items() if graph.heads[name] >= 0 and graph.heads[name] not in covered}
    for name in sorted(lost, key=lambda name: _is_behind(name, lost, graph)):  # first those that the others hang on
        if graph.heads[name] in covered:
            continue
        covered |= graph.reach([graph.heads[name]])
        what, why = f"Nothing leads to the path “{name}”", "no lead will ever come there"
        fix = f"Name it as a target somewhere (go: {name}), or take it away"
        report.error(lost[name], "unreached-path", what, why, fix)


def _is_behind(name: str, paths: Iterable[str], graph: Graph) -> bool:
    """Does a way lead to it from another of these paths, and none back?"""
    below = graph.reach([graph.heads[name]])
    others = [graph.heads[other] for other in paths]
    return any(graph.heads[name] in graph.reach([other]) and other not in below for other in others)


def _lost_step(above: Node, below: Node, report: Report) -> None:
    verb = above.step.verb
    what = f"No lead ever comes to this {below.step.verb}"
    why = f"the {verb} above it (line {above.step.at.line}) always leads elsewhere"
    moves = isinstance(above.step, End | Go)
    fix = "Take this step away, or move it above" if moves else "Take it away, or let a line above say “next”"
    report.error(below.step.at, "unreached-step", what, why, fix)


def _rows(graph: Graph) -> list[tuple[int, int]]:
    """Each step with the one that stands right below it."""
    return [(number, number + 1) for number, node in enumerate(graph.nodes) if node.below == number + 1]
