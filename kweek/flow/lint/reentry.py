"""When may a lead come back: is it counted by a field that there is, and that every start brings?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kweek.flow.conditions.instead import instead
from kweek.flow.conditions.schema import FieldType
from kweek.flow.duration import ELAPSED
from kweek.flow.lint.names import Names, start_data
from kweek.flow.lint.report import Report
from kweek.flow.load.texts import EACH_LEAD
from kweek.flow.model import Flow
from kweek.flow.plan import Reentry
from kweek.flow.problems import Located, nearest


def check_reentry(flow: Flow, names: Names, report: Report) -> None:
    if flow.reentry is None or (path := flow.reentry.value.per) is None:
        return
    data, at = start_data(flow, names), flow.reentry.at
    if path in ELAPSED:
        fix = f"Write after 1 {path}"
        if path in data:
            fix = f"Write per event.{path}, once for each {path} that its data says — or after 1 {path}"
        report.error(at, "reentry", f"“per {path}” does not say when a lead may come back", "", fix)
    elif path in EACH_LEAD:
        fix = "Write never"
        if data:
            fix += f" — or, for once per value of a field, name one: {' — or '.join(_each(data))}"
        report.error(at, "reentry", f"“per {path}” is once for each lead", "", fix)
    elif path not in (schema := names.schema(data)).fields:
        fix = instead(path, schema)
        if (near := nearest(path, data)) and "." not in path:
            fix = f"Did you mean “event.{near}”?"
        elif "." not in path and not (fix.startswith("Did you mean") and path in re.split(r"\W|_", fix)):
            fix = _counted_otherwise(data)
        report.error(at, "unknown-field", f"There is no field {path}", "", fix)
    else:
        _brought_by_all(path, flow, flow.reentry, names, report)


def _each(data: Mapping[str, FieldType]) -> list[str]:
    return [f"per event.{name}" for name in data]


def _counted_otherwise(data: Mapping[str, FieldType]) -> str:
    if not data:
        return "What starts this flow carries no field: write never, always, or after 30 days"
    return f"Write {' — or '.join(_each(data))}"


def _brought_by_all(path: str, flow: Flow, at: Located[Reentry], names: Names, report: Report) -> None:
    """Does every event that starts it bring the field by which it is counted?"""
    name, starts = path.removeprefix("event."), [start.event.value for start in flow.start if start.event]
    without = [event for event in starts if event in names.events and name not in names.events[event]]
    if path.startswith("event.") and without and len(without) < len(starts):
        what = f"“{without[0]}” brings no {name}"
        why = f"so nobody can tell for which {name} a lead was here before"
        fix = f"Count by a field that all starts have, or give {name} to its data in rules/events.yaml"
        report.error(at.at, "per-without", what, why, fix)
