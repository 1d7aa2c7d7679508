"""What will run? The model made into a plan: every target a step, an ending or a flow; every list a chain."""

from __future__ import annotations

from typing import Final

from kweek.flow import model as m
from kweek.flow import plan as p
from kweek.flow.conditions import Condition, ConditionError, parse_condition
from kweek.flow.ids import name_steps
from kweek.flow.problems import (
    BrokenSourceError,
    Located,
    Position,
    Problem,
    did_you_mean,
    in_order,
    sentence,
    value_of,
)
from kweek.flow.words import IMMEDIATE, LEAD_WIDE, PASSING

_ATTEMPTS: Final = 3


def compile_flow(flow: m.Flow, version: str) -> p.Plan:
    """The plan of a flow without errors; `version` is its content hash.

    BrokenSourceError: something is not resolved, with all the problems that say what.
    """
    compiler = _Compiler(flow)
    plan = compiler.plan(version)
    if compiler.problems:
        raise BrokenSourceError(in_order(compiler.problems))
    return plan


class _Compiler:
    def __init__(self, flow: m.Flow) -> None:
        self.flow = flow
        self.ids, same = name_steps(flow)
        self.problems = list(same)
        self.steps: dict[str, p.AnyStep] = {}
        lists = (flow.steps, *flow.paths)
        self.heads = {path.name.value: self.ids[path.steps[0].at] for path in lists if path.steps}
        for path in lists:
            if not path.steps:
                self.note(path.name.at, "empty", f"“{path.name.value}” has no steps.", "Write at least one.")

    def note(self, at: Position, code: str, what: str, fix: str, why: str = "") -> None:
        self.problems.append(Problem(self.flow.file, at.line, at.column, "error", code, what, why, fix))

    # --- the whole --------------------------------------------------------------------------------

    def plan(self, version: str) -> p.Plan:
        flow = self.flow
        for path in (flow.steps, *flow.paths):
            self.chain(path.steps, path.name.value, None)
        goal = flow.goal and p.Goal(self.condition(flow.goal.condition), self.target(flow.goal.target, "goal", None))
        return p.Plan(
            flow=flow.name.value,
            version=version,
            title=flow.title.value,
            start=tuple(map(self.start, flow.start)),
            entry=self.heads.get("steps", ""),
            steps=self.steps,
            paths=self.heads,
            whenever=self.whenever(),
            goal=goal,
            reentry=flow.reentry.value if flow.reentry else p.Reentry(),
            send_hours=value_of(flow.send_hours),
            timezone=value_of(flow.timezone) or "lead",
            limit=value_of(flow.limit),
            pace=value_of(flow.pace),
        )

    def start(self, start: m.Start) -> p.Start:
        condition = start.condition and self.condition(start.condition)
        at, every = value_of(start.moment), value_of(start.every)
        return p.Start(value_of(start.event), condition, at, every, start.manual)

    def whenever(self) -> tuple[p.When, ...]:
        """The author's lines, then the defaults that they leave; that of `replied` is the machine's own."""
        lines: list[p.When] = []
        for line in self.flow.whenever:
            match line.target:
                case m.Ignore():
                    target: p.Target | p.Stay = p.Stay(())
                case m.Inline(steps) if all(map(_immediate, steps)):
                    target = self.stay(steps, "whenever")
                case _:
                    target = self.target(line.target, "whenever", None)
            lines.append(p.When(line.event.value, target, line.link))
        said = {line.event for line in lines}
        defaults = (p.When(event, p.End("discard")) for event in LEAD_WIDE if event not in said)
        return (*lines, *defaults)

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
                self.nowhere(target.at, "“next” carries on below, and nothing stands below.")
            case m.Ignore():
                self.note(target.at, "target", "“ignore” is possible in whenever only.", "Write: next")
        return p.End("done")  # never runs: there is a problem

    def nowhere(self, at: Position, what: str) -> None:
        fix = "Let it end in “end: …”, “go: …”, or a step all of whose outcomes lead somewhere."
        self.note(at, "no-end", what, fix, "The lead would be lost here.")

    # --- steps ------------------------------------------------------------------------------------

    def chain(self, steps: tuple[m.AnyStep, ...], path: str, below: p.Target | None) -> None:
        """A list of steps; `below` is where it carries on when it runs out."""
        following: list[p.Target | None] = [p.At(self.ids[step.at]) for step in steps[1:]]
        for step, after in zip(steps, [*following, below], strict=True):
            self.add(step, path, after)
            if after is None and _runs_out(step):
                self.nowhere(step.at, f"The way ends with “{step.verb}”, which says not where to go on.")

    def stay(self, steps: tuple[m.AnyStep, ...], path: str) -> p.Stay:
        """Immediate steps of a lead that stays where it is."""
        for step in steps:
            self.add(step, path, None)
        return p.Stay(tuple(self.ids[step.at] for step in steps))

    def add(self, step: m.AnyStep, path: str, after: p.Target | None) -> None:
        """Make the plan's step. Steps keep the order of the text, so the place is taken before what is inside."""
        id_ = self.ids[step.at]
        self.steps[id_] = p.EndStep(id_, path, step.at.line, after, "done")
        self.steps[id_] = self.step(step, id_, path, after)

    def step(self, step: m.AnyStep, id_: str, path: str, after: p.Target | None) -> p.AnyStep:
        line = step.at.line
        match step:
            case m.Wait():
                when, otherwise = self.when(step, path, after), self.otherwise(step, path, after)
                return p.Wait(id_, path, line, after, step.until.value, when, otherwise)
            case m.Send():
                return p.Send(
                    id_, path, line, after,
                    mails=tuple((share.mail.value, share.per_cent.value) for share in step.mails),
                    expires=value_of(step.expires),
                    within=value_of(step.within),
                    when=self.when(step, path, after),
                    otherwise=self.otherwise(step, path, after),
                )  # fmt: skip
            case m.Call():
                return p.Call(
                    id_, path, line, after,
                    script=step.script.value,
                    within=step.within.value,
                    queue=value_of(step.queue),
                    priority=value_of(step.priority),
                    attempts=value_of(step.attempts) or _ATTEMPTS,
                    apart=value_of(step.apart),
                    when=self.when(step, path, after),
                    otherwise=self.otherwise(step, path, after),
                )  # fmt: skip
            case m.Handover():
                return p.Handover(
                    id_, path, line, after,
                    team=step.team.value,
                    prefer=value_of(step.prefer),
                    follow_up=value_of(step.follow_up),
                    remind=value_of(step.remind),
                    escalate=tuple(map(_rung, step.escalate)),
                    when=self.when(step, path, after),
                )  # fmt: skip
            case m.Task():
                return p.Task(
                    id_, path, line, after,
                    title=step.title.value,
                    within=step.within.value,
                    to=value_of(step.to),
                    outcomes=tuple(outcome.value for outcome in step.outcomes) or ("done",),
                    remind=value_of(step.remind),
                    escalate=tuple(map(_rung, step.escalate)),
                    when=self.when(step, path, after),
                    otherwise=self.otherwise(step, path, after),
                )  # fmt: skip
            case m.Choose():
                return p.Choose(id_, path, line, after, self.branches(step, path, after))
            case m.Go():
                return self.go(step, id_, path, after)
            case m.End():
                return p.EndStep(id_, path, line, None, step.result.value, value_of(step.because))
            case m.Score():
                return p.Score(
                    id_, path, line, after,
                    points=tuple((axis, number.value) for axis, number in step.points),
                    because=value_of(step.because),
                )  # fmt: skip
            case m.Tag():
                return p.Tag(id_, path, line, after, tuple(tag.value for tag in step.tags))
            case m.Untag():
                return p.Untag(id_, path, line, after, tuple(tag.value for tag in step.tags))
            case m.Set():
                fields = tuple((field.value.removeprefix("lead."), value.value) for field, value in step.fields)
                return p.Set(id_, path, line, after, fields)
            case m.Tell():
                return p.Tell(id_, path, line, after, step.to.value, value_of(step.text), value_of(step.mail))
            case m.Webhook():
                return p.Webhook(id_, path, line, after, step.name.value)

    def go(self, step: m.Go, id_: str, path: str, after: p.Target | None) -> p.Go:
        target = self.target(step.target, path, after)
        then = self.target(step.then, path, after) if step.then is not None else None
        if isinstance(target, p.ToFlow):
            target = p.ToFlow(target.flow, then)
        return p.Go(id_, path, step.at.line, after, target, value_of(step.at_most), then)

    def branches(self, step: m.Choose, path: str, after: p.Target | None) -> tuple[p.Branch, ...]:
        return tuple(
            p.Branch(
                self.target(branch.target, path, after),
                branch.condition and self.condition(branch.condition),
                value_of(branch.share),
            )
            for branch in step.branches
        )

    def when(
        self, step: m.Wait | m.Send | m.Call | m.Handover | m.Task, path: str, after: p.Target | None
    ) -> tuple[p.When, ...]:
        lines: list[p.When] = []
        for line in step.when:
            if line.event.value in PASSING.get(step.verb, ()) and isinstance(line.target, m.Inline):
                target: p.Target | p.Stay = self.stay(line.target.steps, path)
            else:
                target = self.target(line.target, path, after)
            lines.append(p.When(line.event.value, target, line.link))
        return tuple(lines)

    def otherwise(
        self, step: m.Wait | m.Send | m.Call | m.Task, path: str, after: p.Target | None
    ) -> tuple[p.Otherwise, ...]:
        return tuple(p.Otherwise(line.state.value, self.target(line.target, path, after)) for line in step.otherwise)


def _runs_out(step: m.AnyStep) -> bool:
    """May the lead go on to what follows this step, though the author names no target?"""
    match step:
        case m.Choose():
            shares = sum(branch.share.value for branch in step.branches if branch.share)
            return shares != 100 and not any(line.condition is None and line.share is None for line in step.branches)
        case m.Go():
            return step.at_most is not None and step.then is None
        case m.End() | m.Handover():
            return False
        case m.Wait() | m.Send() | m.Call() | m.Task():
            return not any(line.state.value == "else" for line in step.otherwise)
        case _:
            return True


def _immediate(step: m.AnyStep) -> bool:
    """Done at once: what a passing event may bring about."""
    return step.verb in IMMEDIATE and not (isinstance(step, m.Send) and step.within is not None)


def _rung(rung: m.Rung) -> p.Rung:
    return p.Rung(rung.after.value, value_of(rung.every), value_of(rung.tell), value_of(rung.reassign))
