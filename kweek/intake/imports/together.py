"""How are many events at once scored and heard of? Noted while they are recorded, and done together at the end.

What costs a query for each event costs one for all of them. In the same transaction, so nobody sees the half of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kweek.flow.state import Event
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming
from kweek.leads import events
from kweek.leads.enrolments import lead_row
from kweek.leads.graded import Graded, Told
from kweek.leads.in_common import InCommon, note
from kweek.leads.scores import settle_these


@dataclass
class Together:
    """The ears of one transaction; `done` before it ends."""

    ears: FlowEars
    _scored: dict[str, None] = field(default_factory=dict[str, None])
    _brought: dict[str, list[tuple[str, Event]]] = field(default_factory=dict[str, list[tuple[str, Event]]])
    _in_common: dict[tuple[InCommon, str], None] = field(default_factory=dict[tuple[InCommon, str], None])
    _heard: list[tuple[Row[Any], Event, bool]] = field(default_factory=list[tuple[Row[Any], Event, bool]])

    def derived(self, incoming: Incoming) -> Sequence[Incoming]:
        return self.ears.derived(incoming)

    def scored(
        self, tx: Connection, lead: Row[Any], events: Sequence[Incoming], now: datetime, *, profile_changed: bool
    ) -> Mapping[str, object]:
        self._scored[lead.id] = None
        return {}

    def counts(self, kind: str) -> bool:
        return self.ears.counts(kind)

    def stage_after(self, stage: str, kind: str) -> str:
        return self.ears.stage_after(stage, kind)

    def graded(self, tx: Connection, lead: Graded, at: datetime, now: datetime) -> Told:
        return Told()

    def tell(self, tx: Connection, lead_id: str, event: Event, now: datetime) -> None:
        self.ears.tell(tx, lead_id, event, now)

    def rings(self, tx: Connection, lead: Row[Any], event: Event, *, profile_changed: bool) -> bool:
        self._heard.append((lead, event, profile_changed))
        return False

    def changed_in_common(self, tx: Connection, what: InCommon, id: str, now: datetime) -> None:
        self._in_common[what, id] = None

    def newcomer(self, tx: Connection, lead_id: str, first: Sequence[Event], now: datetime) -> None:
        """This lead was made just now, by these events."""
        self._scored[lead_id] = None
        for event in first:
            self.tell(tx, lead_id, event, now)
            self._brought.setdefault(event.kind, []).append((lead_id, event))

    def done(self, tx: Connection, now: datetime) -> None:
        """Score them, tell whose grade changed, and ring where a flow listens. Who else has something in common with
        them is looked at soon."""
        moved = settle_these(tx, self.ears.scores, list(self._scored), now)
        self._ring(tx)
        self.ears.hear_points(tx, moved, now)
        for what, id in self._in_common:
            if self.ears.minds(tx, what):
                note(tx, what, id, now)

    def _ring(self, tx: Connection) -> None:
        heard = [
            (lead.id, event.seq)
            for lead, event, changed in self._heard
            if self.ears.rings(tx, lead, event, profile_changed=changed)
        ]
        events.ring_all(tx, heard)
        for brought in self._brought.values():
            lead_id, event = brought[0]  # what one of whom nothing was known starts by an event, all do
            if self.ears.rings(tx, lead_row(tx, lead_id), event, profile_changed=True):
                events.ring_all(tx, [(lead, first.seq) for lead, first in brought])
