"""What would the brochure flow be without Kweek? One Temporal workflow, written by hand for this flow and no other.

It is the rival of `bench/engine.py`: durable timers, a signal for each reaction, Kweek's own activities for what
touches the world, its facts read in a local activity before each decision, its start and its end recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

BY_HAND: Final = "by-hand"
BY_HAND_MAIL: Final = "by-hand-mail"
LISTENS: Final = frozenset({
    "answered", "bounced", "interested", "appointment", "quote", "not interested", "wrong person", "objected",
    "unreachable", "contacted", "quoted", "rejected", "later", "won", "lost",
    "appointment.requested", "quote.requested", "unsubscribed", "complained",
})  # fmt: skip
"""What the client signals; all else (sent, opened, clicked) is read when it is needed."""

ANYWHERE: Final = ("unsubscribed", "complained", "appointment.requested", "quote.requested")
CLOSES_CALL: Final = ("interested", "appointment", "quote", "not interested", "wrong person", "objected", "unreachable")
CONTACT: Final = ("contacted", "appointment", "quoted")
CLOSES_HANDOVER: Final = ("rejected", "later", "won", "lost")

MAIL_RETRY: Final = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=15))
WAIT: Final = timedelta(days=7)
WITHIN: Final = timedelta(days=7)
CALL_WITHIN: Final = timedelta(days=7)
RUNGS: Final = (timedelta(hours=20), timedelta(hours=4), timedelta(hours=24))
"""Remind, and escalate the first time and the second; then again and again."""

T = TypeVar("T")
Ending = Literal["won", "lost", "done", "discard", "long-term"]


@dataclass(frozen=True, slots=True)
class Start:
    """tempo: flow seconds per real second. slack: how many times later each deadline is than in the flow that ships."""

    lead: str
    tempo: float
    slack: int


@dataclass(frozen=True, slots=True)
class Reaction:
    kind: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """key: of the mail, call task, handover or rung."""

    lead: str
    enrolment: str
    key: str


@dataclass(frozen=True, slots=True)
class End:
    lead: str
    enrolment: str
    result: Ending


@dataclass(frozen=True, slots=True)
class Facts:
    """What the flow decides on."""

    sales_ready: bool
    profile: str | None
    wish: str | None
    touched: bool
    """Opened, or nobody can know, or it never got through."""
    reason: str | None


@workflow.defn(name="brochure-by-hand")
class Brochure:
    @workflow.init
    def __init__(self, start: Start) -> None:
        self.start = start
        self.enrolment = ""
        self.heard: list[Reaction] = []

    @workflow.signal
    def reacted(self, reaction: Reaction) -> None:
        self.heard.append(reaction)

    @workflow.run
    async def run(self, start: Start) -> None:
        self.enrolment = await self.act("record_start", start.lead, str)
        result = await self.nurture()
        await self.act("record_end", End(start.lead, self.enrolment, result), None)

    async def nurture(self) -> Ending:
        reaction = await self.hear((), WAIT)
        if reaction is None:
            sent = await self.mail("send_survey", self.order(1), str)
            if sent in ("blocked", "undelivered"):
                return await self.call()
            reaction = await self.hear(("answered", "bounced"), WITHIN * self.start.slack)
        facts = await self.facts(self.order(1))
        match reaction:
            case None if not facts.touched:
                return "discard"
            case None:
                return await self.call()
            case Reaction("answered") if facts.sales_ready:
                return await self.sales()
            case Reaction("answered") if facts.profile in ("A", "B") or facts.wish == "call":
                return await self.call()
            case Reaction("answered"):
                return "done"
            case _:
                return await self.anywhere(reaction)

    async def call(self) -> Ending:
        if not await self.act("open_call_task", self.order(2), bool):
            return "long-term"
        reaction = await self.hear(CLOSES_CALL, CALL_WITHIN * self.start.slack)
        await self.facts(self.order(2))
        match reaction:
            case Reaction("interested" | "appointment" | "quote"):
                return await self.sales()
            case Reaction("not interested"):
                return "discard"
            case Reaction(kind) if kind in ANYWHERE:
                return await self.anywhere(reaction)
            case _:
                return "long-term"

    async def sales(self) -> Ending:
        """The clock runs until sales has spoken with the lead; the lead stays until sales closes it."""
        handover, rung = self.order(3), 0
        await self.act("give_handover", handover, None)
        await self.mail("tell", handover.key, None)
        waits: timedelta | None = RUNGS[0] * self.start.slack
        while True:
            reaction = await self.hear((*CONTACT, *CLOSES_HANDOVER), waits)
            match reaction:
                case None:
                    rung += 1
                    climbed = self.order(3 + rung)
                    await self.act("climb", climbed, None)
                    await self.mail("tell", climbed.key, None)
                    waits = RUNGS[min(rung, 2)] * self.start.slack
                case Reaction(kind) if kind in CONTACT:
                    waits = None
                case Reaction(kind) if kind in CLOSES_HANDOVER:
                    facts = await self.facts(handover)
                    return self.closed(kind, facts)
                case _:  # a person has it, who sees it at once
                    continue

    def closed(self, kind: str, facts: Facts) -> Ending:
        match kind:
            case "won":
                return "won"
            case "lost":
                return "lost"
            case "rejected" if facts.reason in ("student", "competitor"):
                return "discard"
            case _:
                return "long-term"

    async def anywhere(self, reaction: Reaction) -> Ending:
        return await self.sales() if reaction.kind in ("appointment.requested", "quote.requested") else "discard"

    # --- in the terms of Temporal -----------------------------------------------------------------

    def order(self, number: int) -> Order:
        return Order(self.start.lead, self.enrolment, f"{self.enrolment}/{number}")

    async def hear(self, wanted: tuple[str, ...], within: timedelta | None) -> Reaction | None:
        """The first reaction that the step waits for; None: time is up. A deadline holds for one step."""
        found: list[Reaction] = []

        def heard() -> bool:
            while self.heard and not found:
                reaction = self.heard.pop(0)
                if reaction.kind in wanted or reaction.kind in ANYWHERE:
                    found.append(reaction)
            return bool(found)

        try:
            await workflow.wait_condition(heard, timeout=None if within is None else within / self.start.tempo)
        except TimeoutError:
            return None
        return found[0]

    async def facts(self, about: Order) -> Facts:
        return await workflow.execute_local_activity(
            "facts", about, result_type=Facts, start_to_close_timeout=timedelta(seconds=10)
        )

    async def act(self, name: str, about: Any, result: type[T] | None) -> T:
        return await workflow.execute_activity(
            name, about, result_type=result, start_to_close_timeout=timedelta(seconds=30)
        )

    async def mail(self, name: str, about: Any, result: type[T] | None) -> T:
        return await workflow.execute_activity(
            name,
            about,
            result_type=result,
            task_queue=BY_HAND_MAIL,
            start_to_close_timeout=timedelta(seconds=90),
            schedule_to_close_timeout=timedelta(days=3),
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=MAIL_RETRY,
        )
