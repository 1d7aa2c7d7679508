"""Who holds a mail, and can that process still be alive? A name for this process, and a look at another's.

A lease outlasts every time-out, so after a `kill -9` a mail would wait for minutes. Where the holder ran on this very
machine and is gone, it cannot send any more, and nobody needs to wait for its lease.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")


@cache
def me() -> str:
    """`<machine>/<process>`: boot and process-number space, then number and start, which no later process shares."""
    return f"{_machine()}/{os.getpid()}-{_born(os.getpid())}"


def surely_dead(owner: str | None) -> bool:
    """Did the holder run here, and is it gone? False wherever that cannot be told."""
    machine, _, process = (owner or "").rpartition("/")
    number, _, born = process.partition("-")
    if machine != _machine() or not number.isdigit() or not born or born == "0":
        return False
    return _born(int(number)) != born


@cache
def _machine() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = (_PROC / "self/ns/pid").readlink()
    except OSError:  # no Linux: nothing can be told, and leases are waited for
        return f"{socket.gethostname()}/?{os.getpid()}"
    return f"{socket.gethostname()}/{boot}/{space}"


def _born(process: int) -> str:
    """When it started, in clock ticks since boot; `0`: it is not there, or a zombie (proc(5): stat, 22)."""
    try:
        fields = (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "0"
    return "0" if fields[0] in ("Z", "X") else fields[19]
