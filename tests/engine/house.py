"""A whole house for tests of the engine: a workspace published in a database of its own, people put in, books read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from kweek.dress_rehearsal import house as dress_rehearsal
from kweek.dress_rehearsal.house import reached
from kweek.flow.state import Value
from kweek.flow.stored import load_enrolment
from kweek.intake.incoming import Recorded
from kweek.intake.record import Also
from kweek.leads import enrolments, tables
from kweek.leads.clock import Clock

ROOT = Path(__file__).parents[2]
EARNEST = Clock()


class House(dress_rehearsal.House):
    """As a flow's own tests have it, with what only the project's tests ask of it."""

    @property
    def now(self) -> datetime:
        """Flow time, by this machine's clock."""
        return self.clock.flow(datetime.now(UTC))

    # --- who ------------------------------------------------------------------------------------------

    def lead(self, lead: str, **columns: Any) -> str:
        """Put a person in, who allows everything."""
        self.leads([lead], **columns)
        return lead

    def leads(self, ids: Iterable[str], **columns: Any) -> None:
        ids, at = list(ids), self.clock.anchor_flow
        base = {"fields": {}, "stage": "suspect", "created_at": at, "first_name": "Robin", "country": "NL"}
        people = [base | {"id": lead} | reached(lead) | columns for lead in ids]
        with self.database.write() as tx:
            tx.execute(insert(tables.leads), people)
            for channel in ("email", "telephone", "open tracking", "click tracking"):
                self.allow(tx, ids, channel, at)

    # --- what happens ---------------------------------------------------------------------------------

    def happens(
        self, lead: str, kind: str, at: datetime | None = None, data: Mapping[str, Value] | None = None,
        ref: str | None = None, id: str | None = None, also: Also | None = None,
    ) -> Recorded:  # fmt: skip
        return super().happens(lead, kind, at or self.now, data, ref, id, also)

    # --- the books ------------------------------------------------------------------------------------

    def row(self, lead: str) -> Any:
        with self.database.read() as tx:
            return enrolments.lead_row(tx, lead)

    def rows(self, query: Any) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(query))

    def count(self, query: Any) -> int:
        with self.database.read() as tx:
            return int(tx.execute(select(func.count()).select_from(query.subquery())).scalar_one())

    def mails(self, lead: str | None = None) -> list[Any]:
        query = select(tables.mails).order_by(tables.mails.c.claimed_at, tables.mails.c.key)
        return self.rows(query if lead is None else query.where(tables.mails.c.lead_id == lead))

    def step(self, lead: str) -> str | None:
        """Where the lead stands; None: nowhere any more, or not yet."""
        e = tables.enrolments.c
        found = self.rows(select(e.step).where(e.lead_id == lead, e.step.is_not(None)).order_by(e.id))
        return found[0].step if found else None

    def misplaced(self) -> list[str]:
        """Leads whose journal and whose stored tokens disagree on where they stand: there may be none, ever."""
        wrong: list[str] = []
        with self.database.read() as tx:
            for (lead,) in tx.execute(select(tables.leads.c.id)).all():
                if enrolments.fold(enrolments.read_journal(tx, lead)) != _live(tx, lead):
                    wrong.append(lead)
        return wrong


def _live(tx: Any, lead: str) -> dict[str, tuple[str, int]]:
    query = select(tables.enrolments.c.state).where(tables.enrolments.c.lead_id == lead)
    stored = [load_enrolment(state) for state in tx.execute(query).scalars()]
    return {
        one.id: (one.token.step, one.token.visit) for one in stored if one.token and one.token.visit and not one.ended
    }


def build(folder: Path, workspace: Path = ROOT, *, clock: Clock = EARNEST, **more: Any) -> House:
    """Migrate, set the clock and publish every flow; nothing runs yet. more: see `furnish`."""
    made = dress_rehearsal.furnish(folder, workspace, clock, **more)
    return House(made.folder, made.settings, made.database, made.workspace, made.world, made.clock)


class Away(Exception):
    """Whoever `until` asks is away for the moment."""


async def until(
    true: Callable[[], Awaitable[Any] | Any], seconds: float = 30, what: str = "", each: float = 0.05
) -> Any:
    """Wait for it, and answer what it answered; AssertionError when the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        answer = None
        with suppress(Away):
            answer = true()
            if isinstance(answer, Awaitable):
                answer = await answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what or true}"
        await asyncio.sleep(each)
