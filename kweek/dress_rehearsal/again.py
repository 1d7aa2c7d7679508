"""What came of the tests on a real server? Those that hold on the machine are lived again there, and compared."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final

import structlog
from msgspec.structs import replace

from kweek.dress_rehearsal.compare import compared
from kweek.dress_rehearsal.journey import Journey, journeys
from kweek.dress_rehearsal.play import Played, play
from kweek.dress_rehearsal.server import find_test_server
from kweek.rehearsal import Tested
from kweek.workspace import Workspace
from kweek.worlds import world_of

ENGINE: Final = "temporal"
Told = Callable[[int, int], None]
_SECONDS: Final = 120.0
_EACH: Final = 2.0  # seconds more for every lead; on a slow machine one takes a quarter of that


def again(workspace: Workspace, tested: Tested, told: Told = lambda done, of: None) -> Tested:
    """What fails on the machine has said why, and is not lived again. told: so many of its moments are over, of so
    many. KweekError: there is no server, or it stands still."""
    find_test_server()
    world = world_of(workspace)
    holding = [n for n, result in enumerate(tested.results) if result.holds]
    cases = [tested.results[n].case for n in holding]
    everybody = list(journeys(((world.plans[case.flow], case) for case in cases), world))
    if not everybody:
        return replace(tested, engine=ENGINE)
    began = perf_counter()
    with TemporaryDirectory(prefix="kweek-") as folder:
        seconds = _SECONDS + _EACH * len(everybody)
        played = _quietly(Path(folder) / "house", workspace.folder, everybody, seconds, told)
    took = (perf_counter() - began) / len(cases)
    results = list(tested.results)
    for number, n in enumerate(holding):
        one = compared(results[n], [lived for lived in played if lived.journey.number == number])
        results[n] = replace(one, engines=(*one.engines, ENGINE), seconds=one.seconds + took)
    return replace(tested, results=tuple(results), engine=ENGINE)


def _quietly(folder: Path, workspace: Path, everybody: Sequence[Journey], seconds: float, told: Told) -> list[Played]:
    """A client with calls in flight at exit may abort the interpreter: collected and given a breath, it does not."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )  # what a worker reports in service nobody asked for here, and stdout belongs to the answer
    try:
        return asyncio.run(play(folder, workspace, everybody, seconds, told=told))
    finally:
        structlog.configure(**before)
        gc.collect()
        sleep(0.2)
