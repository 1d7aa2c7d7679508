"""Who has a file taken in, and looks on? Whoever wants it says so in the books; a worker looks there, and does it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from kweek.leads import imports
from kweek.leads.database import Database
from kweek.leads.imports import Progress

_LOOK: Final = 0.5  # seconds


def begun_in(db: Database, take_in: Callable[[str], Awaitable[None]]) -> Callable[[], Awaitable[bool]]:
    """An errand of the worker: whatever is to be done by now, and was not told yet, is told to its workflow."""
    told: dict[str, str] = {}

    async def look() -> bool:
        now = await asyncio.to_thread(_at_work, db)
        for import_id, status in now.items():
            if told.get(import_id) != status:
                if status in imports.AT_WORK or import_id in told:
                    await take_in(import_id)
                told[import_id] = status
        for import_id in told.keys() - now.keys():
            del told[import_id]
        return False

    return look


def _at_work(db: Database) -> dict[str, str]:
    with db.read() as read:
        return dict(imports.at_work(read))


def looked_on(db: Database, import_id: str, told: Callable[[Progress], None], until: tuple[str, ...]) -> Progress:
    """How it stands once it has one of these statuses. told: again and again, how far it is."""
    while True:
        with db.read() as read:
            so_far = imports.progress(read, import_id)
        told(so_far)
        if so_far.status in until:
            return so_far
        time.sleep(_LOOK)
