"""Can a lead come back into a flow through others, and no time has passed? Each flow by itself cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kweek.flow.lint.hears import at_once, takes_time
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.model import (
    AnyStep,
    Call,
    Choose,
    End,
    Flow,
    Go,
    Inline,
    Next,
    Send,
    Target,
    ToFlow,
    ToPath,
    Wait,
)
from kweek.flow.problems import Problem


def check_doors(flows: Sequence[Flow], names: Names) -> tuple[Problem, ...]:
    """One message for each way round, at the `flow x` that closes it. Where a flow refuses whom it has had, it ends."""
    open_to_all = {name for name, reentry in names.flows.items() if reentry.rule == "always"}
    doors = {flow.name.value: _at_once(flow, open_to_all) for flow in flows}
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
            fix = "Put a wait before it (a list: “- wait: 1 day”, and below it “- go: flow …”), or lead elsewhere"
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


def _at_once(flow: Flow, open_to_all: set[str]) -> dict[str, ToFlow]:
    """The flows to which a lead that enters can be sent before any time has passed. open_to_all: those that never
    refuse; of any other, a lead that runs round and round is sent on by `then`."""
    paths = {path.name.value: path.steps for path in flow.paths} | {"steps": flow.steps.steps}
    found: dict[str, ToFlow] = {}
    seen: set[str] = {"steps"}

    def goes_on(steps: Sequence[AnyStep]) -> bool:
        """Can a lead run down the whole list in no time?"""
        return all(passes(step) for step in steps)

    def passes(step: AnyStep) -> bool:
        """The same of one step."""
        match step:
            case End():
                return False
            case Go(target=ToFlow(flow=other), then=then) if then is not None and other not in open_to_all:
                return leads_on(then)
            case Go():
                return leads_on(step.target)
            case Choose():
                return any_leads_on(line.target for line in step.branches) or step.leaves_open
            case Send() | Call() if takes_time(step):
                return any_leads_on(_not_reached(step))
            case Wait() if not takes_time(step) and step.otherwise:
                return any_leads_on(line.target for line in step.otherwise)
            case _:
                return not takes_time(step)

    def any_leads_on(targets: Iterable[Target]) -> bool:
        return any(list(map(leads_on, targets)))  # each is followed, also behind one that does

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
    if flow.goal is not None:  # it is judged on entry
        leads_on(flow.goal.target)
    return found


def _not_reached(step: Send | Call) -> Iterable[Target]:
    """Where those go whom we may not mail or call, for that is known at once."""
    yield from (line.target for line in step.when if at_once(step, line.event.value, otherwise=False))
    yield from (line.target for line in step.otherwise if at_once(step, line.state.value, otherwise=True))
    if at_once(step, "", otherwise=True) and all(line.state.value != "else" for line in step.otherwise):
        yield Next(step.at)
