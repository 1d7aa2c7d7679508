"""Is a part still at work, or does it only stand there? Each touches its mark again and again; who looks sees it move.

A process that hangs keeps its port, and the system goes on taking connections for it. So the marks of our own parts
are touched from the very loop that does the work, and Temporal is asked something that it has to answer itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

EVERY: Final = 2.0  # seconds

_PATIENCE: Final = 2.0  # seconds for an answer


class Heart:
    """Beats for as long as the loop runs in which it was started."""

    def __init__(self, mark: str | Path | None) -> None:
        self.mark = Path(mark) if mark else None
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        """From now on it serves; to be called inside the loop. Without a mark nobody looks, and it stands still."""
        if self.mark is not None:
            self._beating = asyncio.get_running_loop().create_task(_beat(self.mark))


async def _beat(mark: Path) -> None:
    while True:
        with suppress(OSError):  # the folder may be away for a moment; who works goes on working
            mark.touch()
        await asyncio.sleep(EVERY)


def of_mark(mark: Path) -> Callable[[], bool]:
    """Answers whether it has moved since the last time that one asked."""
    seen: list[int] = [0]

    def moved() -> bool:
        try:
            now = mark.stat().st_mtime_ns
        except OSError:
            return False
        before, seen[0] = seen[0], now
        return now != before

    return moved


def of_temporal(ui_port: int) -> Callable[[], bool]:
    """Its pages hand this question on to the server itself."""

    def answers() -> bool:
        asked = HTTPConnection("127.0.0.1", ui_port, timeout=_PATIENCE)
        try:
            asked.request("GET", "/api/v1/system-info")
            return asked.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            asked.close()

    return answers


def marked(pulse: Callable[[], bool], mark: Path) -> Callable[[], bool]:
    """Touches the mark for a part that cannot do so itself, whenever it has given a sign of life."""

    def heard() -> bool:
        alive = pulse()
        if alive:
            with suppress(OSError):
                mark.touch()
        return alive

    return heard
