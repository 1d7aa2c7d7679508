"""What is a step called? The id that a lead stands on: the author's, or one made of path, verb and argument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from kweek.flow import model as m
from kweek.flow.kebab import kebab
from kweek.flow.problems import Position, Problem


def name_steps(flow: m.Flow) -> tuple[Mapping[Position, str], tuple[Problem, ...]]:
    """The id of each step by the place of its verb; equal ids are an error that asks for an `id`.

    `id:`, else `<path>/<verb>-<argument>` for send, call, handover and task, else the nearest such step above plus
    verb plus counter: `steps/send-survey/wait-2`. A list written in place continues what stands above it.
    """
    naming = _Naming(flow.file)
    for path, steps in flow.lists():
        naming.steps(path, path, steps)
    return naming.ids, tuple(naming.problems)


class _Naming:
    def __init__(self, file: str) -> None:
        self.file = file
        self.ids: dict[Position, str] = {}
        self.problems: list[Problem] = []
        self.first: dict[str, Position] = {}
        self.alike: Counter[str] = Counter()  # those after the first
        self.counts: Counter[tuple[str, str]] = Counter()

    def steps(self, path: str, above: str, steps: tuple[m.AnyStep, ...]) -> None:
        for step in steps:
            argument = _argument(step)
            if step.id is not None:
                name = step.id.value
            elif argument is not None:
                name = f"{path}/{step.verb}-{argument}"
            else:
                self.counts[above, step.verb] += 1
                name = f"{above}/{step.verb}-{self.counts[above, step.verb]}"
            self._keep(step, name)
            if argument is not None:
                above = self.ids[step.at]
            for target in m.targets_of(step):
                if isinstance(target, m.Inline):
                    self.steps(path, above, target.steps)

    def _keep(self, step: m.AnyStep, name: str) -> None:
        at = step.id.at if step.id else step.at
        first = self.first.setdefault(name, at)
        if first is not at:
            self.alike[name] += 1
            self.problems.append(
                Problem(
                    self.file,
                    at.line,
                    at.column,
                    "error",
                    "same-id",
                    f"This step and the one in line {first.line} have the same id, “{name}”.",
                    "A lead that waits on one of them could not be told from a lead on the other.",
                    f"Give this one another: id: {name.rsplit('/', 1)[-1]}-{self.alike[name] + 1}",
                )
            )
            name = f"{name}@{at.line}:{at.column}"  # for the draft only: an error stops publishing
        self.ids[step.at] = name


def _argument(step: m.AnyStep) -> str | None:
    """What names the steps on which leads stand; the others are named after them."""
    match step:
        case m.Send():
            return (step.mails[0].mail.value or None) if len(step.mails) == 1 else "test"
        case m.Call():
            return step.script.value or None
        case m.Handover():
            return kebab(step.team.value) or step.team.value or None
        case m.Task():
            return kebab(step.title.value)[:60].rstrip("-") or "untitled"
        case _:
            return None
