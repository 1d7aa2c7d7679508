"""How does a command do one thing at Temporal? It connects, does it, and parts without hanging."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeVar

from temporalio.client import Client

from kweek.config import Settings
from kweek.errors import TemporalAway
from worker import connect, part_quietly

_CONNECT: Final = 20.0  # seconds for Temporal, which may just be starting

T = TypeVar("T")


async def at_temporal(
    settings: Settings, say: Callable[[str], None], undone: str, work: Callable[[Client], Awaitable[T]]
) -> T:
    """What the work answers. undone: what was not done where Temporal is away (TemporalAway): “nobody was rung”."""
    client = None
    try:
        with suppress(TimeoutError):
            client = await asyncio.wait_for(connect(settings, asyncio.Event(), say), _CONNECT)
        if client is None:
            raise TemporalAway(f"Temporal at {settings.temporal_address} cannot be worked with now; {undone}")
        return await work(client)
    finally:
        client = None
        await part_quietly()  # also where there is no client: its threads have begun
