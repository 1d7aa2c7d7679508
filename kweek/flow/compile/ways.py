"""Where does it go? Targets and conditions resolved, lists made into chains."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NamedTuple

from kweek.flow import model as m
from kweek.flow import plan as p
from kweek.flow.conditions import Condition, ConditionError, parse_condition
from kweek.flow.problems import Located, Position, Problem, did_you_mean, sentence
from kweek.flow.words import PASSING


class Place(NamedTuple):
    """What every step of a plan has. next: what follows it (None: nothing does)."""

    id: str
    path: str
    line: int
    next: p.Target | None


class Ways(ABC):
    """ids: of each step, by the place of its verb."""

    def __init__(self, flow: m.Flow, ids: Mapping[Position, str]) -> None:
        self.flow, self.ids = flow, ids
        self.problems: list[Problem] = []
        self.steps: dict[str, p.AnyStep] = {}
        self.heads = {path.name.value: ids[path.steps[0].at] for path in (flow.steps, *flow.paths) if path.steps}

    @abstractmethod
    def step(self, step: m.AnyStep, place: Place) -> p.AnyStep:
        """The plan's step; those of the lists inside it are added."""

    def note(self, at: Position, code: str, what: str, fix: str, why: str = "") -> None:
        self.problems.append(Problem(self.flow.file, at.line, at.column, "error", code, what, why, fix))

    def condition(self, text: Located[str]) -> Condition:
        try:
            return parse_condition(text.value)
        except ConditionError as error:
            self.note(text.inside(error.offset), "condition", sentence(error.message), sentence(error.fix))
            return parse_condition("true")

    # --- targets ----------------------------------------------------------------------------------

    def target(self, target: m.Target, path: str, below: p.Target | None) -> p.Target:
        """`below` is what follows the step that says it (None: nothing does)."""
        match target:
            case m.ToPath(name) if name in self.heads:
                return p.At(self.heads[name])
            case m.ToPath(name):
                self.note(target.at, "no-such-path", f"There is no path “{name}”.", did_you_mean(name, self.heads))
            case m.Ending(result):
                return p.End(result)
            case m.ToFlow(flow):
                return p.ToFlow(flow)
            case m.Inline(steps):
                self.chain(steps, path, below)
                if steps:
                    return p.At(self.ids[steps[0].at])
                self.note(target.at, "empty", "This list has no steps.", "Write at least one, or: next")
            case m.Next() if below is not None:
                return below
            case m.Next():
                self._nowhere(target.at, "“next” carries on below, and nothing stands below.")
            case m.Ignore():
                self.note(target.at, "target", "“ignore” is possible in whenever only.", "Write: next")
        return p.End("done")  # never runs: there is a problem

    def when(self, step: m.Wait | m.Send | m.Call | m.Handover | m.Task, place: Place) -> tuple[p.When, ...]:
        passing = PASSING.get(step.verb, ())
        return tuple(
            p.When(line.event.value, self._reaction(line, line.event.value in passing, place), line.link)
            for line in step.when
        )

    def _reaction(self, line: m.Reaction, passing: bool, place: Place) -> p.Target | p.Stay:
        if passing and isinstance(line.target, m.Inline):
            return self.stay(line.target.steps, place.path)
        return self.target(line.target, place.path, place.next)

    def otherwise(self, step: m.Wait | m.Send | m.Call | m.Task, place: Place) -> tuple[p.Otherwise, ...]:
        return tuple(
            p.Otherwise(line.state.value, self.target(line.target, place.path, place.next)) for line in step.otherwise
        )

    # --- lists ------------------------------------------------------------------------------------

    def chain(self, steps: tuple[m.AnyStep, ...], path: str, below: p.Target | None) -> None:
        """A list of steps; `below` is where it carries on when it runs out."""
        following: list[p.Target | None] = [p.At(self.ids[step.at]) for step in steps[1:]]
        for step, after in zip(steps, [*following, below], strict=True):
            self._add(step, path, after)
            if after is None and _runs_out(step):
                self._nowhere(step.at, f"The way ends with “{step.verb}”, which says not where to go on.")

    def stay(self, steps: tuple[m.AnyStep, ...], path: str) -> p.Stay:
        """Immediate steps of a lead that stays where it is."""
        for step in steps:
            self._add(step, path, None)
        return p.Stay(tuple(self.ids[step.at] for step in steps))

    def _add(self, step: m.AnyStep, path: str, after: p.Target | None) -> None:
        place = Place(self.ids[step.at], path, step.at.line, after)
        self.steps[place.id] = p.EndStep(*place, "done")  # keeps the order of the text: before what is inside it
        self.steps[place.id] = self.step(step, place)

    def _nowhere(self, at: Position, what: str) -> None:
        fix = "Let it end in “end: …”, “go: …”, or a step all of whose outcomes lead somewhere."
        self.note(at, "no-end", what, fix, "The lead would be lost here.")


def _runs_out(step: m.AnyStep) -> bool:
    """May the lead go on to what follows this step, though the author names no target?"""
    match step:
        case m.Choose():
            return step.leaves_open
        case m.Go():
            return step.at_most is not None and step.then is None
        case m.End() | m.Handover():
            return False
        case m.Wait() | m.Send() | m.Call() | m.Task():
            return not any(line.state.value == "else" for line in step.otherwise)
        case _:
            return True
