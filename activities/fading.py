"""Whose points fade now? On a Monday, the ledger of every lead of whom something fades is brought to what stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kweek.intake.ears import FlowEars
from kweek.leads.database import Database
from kweek.leads.scores import settle_these, who_fades
from kweek.rules.scoring import next_monday
from kweek.rules.wall import zone

BATCH = 500


class Fading:
    """ears: what is in force."""

    def __init__(self, database: Database, ears: Callable[[], FlowEars]) -> None:
        self.database, self.ears = database, ears

    def fade(self, since: datetime, until: datetime, told: Callable[[int], object] = lambda faded: None) -> int:
        """Of how many leads have points faded after `since`, up to and with `until` (flow time)? Looked at twice,
        nothing fades twice. told: how many there are up to now."""
        ears = self.ears()
        scores = ears.scores
        if next_monday(since, zone(scores.timezone)) > until:
            return 0
        faded, last = 0, ""
        while True:
            with self.database.read() as read:
                batch = who_fades(read, scores, last, BATCH)
            for lead in batch:
                with self.database.lead_tx(lead) as tx:
                    moved = settle_these(tx, scores, [lead], until)
                    ears.hear_points(tx, moved, until)
                    faded += len(moved)
            told(faded)
            if len(batch) < BATCH:
                return faded
            last = batch[-1]
