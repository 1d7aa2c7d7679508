"""Was a rescoring asked for on a page, and is it not done? An errand of the worker has it begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kweek.leads import rescorings
from kweek.leads.database import Database


def asked_in(db: Database, begin: Callable[[str], Awaitable[object]]) -> Callable[[], Awaitable[bool]]:
    """Again and again while it is under way: whatever died or was ended from outside is begun once more."""

    async def look() -> bool:
        job = await asyncio.to_thread(_under_way, db)
        if job is not None:
            await begin(job)
        return False

    return look


def _under_way(db: Database) -> str | None:
    with db.read() as read:
        row = rescorings.under_way(read)
    return None if row is None else row.id
