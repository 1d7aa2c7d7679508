"""Will the same happen to these two leads, if the same is done to them? Then one life is lived for both.

Compared is all that the machine, the gate and the conditions can still ask: where a lead stands, what waits, what is
known of it. Left out is what nobody asks any more: at which minute a mail was opened that only had to be opened, what
became of mails that nobody waits for. What is asked, the conditions of the flows say themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kweek.flow.conditions import Condition
from kweek.flow.conditions.tree import Ask, walk
from kweek.flow.plan import Choose, Limit, Plan, Wait
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Enrolment, Event, LeadState, Token
from kweek.flow.words import HANDOVER
from kweek.flow.world import World
from kweek.rules.qualification import asks_itself

_ZONE = ("lead.timezone", "lead.country")


@dataclass(frozen=True)
class Asked:
    """What the conditions of a world ask. names: fields. events: whose moments count. mails: whether they were
    opened, or clicked on. tags. when_left: flows into which a lead may come back some time after it left. most: so many
    mails may count for a limit, of a window so long (None: in business time)."""

    names: frozenset[str]
    events: frozenset[str]
    mails: frozenset[str]
    tags: frozenset[str]
    when_left: frozenset[str]
    most: int
    window: timedelta | None

    @classmethod
    def of(cls, world: World) -> Asked:
        plans = tuple(world.plans.values())
        conditions = [condition for plan in plans for condition in _conditions(plan)]
        ready = world.sales_ready
        if any(asks_itself(condition) for condition in conditions):
            conditions += [line.condition for line in (*ready.needs, *ready.disqualified)]
        if any("lead.persona" in condition.names for condition in conditions):
            conditions += [persona.condition for persona in world.personas]
        conditions += [rule.condition for rule in world.scoring if rule.condition is not None]
        asks = [node for one in conditions for node in walk(one.tree) if isinstance(node, Ask)]

        def words(*functions: str) -> frozenset[str]:
            first = (ask.arguments[0] for ask in asks if ask.function in functions)
            return frozenset(str(getattr(node, "value", "")) for node in first)

        limits = [limit for limit in (world.limit, *(plan.limit for plan in plans)) if limit]
        names = {name for condition in conditions for name in condition.names}
        names |= {name for plan in plans for name in _dates(plan)} | set(_ZONE)
        return cls(
            names=frozenset(names),
            events=frozenset(event for condition in conditions for event in condition.events),
            mails=words("opened", "clicked"),
            tags=words("tagged"),
            when_left=frozenset(plan.flow for plan in plans if plan.reentry.rule == "after"),
            most=max((limit.mails for limit in limits), default=0),
            window=_widest(limits),
        )

    # --- one lead ---------------------------------------------------------------------------------------

    def future_of(self, life: Life) -> Hashable:
        """Equal for two leads: the same will happen to both."""
        memory, due = life.memory, life.due
        now = life.now if due is not None and due <= life.now else None
        return (
            _state(life.state, now, self),
            due,
            tuple((key, one.again, one.held, one.whys, _mail(life, key)) for key, one in life.waiting.items()),
            self._still_limits(life),
            tuple(sorted((name, value) for name, value in memory.fields.items() if name in self.names)),
            tuple(sorted((name, until) for name, until in memory.expires.items() if name in self.names)),
            memory.points,
            memory.scored,
            memory.graded,
            memory.stage if "lead.stage" in self.names else None,
            tuple(memory.reading()) if "lead.topic" in self.names else None,
            memory.drawn(),
            frozenset(memory.tags & self.tags),
            self._past(memory),
            self._events(memory, life.state),
        )

    def _still_limits(self, life: Life) -> tuple[datetime, ...]:
        """Mails that may still keep the next one back."""
        if not self.most or not life.left:
            return ()
        last = sorted(life.left)[-self.most :]
        if self.window is None:
            return tuple(last)
        since = life.now - self.window
        return tuple(at for at in last if at > since)

    def _past(self, memory: Memory) -> tuple[tuple[object, ...], ...]:
        ended = [(flow, past.per, past.ended_at if flow in self.when_left else None) for flow, past in memory.ended()]
        return tuple(sorted(set(ended), key=repr)) if ended else ()

    def _events(self, memory: Memory, state: LeadState) -> tuple[object, ...]:
        refs = {one.token.ref for one in state.enrolments if one.token is not None}
        kept = [what for event in memory.events if (what := self._of(event, memory, refs)) is not None]
        closed = None
        if "handover.reason" in self.names or "handover.later_on" in self.names:
            last = next((event for event in reversed(memory.events) if event.kind in HANDOVER), None)
            closed = None if last is None else _items(last.data)
        return (len(memory.events), memory.suppressed, closed, tuple(kept), _unclear(memory, refs))

    def _of(self, event: Event, memory: Memory, refs: set[str | None]) -> tuple[object, ...] | None:
        if event.kind in self.events:
            return event.kind, event.ref, event.at, _items(event.data)
        if event.ref is None:
            return None
        if event.ref in refs or memory.mails.get(event.ref) in self.mails:
            return event.kind, event.ref, memory.mails.get(event.ref), _items(event.data)
        return None


def _unclear(memory: Memory, refs: set[str | None]) -> frozenset[str]:
    return frozenset(key for key in memory.unclear if key in refs)


# --- the machine's own memory -------------------------------------------------------------------------------


def _state(state: LeadState, now: datetime | None, asked: Asked) -> tuple[object, ...]:
    return (
        state.born, state.handover, state.resting, state.moves, state.seen, state.discarded, state.unsettled,
        tuple(_over(one, asked) if _is_over(one) else _enrolment(one, now) for one in state.enrolments),
    )  # fmt: skip


def _enrolment(one: Enrolment, now: datetime | None) -> tuple[object, ...]:
    """All but when it began, which the machine never asks."""
    return (
        one.id, one.version, one.since, one.per, one.n, one.goal_fired, one.unsent, one.cause, one.hops, one.ended,
        _token(one.token, now), _items(one.start_data), _items(one.visits), _items(one.went), _items(one.withdrawn),
        tuple((event.seq, event.kind, event.at, event.ref, _items(event.data)) for event in one.deferred),
    )  # fmt: skip


def _is_over(one: Enrolment) -> bool:
    return one.ended is not None and not one.withdrawn and not one.deferred


def _over(one: Enrolment, asked: Asked) -> tuple[object, ...]:
    """A flow that was left, with nobody at work on it: a reply to its mail may still come."""
    when = one.ended.at if one.ended is not None and one.flow in asked.when_left else None
    return one.id, one.version, one.since, one.per, one.n, one.unsent, when


def _token(token: Token | None, now: datetime | None) -> tuple[object, ...] | None:
    """Of the moment at which it came here only counts whether any time has passed since."""
    if token is None:
        return None
    return (
        token.step, token.visit, token.entered_at == now, token.ref, token.deadline, token.held_since, token.taken,
        token.rungs, token.call_back, token.attempts, token.asks,
    )  # fmt: skip


def _mail(life: Life, key: str) -> tuple[object, ...]:
    effect = life.waiting[key].effect
    return life.plan_of(effect.enrolment).version, effect.args.get("mail"), effect.args.get("expires_at")


def _items(mapping: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(mapping.items())) if mapping else ()


def _widest(limits: Iterable[Limit]) -> timedelta | None:
    pers = [limit.per for limit in limits]
    return None if any(per.business for per in pers) else max((per.elapsed for per in pers), default=timedelta())


# --- what a flow asks -----------------------------------------------------------------------------------------


def _conditions(plan: Plan) -> Iterator[Condition]:
    if plan.goal is not None:
        yield plan.goal.condition
    lines: Iterable[Condition | None] = (
        *(start.condition for start in plan.start),
        *(line.condition for step in plan.steps.values() if isinstance(step, Choose) for line in step.branches),
    )
    yield from (condition for condition in lines if condition is not None)


def _dates(plan: Plan) -> Iterator[str]:
    if plan.reentry.per is not None:
        yield plan.reentry.per
    for step in plan.steps.values():
        if isinstance(step, Wait) and step.until.date_field is not None:
            yield step.until.date_field
