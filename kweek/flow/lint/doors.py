"""Can a lead come back into a flow through others, and no time has passed? Each flow by itself cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kweek.flow.lint.hears import takes_time
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import AnyStep, Choose, End, Flow, Go, Inline, Next, Target, ToFlow, ToPath
from kweek.flow.problems import Problem


def check_doors(flows: Iterable[Flow], names: Names) -> tuple[Problem, ...]:
    """One message for each way round, at the `flow x` that closes it. Where a flow refuses whom it has had, it ends."""
    open_to_all = {name for name, reentry in names.flows.items() if reentry.rule == "always"}
    doors = {flow.name.value: _at_once(flow) for flow in flows}
    files = {flow.name.value: flow.file for flow in flows}
    found: list[Problem] = []
    said: set[frozenset[str]] = set()
    for name in doors:
        way = _round(name, doors, open_to_all)
        if way and frozenset(way) not in said:
            said.add(frozenset(way))
            report, door = Report(files[way[-1]]), doors[way[-1]][name]
            what = f"“flow {name}” brings the lead back at once: {' → '.join((*way, name))}"
            why = "no time passes on the way, and after 20 rounds a person would be asked"
            fix = "Put a wait before it, or give one of these flows “reentry: after 30 days”"
            report.error(door.at, "instant-loop", what, why, fix)
            found += report.problems
    return tuple(found)


def _round(name: str, doors: Mapping[str, Mapping[str, ToFlow]], open_to_all: set[str]) -> Sequence[str]:
    """The flows on a way from this one back to itself; none: there is no such way."""
    todo: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while todo:
        way = todo.pop(0)
        for other in doors.get(way[-1], {}):
            if other == name and name in open_to_all:
                return way
            if other in open_to_all and other not in seen:
                seen.add(other)
                todo.append((*way, other))
    return ()


def _at_once(flow: Flow) -> dict[str, ToFlow]:
    """The flows to which a lead that enters can be sent before any time has passed."""
    paths = {path.name.value: path.steps for path in flow.paths} | {"steps": flow.steps.steps}
    found: dict[str, ToFlow] = {}
    seen: set[str] = set()

    def goes_on(steps: Sequence[AnyStep]) -> bool:
        """Can a lead run down the whole list in no time?"""
        for step in steps:
            match step:
                case End():
                    return False
                case Go():
                    return leads_on(step.target)
                case Choose():
                    if not any([*map(leads_on, (line.target for line in step.branches)), step.leaves_open]):
                        return False
                case _ if takes_time(step):
                    return False
                case _:
                    pass
        return True

    def leads_on(target: Target) -> bool:
        match target:
            case ToFlow():
                found.setdefault(target.flow, target)
                return False
            case ToPath(name=name):
                if name not in seen:
                    seen.add(name)
                    goes_on(paths.get(name, ()))
                return False
            case Inline():
                return goes_on(target.steps)
            case Next():
                return True
            case _:
                return False

    goes_on(paths["steps"])
    return found
