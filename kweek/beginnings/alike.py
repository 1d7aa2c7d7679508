"""How is a flow begun that is like another? Its text under a new name and with a way in of its own, and its tests."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kweek.beginnings.flow import title_of
from kweek.flow.model import Flow
from kweek.flow.yaml import Items, Node, Pairs, Text, read_yaml
from kweek.workspace import Workspace


def alike(workspace: Workspace, like: str, name: str, event: str | None) -> dict[str, str]:
    """A copy of `like`. event: what begins it instead of the events that begin the other, so that no lead walks both;
    None: the way in stays (by hand, at a date). Its mails are the other's. KeyError: there is no such flow."""
    flow, path = workspace.flows[like], f"flows/{like}.yaml"
    changes = {"flow": f"flow: {name}", "title": f"title: {title_of(name)}"}
    if event is not None:
        changes["start"] = _start(flow, event)
    texts = {f"flows/{name}.yaml": _changed(workspace.texts[path], changes)}
    tests = workspace.texts.get(f"flows/tests/{like}.yaml")
    if tests is not None:
        tests = _changed(tests, {"flow": f"flow: {name}"})
        texts[f"flows/tests/{name}.yaml"] = _renamed(tests, begun_by(flow), event) if event else tests
    return texts


def begun_by(flow: Flow) -> tuple[str, ...]:
    """The events that begin it."""
    return tuple(start.event.value for start in flow.start if start.event)


def asks_for_us(workspace: Workspace, flow: Flow) -> bool:
    """Are all of them hard? Then so is what takes their place."""
    begin = begun_by(flow)
    return bool(begin) and all(workspace.rules.events[event].hard for event in begin if event in workspace.rules.events)


def data_of(workspace: Workspace, flow: Flow) -> dict[str, str]:
    """What these carry, so that another one can take their place: field → type."""
    events = (workspace.rules.events[event] for event in begun_by(flow) if event in workspace.rules.events)
    return {name: own.kind.value for event in events for name, own in event.data.items()}


def _start(flow: Flow, event: str) -> str:
    only = flow.start[0] if len(flow.start) == 1 else None
    if only is not None and only.event and only.condition:
        return f"start: {{ event: {event}, if: '{only.condition.value.replace(chr(39), chr(39) * 2)}' }}"
    by_hand = any(start.manual for start in flow.start) and event != "manual"
    return f"start: [{event}, manual]" if by_hand and begun_by(flow) else f"start: {event}"


def _changed(text: str, changes: dict[str, str]) -> str:
    """These keys of the outermost level anew; a key's comment goes with its value, all others stay."""
    root = read_yaml(text, "flow.yaml").root
    lines = text.splitlines()
    for pair in reversed(root.pairs if root else ()):
        if pair.key.value in changes:
            lines[pair.key.at.line - 1 : max(pair.key.at.line, _last_line(pair.value))] = [changes[pair.key.value]]
    return "\n".join(lines) + "\n"


def _last_line(node: Node) -> int:
    match node:
        case Text():
            return node.end.line
        case Items():
            return max([node.at.line, *map(_last_line, node.items)])
        case Pairs():
            return max([node.at.line, *(_last_line(pair.value) for pair in node.pairs)])


def _renamed(text: str, events: Iterable[str], event: str) -> str:
    for old in events:
        text = re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w.])", event, text)
    return text
