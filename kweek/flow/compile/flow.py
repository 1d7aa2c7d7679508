"""What will run? The plan of a whole flow: its ways in, what holds anywhere in it, and its steps."""

from __future__ import annotations

from kweek.flow import model as m
from kweek.flow import plan as p
from kweek.flow.compile.verbs import Verbs
from kweek.flow.ids import name_steps
from kweek.flow.problems import BrokenSourceError, in_order, value_of
from kweek.flow.words import IMMEDIATE, LEAD_WIDE


def compile_flow(flow: m.Flow, version: str) -> p.Plan:
    """The plan of a flow without errors; `version` is its content hash.

    BrokenSourceError: something is not resolved, with all the problems that say what.
    """
    ids, same = name_steps(flow)
    compiler = _Compiler(flow, ids)
    plan = compiler.plan(version)
    if problems := (*same, *compiler.problems):
        raise BrokenSourceError(in_order(problems))
    return plan


class _Compiler(Verbs):
    def plan(self, version: str) -> p.Plan:
        flow = self.flow
        for path in (flow.steps, *flow.paths):
            if not path.steps:
                self.note(path.name.at, "empty", f"“{path.name.value}” has no steps.", "Write at least one.")
            self.chain(path.steps, path.name.value, None)
        goal = flow.goal and p.Goal(self.condition(flow.goal.condition), self.target(flow.goal.target, "goal", None))
        return p.Plan(
            flow=flow.name.value,
            version=version,
            title=flow.title.value,
            start=tuple(map(self._start, flow.start)),
            entry=self.heads.get("steps", ""),
            steps=self.steps,
            paths=self.heads,
            whenever=self._whenever(),
            goal=goal,
            reentry=value_of(flow.reentry) or p.Reentry(),
            send_hours=value_of(flow.send_hours),
            timezone=value_of(flow.timezone) or "lead",
            limit=value_of(flow.limit),
            pace=value_of(flow.pace),
        )

    def _start(self, start: m.Start) -> p.Start:
        condition = start.condition and self.condition(start.condition)
        at, every = value_of(start.moment), value_of(start.every)
        return p.Start(value_of(start.event), condition, at, every, start.manual)

    def _whenever(self) -> tuple[p.When, ...]:
        """The author's lines, then the defaults that they leave; that of `replied` is the machine's own."""
        lines = [p.When(line.event.value, self._anywhere(line.target), line.link) for line in self.flow.whenever]
        said = {line.event for line in lines}
        defaults = (p.When(event, p.End("discard")) for event in LEAD_WIDE if event not in said)
        return (*lines, *defaults)

    def _anywhere(self, target: m.Target) -> p.Target | p.Stay:
        match target:
            case m.Ignore():
                return p.Stay(())
            case m.Inline(steps) if all(map(_immediate, steps)):
                return self.stay(steps, "whenever")
            case _:
                return self.target(target, "whenever", None)


def _immediate(step: m.AnyStep) -> bool:
    """Done at once, while the lead stays where it is."""
    return step.verb in IMMEDIATE and not (isinstance(step, m.Send) and step.within is not None)
