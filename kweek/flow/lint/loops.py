"""Can a lead run round for ever? Every way round takes time and passes a `go` with `at_most`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from kweek.flow.lint.graph import Edge, Graph, Node
from kweek.flow.lint.knots import knots
from kweek.flow.lint.report import Report
from kweek.flow.model import AnyStep, Go
from kweek.flow.problems import Position, lines_in_words


class Round(NamedTuple):
    """A way round: the node and the line that close it. waits: a step on it that waits (though it may be passed at
    once). others: lines that lead to the same step."""

    source: int
    edge: Edge
    waits: AnyStep | None
    others: tuple[int, ...] = ()


def check_loops(graph: Graph, report: Report, misread: Collection[int]) -> None:
    """One message for each way round, at the line that closes it."""
    instant = dict(_closing(graph, misread, lambda node, edge: not node.timed or edge.at_once))
    endless = dict(_closing(graph, misread, lambda _, edge: not edge.bounded))
    for at in sorted({*instant, *endless}):
        if at not in instant and _lacks_its_bound(graph.nodes[endless[at].source].step):
            continue  # that is said at its `then`
        if at not in instant:
            report.error(at, "endless-loop", *_unbounded(graph, endless[at]))
        elif at in endless:
            report.error(at, "endless-loop", *_timeless_and_unbounded(graph, instant[at]))
        else:
            report.error(at, "instant-loop", *_timeless(graph, instant[at]))


def _lacks_its_bound(step: AnyStep) -> bool:
    return isinstance(step, Go) and step.then is not None and step.at_most is None


def _unbounded(graph: Graph, found: Round) -> tuple[str, str, str]:
    """What, why and fix."""
    what, fix = f"A loop without a bound: {_back(graph, found)}", f"Close it with {_bounded(graph, found)}"
    step = graph.nodes[found.source].step
    if isinstance(step, Go) and step.at_most is not None:
        fix = "“then” leads round again after the last time: let it lead out of the loop, to another path or an ending"
    return what, "a lead could run round for ever", fix


def _timeless_and_unbounded(graph: Graph, found: Round) -> tuple[str, str, str]:
    what = f"A loop that neither takes time nor ends: {_back(graph, found)}"
    fix = f"Put a wait into the loop, and close it with {_bounded(graph, found)}"
    if found.waits is not None:
        _, why, way_out = _timeless(graph, found)
        return what, why, f"{way_out}; and close it with {_bounded(graph, found)}"
    return what, "a lead would run round for ever", fix


def _timeless(graph: Graph, found: Round) -> tuple[str, str, str]:
    step = found.waits
    if step is None:
        what = f"A loop that takes no time: {_back(graph, found)}"
        return what, "all its rounds would happen at once", "Put a wait (or a send with within) into the loop"
    unreached = "blocked” and “bounced" if step.verb == "send" else "blocked"
    what = f"A loop that need not take any time: {_back(graph, found)}"
    why = f"the {step.verb} in line {step.at.line} waits for nobody whom we may not reach"
    return what, why, f"Give “{unreached}” of that {step.verb} a way out of the loop, or put a wait into the loop"


def _back(graph: Graph, found: Round) -> str:
    too = f"; {lines_in_words(found.others)} {'do' if found.others[1:] else 'does'} so too" if found.others else ""
    return f"this leads back to line {graph.nodes[found.edge.to].step.at.line}{too}"


def _bounded(graph: Graph, found: Round) -> str:
    if graph.nodes[found.source].step.verb == "go":
        return "“at_most: 3 times” on this go, and “then:” for what comes after"
    return "a list in place: “- go: …” with “at_most: 3 times” and “then:” below it"


def _closing(
    graph: Graph, misread: Collection[int], keep: Callable[[Node, Edge], bool]
) -> Iterator[tuple[Position, Round]]:
    """For each knot of ways that can be walked round, the line that leads back up (or the last one, if none does)."""
    arrows = [
        (number, edge)
        for number, node in enumerate(graph.nodes)
        for edge in node.edges
        if edge.to >= 0 and keep(node, edge)
    ]
    for knot in knots(len(graph.nodes), ((source, edge.to) for source, edge in arrows)):
        inside = [(source, edge) for source, edge in arrows if source in knot and edge.to in knot and edge.said]
        if not inside or any(graph.nodes[number].misread(misread) for number in knot):
            continue
        back = [(s, e) for s, e in inside if graph.nodes[e.to].step.at <= graph.nodes[s].step.at]
        source, edge = min(back or inside, key=lambda arrow: arrow[1].at)
        waiting = (graph.nodes[s].step for s, e in arrows if s in knot and e.to in knot and graph.nodes[s].timed)
        others = {e.at.line for _, e in back if e.to == edge.to} - {edge.at.line}
        yield edge.at, Round(source, edge, next(waiting, None), tuple(sorted(others)))
