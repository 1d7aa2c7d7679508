"""What does the web need? The books, the clock, the workspace's words and the installation's keys, in one hand."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kweek.config import Settings
from kweek.intake.record import Ears
from kweek.leads.database import Database


@dataclass(frozen=True, slots=True)
class House:
    """`now` answers flow time. Nothing here changes while the web runs."""

    settings: Settings
    db: Database
    now: Callable[[], datetime]
    ears: Ears

    def network(self, address: str | None) -> str | None:
        """A keyed hash: two hits from one address can be told to be so, and no address is kept."""
        if address is None:
            return None
        return hmac.new(self.settings.key("network"), address.encode(), hashlib.sha256).hexdigest()[:24]
