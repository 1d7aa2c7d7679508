"""What did a part say? A log for each, which makes room when it has grown large."""

from __future__ import annotations

from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

_LARGEST = 10 * 1024 * 1024  # bytes; asked when it is opened
_OLD = 3  # kept beside it, `<name>.log.1` the newest


def open_log(path: Path) -> IO[bytes]:
    """To write at its end. One that has grown large makes room first: nobody holds it open now, as a child would."""
    if path.exists() and path.stat().st_size > _LARGEST:
        rotation = RotatingFileHandler(path, backupCount=_OLD, delay=True)
        rotation.doRollover()
        rotation.close()
    return path.open("ab")


def last_line(log: Path) -> str:
    """Its last words, as far as a terminal is the place for them."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4_096))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
