"""Who keeps the parts running? A small supervisor: starts children, restarts what falls, stops all in order."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1  # prctl(2): Linux tells a child when its parent dies, however it dies

Say = Callable[[str], None]


@dataclass(slots=True)
class Part:
    """One child process. `ready` answers whether it serves; `patience` seconds are given it to end by itself."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    patience: float = 15.0
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0
    next_start: float = 0.0
    was_ready: bool = False


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def listens(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs parts until it is told to stop. Every part's output goes to `<logs>/<name>.log`."""

    def __init__(self, parts: Sequence[Part], logs: Path, say: Say) -> None:
        self.parts = list(parts)
        self.logs = logs
        self.say = say
        self.stopping = False
        self._open_logs: dict[str, IO[bytes]] = {}

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start all, call `on_ready` once all serve, watch until SIGINT or SIGTERM, stop all."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._told_to_stop)
        announced = False
        try:
            while not self.stopping:
                for part in self.parts:
                    self._look_after(part)
                if not announced and all(part.was_ready for part in self.parts):
                    on_ready()
                    announced = True
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _told_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is None:
            if now >= part.next_start:
                self._start(part)
            return
        code = part.process.poll()
        if code is not None:
            part.process, part.was_ready = None, False
            part.falls += 1
            pause = min(30.0, 0.5 * 2 ** min(part.falls, 6))
            part.next_start = now + pause
            self.say(f"{part.name} ended ({code}); starting it again in {pause:.0f} s. See {self._log_path(part)}")
        elif not part.was_ready and part.ready():
            part.was_ready = True
            part.falls = 0

    def _log_path(self, part: Part) -> Path:
        return self.logs / f"{part.name}.log"

    def _start(self, part: Part) -> None:
        log = self._open_logs.get(part.name)
        if log is None:
            log = self._open_logs[part.name] = self._log_path(part).open("ab")
        part.process = subprocess.Popen(  # noqa: S603 - our own commands
            part.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **part.environment},
            start_new_session=True,  # Ctrl-C in the terminal is ours to pass on, in order
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, no locks
        )

    def _stop_all(self) -> None:
        """The last started goes first: who asks is gone before who answers."""
        for part in reversed(self.parts):
            if part.process is None or part.process.poll() is not None:
                continue
            part.process.terminate()
            try:
                part.process.wait(part.patience)
            except subprocess.TimeoutExpired:
                self.say(f"{part.name} did not end within {part.patience:.0f} s; ending it")
                part.process.kill()
                part.process.wait()
        for log in self._open_logs.values():
            log.close()
