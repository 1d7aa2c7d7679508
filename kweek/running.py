"""Does a `kweek up` work in this folder, and where does it listen? Its lock says so, and what stands in the lock.

The system lets go of a lock with whoever held it, however he ended: what an earlier one wrote there misleads nobody.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from kweek.config import Settings
from kweek.errors import KweekError
from kweek.relay import relay

_LOCK: Final = "up.lock"
_TRIES: Final = 5  # somebody who looks holds it for a moment
_ADDRESSES: Final = ("temporal_address", "temporal_namespace", "base_url", "smtp_url")


class AlreadyUpError(KweekError):
    """Another `kweek up` works in this folder."""


@contextmanager
def alone_in(chosen: Settings) -> Generator[None]:
    """Nobody else works in the data folder meanwhile, and whoever asks hears where we listen. AlreadyUpError."""
    data = chosen.data
    data.mkdir(parents=True, exist_ok=True)
    with (data / _LOCK).open("a") as lock:
        for last in range(_TRIES, 0, -1):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if last == 1:
                    other = f"another `kweek up` works in {data}; stop that one, or choose --data DIR"
                    raise AlreadyUpError(other) from None
                time.sleep(0.05)
        lock.truncate(0)
        json.dump(_of(chosen), lock)
        lock.flush()
        yield


def addresses_in(data: Path) -> Mapping[str, str]:
    """Settings by name, as the `kweek up` has them that works there now; nothing where none does."""
    try:
        with (data / _LOCK).open() as lock:
            if _is_held(lock):
                said: dict[str, str] = json.load(lock)
                return {name: said[name] for name in _ADDRESSES if name in said}
    except (OSError, ValueError):  # there is none; or it has not written yet
        return {}
    return {}


def _is_held(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _of(chosen: Settings) -> dict[str, str]:
    """No password is written down: a relay of one's own has to be said where it is needed."""
    said = {name: str(getattr(chosen, name)) for name in _ADDRESSES}
    return said if relay(chosen.smtp_url).catcher else {name: said[name] for name in _ADDRESSES[:3]}
