"""Where can one walk round? The knots of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def knots(count: int, arrows: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Strongly connected parts that hold a way round; arrows are (from, to) among so many nodes."""
    out: dict[int, list[int]] = {}
    for source, to in arrows:
        out.setdefault(source, []).append(to)
    return [knot for knot in _parts(count, out) if len(knot) > 1 or any(node in out.get(node, ()) for node in knot)]


def _parts(count: int, out: Mapping[int, list[int]]) -> list[set[int]]:
    """Strongly connected parts (Tarjan 1972), without recursion: a flow may be long."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    open_nodes: list[int] = []
    found: list[set[int]] = []
    for root in range(count):
        work = [] if root in order else [(root, iter(out.get(root, ())))]
        while work:
            node, rest = work[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                open_nodes.append(node)
            for to in rest:
                if to not in order:
                    work.append((to, iter(out.get(to, ()))))
                    break
                if to in open_nodes:
                    low[node] = min(low[node], order[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    begun = open_nodes.index(node)
                    found.append(set(open_nodes[begun:]))
                    del open_nodes[begun:]
    return found
