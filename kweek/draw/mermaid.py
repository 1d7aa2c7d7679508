"""How is a flow written for Mermaid? For readmes and wikis that draw it themselves: paths are boxes of steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from kweek.draw.plain import plain
from kweek.draw.say import Say
from kweek.draw.tell import tell
from kweek.draw.told import Line, Step, Told, Way
from kweek.flow.model import Flow

_SHAPES: Final = {"choose": '{"%s"}', "wait": '("%s")', "end": '(["%s"])'}
_SPECIAL: Final = {ord(one): f"#{ord(one)};" for one in '"#&<>`\\{}[]|'}


def mermaid(flow: Flow, say: Say) -> str:
    """A flowchart. Everything that an author wrote is text in it, whatever characters it has."""
    return "\n".join(_Chart(tell(flow, say)).lines()) + "\n"


class _Chart:
    def __init__(self, told: Told) -> None:
        self.told = told
        self.names: dict[str, str] = {}
        self.edges: list[str] = []
        self.ends: dict[tuple[str, str], str] = {}

    def lines(self) -> Iterator[str]:
        yield f"---\ntitle: {json.dumps(plain(self.told.title), ensure_ascii=False)}\n---"
        yield "flowchart TD"
        for n, column in enumerate(self.told.columns):
            yield f'  subgraph p{n}["{_text(column.title)}"]'
            yield "    direction TB"
            for line in self._notes(n, (*column.starts, *column.notes)):
                yield f"    {line}"
            for line in self._steps(column.steps, None):
                yield f"    {line}"
            yield "  end"
        for band in self.told.bands:
            yield f'  subgraph {band.kind}["{_text(band.title)}"]'
            for n, one in enumerate(band.lines):
                node = f"{band.kind}{n}"
                yield f'    {node}["{_text(one.label)}"]'
                yield from (f"    {line}" for line in self._steps(one.steps, None))
                self._line(node, Line(one.key, "", one.way, one.steps), None)
            yield "  end"
        yield from (f"  {edge}" for edge in self.edges)
        yield from (f"  {node}" for node in self.ends.values())

    def _notes(self, column: int, notes: tuple[str, ...]) -> Iterator[str]:
        """The ways in and the rules: a note of its own above the first step."""
        if notes:
            yield f'start{column}[/"{"<br/>".join(map(_text, notes))}"/]'
            if self.told.columns[column].steps:
                self.edges.append(f"start{column} --> {self._name(self.told.columns[column].steps[0])}")

    def _name(self, step: Step) -> str:
        return self.names.setdefault(step.id, f"s{len(self.names)}")

    def _steps(self, steps: tuple[Step, ...], after: str | None) -> Iterator[str]:
        """The nodes of a list; `after` is the node at which it carries on when it runs out."""
        for n, step in enumerate(steps):
            name = self._name(step)
            below = self._name(steps[n + 1]) if n + 1 < len(steps) else after
            shares = (line.label for line in step.lines() if line.way is None and not line.steps)
            words = "<br/>".join(map(_text, (step.title, *shares, *step.notes)))
            yield name + _SHAPES.get(step.verb, '["%s"]') % words
            if step.way is not None:
                self._edge(name, "", step.way, below)
            for group in step.groups:
                for line in group.lines:
                    yield from self._steps(line.steps, below)
                    self._line(name, line, below, group.heading)
            if step.untold and below is not None:
                self.edges.append(f"{name} --> {below}")

    def _line(self, name: str, line: Line, below: str | None, heading: str = "") -> None:
        """heading: an edge stands alone, so it says itself when it is taken."""
        label = f"{heading}: {line.label}" if heading else line.label
        if line.steps:
            self.edges.append(f"{name} -->{_label(label)} {self._name(line.steps[0])}")
        elif line.way is not None:
            self._edge(name, label, line.way, below)

    def _edge(self, name: str, label: str, way: Way, below: str | None) -> None:
        target = self._target(name, way, below)
        if target is not None:
            self.edges.append(f"{name} -->{_label(label)} {target}")

    def _target(self, name: str, way: Way, below: str | None) -> str | None:
        match way.kind:
            case "path":
                steps = self.told.columns[way.column].steps
                return self._name(steps[0]) if steps else f"p{way.column}"
            case "next":
                return below
            case "stay":
                return None
            case _:  # an end of its own for each step: shared ones would draw lines across everything
                node = f"{name}x{way.kind}{len(self.ends)}"
                shape = '[["%s"]]' if way.kind == "flow" else '(["%s"])'
                known = self.ends.setdefault((name, f"{way.kind} {way.name}"), node + shape % _text(way.words))
                return known.partition("[" if way.kind == "flow" else "(")[0]


def _label(label: str) -> str:
    return f'|"{_text(label)}"|' if label else ""


def _text(text: str) -> str:
    return plain(" ".join(text.split())).translate(_SPECIAL)
