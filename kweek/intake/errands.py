"""What is done again and again beside the turns? Carrying bells, judging hits: small work, for as long as we run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

IDLE = 0.1  # seconds between looks while there is nothing to do
PATIENCE = 5.0  # seconds between looks while a part is away


async def errand(name: str, once: Callable[[], Awaitable[bool]], idle: float = IDLE) -> None:
    """Do it until cancelled. `once` answers whether there is more to do now. What is away is waited for: nothing that
    is still to be done is forgotten, and the log says it once."""
    away = False
    while True:
        try:
            more = await once()
        except Exception as error:  # whatever part is away, and whatever it calls that
            if not away:
                log.warning("waiting", errand=name, error=type(error).__name__)
            away, more = True, False
        else:
            if away:
                log.info("going on", errand=name)
            away = False
        if not more:
            await asyncio.sleep(PATIENCE if away else idle)
