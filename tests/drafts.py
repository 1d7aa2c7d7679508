"""Plans written by hand, step by step, in the order of the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from kweek.flow.conditions import parse_condition
from kweek.flow.duration import parse_duration
from kweek.flow.moment import parse_wait
from kweek.flow.plan import (
    AnyStep,
    At,
    Axis,
    Branch,
    Call,
    Choose,
    End,
    EndStep,
    Go,
    Goal,
    Handover,
    Otherwise,
    Plan,
    Rung,
    Score,
    Send,
    Set,
    Start,
    Stay,
    Tag,
    Target,
    Task,
    Tell,
    ToFlow,
    Untag,
    Wait,
    Webhook,
    When,
)


@dataclass(frozen=True)
class Draft:
    """A step before its place is known: its name, and how it is made from (id, path, line, next) and `Names`."""

    name: str
    make: Callable[[tuple[str, str, int, Target | None], Names], AnyStep]


@dataclass
class Names:
    """What a word may mean as a target."""

    paths: Mapping[str, str]
    below: Target | None = None
    extra: dict[str, AnyStep] = field(default_factory=dict)

    def target(self, word: str | Sequence[Draft] | Target) -> Any:
        match word:
            case "done" | "discard" | "won" | "lost":
                return End(word)
            case "next":
                return self.below
            case "ignore":
                return Stay(())
            case str() if word.startswith("flow "):
                return ToFlow(word.removeprefix("flow "))
            case str():
                return At(self.paths[word])
            case list() | tuple():
                return Stay(tuple(self.passing(draft) for draft in word))
            case _:
                return word

    def passing(self, draft: Draft) -> str:
        id = f"passing/{draft.name}-{len(self.extra)}"
        self.extra[id] = draft.make((id, "passing", 0, None), self)
        return id

    def whens(self, lines: Mapping[str, Any]) -> tuple[When, ...]:
        return tuple(self.line(event, target) for event, target in lines.items())

    def line(self, event: str, target: Any) -> When:
        if event.startswith("clicked "):
            return When("clicked", self.target(target), link=event.removeprefix("clicked "))
        return When(event, self.target(target))

    def otherwise(self, lines: Any) -> tuple[Otherwise, ...]:
        lines = lines if isinstance(lines, dict) else {"else": lines} if lines else {}
        return tuple(Otherwise(state, self.target(target)) for state, target in lines.items())


def span(text: str | None) -> Any:
    return None if text is None else parse_duration(text)


def wait(text: str, when: Any = None, otherwise: Any = None) -> Draft:
    return Draft("wait", lambda at, n: Wait(*at, parse_wait(text), n.whens(when or {}), n.otherwise(otherwise)))


def send(mail: Any, within: str | None = None, when: Any = None, otherwise: Any = None, expires: Any = None) -> Draft:
    mails = ((mail, 100),) if isinstance(mail, str) else tuple(mail.items())
    name = f"send-{mail if isinstance(mail, str) else 'test'}"
    return Draft(
        name, lambda at, n: Send(*at, mails, span(expires), span(within), n.whens(when or {}), n.otherwise(otherwise))
    )


def call(
    script: str, within: str, when: Any = None, otherwise: Any = None, attempts: int = 3, apart: str = "1 day"
) -> Draft:
    return Draft(
        f"call-{script}",
        lambda at, n: Call(
            *at, script, span(within), None, None, attempts, span(apart), n.whens(when or {}), n.otherwise(otherwise)
        ),
    )


def rung(after: str, every: str | None = None, tell: str | None = None, reassign: str | None = None) -> Rung:
    return Rung(span(after), span(every), tell, reassign)


def handover(team: str, when: Any, follow_up: Any = None, remind: Any = None, escalate: Any = ()) -> Draft:
    return Draft(
        f"handover-{team}",
        lambda at, n: Handover(*at, team, None, span(follow_up), span(remind), tuple(escalate), n.whens(when)),
    )


def task(
    title: str,
    within: str,
    when: Any = None,
    otherwise: Any = None,
    outcomes: Any = ("done",),
    remind: Any = None,
    escalate: Any = (),
) -> Draft:
    return Draft(
        f"task-{title}",
        lambda at, n: Task(
            *at,
            title,
            span(within),
            None,
            outcomes,
            span(remind),
            tuple(escalate),
            n.whens(when or {}),
            n.otherwise(otherwise),
        ),
    )


def choose(*lines: tuple[str | int | None, Any]) -> Draft:
    """(condition or share or None, target) from the top."""
    return Draft(
        "choose",
        lambda at, n: Choose(
            *at,
            tuple(
                Branch(
                    n.target(target),
                    parse_condition(test) if isinstance(test, str) else None,
                    test if isinstance(test, int) else None,
                )
                for test, target in lines
            ),
        ),
    )


def go(target: Any, at_most: int | None = None, then: Any = None) -> Draft:
    def make(at: Any, n: Names) -> Go:
        aim = n.target(target)
        if isinstance(aim, ToFlow) and then is not None:
            aim = ToFlow(aim.flow, n.target(then))
        return Go(*at, aim, at_most, n.target(then) if then is not None else None)

    return Draft("go", make)


def end(result: Any, because: str | None = None) -> Draft:
    return Draft("end", lambda at, n: EndStep(*at, result, because))


ENDS = {"a": [end("done", "a")], "b": [end("done", "b")], "c": [end("done", "c")]}
"""Paths that end, each with its own reason."""


def score(because: str | None = None, **points: int) -> Draft:
    given = tuple((cast("Axis", axis), number) for axis, number in points.items())
    return Draft("score", lambda at, n: Score(*at, given, because))


def tag(*tags: str) -> Draft:
    return Draft("tag", lambda at, n: Tag(*at, tags))


def untag(*tags: str) -> Draft:
    return Draft("untag", lambda at, n: Untag(*at, tags))


def set_field(**fields: str) -> Draft:
    return Draft("set", lambda at, n: Set(*at, tuple(fields.items())))


def tell(to: str, text: str = "look") -> Draft:
    return Draft("tell", lambda at, n: Tell(*at, to, text))


def webhook(name: str) -> Draft:
    return Draft("webhook", lambda at, n: Webhook(*at, name))


def flow(
    name: str,
    steps: Sequence[Draft],
    paths: Mapping[str, Sequence[Draft]] | None = None,
    start: str | Sequence[Start] = "brochure.requested",
    whenever: Mapping[str, Any] | None = None,
    goal: tuple[str, Any] | None = None,
    **more: Any,
) -> Plan:
    """A plan; ids are `<path>/<n>-<verb…>`, counted from 1. `next` on a path's last step is `done`."""
    lists = {"steps": steps, **(paths or {})}
    ids = {path: [f"{path}/{n}-{d.name}" for n, d in enumerate(drafts, 1)] for path, drafts in lists.items()}
    names = Names({path: found[0] for path, found in ids.items()})
    made: dict[str, AnyStep] = {}
    for path, drafts in lists.items():
        for n, draft in enumerate(drafts):
            names.below = At(ids[path][n + 1]) if n + 1 < len(drafts) else None
            made[ids[path][n]] = draft.make((ids[path][n], path, n + 1, names.below), names)
    names.below = None
    return Plan(
        flow=name,
        version=f"v-{name}",
        title=name,
        start=(Start(event=start),) if isinstance(start, str) else tuple(start),
        entry=ids["steps"][0],
        whenever=names.whens(whenever or {}),
        goal=Goal(parse_condition(goal[0]), names.target(goal[1])) if goal else None,
        steps={**made, **names.extra},
        paths={path: found[0] for path, found in ids.items()},
        **more,
    )
