"""How do a hundred thousand leads walk through a flow, each as if it were alone?

Leads to whom the same has happened, as far as anything still asks for it, share one life: it forks where they draw
differently, and lives that have become alike are joined again. A lead's own story is the list of the segments that it
walked; put one behind the other they are, to the letter, the journal of that lead alone (a test holds that).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct, field

from kweek.flow.gate import Why
from kweek.flow.simulate.agenda import Agenda, Group
from kweek.flow.simulate.alike import Asked
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.people import Deed, Draw, People
from kweek.flow.simulate.undrawn import PROFILE, Drawn, Halves, SharedMemory, UndrawnError
from kweek.flow.simulate.walk import Walk
from kweek.flow.state import Entry, Event
from kweek.rules.grades import Points

Begin = Callable[[Memory, datetime], Life]
"""A life from its start on."""


class Newcomer(Struct, frozen=True):
    """A lead that comes in. points: those it comes with."""

    name: str
    at: datetime
    points: Points = field(default_factory=Points)


class Sent(Struct, frozen=True):
    """A mail that left, with the flow that sent it."""

    mail: str
    flow: str


class Segment(Struct, eq=False):
    """What happened at one moment to so many leads alike. flows: of each enrolment in the journal. sent: the mails that
    left. waited: for what they had waited, by their keys."""

    at: datetime
    leads: int
    journal: tuple[tuple[datetime, Entry], ...]
    events: tuple[Event, ...]
    flows: Mapping[str, str]
    sent: tuple[Sent, ...]
    waited: Mapping[str, tuple[Why, ...]]


class Crowd:
    """All leads on one clock. segments: all that happened, in order. histories: of each lead, its segments.

    Who waits, waits for a moment; those who wait for the same one step one after the other, and meet again after it.
    """

    def __init__(
        self, people: People, newcomers: Sequence[Newcomer], begin: Begin, until: datetime, shared: bool = True
    ) -> None:
        self.people = people
        self.newcomers = newcomers
        self.until = until
        self.segments: list[Segment] = []
        self.histories: list[list[Segment]] = [[] for _ in newcomers]
        self._halves = Halves.of(people.world)
        self._own: dict[int, list[Deed]] = {}  # what a lead has yet to do by itself
        self._agenda = Agenda(Asked.of(people.world), shared)
        self._enter(begin)

    def run(self, told: Callable[[datetime], None] = lambda at: None) -> None:
        """Let time pass, to the end. told: how far it is."""
        while self._agenda:
            at, groups = self._agenda.take()
            told(at)
            for group in groups:
                self._come_to(group, at)

    def journal(self, lead: int) -> list[tuple[datetime, Entry]]:
        """All that was noted of this lead. In a crowd everybody's name is “lead”."""
        return [row for segment in self.histories[lead] for row in segment.journal]

    def events(self, lead: int) -> list[Event]:
        return [event for segment in self.histories[lead] for event in segment.events]

    def waited(self, lead: int) -> dict[str, tuple[Why, ...]]:
        """For what its mails waited, by their keys."""
        return {key: whys for segment in self.histories[lead] for key, whys in segment.waited.items()}

    # --- in steps -------------------------------------------------------------------------------------

    def _enter(self, begin: Begin) -> None:
        together: dict[datetime, list[int]] = {}
        for number, one in enumerate(self.newcomers):
            together.setdefault(one.at, []).append(number)
            if own := self.people.by_itself(one.name):
                self._own[number] = list(self.people.own_deeds(own, one.at))
        for at, leads in sorted(together.items()):
            self._start(begin, at, SharedMemory(self.people.world, self._halves), leads)

    def _start(self, begin: Begin, at: datetime, memory: SharedMemory, leads: list[int]) -> None:
        before = memory.fork()
        try:
            life = begin(memory, at)
        except UndrawnError as asked:
            for drawn, some in self._drawn(asked.what, leads):
                one = before.fork()
                one.draw(asked.what, drawn)
                self._start(begin, at, one, some)
        else:
            self._go_on(Group(Walk(life, []), leads))

    def _come_to(self, group: Group, at: datetime) -> None:
        """Who does something by itself now goes its own way from here; what else is due, is due to all."""
        if group.by_itself != at:
            self._step(group, at)
            return
        parts: dict[tuple[Deed, ...], list[int]] = {}
        for lead in group.leads:
            parts.setdefault(self._own_deeds(lead, at), []).append(lead)
        others = parts.pop((), None)
        for deeds, leads in parts.items():
            walk = group.walk.fork(())
            walk.deeds[:0] = deeds
            self._step(Group(walk, leads), at)
        if others is not None:
            rest = Group(group.walk, others)
            if group.walk.due == at:
                self._step(rest, at)
            else:
                self._wait(rest)

    def _by_itself(self, leads: Iterable[int]) -> datetime | None:
        """When one of them does something by itself."""
        own = self._own
        return min((own[lead][0].at for lead in leads if lead in own), default=None) if own else None

    def _own_deeds(self, lead: int, at: datetime) -> tuple[Deed, ...]:
        own = self._own.pop(lead, [])
        now = tuple(deed for deed in own if deed.at == at)
        if later := own[len(now) :]:
            self._own[lead] = later
        return now

    def _step(self, group: Group, at: datetime) -> None:
        """Something happens; if that asks who these leads are, they draw it first."""
        walk, leads = group.walk, group.leads
        memory = walk.life.memory
        if isinstance(memory, SharedMemory) and not memory.whole:
            memory.alone = partial(self._draw, leads[0]) if len(leads) == 1 else None
            if memory.alone is None:
                self._part(group, memory, at)
                return
        walk.step(at)
        self._go_on(group)

    def _part(self, group: Group, memory: SharedMemory, at: datetime) -> None:
        before = group.walk.fork(())
        try:
            group.walk.step(at)
        except UndrawnError as asked:
            for drawn, leads in self._drawn(asked.what, group.leads):
                walk = before.fork(())
                if isinstance(walk.life.memory, SharedMemory):
                    walk.life.memory.draw(asked.what, drawn)
                self._step(Group(walk, leads), at)
        else:
            self._go_on(group)

    def _drawn(self, what: str, leads: list[int]) -> Iterable[tuple[Drawn, list[int]]]:
        parts: dict[Drawn, list[int]] = {}
        for lead in leads:
            parts.setdefault(self._draw(lead, what), []).append(lead)
        return parts.items()

    def _draw(self, lead: int, what: str) -> Drawn:
        one = self.newcomers[lead]
        return one.points if what == PROFILE else self._halves.of_lead(one.name, what)

    def _go_on(self, group: Group) -> None:
        """Note what happened, let everyone draw, and wait for what comes next."""
        walk, leads = group.walk, group.leads
        self._note(walk, leads)
        reactions = walk.reactions(self.people)
        if not reactions:
            self._wait(group)
            return
        parts: dict[tuple[Deed, ...], list[int]] = {}
        known: dict[tuple[Draw, ...], list[int]] = {}
        for lead in leads:
            draws = tuple(reaction.draw(self.newcomers[lead].name) for reaction in reactions)
            part = known.get(draws)
            if part is None:
                deeds = tuple(
                    deed for draw, one in zip(draws, reactions, strict=True) if draw.kind for deed in one.deeds(draw)
                )
                part = known[draws] = parts.setdefault(deeds, [])
            part.append(lead)
        *most, (last, leads) = parts.items()
        for deeds, some in most:
            self._wait(Group(walk.fork(deeds), some))
        walk.expect(last)
        self._wait(Group(walk, leads))

    def _note(self, walk: Walk, leads: list[int]) -> None:
        life, heard = walk.life, walk.heard
        events = life.memory.events
        if not life.journal and len(events) == heard:
            return
        at = life.journal[0][0] if life.journal else events[heard].at
        flows = {entry.enrolment: life.plan_of(entry.enrolment).flow for _, entry in life.journal}
        new = tuple(events[heard:])
        sent = tuple(
            Sent(life.memory.mails[event.ref], life.plan_of(event.ref.partition("/")[0]).flow)
            for event in new
            if event.kind == "sent" and event.ref
        )
        segment = Segment(at, len(leads), tuple(life.journal), new, flows, sent, life.waited)
        life.journal, life.waited, walk.heard = [], {}, len(events)
        self.segments.append(segment)
        for lead in leads:
            self.histories[lead].append(segment)

    def _wait(self, group: Group) -> None:
        """Until something happens; together with those to whom the same will."""
        at = group.walk.due
        own = group.by_itself = self._by_itself(group.leads)
        if own is not None and (at is None or own < at):
            at = own
        if at is not None and at < self.until:
            self._agenda.wait(group, at)
