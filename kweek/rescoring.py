"""Who has all leads rescored, and looks on? The worker does it; this asks for it, and asks how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from kweek.at_temporal import at_temporal
from kweek.config import Settings
from kweek.errors import TemporalAway
from worker import rescore_all
from workflows.messages import Rescored
from workflows.rescoring import Rescoring

_LOOK: Final = timedelta(seconds=0.5)


async def rescored(settings: Settings, told: Callable[[int, int], None], say: Callable[[str], None]) -> Rescored:
    """Have it done; the answer is how it ended. told: leads done, of how many. TemporalAway."""
    return await at_temporal(settings, say, "nothing was begun", lambda client: _rescored(client, told))


async def _rescored(client: Client, told: Callable[[int, int], None]) -> Rescored:
    handle = await rescore_all(client)
    looking = asyncio.create_task(_look(handle, told))
    try:
        return await handle.result()
    except WorkflowFailureError as error:
        raise TemporalAway(f"it was ended from outside: {error.cause}") from None
    finally:
        looking.cancel()


async def _look(handle: WorkflowHandle[Rescoring, Rescored], told: Callable[[int, int], None]) -> None:
    while True:
        await asyncio.sleep(_LOOK.total_seconds())
        with suppress(RPCError):  # no worker answers now
            so_far = await handle.query(Rescoring.progress, rpc_timeout=timedelta(seconds=2))
            told(so_far.leads, so_far.of)
