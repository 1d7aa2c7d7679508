"""How does an event get into the books? Once, in order, with the lead locked, and the bell rung where a flow listens.

One transaction: the lead is found or made, the event gets the lead's next `seq`, what the sender says of the person is
kept, and an outbox row is left. Committed is accepted; whatever fails before that leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from kweek.flow.state import Event
from kweek.flow.words import PAGE_VIEWED
from kweek.intake.enriching import enrich
from kweek.intake.incoming import ConsentIn, Incoming, LeadIn, Note, OtherEventError, Recorded
from kweek.intake.people import GoesOnInAnother, by_our_id, came_as, find_or_make, row_of, the_one_that_goes_on
from kweek.intake.touches import keep_touch
from kweek.leads import events, in_common, tables, topics
from kweek.leads.away import Crossed
from kweek.leads.database import Database, NoSuchLead
from kweek.leads.enrolments import lead_row
from kweek.leads.graded import Graded, Told, tell_grade, write_told
from kweek.leads.in_common import InCommon
from kweek.leads.ledger import problem
from kweek.leads.merged import living
from kweek.leads.reckoned import Scores
from kweek.leads.scores import score
from kweek.rules.scoring import Did
from kweek.rules.stages import Conversions

__all__ = ["ConsentIn", "Ears", "Incoming", "LeadIn", "Recorded", "append", "record"]

_EVENTS: Final = tables.events.c
_KNOWN: Final = select(_EVENTS.lead_id, _EVENTS.seq, _EVENTS.kind).where(_EVENTS.id == bindparam("id"))
_BROUGHT_UP: Final = update(tables.leads).where(tables.leads.c.id == bindparam("lead"))
_RACES = 5  # two senders may make the same lead, use the same id, or wait for each other: the loser looks again

Also = Callable[[Connection, Recorded], None]
Before = Callable[[Connection, str], Sequence[Incoming]]


class Ears(Protocol):
    """Who wants to hear of an event? The workspace's rules and the published flows answer (`kweek.intake.ears`)."""

    def derived(self, incoming: Incoming) -> Sequence[Incoming]:
        """Events that follow from this one (`from:` and `if:` in rules/events.yaml), with ids of their own."""
        ...

    def scored(
        self, tx: Connection, lead: Row[Any], events: Sequence[Incoming], now: datetime, *, profile_changed: bool
    ) -> Mapping[str, object]:
        """Write down what these events are worth. The columns of the lead that change by it, which the caller writes.
        lead: its row, as it was before."""
        ...

    def counts(self, kind: str) -> bool:
        """Does any rule give points for events of this kind?"""
        ...

    def stage_after(self, stage: str, kind: str) -> str:
        """How far is a lead that was so far, when this event has happened?"""
        ...

    def graded(self, tx: Connection, lead: Graded, at: datetime, now: datetime) -> Told:
        """Record what follows from another grade, where its points bring it to one. Its columns the caller writes, and
        then tells of its events."""
        ...

    def tell(self, tx: Connection, lead_id: str, event: Event, now: datetime) -> None:
        """Write down that other programs shall hear of it, where their webhooks do."""
        ...

    def rings(self, tx: Connection, lead: Row[Any], event: Event, *, profile_changed: bool) -> bool:
        """Does a flow of this lead, or one that this event starts, listen to it? profile_changed: it is known more,
        or other points, of the lead."""
        ...

    def changed_in_common(self, tx: Connection, what: InCommon, id: str, now: datetime) -> None:
        """This company or campaign is another than it was: see to it that all its leads are looked at."""
        ...


@dataclass(frozen=True, slots=True)
class AlwaysRing:
    """Without a workspace at hand: ring for everything. A bell too many does no harm; one too few would. scores: what
    its rules give. conversions: of its events."""

    scores: Scores = field(default_factory=Scores)
    conversions: Conversions = field(default_factory=Conversions)

    def derived(self, incoming: Incoming) -> Sequence[Incoming]:
        return ()

    def scored(
        self, tx: Connection, lead: Row[Any], events: Sequence[Incoming], now: datetime, *, profile_changed: bool
    ) -> Mapping[str, object]:
        did = [Did(event.id, event.kind, event.at, event.data) for event in events]
        return score(tx, self.scores, lead, did, now, changed=profile_changed)

    def counts(self, kind: str) -> bool:
        return kind in self.scores.heard

    def stage_after(self, stage: str, kind: str) -> str:
        return self.conversions.stage_after(stage, kind)

    def graded(self, tx: Connection, lead: Graded, at: datetime, now: datetime) -> Told:
        return tell_grade(tx, lead, self.scores.grades, self.scores.matrix, at, now)

    def tell(self, tx: Connection, lead_id: str, event: Event, now: datetime) -> None:
        pass

    def rings(self, tx: Connection, lead: Row[Any], event: Event, *, profile_changed: bool) -> bool:
        return True

    def changed_in_common(self, tx: Connection, what: InCommon, id: str, now: datetime) -> None:
        in_common.note(tx, what, id, now)


def record(
    db: Database,
    incoming: Incoming,
    now: datetime,
    ears: Ears | None = None,
    also: Also | None = None,
    before: Before | None = None,
) -> Recorded:
    """Record one event; `now` is flow time. The same id again answers the same and changes nothing. `also`: what else
    belongs to it, in the same transaction. `before`: what this lead did before it, which nobody knew to be its own.

    OtherEventError: the id is taken by an event of another kind or lead. NoSuchLead: no lead has this `lead.id`.
    """
    gone: str | None = None
    for last in range(_RACES, 0, -1):
        try:
            with db.write() as tx:
                recorded = _record(tx, incoming, now, ears or AlwaysRing(), before, gone)
                if also is not None:
                    also(tx, recorded)
                return recorded
        except (IntegrityError, Crossed):
            if last == 1:
                raise
        except GoesOnInAnother as error:
            gone = error.gone
            if last == 1:
                raise Crossed("This lead is merged again and again just now. Try again.") from None
    raise AssertionError("unreachable")


def _record(
    tx: Connection, incoming: Incoming, now: datetime, ears: Ears, before: Before | None, gone: str | None
) -> Recorded:
    """gone: who is meant, and was merged."""
    if gone is not None:
        lead = the_one_that_goes_on(tx, gone, incoming.lead)
    elif incoming.lead.id is None:
        lead = find_or_make(tx, incoming.lead, now)
        if lead is None:
            raise NoSuchLead("An event needs its lead: an e-mail address or an external id.")
    elif (lead := by_our_id(tx, incoming.lead.id)) is None:
        raise NoSuchLead(f"There is no lead {incoming.lead.id}")
    return _take(tx, lead, incoming, now, ears, before)


def append(
    tx: Connection,
    lead_id: str,
    incoming: Incoming,
    now: datetime,
    ears: Ears | None = None,
    before: Before | None = None,
    *,
    last: bool = True,
    untold: Sequence[Event] = (),
) -> Recorded:
    """The same within a transaction that has this lead locked already; `incoming.lead` then only enriches it. last:
    what comes after it in this transaction is another matter; False: the lead comes to its grade with all of it, and
    other programs hear of it then. untold: what came before it so."""
    lead = row_of(tx, lead_id)
    if lead is None:
        raise NoSuchLead(f"There is no lead {lead_id}")
    return _take(tx, lead, incoming, now, ears or AlwaysRing(), before, last=last, untold=untold)


def _take(
    tx: Connection,
    lead: Row[Any],
    incoming: Incoming,
    now: datetime,
    ears: Ears,
    before: Before | None,
    *,
    last: bool = True,
    untold: Sequence[Event] = (),
) -> Recorded:
    """All that comes with it is judged together: the lead comes to its grade at once, and not by those in between."""
    name = came_as(tx, lead, incoming.lead)
    event = _put(tx, lead.id, lead.seq + 1, incoming, now, name)
    if event is None:
        return _same(tx, lead.id, incoming)
    happened, told = [event], [incoming]
    changed, company = enrich(tx, lead, incoming.lead, incoming.at, incoming.id, now)
    for one in _with(ears, incoming, before(tx, lead.id) if before is not None else ()):
        if (follows := _put(tx, lead.id, happened[-1].seq + 1, one, now, name)) is not None:
            happened.append(follows)
            told.append(one)
    changed |= sum(_touched(tx, lead.id, one, now) + _reads(tx, lead.id, one) for one in told) > 0  # all of them
    for note in incoming.notes:
        _note(tx, lead.id, note, now)
    columns = ears.scored(tx, lead, told, now, profile_changed=changed)
    stage = reduce(ears.stage_after, [event.kind for event in happened], lead.stage)
    changed |= bool(columns) or stage != lead.stage
    graded = ears.graded(tx, Graded.of(lead, happened[-1].seq, columns), incoming.at, now) if last else Told()
    brought: dict[str, Any] = {"stage": stage, "seq": happened[-1].seq, **columns, **graded.columns}
    tx.execute(_BROUGHT_UP, {"lead": lead.id, **brought})
    heard = [one for one, of in zip(happened, told, strict=True) if of is incoming or not of.past]
    heard += graded.events
    for event in (*untold, *heard) if last else ():
        ears.tell(tx, lead.id, event, now)
    for event in heard:
        if ears.rings(tx, lead, event, profile_changed=changed and event is happened[0]):
            events.ring(tx, lead.id, event.seq, mass=incoming.mass)
    if company is not None:
        ears.changed_in_common(tx, "company", company, now)
    return Recorded(lead.id, happened[0].seq, fresh=True, untold=() if last else tuple(heard))


def hear_grade(tx: Connection, lead_id: str, now: datetime, ears: Ears) -> Sequence[Event]:
    """What follows from the grade that this (locked) lead has by now, recorded and told. Its bells the caller rings."""
    told = ears.graded(tx, Graded.of(lead_row(tx, lead_id)), now, now)
    write_told(tx, {lead_id: told})
    for event in told.events:
        ears.tell(tx, lead_id, event, now)
    return told.events


def _with(ears: Ears, incoming: Incoming, earlier: Sequence[Incoming]) -> Iterator[Incoming]:
    """What follows from it, and what comes along with it."""
    yield from ears.derived(incoming)
    for one in earlier:
        yield one
        yield from ears.derived(one)


def _put(tx: Connection, lead_id: str, seq: int, one: Incoming, now: datetime, name: str | None) -> Event | None:
    event = Event(seq, one.kind, one.at, one.ref, one.data)
    row = events.row_of(lead_id, one.id, event, recorded_at=now, by=one.by, note=one.note, came_as=name, past=one.past)
    return event if events.put(tx, row) else None


def _touched(tx: Connection, lead_id: str, one: Incoming, now: datetime) -> bool:
    """Keep from where it came. Has it another first campaign now?"""
    return one.touch is not None and keep_touch(tx, lead_id, one.touch, one.id, one.at, now)


def _reads(tx: Connection, lead_id: str, one: Incoming) -> bool:
    """Keep what a page is about that it looked at. Does it read most about something else now?"""
    topic = one.data.get("topic") if one.kind == PAGE_VIEWED else None
    return isinstance(topic, str) and topics.read_about(tx, lead_id, topic, one.at)


def _same(tx: Connection, lead_id: str, incoming: Incoming) -> Recorded:
    known = tx.execute(_KNOWN, {"id": incoming.id}).one()
    if (living(tx, known.lead_id), known.kind) != (lead_id, incoming.kind):
        raise OtherEventError(f"the id “{incoming.id}” was used before, for another event; every event needs its own")
    return Recorded(lead_id, known.seq, fresh=False)


def _note(tx: Connection, lead_id: str, note: Note, now: datetime) -> None:
    problems = tables.problems
    same = select(problems.c.id).where(problems.c.code == note.code, problems.c.words == note.words).limit(1)
    if not note.once or tx.execute(same).first() is None:
        problem(tx, None if note.once else lead_id, None, note.code, note.words, now)
