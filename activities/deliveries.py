"""How do other programs hear of events? By signed POSTs (standardwebhooks.com), each tried until it is taken.

A webhook brings one after the other, as they came due, so that they arrive in order while all is well. Where one is not
taken, the webhook rests for a moment and goes on with the next: neither a program that is away nor one message that it
cannot read is hammered, and nothing waits behind it for days.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from kweek.config import Settings
from kweek.leads import deliveries, ledger
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database
from kweek.outgoing.body import text
from kweek.outgoing.post import post
from kweek.outgoing.signature import signed
from kweek.rulebook import RulesNow
from kweek.smtp import Outcome

PATIENCE: Final = timedelta(days=3)
"""From when it was written; then a person hears of it."""

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
_LONGEST_REST: Final = timedelta(minutes=1)
_NO_HOOK: Final = "no such webhook"
_GONE: Final = ("http 410", _NO_HOOK)
"""No other attempt would help."""


@dataclass(slots=True)
class _Rest:
    """After how many refusals in a row a webhook is left alone, until when."""

    refused: int = 0
    until: datetime | None = None


class Deliveries:
    """One for the process. All its moments but those of problems are the world's."""

    def __init__(self, database: Database, clock: FlowTime, settings: Settings, rules: RulesNow) -> None:
        self.database, self.clock, self.settings, self.rules = database, clock, settings, rules
        self._rests: dict[str, _Rest] = {}
        self._flying: dict[str, asyncio.Task[None]] = {}
        self._tidied: date | None = None

    async def carry(self) -> bool:
        """Have every webhook bring what is due; one that is slow keeps none of the others. What failed is raised."""
        for name in [name for name, task in self._flying.items() if task.done()]:
            self._flying.pop(name).result()
        for name in await asyncio.to_thread(self._due):
            if name not in self._flying:
                self._flying[name] = asyncio.create_task(self.bring(name))
        return False

    async def stop(self) -> None:
        """What is on its way is tried again by whoever comes next."""
        for task in self._flying.values():
            task.cancel()
        await asyncio.gather(*self._flying.values(), return_exceptions=True)

    async def bring(self, hook: str) -> None:
        """All that is due, until one is not taken."""
        while (row := await asyncio.to_thread(self._lease, hook)) is not None:
            outcome = await self._post(row)
            await asyncio.to_thread(self._keep, row, outcome, datetime.now(UTC))
            if outcome.kind == "accepted":
                self._rests.pop(hook, None)
            elif outcome.code != _NO_HOOK:
                self._tire(hook)
                return

    def _due(self) -> list[str]:
        """Those that do not rest; and once a day, what is old goes."""
        now = datetime.now(UTC)
        if self._tidied != now.date():
            with self.database.write() as tx:
                deliveries.forget(tx, now)
            self._tidied = now.date()
        with self.database.read() as read:
            return [name for name in deliveries.due(read, now) if not self._rests_at(name, now)]

    def _rests_at(self, hook: str, now: datetime) -> bool:
        rest = self._rests.get(hook)
        return rest is not None and rest.until is not None and now < rest.until

    def _lease(self, hook: str) -> Row[Any] | None:
        with self.database.write() as tx:
            return deliveries.lease(tx, hook, datetime.now(UTC))

    async def _post(self, row: Row[Any]) -> Outcome:
        hook = self.rules().rules.settings.webhooks.get(row.hook)
        if hook is None:
            return Outcome("undelivered", _NO_HOOK, f"rules/workspace.yaml has no webhook “{row.hook}”.")
        said = text(row.body)
        headers = signed(self.settings, row.hook, row.message, said, datetime.now(UTC))
        return await post(hook.url, said.encode(), headers, self.settings.outgoing_allow)

    def _keep(self, row: Row[Any], outcome: Outcome, now: datetime) -> None:
        with self.database.write() as tx:
            if outcome.kind == "accepted":
                deliveries.taken(tx, row.id)
                return
            why = f"{outcome.code} {outcome.words}".strip()[:500]
            over = outcome.code in _GONE or now - row.since_real >= PATIENCE
            pause = outcome.pause or min(_FIRST_PAUSE * 3 ** min(row.attempts, 10), _LONGEST_PAUSE)
            deliveries.not_taken(tx, row.id, why, None if over else now + pause)
            if over:
                self._say(tx, row.hook, outcome, now)

    def _say(self, tx: Connection, hook: str, outcome: Outcome, now: datetime) -> None:
        """One row a day for each webhook and reason: whoever is away for a week misses a thousand events."""
        key = f"{hook}/{now:%Y-%m-%d}"
        words = f"The webhook “{hook}” did not take what it was to hear ({outcome.code}). {outcome.words}".strip()
        words += f" What was given up is kept: kweek outgoing tells how much, kweek outgoing {hook} --again tries it."
        ledger.problem(tx, None, key, outcome.code, words, self.clock.flow(now))

    def _tire(self, hook: str) -> None:
        rest = self._rests.setdefault(hook, _Rest())
        rest.refused += 1
        rest.until = datetime.now(UTC) + min(_FIRST_PAUSE * 2 ** min(rest.refused - 1, 6), _LONGEST_REST)
