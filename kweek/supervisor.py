"""Who keeps the parts running? A small supervisor: starts children, restarts what falls, stops all in order.

A part that stands still is said, and after a while ended. What runs elsewhere (a Temporal server, a database, a relay)
it only watches: the terminal says when it is away, and when it is back.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kweek.outside import Outside
from kweek.part_logs import last_line, open_log
from kweek.ports import Port, port_is_free

_PR_SET_PDEATHSIG = 1  # prctl(2): Linux tells a child when its parent dies, however it dies
_LOOK_EVERY = 2.0  # seconds between looks at a server that is not ours, and at a port that somebody else has
_STEADY = 10.0  # seconds of serving after which a fall is a new one, and not one more
_LONGEST_PAUSE = 30.0  # seconds
_SILENT = 10.0  # seconds without a sign of life after which a person should know
_HUNG = 60.0  # seconds without one after which a part is ended, and started anew
_ROOM = 100 * 1024 * 1024  # bytes; where less is free, a person should know before nothing can be written
_PATIENCE = 30.0  # seconds; a start that takes longer is explained

Say = Callable[[str], None]


@dataclass(slots=True)
class Part:
    """One child process. `ready` answers whether it serves; `patience` seconds are given it to end by itself.

    pulse: has it given a sign of life lately? Asked once it serves. needs: who it cannot serve without. mark: the file
    by which it says that it serves; removed before every start. ports: it is not started while another program has one
    of them; so whoever listens there is this part.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    patience: float = 5.0
    pulse: Callable[[], bool] | None = None
    needs: Outside | None = None
    mark: Path | None = None
    ports: Sequence[Port] = ()
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0  # since it last served steadily
    next_start: float = 0.0
    ready_since: float | None = None
    ever_ready: bool = False
    kept_out: bool = False  # another program has its port, and that was said
    next_look: float = 0.0
    heard: float = 0.0  # its last sign of life
    silent: bool = False  # it gives none, and that was said


def _how(code: int) -> str:
    return f"was killed (signal {-code})" if code < 0 else f"ended (exit code {code})"


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
        self._started = time.monotonic()
        self._announced = self._explained = self._narrow = False
        self._next_look = 0.0
        self._open_logs: dict[str, IO[bytes]] = {}

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start all, call `on_ready` once all serve that can, watch until SIGINT, SIGTERM or SIGHUP, stop all."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        try:
            while not self.stopping:
                self._look_at_room()
                for server in self.outside:
                    self._look_at(server)
                for part in self.parts:
                    self._look_after(part)
                self._announce(on_ready)
                time.sleep(0.2)
        finally:
            self.say("stopping")  # not where the signal is heard: that may be in the middle of another line
            self._stop_all()

    def _announce(self, on_ready: Callable[[], None]) -> None:
        """Once: that all serve that can. Before that, once, who is waited for."""
        if self._announced:
            return
        waited_for = [part.name for part in self.parts if not (part.ready_since or (part.needs and part.needs.away))]
        if not waited_for:
            on_ready()
            self._announced = True
        elif not self._explained and time.monotonic() - self._started > _PATIENCE:
            self.say(f"still waiting for {', '.join(waited_for)}; {self.logs} says what they do")
            self._explained = True

    def _told_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _look_at_room(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_EVERY
        free = shutil.disk_usage(self.logs).free
        was, self._narrow = self._narrow, free < _ROOM
        if self._narrow and not was:
            self.say(f"the disk with {self.logs.parent} is nearly full ({free // 1024**2} MB free); make room")
        elif was and not self._narrow:
            self.say(f"the disk with {self.logs.parent} has room again")

    def _look_at(self, server: Outside) -> None:
        now = time.monotonic()
        if now < server.next_look:
            return
        server.next_look = now + _LOOK_EVERY
        wrong, was = server.look(), server.away
        server.away = wrong is not None
        if wrong and not was:
            self.say(wrong)
        elif was and not wrong:
            self.say(server.back)

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is None:
            if now >= part.next_start and self._may_start(part, now):
                self._start(part)
        elif (code := part.process.poll()) is not None:
            self._fell(part, code, now)
        elif part.ready_since is not None:
            self._listen_to(part, part.process, now)
        elif part.ready():
            part.ready_since = part.heard = now
            if part.ever_ready:
                self.say(f"{part.name} serves again")
            part.ever_ready = True

    def _listen_to(self, part: Part, process: subprocess.Popen[bytes], now: float) -> None:
        """SIGKILL ends also who was stopped; nothing is lost by it, and nothing done twice."""
        if part.pulse is None or now < part.next_look:
            return
        part.next_look = now + _LOOK_EVERY
        if part.pulse():
            part.heard = now
            if part.silent:
                self.say(f"{part.name} answers again")
                part.silent = False
        elif (silence := now - part.heard) > _HUNG:
            self.say(f"{part.name} has not answered for {silence:.0f} s; ending it")
            process.kill()
        elif silence > _SILENT and not part.silent:
            self.say(f"{part.name} has not answered for {silence:.0f} s. See {self._log_path(part)}")
            part.silent = True

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
        part.process, part.ready_since, part.silent = None, None, False
        part.falls += 1
        pause = min(_LONGEST_PAUSE, 0.5 * 2 ** min(part.falls, 6))
        part.next_start = now + pause
        self.say(f"{part.name} {_how(code)}; starting it again in {pause:.0f} s. See {self._log_path(part)}")
        if code > 0 and (words := last_line(self._log_path(part))):
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
