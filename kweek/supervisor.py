"""Who keeps the parts running? A small supervisor: starts children, restarts what falls, stops all in order.

What runs elsewhere (a Temporal server, a database, a relay) it only watches: the terminal says when it is away, and
when it is back.
"""

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
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1  # prctl(2): Linux tells a child when its parent dies, however it dies
_LOOK_EVERY = 2.0  # seconds between looks at a server that is not ours, and at a port that somebody else has
_STEADY = 10.0  # seconds of serving after which a fall is a new one, and not one more
_LONGEST_PAUSE = 30.0  # seconds
_LARGEST_LOG = 10 * 1024 * 1024  # bytes; asked when it is opened
_OLD_LOGS = 3  # kept beside it, `<name>.log.1` the newest

Say = Callable[[str], None]


@dataclass(slots=True)
class Outside:
    """Somebody else's server, watched from here. `name` as a sentence begins: “Temporal”."""

    name: str
    host: str
    port: int
    away: bool = False
    next_look: float = 0.0


@dataclass(frozen=True, slots=True)
class Port:
    """Where a part listens, and by which option that is chosen."""

    number: int
    option: str
    host: str = "127.0.0.1"


@dataclass(slots=True)
class Part:
    """One child process. `ready` answers whether it serves; `patience` seconds are given it to end by itself.

    needs: who it cannot serve without. mark: the file by which it says that it serves; removed before every start.
    ports: it is not started while another program has one of them; so whoever listens there is this part.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    patience: float = 5.0
    needs: Outside | None = None
    mark: Path | None = None
    ports: Sequence[Port] = ()
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0  # since it last served steadily
    next_start: float = 0.0
    ready_since: float | None = None
    ever_ready: bool = False
    kept_out: bool = False  # another program has its port, and that was said


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


def _how(code: int) -> str:
    return f"was killed (signal {-code})" if code < 0 else f"ended (exit code {code})"


def open_log(path: Path) -> IO[bytes]:
    """To write at its end. One that has grown large makes room first: nobody holds it open now, as a child would."""
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        rotation = RotatingFileHandler(path, backupCount=_OLD_LOGS, delay=True)
        rotation.doRollover()
        rotation.close()
    return path.open("ab")


def _last_line(log: Path) -> str:
    """Its last words, as far as a terminal is the place for them."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4_096))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs parts until it is told to stop. Every part's output goes to `<logs>/<name>.log`, which
    is rotated at the start of `kweek up`, where it has grown large."""

    def __init__(self, parts: Sequence[Part], logs: Path, say: Say, outside: Sequence[Outside] = ()) -> None:
        self.parts = list(parts)
        self.outside = list(outside)
        self.logs = logs
        self.say = say
        self.stopping = False
        self._open_logs: dict[str, IO[bytes]] = {}

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start all, call `on_ready` once all serve that can, watch until SIGINT, SIGTERM or SIGHUP, stop all."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        announced = False
        try:
            while not self.stopping:
                for server in self.outside:
                    self._look_at(server)
                for part in self.parts:
                    self._look_after(part)
                if not announced and all(part.ready_since or (part.needs and part.needs.away) for part in self.parts):
                    on_ready()
                    announced = True
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _told_to_stop(self, number: int, frame: object) -> None:
        if not self.stopping:
            self.say("stopping")
        self.stopping = True

    def _look_at(self, server: Outside) -> None:
        now = time.monotonic()
        if now < server.next_look:
            return
        server.next_look = now + _LOOK_EVERY
        was, server.away = server.away, not listens(server.port, server.host)
        if server.away and not was:
            self.say(f"{server.name} does not answer at {server.host}:{server.port}; trying until it does")
        elif was and not server.away:
            self.say(f"{server.name} answers again at {server.host}:{server.port}")

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is None:
            if now >= part.next_start and self._may_start(part, now):
                self._start(part)
        elif (code := part.process.poll()) is not None:
            self._fell(part, code, now)
        elif part.ready_since is None and part.ready():
            part.ready_since = now
            if part.ever_ready:
                self.say(f"{part.name} serves again")
            part.ever_ready = True

    def _may_start(self, part: Part, now: float) -> bool:
        taken = next((port for port in part.ports if not port_is_free(port.number, port.host)), None)
        if taken is None:
            part.kept_out = False
            return True
        part.next_start = now + _LOOK_EVERY
        if not part.kept_out:
            self.say(
                f"{part.name} cannot start: port {taken.number} is taken by another program. It starts when that one "
                f"is gone; or stop, and choose another with {taken.option}"
            )
            part.kept_out = True
        return False

    def _fell(self, part: Part, code: int, now: float) -> None:
        """The pause grows with every fall that does not come after a steady while."""
        if part.ready_since is not None and now - part.ready_since >= _STEADY:
            part.falls = 0
        part.process, part.ready_since = None, None
        part.falls += 1
        pause = min(_LONGEST_PAUSE, 0.5 * 2 ** min(part.falls, 6))
        part.next_start = now + pause
        self.say(f"{part.name} {_how(code)}; starting it again in {pause:.0f} s. See {self._log_path(part)}")
        if code > 0 and (words := _last_line(self._log_path(part))):
            self.say(f"  {words}")

    def _log_path(self, part: Part) -> Path:
        return self.logs / f"{part.name}.log"

    def _start(self, part: Part) -> None:
        log = self._open_logs.get(part.name)
        if log is None:
            log = self._open_logs[part.name] = open_log(self._log_path(part))
        if part.mark is not None:
            part.mark.parent.mkdir(parents=True, exist_ok=True)
            part.mark.unlink(missing_ok=True)
        part.process = subprocess.Popen(  # noqa: S603 - our own commands
            part.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **part.environment},
            start_new_session=True,  # Ctrl-C in the terminal is ours to pass on, in order
            preexec_fn=_die_with_parent,  # one prctl call, no locks
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
