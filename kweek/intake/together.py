"""How are many events at once scored and heard of? Noted while they are recorded, and done together at the end.

What costs a query for each event costs one for all of them. In the same transaction, so nobody sees the half of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Text, bindparam, cast, update

from kweek.flow.state import Event
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming
from kweek.leads import events
from kweek.leads.ledger import problem
from kweek.leads.scores import settle_these
from kweek.leads.tables import leads

_FAILED: Final = "not scored"
_TOLD: Final = (
    update(leads)
    .where(leads.c.id.in_(bindparam("leads", expanding=True)), leads.c.profile.is_not(None))
    .values(graded=leads.c.profile.concat(cast(leads.c.engagement, Text)))
)


@dataclass
class Together:
    """The ears of one transaction; `done` before it ends. made: leads of whom nothing was known before it: what one of
    them starts by an event, all do."""

    ears: FlowEars
    made: set[str] = field(default_factory=set[str])
    _scored: dict[str, None] = field(default_factory=dict[str, None])
    _heard: list[tuple[str, Event, bool]] = field(default_factory=list[tuple[str, Event, bool]])

    def derived(self, incoming: Incoming) -> Sequence[Incoming]:
        return self.ears.derived(incoming)

    def scored(
        self, tx: Connection, lead_id: str, events: Sequence[Incoming], now: datetime, *, profile_changed: bool
    ) -> bool:
        self._scored[lead_id] = None
        return profile_changed

    def graded(self, tx: Connection, lead_id: str, at: datetime, now: datetime) -> Event | None:
        return None

    def rings(self, tx: Connection, lead_id: str, event: Event, *, profile_changed: bool) -> bool:
        self._heard.append((lead_id, event, profile_changed))
        return False

    def done(self, tx: Connection, now: datetime) -> None:
        """Score them, tell whose grade changed, and ring where a flow listens."""
        failed: dict[str, str] = {}
        moved = settle_these(tx, self.ears.scores, list(self._scored), now, failed)
        for lead_id, why in failed.items():
            problem(
                tx, lead_id, f"{lead_id}/import", _FAILED, f"Its points are as they were: a rule failed. {why}", now
            )
        self._ring(tx)
        if not self.ears.minds_points(tx):
            tx.execute(_TOLD, {"leads": moved})
            return
        for lead_id in moved:
            self.ears.hear_points(tx, lead_id, now)

    def _ring(self, tx: Connection) -> None:
        alike = dict[str, bool]()
        for lead_id, event, changed in self._heard:
            rings = alike.get(event.kind) if lead_id in self.made else None
            if rings is None:
                rings = self.ears.rings(tx, lead_id, event, profile_changed=changed)
            if lead_id in self.made:
                alike[event.kind] = rings
            if rings:
                events.ring(tx, lead_id, event.seq)
