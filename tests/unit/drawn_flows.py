"""Flows that nobody would write, for the picture: long names, many paths and rows, lists in lists, loops, A/B tests."""

from __future__ import annotations

import random

from kweek.flow.load.flow import load_flow
from kweek.flow.model import Flow

_SHORT = ("call", "sales", "back", "warm", "x", "triage", "long-term")
_LONG = (
    "everybody-who-asked-for-a-brochure-in-the-last-quarter-and-never-answered",
    "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
    "the-second-reminder-of-the-third-mail",
)
_CONDITIONS = (
    "lead.sales_ready", 'lead.profile in ["A", "B"] and count("clicked", "14 days") > 2 or known(lead.company)',
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", "a",
)  # fmt: skip
_EVENTS = ("quote.requested", "replied", "clicked book-a-very-long-demonstration-on-site", "opened", "answered")
_DEEPEST = 5


def flow_of(text: str | bytes, name: str = "drawn") -> Flow:
    """The draft, whatever is wrong with it."""
    flow = load_flow(text if isinstance(text, bytes) else text.encode(), f"flows/{name}.yaml").flow
    assert flow is not None
    return flow


def generated(seed: int) -> Flow:
    """One of them; the same for the same seed."""
    return flow_of(_Writer(random.Random(seed)).flow())


def of_size(steps: int) -> Flow:
    """A flow as one would write it, with so many steps: waits and mails in turn, then people."""
    lines = ["flow: drawn", "title: Drawn", "start: brochure.requested", "steps:"]
    paths = max(1, steps // 8)
    rest = steps
    for path in range(paths):
        if path == 1:
            lines.append("paths:")
        indent = "" if path == 0 else "  "
        if path:
            lines.append(f"  path-{path}:")
        for n in range(rest // (paths - path)):
            rest -= 1
            onward = f"path-{path + 1}" if path + 1 < paths else "done"
            if n % 2:
                lines += [f"{indent}  - send: mail-{path}-{n}", f"{indent}    within: 7 days", f"{indent}    when:"]
                lines += [f"{indent}      bounced: discard", f"{indent}      blocked: {onward}"]
                lines += [
                    f"{indent}      answered: path-{max(1, path - 1)}" if paths > 1 else f"{indent}      answered: won"
                ]
                lines += [f"{indent}    otherwise: next"]
            else:
                lines.append(f"{indent}  - wait: {n + 1} days")
    return flow_of("\n".join(lines) + "\n")


class _Writer:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.written = 0  # steps, for their ids
        names = [*dice.sample(_SHORT, dice.randint(0, 4)), *dice.sample(_LONG, dice.randint(0, 2))]
        self.paths = names + [f"path-{n}" for n in range(dice.choice((0, 0, 0, 0, 2, 7)))]

    def flow(self) -> str:
        dice = self.dice
        lines = ["flow: drawn", f"title: {' '.join(dice.choices((*_SHORT, *_LONG), k=dice.randint(1, 9)))}", "start:"]
        lines += [
            f"  - {{ event: a.requested, if: {dice.choice(_CONDITIONS[::3])} }}" for _ in range(dice.randint(1, 4))
        ]
        if dice.random() < 0.5:
            lines += ["reentry: per event.webinar", "limit: 3 mails per 7 days", "send_hours: office"]
        if dice.random() < 0.7:
            lines.append("whenever:")
            for event in dice.sample(_EVENTS, dice.randint(1, len(_EVENTS))):
                lines += self.target(f"  {event}", 2, 0)
        if dice.random() < 0.4:
            lines += ["goal:", f"  if: {self.condition()}", *self.target("  go", 2, 0)]
        lines += ["steps:", *self.steps(2, 0)]
        if self.paths:
            lines.append("paths:")
            for path in self.paths:
                lines += [f"  {path}:", *self.steps(4, 0)]
        return "\n".join(lines) + "\n"

    def condition(self) -> str:
        return "'" + self.dice.choice(_CONDITIONS) + "'"

    def steps(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(self.dice.choice((1, 1, 2, 3) if not depth else (1, 1, 2))):
            lines += self.step(" " * indent, indent, depth)
        return lines

    def step(self, pad: str, indent: int, depth: int) -> list[str]:
        dice, name = self.dice, self.dice.choice((*_SHORT, *_LONG))
        self.written += 1
        own = f"{pad}  id: step-{self.written}"
        match dice.randint(0, 9):
            case 0:
                return [f"{pad}- wait: {dice.choice(('7 days', 'until 3 business days before lead.contract_end'))}"]
            case 1:
                return [f"{pad}- send: {name}", own, f"{pad}  within: 7 days", *self.rows(pad, indent, depth)]
            case 2:
                return [f"{pad}- send: {{ {name}: 40%, b: 40%, nothing: 20% }}", own]
            case 3:
                attempts = [f"{pad}  attempts: 3", f"{pad}  apart: 1 business day"]
                return [
                    f"{pad}- call: {name}",
                    own,
                    f"{pad}  within: 5 days",
                    *attempts,
                    *self.rows(pad, indent, depth),
                ]
            case 4:
                rung = [f"{pad}  escalate:", f"{pad}    - after: 24 hours", f"{pad}      tell: {name}"]
                return [f"{pad}- handover: sales", own, *rung, *self.rows(pad, indent, depth, otherwise=False)]
            case 5 | 6:
                lines = [f"{pad}- choose:"]
                for _ in range(dice.randint(1, 4)):
                    lines += [f"{pad}    - if: {self.condition()}", *self.target(f"{pad}      go", indent + 6, depth)]
                return [*lines, f"{pad}    - else: {self.way()}"]
            case 7:
                times = [f"{pad}  at_most: 3 times", f"{pad}  then: {self.way()}"] if dice.random() < 0.5 else []
                return [f"{pad}- go: {self.way()}", *times]
            case 8:
                return [f"{pad}- {dice.choice(('end: done', f'tag: [{name}, b]', f'tell: {name}', 'webhook: crm'))}"]
            case _:
                return [f"{pad}- task: {name} {{{{ x }}}}".replace("{{ x }}", "it"), own, f"{pad}  within: 3 days"]

    def rows(self, pad: str, indent: int, depth: int, otherwise: bool = True) -> list[str]:
        dice, lines = self.dice, [f"{pad}  when:"]
        for event in dice.sample(("bounced", "blocked", *_EVENTS), dice.choice((1, 2, 3, 6))):
            lines += self.target(f"{pad}    {event}", indent + 4, depth)
        if otherwise and dice.random() < 0.6:
            lines += [f"{pad}  otherwise:", f"{pad}    opened: {self.way()}", f"{pad}    else: {self.way()}"]
        return lines

    def target(self, key: str, indent: int, depth: int) -> list[str]:
        if depth < _DEEPEST and self.dice.random() < 0.25:
            return [f"{key}:", *self.steps(indent + 2, depth + 1)]
        return [f"{key}: {self.way()}"]

    def way(self) -> str:
        ends = ("discard", "won", "done", "lost", "next", "flow long-term", "steps", "nowhere")
        return self.dice.choice((*ends, *self.paths, *self.paths))
