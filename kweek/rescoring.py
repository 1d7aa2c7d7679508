"""Who has all leads rescored, and looks on? The worker does it; this asks for it, and asks how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from kweek.config import Settings
from kweek.errors import TemporalAway
from worker import connect, part_quietly, rescore_all
from workflows.messages import Rescored
from workflows.rescoring import Rescoring

_CONNECT: Final = 10.0  # seconds
_LOOK: Final = timedelta(seconds=0.5)


async def rescored(settings: Settings, told: Callable[[int, int], None], say: Callable[[str], None]) -> Rescored:
    """Have it done; the answer is how it ended. told: leads done, of how many. TemporalAway."""
    client = None
    try:
        with suppress(TimeoutError):
            client = await asyncio.wait_for(connect(settings, asyncio.Event(), say), _CONNECT)
        if client is None:
            raise TemporalAway(f"Temporal at {settings.temporal_address} cannot be worked with now; nothing was begun")
        handle = await rescore_all(client)
        looking = asyncio.create_task(_look(handle, told))
        try:
            return await handle.result()
        except WorkflowFailureError as error:
            raise TemporalAway(f"it was ended from outside: {error.cause}") from None
        finally:
            looking.cancel()
    finally:
        client = None
        await part_quietly()


async def _look(handle: WorkflowHandle[Rescoring, Rescored], told: Callable[[int, int], None]) -> None:
    while True:
        await asyncio.sleep(_LOOK.total_seconds())
        with suppress(RPCError):  # no worker answers now
            so_far = await handle.query(Rescoring.progress, rpc_timeout=timedelta(seconds=2))
            told(so_far.leads, so_far.of)
