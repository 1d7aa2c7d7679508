"""How does an event get into the books? Once, in order, with the lead locked, and the bell rung where a flow listens.

One transaction: the lead is found or made, the event gets the lead's next `seq`, what the sender says of the person is
kept, and an outbox row is left. Committed is accepted; whatever fails before that leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Row, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from kweek.flow.state import Event
from kweek.intake.incoming import ConsentIn, Incoming, LeadIn, Note, OtherEventError, Recorded
from kweek.intake.people import enrich, find_or_make
from kweek.leads import events, tables
from kweek.leads.database import Database, NoSuchLead, lock_lead
from kweek.leads.graded import tell_grade
from kweek.leads.reckoned import Scores
from kweek.leads.scores import score
from kweek.rules.scoring import Did

__all__ = ["ConsentIn", "Ears", "Incoming", "LeadIn", "Recorded", "append", "record"]

_EVENTS: Final = tables.events.c
_KNOWN: Final = select(_EVENTS.lead_id, _EVENTS.seq, _EVENTS.kind).where(_EVENTS.id == bindparam("id"))
_RACES = 3  # two senders may make the same lead, or use the same id, at once: the loser looks again

Also = Callable[[Connection, Recorded], None]


class Ears(Protocol):
    """Who wants to hear of an event? The workspace's rules and the published flows answer (`kweek.intake.ears`)."""

    def derived(self, incoming: Incoming) -> Sequence[Incoming]:
        """Events that follow from this one (`from:` and `if:` in rules/events.yaml), with ids of their own."""
        ...

    def scored(
        self, tx: Connection, lead_id: str, events: Sequence[Incoming], now: datetime, *, profile_changed: bool
    ) -> bool:
        """Write down what these events are worth; do the lead's points change?"""
        ...

    def graded(self, tx: Connection, lead_id: str, at: datetime, now: datetime) -> Event | None:
        """Record that its points bring it to another grade, where they do and a flow listens to that."""
        ...

    def rings(self, tx: Connection, lead_id: str, event: Event, *, profile_changed: bool) -> bool:
        """Does a flow of this lead, or one that this event starts, listen to it? profile_changed: it is known more,
        or other points, of the lead."""
        ...


@dataclass(frozen=True, slots=True)
class AlwaysRing:
    """Without a workspace at hand: ring for everything. A bell too many does no harm; one too few would. scores: what
    its rules give."""

    scores: Scores = field(default_factory=Scores)

    def derived(self, incoming: Incoming) -> Sequence[Incoming]:
        return ()

    def scored(
        self, tx: Connection, lead_id: str, events: Sequence[Incoming], now: datetime, *, profile_changed: bool
    ) -> bool:
        did = [Did(event.id, event.kind, event.at, event.data) for event in events]
        return score(tx, self.scores, lead_id, did, now, changed=profile_changed)

    def graded(self, tx: Connection, lead_id: str, at: datetime, now: datetime) -> Event | None:
        return tell_grade(tx, lead_id, self.scores.grades, at, now)

    def rings(self, tx: Connection, lead_id: str, event: Event, *, profile_changed: bool) -> bool:
        return True


def record(
    db: Database, incoming: Incoming, now: datetime, ears: Ears | None = None, also: Also | None = None
) -> Recorded:
    """Record one event; `now` is flow time. The same id again answers the same and changes nothing. `also`: what else
    belongs to it, in the same transaction.

    OtherEventError: the id is taken by an event of another kind or lead. NoSuchLead: no lead has this `lead.id`.
    """
    for last in range(_RACES, 0, -1):
        try:
            with db.write() as tx:
                recorded = _record(tx, incoming, now, ears or AlwaysRing())
                if also is not None:
                    also(tx, recorded)
                return recorded
        except IntegrityError:
            if last == 1:
                raise
    raise AssertionError("unreachable")


def _record(tx: Connection, incoming: Incoming, now: datetime, ears: Ears) -> Recorded:
    if (known := _known(tx, incoming.id)) is not None:
        return _same(tx, known, incoming)
    lead_id = incoming.lead.id or find_or_make(tx, incoming.lead, now)
    if lead_id is None:
        raise NoSuchLead("An event needs its lead: an e-mail address or an external id.")
    lock_lead(tx, lead_id)
    return append(tx, lead_id, incoming, now, ears)


def append(tx: Connection, lead_id: str, incoming: Incoming, now: datetime, ears: Ears | None = None) -> Recorded:
    """The same within a transaction that has this lead locked already; `incoming.lead` then only enriches it."""
    ears = ears or AlwaysRing()
    if (known := _known(tx, incoming.id)) is not None:
        if (known.lead_id, known.kind) != (lead_id, incoming.kind):
            raise _other(incoming)
        return Recorded(lead_id, known.seq, fresh=False)
    changed = enrich(tx, lead_id, incoming.lead, incoming.at)
    derived = [one for one in ears.derived(incoming) if _known(tx, one.id) is None]
    happened = [_append(tx, lead_id, one, now) for one in (incoming, *derived)]
    for note in incoming.notes:
        _note(tx, lead_id, note, now)
    changed |= ears.scored(tx, lead_id, (incoming, *derived), now, profile_changed=changed)
    if (graded := ears.graded(tx, lead_id, incoming.at, now)) is not None:
        happened.append(graded)
    for event in happened:
        if ears.rings(tx, lead_id, event, profile_changed=changed and event is happened[0]):
            events.ring(tx, lead_id, event.seq)
    return Recorded(lead_id, happened[0].seq, fresh=True)


def _append(tx: Connection, lead_id: str, incoming: Incoming, now: datetime) -> Event:
    what = (incoming.id, incoming.kind, incoming.at, incoming.ref, incoming.data)
    seq = events.append(tx, lead_id, *what, recorded_at=now, by=incoming.by, note=incoming.note)
    if seq is None:
        raise AssertionError("asked for within this transaction, and it was not there")
    return Event(seq, *what[1:])


def _note(tx: Connection, lead_id: str, note: Note, now: datetime) -> None:
    problems = tables.problems
    row = {"lead_id": None if note.once else lead_id, "key": None, "code": note.code, "words": note.words}
    same = select(problems.c.id).where(problems.c.code == note.code, problems.c.words == note.words).limit(1)
    if not note.once or tx.execute(same).first() is None:
        tx.execute(insert(problems).values(**row, at=now))


def _known(tx: Connection, identifier: str) -> Row[Any, Any, Any] | None:
    return tx.execute(_KNOWN, {"id": identifier}).one_or_none()


def _same(tx: Connection, known: Row[Any, Any, Any], incoming: Incoming) -> Recorded:
    whose = incoming.lead.id or find_or_make(tx, incoming.lead, None)
    if (whose, incoming.kind) != (known.lead_id, known.kind):
        raise _other(incoming)
    return Recorded(known.lead_id, known.seq, fresh=False)


def _other(incoming: Incoming) -> OtherEventError:
    return OtherEventError(f"the id “{incoming.id}” was used before, for another event; every event needs its own")
