"""Can a lead run round for ever? Every way round takes time and passes a `go` with `at_most`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from kweek.flow.lint.graph import Edge, Graph, Node
from kweek.flow.lint.report import Report
from kweek.flow.model import AnyStep
from kweek.flow.problems import Position

Arrow = tuple[int, Edge]
Round = tuple[int, Edge, AnyStep | None]
"""A way round: the node and the line that close it, and a step on it that waits, if it can be passed at once."""


def check_loops(graph: Graph, report: Report, misread: Collection[int]) -> None:
    """One message for each way round, at the line that closes it."""
    instant = dict(_closing(graph, misread, lambda node, edge: not node.timed or edge.at_once))
    endless = dict(_closing(graph, misread, lambda _, edge: not edge.bounded))
    for at in sorted({*instant, *endless}):
        source, edge, early = instant.get(at) or endless[at]
        round_trip = f"this leads back to line {graph.nodes[edge.to].step.at.line}"
        if at in instant and at in endless:
            report.error(
                at,
                "endless-loop",
                f"A loop that neither takes time nor ends: {round_trip}",
                "a lead would run round for ever",
                f"Put a wait into the loop, and close it with {_bounded(graph.nodes[source])}",
            )
        elif at in instant and early is not None:
            report.error(
                at,
                "instant-loop",
                f"A loop that need not take any time: {round_trip}",
                f"the {early.verb} in line {early.at.line} waits for nobody whom we may not reach",
                f"Give “{_unreached(early)}” of that {early.verb} a way out of the loop, or put a wait into the loop",
            )
        elif at in instant:
            report.error(
                at,
                "instant-loop",
                f"A loop that takes no time: {round_trip}",
                "all its rounds would happen at once",
                "Put a wait (or a send with within) into the loop",
            )
        else:
            report.error(
                at,
                "endless-loop",
                f"A loop without a bound: {round_trip}",
                "a lead could run round for ever",
                f"Close it with {_bounded(graph.nodes[source])}",
            )


def _unreached(step: AnyStep) -> str:
    return "blocked” and “bounced" if step.verb == "send" else "blocked"


def _bounded(node: Node) -> str:
    if node.step.verb == "go":
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
    for knot in _knots(len(graph.nodes), arrows):
        inside = [(source, edge) for source, edge in arrows if source in knot and edge.to in knot and edge.said]
        if not inside or any(graph.nodes[number].misread(misread) for number in knot):
            continue
        back = [(s, e) for s, e in inside if graph.nodes[e.to].step.at <= graph.nodes[s].step.at]
        source, edge = min(back or inside, key=lambda arrow: arrow[1].at)
        waiting = (graph.nodes[s].step for s, e in arrows if s in knot and e.to in knot and graph.nodes[s].timed)
        yield edge.at, (source, edge, next(waiting, None))


def _knots(count: int, arrows: list[Arrow]) -> list[set[int]]:
    """Strongly connected parts that hold a way round (Tarjan 1972, without recursion: a flow may be long)."""
    out: dict[int, list[int]] = {}
    for source, edge in arrows:
        out.setdefault(source, []).append(edge.to)
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    open_nodes: list[int] = []
    found: list[set[int]] = []
    for root in range(count):
        if root in order:
            continue
        order[root] = low[root] = len(order)
        open_nodes.append(root)
        work = [(root, iter(out.get(root, ())))]
        while work:
            node, rest = work[-1]
            for to in rest:
                if to not in order:
                    order[to] = low[to] = len(order)
                    open_nodes.append(to)
                    work.append((to, iter(out.get(to, ()))))
                    break
                if to in open_nodes:
                    low[node] = min(low[node], order[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    knot = set(open_nodes[open_nodes.index(node) :])
                    del open_nodes[open_nodes.index(node) :]
                    if len(knot) > 1 or node in out.get(node, ()):
                        found.append(knot)
    return found
