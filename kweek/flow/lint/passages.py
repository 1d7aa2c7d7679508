"""Which ways lead on from each step of a plan, how much time does each take at least, and which mail leaves on it?

For whoever asks how close together mails can come. Time is counted from the moment at which the flow asks for a mail;
what holds mail back (the hours for sending, sales, an answer that is owed, a pause) is not foreseen here. What a
condition says is not asked: every line of a `choose` may be the true one. Once an address is dead or its owner wants
no more, no mail leaves, so those ways are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.plan import (
    AnyStep,
    At,
    Call,
    Choose,
    EndStep,
    Go,
    Handover,
    Otherwise,
    Plan,
    Send,
    Stay,
    Target,
    Task,
    ToFlow,
    Wait,
    When,
)
from kweek.flow.words import CALL, HANDOVER, LEAD_WIDE, MAIL_CLOSES

ANYWHERE: Final = "(anywhere)"
"""Where something happens that the flow wants wherever its lead stands."""
OUT: Final = "(out)"
"""It left the flow. Who had taken a task of it may yet say what came of that."""

_SILENCES: Final = ("bounced", *LEAD_WIDE)
_DAY: Final = 24 * 60


class Passage(Struct, frozen=True):
    """One way on. to: a step, ANYWHERE or OUT. least: minutes that surely pass; exact: and not one more. clock: it
    takes until then. mails: so many leave on it. once: what may be used up (a step) and how often. words: what the
    author wrote there."""

    to: str
    words: str = ""
    least: int = 0
    exact: bool = False
    clock: Moment | None = None
    mails: int = 0
    once: tuple[str, int] | None = None


def passages(plan: Plan, service: Iterable[str] = ()) -> Mapping[str, tuple[Passage, ...]]:
    """From every step, ANYWHERE and OUT. service: the mails that no limit counts."""
    maker = _Maker(plan, frozenset(service))
    found = {id: tuple(maker.of(step)) for id, step in plan.steps.items()}
    late = tuple(maker.late())
    return {**found, ANYWHERE: (*maker.anywhere(), *late), OUT: late}


def minutes(duration: Duration) -> int:
    """That surely pass. An open hour lasts an hour, and an open day is the same time on another day."""
    if duration.business:
        return duration.amount * (60 if duration.unit == "hour" else _DAY)
    return int(duration.elapsed.total_seconds()) // 60


class _Maker:
    def __init__(self, plan: Plan, service: frozenset[str]) -> None:
        self.plan, self.service = plan, service

    # --- from a step --------------------------------------------------------------------------------

    def of(self, step: AnyStep) -> Iterator[Passage]:
        match step:
            case Wait():
                yield from self._wait(step)
            case Send():
                yield from self._send(step)
            case Call():
                yield from self._held(step, CALL, self._acted(step.when) * step.attempts)
            case Task():
                yield from self._held(step, step.outcomes, 0)
            case Handover():
                yield from self._handover(step)
            case Choose():
                for branch in step.branches:
                    yield from self._to(branch.target, branch.condition.text if branch.condition else "", exact=True)
                yield from self._to(step.next, exact=True)
            case Go():
                once = (step.id, step.at_most) if step.at_most is not None else None
                yield from self._to(step.target, exact=True, once=once)
                yield from self._to((step.then or step.next) if once else None, exact=True)
            case EndStep():
                yield Passage(OUT)
            case _:
                yield from self._to(step.next, exact=True)

    def _wait(self, step: Wait) -> Iterator[Passage]:
        until = step.until
        for target, words in _late(step.otherwise, step.next):
            if until.within is not None:
                yield from self._to(target, words, minutes(until.within), exact=not until.within.business)
            else:  # a date that is past, or not known, holds nobody
                yield from self._to(target, words, clock=until if until.clock is not None else None)
        yield from self._early(step.when, 0)

    def _send(self, step: Send) -> Iterator[Passage]:
        mails = self._counts(step)
        if step.within is None:
            yield from self._to(step.next, exact=True, mails=mails)
            return
        for target, words in _late(step.otherwise, step.next):
            yield from self._to(target, words, minutes(step.within), exact=not step.within.business, mails=mails)
        yield from self._early([line for line in step.when if line.event not in (*MAIL_CLOSES, "else")], mails)
        # it never left: whom we may not mail is known at once
        named = {line.event for line in step.when}
        caught = "blocked" in named or "else" in named
        yield from self._early([line for line in step.when if line.event in ("blocked", "else")], 0)
        for target, words in _late(step.otherwise, step.next):
            if words == "undelivered" or (not caught and words in ("unclear", "else", "")):
                yield from self._to(target, words)

    def _held(self, step: Call | Task, closing: Iterable[str], mails: int) -> Iterator[Passage]:
        """By a person. An outcome without a line of its own lets `otherwise` speak at once."""
        named = {line.event for line in step.when}
        least = minutes(step.within) if "else" in named or named.issuperset(closing) else 0
        for target, words in _late(step.otherwise, step.next):
            yield from self._to(target, words, least, mails=mails)
        yield from self._early(step.when, mails)

    def _handover(self, step: Handover) -> Iterator[Passage]:
        named = {line.event for line in step.when}
        if not ("else" in named or named.issuperset(HANDOVER)):
            yield from self._to(step.next)
        yield from self._early(step.when, 0)
        if mails := self._acted(step.when):  # as often as it happens
            yield Passage(step.id, "each time", mails=mails)

    def _early(self, lines: Iterable[When], mails: int) -> Iterator[Passage]:
        """Something happens: at once."""
        for line in lines:
            if line.event not in _SILENCES and not isinstance(line.target, Stay):
                yield from self._to(line.target, said(line), mails=mails)
        yield Passage(ANYWHERE, mails=mails)

    # --- from anywhere ------------------------------------------------------------------------------

    def anywhere(self) -> Iterator[Passage]:
        for line in self.plan.whenever:
            if isinstance(line.target, Stay):
                if mails := sum(map(self._counts, self._steps(line.target))):
                    yield Passage(ANYWHERE, said(line), mails=mails)
            elif line.event not in _SILENCES:
                yield from self._to(line.target, said(line))
        if self.plan.goal is not None:
            yield from self._to(self.plan.goal.target, "goal", once=("goal", 1))

    def late(self) -> Iterator[Passage]:
        """A task that someone had taken when an own event of its step moved the lead on still accepts an outcome.
        Nothing else moves a lead whose task someone has."""
        for step in self.plan.steps.values():
            if isinstance(step, Call | Task) and any("." in line.event for line in step.when):
                for line in step.when:
                    if not isinstance(line.target, Stay):
                        yield from self._to(line.target, f"{said(line)} after all", once=(f"late {step.id}", 1))

    # --- small things -------------------------------------------------------------------------------

    def _to(
        self, target: Target | None, words: str = "", least: int = 0, *, exact: bool = False,
        clock: Moment | None = None, mails: int = 0, once: tuple[str, int] | None = None,
    ) -> Iterator[Passage]:  # fmt: skip
        match target:
            case At(step):
                yield Passage(step, words, least, exact, clock, mails, once)
            case ToFlow(_, then) if then is not None:
                yield from self._to(then, words, least, exact=exact, clock=clock, mails=mails, once=once)
            case None if not mails:
                pass
            case _:  # nothing follows: a person is asked, but the mail has left
                yield Passage(OUT, words, least, exact, clock, mails, once)

    def _counts(self, step: AnyStep) -> int:
        """Is it a mail that the limits count?"""
        return int(isinstance(step, Send) and any(mail and mail not in self.service for mail, _ in step.mails))

    def _acted(self, lines: Iterable[When]) -> int:
        """Mails that passing events send, all together."""
        stays = [line.target for line in lines if isinstance(line.target, Stay)]
        return sum(self._counts(step) for stay in stays for step in self._steps(stay))

    def _steps(self, stay: Stay) -> Iterator[AnyStep]:
        return (self.plan.steps[id] for id in stay.steps)


def _late(lines: Iterable[Otherwise], below: Target | None) -> Iterator[tuple[Target | None, str]]:
    """What `otherwise` may say, with the state; the silent way down last."""
    states = list[str]()
    for line in lines:
        states.append(line.state)
        yield line.target, line.state
    if "else" not in states:
        yield below, ""


def said(line: When) -> str:
    """What the author wrote before its colon."""
    return f"{line.event} {line.link}" if line.link else line.event
