"""How does a flow look in a terminal? As a tree: paths, their steps, and the outcomes of each with where they lead."""

from __future__ import annotations

from typing import Final

from rich.style import Style
from rich.text import Text
from rich.tree import Tree

from kweek.draw.plain import plain
from kweek.draw.say import Say
from kweek.draw.tell import tell
from kweek.draw.told import Line, Mark, Step, Told, Way
from kweek.flow.model import Flow

_PATH: Final = Style(bold=True, color="green")
_STEP: Final = Style(bold=True)
_NEWS: Final = Style(bold=True, color="yellow")
_SOFT: Final = Style(dim=True)
_COLOURS: Final = {"path": "green", "missing": "red", "flow": "blue", "won": "green", "lost": "yellow", "done": "blue"}


def tree(flow: Flow, say: Say) -> Tree:
    """For `rich` to print: in colour where the terminal has them, plain text elsewhere."""
    return tree_of(tell(flow, say))


def tree_of(told: Told) -> Tree:
    """The same, of a flow in words."""
    root = Tree(_text(told.heading, _STEP), guide_style=_SOFT)
    for band in told.bands:
        branch = root.add(_text(band.title, _PATH))
        for line in band.lines:
            _add_line(branch, line)
    for column in told.columns:
        branch = root.add(_with_notes(_text(column.title, _PATH), (*column.starts, *column.notes)))
        for step in column.steps:
            _add_step(branch, step)
    return root


def _add_step(branch: Tree, step: Step) -> None:
    title = _marked(step.mark, _text(step.title, _STEP))
    if step.way is not None:
        title.append(" ").append_text(_way(step.way))
    below = branch.add(_with_notes(title, step.notes))
    for group in step.groups:
        inside = below.add(_text(group.heading, _SOFT)) if group.heading else below
        for line in group.lines:
            _add_line(inside, line)


def _add_line(branch: Tree, line: Line) -> None:
    label = _marked(line.mark, _text(line.label))
    if line.way is not None:
        label.append(" → ", _SOFT).append_text(_way(line.way))
    below = branch.add(label)
    for step in line.steps:
        _add_step(below, step)


def _marked(mark: Mark | None, text: Text) -> Text:
    if mark is None:
        return text
    return _text(f"{mark.words}:", _SOFT if mark.kind == "gone" else _NEWS).append(" ").append_text(text)


def _with_notes(title: Text, notes: tuple[str, ...]) -> Text:
    if notes:
        title.append("  ").append_text(_text(" · ".join(notes), _SOFT))
    return title


def _way(way: Way) -> Text:
    colour = _COLOURS.get(way.name if way.kind == "end" else way.kind)
    words = {"flow": f"⇥ {way.words}", "missing": f"{way.words}?"}.get(way.kind, way.words)
    return _text(words, Style(color=colour) if colour else _SOFT)


def _text(text: str, style: Style | None = None) -> Text:
    """On one line, and nothing in it steers the terminal."""
    return Text(plain(" ".join(text.split())), style or "")
