"""Does every way come to an end, and is every step on one? Ends, reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from kweek.flow.denied import denied
from kweek.flow.kebab import kebab
from kweek.flow.lint.graph import NOWHERE, Graph, Node, cut_off
from kweek.flow.lint.names import Names
from kweek.flow.lint.otherwise import means_else
from kweek.flow.lint.report import Report
from kweek.flow.model import (
    RESERVED,
    AnyStep,
    Call,
    End,
    Flow,
    Go,
    Send,
    Task,
    ToFlow,
    Wait,
    targets_of,
)
from kweek.flow.problems import Position
from kweek.flow.words import STATES

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
        refused = isinstance(node.step, Go) and any(  # by the flow to which it leads: the same “then” is missing
            one.code == "flow-without-then" and one.line == node.step.target.at.line for one in report.problems
        )
        if (
            not refused
            and any(not edge.said for edge in loose)
            and not (_means_else(node.step) or says_nothing(node.step))
        ):
            way = _lost_way(graph, reached) or f"- end: {_result(graph, number)}"
            report.error(_silence(node.step), "way-without-end", *_runs_out(node, way))


def _lost_way(graph: Graph, reached: Collection[int]) -> str:
    """To the path from which all others are reached to which nothing leads; empty: there is none."""
    unled = [name for name, head in graph.heads.items() if head not in reached and name not in RESERVED]
    heads = {graph.heads[name] for name in unled}
    return next((f"- go: {name}" for name in unled if heads <= {*graph.reach([graph.heads[name]])}), "")


def says_nothing(step: AnyStep) -> bool:
    """Of what comes of it: that has one message, where its outcomes are looked at."""
    return isinstance(step, Call | Task) and not step.when and not step.otherwise


def _means_else(step: AnyStep) -> bool:
    """Is its last line misspelt, or the contrary of a state? That has its own message."""
    lines = step.otherwise if isinstance(step, Send | Call | Task) else ()
    if not lines or (last := lines[-1].state.value) == "else":
        return False
    return means_else(step) or denied(last, STATES[step.verb]) is not None


def _silence(step: AnyStep) -> Position:
    """Where it should have been said: below the last line of `otherwise`, where that has no else."""
    lines = step.otherwise if isinstance(step, Send | Call | Task) else ()
    return lines[-1].state.at if lines and all(line.state.value != "else" for line in lines) else step.at


def _result(graph: Graph, number: int) -> str:
    """With what a list ends that nobody has ended: below `won:` it is a customer, who must not be lost on the way."""
    said = (edge for node in graph.nodes for edge in node.edges if edge.event in ("won", "lost"))
    return next((edge.event for edge in said if number in _list_from(graph, edge.to)), "done")


def _list_from(graph: Graph, head: int) -> Iterator[int]:
    while head >= 0:
        yield head
        head = graph.nodes[head].below


def _runs_out(node: Node, way: str) -> tuple[str, str, str]:
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
            return what, why, f"Add a step “{way}”{' (or a go)' if 'end' in way else ''} below it"


# --- reach ----------------------------------------------------------------------------------------


def check_reach(
    flow: Flow, graph: Graph, names: Names, report: Report, misread: Collection[int], lost_ways: bool
) -> None:
    """Every path and every step can be come to. What only a lost step or path leads to is not reported again.

    lost_ways: the loader had to drop targets, so that a path that nothing leads to may well have been one of them.
    """
    lost_heads = any(one.code == "unknown-target" and not one.guessed for one in report.problems)  # of a path
    reached = graph.reach([root.to for root in graph.roots])
    covered = set(reached)
    for above, below in cut_off(graph, reached):
        covered |= graph.reach([below])
        between = range(graph.nodes[above].step.at.line, graph.nodes[below].step.at.line + 1)
        if not (lost_heads or any(line in between for line in misread) or graph.nodes[below].misread(misread)):
            _lost_step(graph, graph.nodes[above], graph.nodes[below], report)
    if not lost_ways:
        _lost_paths(flow, graph, names, report, covered)


def _lost_paths(flow: Flow, graph: Graph, names: Names, report: Report, covered: set[int]) -> None:
    """covered: the steps that are reached, or whose loss has been reported."""
    named_as_flow = {target.flow for step in flow.walk() for target in targets_of(step) if isinstance(target, ToFlow)}
    excused = {*RESERVED, *(named_as_flow - names.flows.keys())}  # these have a message of their own
    said = {(problem.line, problem.column) for problem in report.problems}
    misnamed = {path.name.value for path in flow.paths if kebab(path.name.value) != path.name.value}
    known = (
        graph.heads[path.name.value]
        for path in flow.paths
        if path.name.at in said or path.name.value in misnamed or path.name.value in RESERVED
    )
    covered = covered | graph.reach([head for head in known if head >= 0])
    paths = {
        path.name.value: path.name.at
        for path in flow.paths
        if path.name.value not in excused | misnamed and path.name.at not in said
    }
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


def _in_the_air(graph: Graph, first: Node) -> Node | None:
    """From this step on, the last of its list, if a lead that comes there would have no way."""
    last, seen = first, {id(first)}
    while last.below >= 0 and id(below := graph.nodes[last.below]) not in seen:
        last = below
        seen.add(id(last))
    return last if any(edge.to == NOWHERE and not edge.said for edge in last.edges) else None


def _lost_step(graph: Graph, above: Node, below: Node, report: Report) -> None:
    verb = above.step.verb
    what = f"No lead ever comes to this {below.step.verb}"
    why = f"the {verb} above it (line {above.step.at.line}) always leads elsewhere"
    match above.step:
        case End() if _in_the_air(graph, below) is None:
            fix = f"Take the end in line {above.step.at.line} away, or this step with all below it"
        case End() | Go():
            fix = "Take this step away, or move it above"
        case Wait(when=(), otherwise=(only,), until=until):
            why = f"“otherwise” in line {only.state.at.line} is also where a lead goes when the time of this wait is up"
            fix = "Take that otherwise away"
            if (date := until.value.date_field) is not None:
                fix = f"{fix}; who has no such date can be told apart before the wait, in a choose: known({date})"
        case _:
            fix = "Take it away, or let a line above say “next”"
            if (last := _in_the_air(graph, below)) is not None:
                where = "this one" if last is below else f"the {last.step.verb} in line {last.step.at.line}"
                fix = f"{fix}, and write below {where}: - end: done"
    report.error(below.step.at, "unreached-step", what, why, fix)
