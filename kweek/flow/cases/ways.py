"""What can happen next? Of a life that was lived, the places where people could have done something else.

Each is a line of the flow (a row) with what must be given for a lead to take it there. Moments are such as one would
write: two hours after a mail, the next day for a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.cases.case import CaseMoment, Given
from kweek.flow.plan import AnyStep, Call, Handover, Plan, Send, Task, Wait, When
from kweek.flow.problems import Position
from kweek.flow.rows import is_row, of_flow, said
from kweek.flow.simulate.life import Life, Opened
from kweek.flow.words import CALL, HANDOVER, MAIL

NOWHERE: Final = Position(1, 1)
"""Of what stands in no file yet."""

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


class Visit(Struct, frozen=True):
    """A lead stood at a step. about: what it waited on there. until: None where it never left."""

    step: AnyStep
    since: datetime
    until: datetime | None
    about: Opened | None

    @property
    def from_when(self) -> datetime:
        """A mail can be opened once it has left."""
        return self.about.at if self.about else self.since


class Turning(Struct, frozen=True):
    """At this moment of a life the row could be taken, if this happened too."""

    row: str
    given: tuple[Given, ...]
    at: datetime


def visits(life: Life, plan: Plan) -> list[Visit]:
    """Where the lead stood in this flow, in order."""
    opened = {one.key: one for one in life.opened}
    found: list[Visit] = []
    keys = dict[tuple[str, str | None], str]()
    for at, entry in of_flow(plan.flow, life.journal):
        match entry.kind:
            case "effect" if "key" in entry.detail:
                keys[entry.enrolment, entry.step] = str(entry.detail["key"])
            case "entered" if entry.step in plan.steps:
                about = opened.get(keys.get((entry.enrolment, entry.step), ""))
                found.append(Visit(plan.steps[str(entry.step)], at, None, about))
            case "left" if found and found[-1].step.id == entry.step:
                found[-1] = replace(found[-1], until=at)
            case _:
                pass
    return found


def turnings(life: Life, plan: Plan, visit: Visit) -> Iterator[Turning]:
    """All rows that a lead can take from where it stands, each with what makes it."""
    step = visit.step
    match step:
        case Send() if visit.about is None and not _waits_for_nothing(step):
            pass
        case Wait() | Send() | Call() | Handover() | Task():
            for n, line in enumerate(step.when, 1):
                yield from _turning(life, visit, f"{step.id} when:{n}", _events(step, line))
        case _:
            pass
    match step:
        case Wait() | Send() | Call() | Task():
            for n, late in enumerate(step.otherwise, 1):
                words = () if late.state == "else" else (late.state,)
                yield from _turning(life, visit, f"{step.id} otherwise:{n}", words)
        case _:
            pass
    named = _named(step)
    for n, line in enumerate(plan.whenever, 1):
        if (
            is_row(line)
            and line.event not in named
            and (line.event not in MAIL or any(o.verb == "send" for o in life.opened))
        ):
            yield from _turning(life, visit, f"whenever:{n}", (said(line),))


def once_more(life: Life, plan: Plan, given: Iterable[Given]) -> tuple[Given, ...] | None:
    """All that is given up to where the lead first came to a step again and nothing was done, and there the same as
    was done the time before. None: it comes nowhere again."""
    done, given = dict[str, Visit](), tuple(given)
    for visit in visits(life, plan):
        if _during(life, visit, given):
            done[visit.step.id] = visit
        elif (before := done.get(visit.step.id)) and (again := _repeated(life, before, visit, given)):
            return (*(one for one in given if one.when.after(life.start, UTC) <= visit.since), *again)
    return None


def _during(life: Life, visit: Visit, given: Iterable[Given]) -> list[Given]:
    end = visit.until or life.now
    return [one for one in given if visit.since < one.when.after(life.start, UTC) <= end]


def _repeated(life: Life, before: Visit, visit: Visit, given: Iterable[Given]) -> tuple[Given, ...]:
    then = _during(life, before, given)
    first = _when(life, visit, tuple(one.kind for one in then))
    if first is None:
        return ()
    again = [(one, first + n * _DAY) for n, one in enumerate(then)]
    return tuple(
        _given(life, one.kind, at) if one.kind == "later" else replace(one, when=_moment(life, at)) for one, at in again
    )


# --- what must be given -----------------------------------------------------------------------------


def _turning(life: Life, visit: Visit, row: str, words: tuple[str, ...]) -> Iterator[Turning]:
    at = _when(life, visit, words)
    if at is not None:
        given = tuple(_given(life, word, at + n * _DAY) for n, word in enumerate(words))
        yield Turning(row, given, at)


def _when(life: Life, visit: Visit, words: tuple[str, ...]) -> datetime | None:
    """A moment that reads well, and is in time: the next day where people work, two hours after a mail."""
    since, start = visit.from_when, life.start
    hours = -((start - since) // _HOUR) * _HOUR  # since the start, up to a whole hour
    next_day = -((start - since - _HOUR) // _DAY) * _DAY
    soon = start + hours + 2 * _HOUR
    several = _DAY * max(0, len(words) - 1)
    wanted = [soon] if isinstance(visit.step, Send) else [start + next_day, soon]
    for at in (*wanted, start + hours + _HOUR, since + timedelta(minutes=5)):
        if at > since and (visit.until is None or at + several < visit.until):
            return at
    return None


def _events(step: AnyStep, line: When) -> tuple[str, ...]:
    """What people do, so that the step hears this."""
    if line.event == "unreachable" and isinstance(step, Call):
        return ("attempted",) * step.attempts
    if line.event != "else":
        return (said(line),)
    named = _named(step)
    match step:
        case Send():
            closing: tuple[str, ...] = ("bounced", "blocked")
        case Call():
            closing = ("wrong person", "objected", *(word for word in CALL if word not in ("unreachable", "blocked")))
        case Handover():
            closing = HANDOVER
        case Task():
            closing = step.outcomes
        case _:
            closing = ()
    free = next((word for word in closing if word not in named), None)
    if free is None and isinstance(step, Call):
        return ("attempted",) * step.attempts if "unreachable" not in named else ("blocked",)
    return (free,) if free else ()


def _named(step: AnyStep) -> set[str]:
    lines = step.when if isinstance(step, Wait | Send | Call | Handover | Task) else ()
    return {line.event for line in lines}


def _given(life: Life, word: str, at: datetime) -> Given:
    when = _moment(life, at)
    if word.startswith("clicked "):
        return Given(when, "clicked", NOWHERE, {"link": word.removeprefix("clicked ")})
    if word == "later":
        return Given(when, word, NOWHERE, {"later_on": (at + 30 * _DAY).date()})
    return Given(when, word, NOWHERE)


def _moment(life: Life, at: datetime) -> CaseMoment:
    day, rest = divmod(at - life.start, _DAY)
    minutes = int(rest.total_seconds()) // 60
    if not minutes:
        return CaseMoment(day, text=f"day {day}")
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    text = f"day {day} + {number} {unit}{'' if number == 1 else 's'}"
    return CaseMoment(day, timedelta(minutes=minutes), text=text)


def _waits_for_nothing(step: Send) -> bool:
    return any(mail is None for mail, _ in step.mails)
