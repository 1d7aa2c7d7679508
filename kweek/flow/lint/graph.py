"""Where can a lead go from each step? The flow as a graph, lists written in place and things left unsaid included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.lint.hears import Hears, at_once, hears, takes_time, waits
from kweek.flow.model import (
    ENDINGS,
    AnyStep,
    Call,
    Choose,
    End,
    Flow,
    Go,
    Handover,
    Inline,
    Next,
    Reaction,
    Send,
    Target,
    Task,
    ToPath,
    Wait,
    targets_of,
)
from kweek.flow.problems import Position, nearest
from kweek.flow.words import IMMEDIATE

OUT: Final = -1
"""Left the flow, or stays where it is: nothing more to prove."""
NOWHERE: Final = -2
"""The list has run out and nothing follows."""


class Edge(Struct, frozen=True):
    """`to`: a node, OUT or NOWHERE. said: the author wrote it (else it is the silent step down). bounded: it is the
    way of a `go` with `at_most`. event: what it needs (`interested`), `if` for a line of choose, empty for silence.
    at_once: it can be taken without any waiting, though the step waits."""

    to: int
    at: Position
    said: bool = True
    bounded: bool = False
    event: str = ""
    at_once: bool = False


class Node(Struct):
    """A step with its ways out. path: the list that it stands in. below: the next of its list (or OUT, NOWHERE).
    lines: where it is written, up to what comes after it."""

    step: AnyStep
    path: str
    below: int
    lines: range
    edges: list[Edge] = []

    @property
    def timed(self) -> bool:
        return takes_time(self.step)

    def misread(self, lines: Collection[int]) -> bool:
        """Something in it could not be read, so that what it lacks may well be there."""
        return any(line in self.lines for line in lines)


class Graph(Struct):
    """heads: path → its first node. roots: where a lead can come in from anywhere, with the place that says so."""

    nodes: list[Node] = []
    heads: dict[str, int] = {}
    roots: list[Edge] = []

    def reach(self, starts: list[int]) -> set[int]:
        """All nodes that can be come to from these, themselves included."""
        seen: set[int] = set()
        todo = [start for start in starts if start >= 0]
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo += [edge.to for edge in self.nodes[at].edges if edge.to >= 0]
        return seen


def cut_off(graph: Graph, reached: Collection[int]) -> list[tuple[int, int]]:
    """Each step that no lead comes to, behind the one right above it, which is reached and always leads elsewhere."""
    rows = ((number, number + 1) for number, node in enumerate(graph.nodes) if node.below == number + 1)
    return [(above, below) for above, below in rows if above in reached and below not in reached]


def draw(flow: Flow) -> Graph:
    """The graph of a flow. A target that does not exist leads to the nearest path, so that one slip is one message."""
    build = _Build(flow)
    tops = sorted(at.line for at in _tops(flow))
    for path in (flow.steps, *flow.paths):
        name, line = path.name.value, path.name.at.line
        if name not in build.graph.heads:
            end = next((top for top in tops if top > line), _END)
            head = build.add(path.steps, name, NOWHERE, range(line, end))
            build.graph.heads[name] = head if path.steps else OUT  # an empty path has its own message
    build.graph.heads["steps"] = build.graph.heads[flow.steps.name.value]
    build.link_all()
    graph = build.graph
    graph.roots.append(Edge(graph.heads["steps"], flow.steps.name.at, event="start"))
    for reaction in flow.whenever:
        graph.roots.append(build.root(reaction.target, reaction.event.at, reaction.event.value))
    if flow.goal:
        graph.roots.append(build.root(flow.goal.target, flow.goal.at, "goal"))
    build.link_all()
    return graph


_END: Final = 1_000_000


def _tops(flow: Flow) -> Iterator[Position]:
    """Where something begins that ends a path above it."""
    yield from (path.name.at for path in (flow.steps, *flow.paths))
    yield from (line.event.at for line in flow.whenever)
    yield from (start.at for start in flow.start)
    yield from (found.key for found in (flow.name, flow.title, flow.reentry, flow.limit, flow.pace) if found)
    if flow.goal:
        yield flow.goal.at


class _Build:
    def __init__(self, flow: Flow) -> None:
        self.graph = Graph()
        self.named = Counter(one.name for step in flow.walk() for one in targets_of(step) if isinstance(one, ToPath))
        self._linked = 0

    def add(self, steps: tuple[AnyStep, ...], path: str, after: int, lines: range) -> int:
        """Nodes for a list that is written in these lines; the first of them (`after` if it is empty)."""
        first = len(self.graph.nodes)
        starts = [lines.start, *(step.at.line for step in steps[1:]), lines.stop]
        for number, step in enumerate(steps):
            below = after if number == len(steps) - 1 else first + number + 1
            self.graph.nodes.append(Node(step, path, below, range(starts[number], starts[number + 1])))
        return first if steps else after

    def link_all(self) -> None:
        """Edges of all nodes that have none yet; linking adds nodes for lists written in place."""
        while self._linked < len(self.graph.nodes):
            self._link(self.graph.nodes[self._linked])
            self._linked += 1

    def root(self, target: Target, at: Position, event: str) -> Edge:
        """A list of immediate steps leaves the lead where it is; any other must lead somewhere by itself."""
        if isinstance(target, Inline):
            stays = all(step.verb in IMMEDIATE for step in target.steps)
            lines = range(at.line, _END)
            return Edge(self.add(target.steps, "", OUT if stays else NOWHERE, lines), at, event=event)
        return self.edge(target, OUT, at, event, range(at.line, _END))

    def edge(self, target: Target, below: int, at: Position, event: str, lines: range) -> Edge:
        match target:
            case ToPath(name=name):
                known = name if name in self.graph.heads else self._meant(name)
                if known == "next":
                    return Edge(below, target.at, event=event)
                if known not in self.graph.heads:
                    return Edge(OUT, target.at, event=event)
                return Edge(self.graph.heads[known], target.at, event=event)
            case Next():
                return Edge(below, target.at, event=event)
            case Inline(steps=(_, *_)):
                return Edge(self.add(target.steps, "", below, range(at.line, lines.stop)), at, event=event)
            case _:  # where it leads could not be read, too
                return Edge(OUT, target.at, event=event)

    def _meant(self, name: str) -> str | None:
        """Nobody misspells a name twice in the same way."""
        return nearest(name, (*self.graph.heads, *ENDINGS, "next")) if self.named[name] < 2 else None

    def _link(self, node: Node) -> None:
        step, below, edges, lines = node.step, node.below, node.edges, node.lines
        silent = Edge(below, step.at, said=False)
        match step:
            case Wait() | Send() | Call() | Task():
                if isinstance(step, Send) and not waits(step):
                    edges.append(silent)
                    return
                late = [
                    self.edge(line.target, below, line.state.at, line.state.value, lines) for line in step.otherwise
                ]
                if not any(line.state.value == "else" for line in step.otherwise):
                    late.append(silent)
                early = [self._reaction(line, below, hears(step), lines) for line in step.when]
                edges += [replace(edge, at_once=at_once(step, edge.event, otherwise=False)) for edge in early]
                edges += [replace(edge, at_once=at_once(step, edge.event, otherwise=True)) for edge in late]
            case Handover():
                edges += [self._reaction(line, below, hears(step), lines) for line in step.when]
            case Choose():
                edges += [self.edge(branch.target, below, branch.at, "if", lines) for branch in step.branches]
                if step.leaves_open:
                    edges.append(silent)
            case Go():
                self._go(node, step, silent)
            case End():
                edges.append(Edge(OUT, step.at))
            case _:
                edges.append(silent)

    def _go(self, node: Node, step: Go, silent: Edge) -> None:
        main = self.edge(step.target, node.below, step.at, "", node.lines)
        node.edges.append(Edge(main.to, main.at, bounded=step.at_most is not None))
        if step.then is not None:
            node.edges.append(self.edge(step.then, node.below, step.at, "", node.lines))
        elif step.at_most is not None:
            node.edges.append(silent)

    def _reaction(self, line: Reaction, below: int, heard: Hears, lines: range) -> Edge:
        event = line.event.value
        passes = event in heard.passing or (event not in heard.all and nearest(event, heard.all) in heard.passing)
        if passes and isinstance(line.target, Inline):
            inside = range(line.event.at.line, lines.stop)
            return Edge(self.add(line.target.steps, "", OUT, inside), line.event.at, event=line.event.value)
        if passes:  # it leads nowhere, which has its own message
            return Edge(OUT, line.event.at, event=line.event.value)
        return self.edge(line.target, below, line.event.at, line.event.value, lines)
