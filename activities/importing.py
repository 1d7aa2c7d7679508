"""What is to be done next for this file? Some rows are taken in, some leads sent into their flow, some rows undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from temporalio import activity

from kweek.intake.imports.enrolling import enrol_some
from kweek.intake.imports.file_row import RowReader
from kweek.intake.imports.how import load_how
from kweek.intake.imports.taking import take_some
from kweek.intake.imports.undoing import undo_some
from kweek.intake.vocabulary import vocabulary_of
from kweek.leads import imports
from kweek.leads.clock import FlowTime
from kweek.leads.database import Database
from kweek.rulebook import InForce
from workflows.messages import Imported

AT_A_TIME: Final = 2.0  # seconds
_PAUSE: Final = 0.01  # seconds
BREATH: Final = timedelta(seconds=1)  # the shortest sleep of the workflow


class Importer:
    """book: what is in force."""

    def __init__(self, database: Database, clock: FlowTime, book: Callable[[], InForce]) -> None:
        self.database, self.clock, self.book = database, clock, book

    @activity.defn(name="import_some", no_thread_cancel_exception=True)
    def import_some(self, import_id: str) -> Imported:
        """A few seconds' worth; its status says of what."""
        with self.database.read() as read:
            status = imports.one(read, import_id).status
        match status:
            case "running":
                return self._many(self._taker(import_id), lambda: self._all_in(import_id))
            case "enrolling":
                return self._enrol(import_id)
            case "undoing" | "forgetting":
                return self._many(
                    lambda: undo_some(self.database, import_id, self.book().ears, self._now()),
                    lambda: self._undone(import_id),
                )
            case _:
                return Imported(done=True)

    def _taker(self, import_id: str) -> Callable[[], int]:
        with self.database.read() as read:
            row = imports.one(read, import_id)
        book = self.book()
        words, zone = vocabulary_of(book.rules, book.world.facts), _zone(book.rules.settings.timezone)
        reader = RowReader(load_how(row.how), row.file, words, zone, self._now())
        return lambda: take_some(self.database, import_id, reader, self.book().ears, self._now())

    def _many(self, some: Callable[[], int], at_the_end: Callable[[], Imported]) -> Imported:
        until, rows = monotonic() + AT_A_TIME, 0
        while monotonic() < until:
            done = some()
            if not done:
                return at_the_end()
            activity.heartbeat(rows := rows + done)
            let_others(self.database)
        return Imported()

    def _all_in(self, import_id: str) -> Imported:
        """No row waits: they enter their flow, or that was it."""
        with self.database.write() as tx:
            row = imports.locked(tx, import_id)
            if row.status != "running":
                return Imported(done=row.status not in imports.AT_WORK)
            if imports.rows(tx, import_id, ["waiting"], 1):
                return Imported()  # another attempt took what was to be taken here
            flow = load_how(row.how).flow
            status = "done" if flow is None else "enrolling"
            imports.change(tx, import_id, status=status, ended_at=row.ended_at or self._now(), next_at=None)
        return Imported(done=flow is None)

    def _enrol(self, import_id: str) -> Imported:
        real = datetime.now(UTC)
        now = self.clock.flow(real)
        next_at = enrol_some(self.database, import_id, self.book().ears, now, self.clock.flow(real + BREATH) - now)
        if next_at is None:
            return Imported(done=True)
        return Imported(
            wait=max(BREATH.total_seconds(), (self.clock.real(next_at) - datetime.now(UTC)).total_seconds())
        )

    def _undone(self, import_id: str) -> Imported:
        """All that could be taken back is; or some have yet to leave their flow."""
        with self.database.read() as read:
            over = imports.one(read, import_id).status not in imports.LEAVING
        return Imported(done=True) if over else Imported(wait=BREATH.total_seconds())

    def _now(self) -> datetime:
        return self.clock.flow(datetime.now(UTC))


def let_others(database: Database) -> None:
    """Between two batches. Of several processes SQLite has that one write that asks first: whoever did just now."""
    if database.sqlite:
        sleep(_PAUSE)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # the linter says so
        return ZoneInfo("UTC")
