"""What can a lead have with it of the event that brought it? It keeps that on its way from flow to flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kweek.flow.lint.names import Names, start_data, starts_unknown
from kweek.flow.model import Flow, Target, ToFlow, targets_of


def carried(flows: Iterable[Flow], names: Names) -> Mapping[str, frozenset[str]]:
    """flow → the fields of all events that may have begun a way there. Where none of them has any (the lead was put
    there by hand), those of all events: what a person gives along, nobody declares."""
    flows = tuple(flows)
    everything = frozenset(field for data in names.events.values() for field in data)
    found = {
        flow.name.value: everything if starts_unknown(flow, names) else frozenset(start_data(flow, names))
        for flow in flows
    }
    doors = [(flow.name.value, door.flow) for flow in flows for door in doors_of(flow)]
    news = True
    while news:
        news = False
        for came, to in doors:
            if to in found and not found[came] <= found[to]:
                found[to] |= found[came]
                news = True
    return {name: fields or everything for name, fields in found.items()}


def doors_of(flow: Flow) -> Iterator[ToFlow]:
    """Wherever it leads to another flow."""
    yield from (target for target in _targets(flow) if isinstance(target, ToFlow))


def _targets(flow: Flow) -> Iterator[Target]:
    yield from (target for step in flow.walk() for target in targets_of(step))
    yield from (line.target for line in flow.whenever)
    if flow.goal:
        yield flow.goal.target
