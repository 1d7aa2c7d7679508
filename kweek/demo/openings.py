"""How does a lead come into a flow? What has to be told of it, for each way in that the flow names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from kweek.flow.conditions import Condition
from kweek.flow.conditions.tree import Ask, Compare, Constant, Field, walk
from kweek.flow.moment import Moment
from kweek.flow.plan import Call, Handover, Plan, Send, Start, Task, Wait
from kweek.flow.state import Value

SOON: Final = timedelta(days=2)  # from the lead's first day to the date that starts its flow
NOT_SO_SOON: Final = timedelta(days=30)  # where time flies: before that, the house may not have heard of it
_LEFT_OUT: Final = 0.05


@dataclass(frozen=True, slots=True)
class Opening:
    """A lead that does this is in the flow, at once or when its date has come. date: which that is."""

    flow: str
    kind: str
    data: Mapping[str, Value] = field(default_factory=dict[str, Value])
    date: Moment | None = None

    def fields(self, now: datetime, soon: timedelta) -> dict[str, Value]:
        """What has to be known of a lead who comes now: the date that makes `90 days before lead.contract_end` come
        soon."""
        if self.date is None or self.date.date_field is None:
            return {}
        length = self.date.offset.elapsed if self.date.offset is not None else timedelta()
        day: date = (now + soon + (length if self.date.before else -length)).date()
        return {self.date.date_field.removeprefix("lead."): day}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """events: the workspace's own, with the types of their data. samples: what the flows' own tests say of an event.
    made_of: of events that follow from another one, that one, and what has to be true of it."""

    events: Mapping[str, Mapping[str, str]]
    samples: Mapping[str, Sequence[Mapping[str, Value]]] = field(
        default_factory=dict[str, Sequence[Mapping[str, Value]]]
    )
    made_of: Mapping[str, tuple[str, Condition | None]] = field(
        default_factory=dict[str, "tuple[str, Condition | None]"]
    )


def openings(plans: Iterable[Plan], words: Vocabulary, now: datetime, drawn: Random) -> list[Opening]:
    """One for every way into every flow, in the order of the flows."""
    known = list(plans)
    quiet = _quiet(known, words)
    return [one for plan in known for start in plan.start for one in _opening(plan, start, words, now, quiet, drawn)]


def data_of(kind: str, words: Vocabulary, now: datetime, drawn: Random) -> dict[str, Value]:
    """What such an event could say: dates lie some weeks ahead or are today, texts are those of the flows' tests, and
    now and then something is left out."""
    samples = words.samples.get(kind, ())
    said: Mapping[str, Value] = drawn.choice(samples) if samples else {}
    drafts = {name: _value(type_, said.get(name), now, drawn) for name, type_ in words.events.get(kind, {}).items()}
    return {name: value for name, value in drafts.items() if value is not None and drawn.random() >= _LEFT_OUT}


def told_as(kind: str, words: Vocabulary, now: datetime, drawn: Random) -> tuple[str, dict[str, Value]] | None:
    """Which event to report, and with which data, so that this one happens. None: it cannot be told."""
    if kind not in words.made_of:
        return (kind, data_of(kind, words, now, drawn)) if kind in words.events else None
    source, condition = words.made_of[kind]
    told = told_as(source, words, now, drawn)
    return (told[0], {**told[1], **_true_of(condition)}) if told else None


def _true_of(condition: Condition | None) -> dict[str, Value]:
    """Data that make `event.topic == "energy"` or `matches(event.path, "/prices*")` true."""
    found: dict[str, Value] = {}
    for node in walk(condition.tree) if condition else ():
        match node:
            case Compare(operators=("==",), operands=(Field(path=path), Constant(value=value))):
                found[path.removeprefix("event.")] = value
            case Ask(function="matches", arguments=(Field(path=path), Constant(value=str() as glob))):
                found[path.removeprefix("event.")] = glob.replace("*", "")
            case _:
                pass
    return found


def _value(type_: str, said: Value, now: datetime, drawn: Random) -> Value:
    ahead = now + timedelta(days=drawn.choice((0, 5, 10, 15)))
    match type_:
        case "number":
            return said if said is not None else drawn.randint(1, 40) * 100
        case "yes/no":
            return drawn.random() < 0.5
        case "date":
            return ahead.date()
        case "moment":
            return ahead.replace(hour=13, minute=0, second=0, microsecond=0)
        case _:
            return said


def _opening(
    plan: Plan, start: Start, words: Vocabulary, now: datetime, quiet: str | None, drawn: Random
) -> Iterator[Opening]:
    if start.event is not None and (told := told_as(start.event, words, now, drawn)):
        yield Opening(plan.flow, *told)
    elif start.at is not None and start.at.date_field is not None and quiet is not None:
        yield Opening(plan.flow, quiet, data_of(quiet, words, now, drawn), start.at)
    elif (
        start.manual or start.every is not None
    ):  # whom the flow looks for has done nothing for long; somebody has a list of them
        yield Opening(plan.flow, "enrol", {"flow": plan.flow})


def _quiet(plans: Sequence[Plan], words: Vocabulary) -> str | None:
    """An event that no flow listens to, and that begins none: for whoever has only to be known."""
    heard = {start.event for plan in plans for start in plan.start}
    heard |= {line.event for plan in plans for line in plan.whenever}
    steps = (step for plan in plans for step in plan.steps.values())
    heard |= {
        line.event for step in steps if isinstance(step, Wait | Send | Call | Handover | Task) for line in step.when
    }
    heard |= {source for kind, (source, _) in words.made_of.items() if kind in heard}
    return next((kind for kind in sorted(words.events) if kind not in heard), None)
