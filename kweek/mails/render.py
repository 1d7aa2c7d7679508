"""How is a mail rendered without endangering the worker? In a process of its own, which is killed at two seconds.

A `Renderer` keeps a few such processes; each takes one request at a time and is replaced when it was killed. They
are started when first needed, and end by themselves when we do (their input closes).
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from kweek.errors import KweekError
from kweek.mails.marks import CLOSE_LINK, OPEN_LINK, PIXEL, tagged
from kweek.mails.template import MailTemplate

SECONDS: Final = 2.0
_START: Final = 30.0  # to import and to warm up, also on a machine that is very busy
_LONGEST: Final = 8 * 1024 * 1024  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the mail; its place in the list is its number."""

    name: str | None
    target: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail for one lead, but for its links: `finish` says where each goes. `refused`: targets that were dropped."""

    subject: str
    preview: str
    text: str
    html: str
    links: tuple[Link, ...] = ()
    refused: tuple[str, ...] = ()

    def finish(self, targets: Sequence[str] | None = None, pixel: str | None = None) -> tuple[str, str]:
        """Text and HTML with each link's target (its own, unless others are given) and the open pixel, if any."""
        import html as escapes

        text, page = self.text, self.html
        for number, target in enumerate(targets if targets is not None else [link.target for link in self.links]):
            mark = f"{OPEN_LINK}{number}{CLOSE_LINK}"
            text, page = text.replace(mark, target), page.replace(mark, escapes.escape(target))
        image = f'<img src="{escapes.escape(pixel)}" width="1" height="1" alt="">' if pixel else ""
        return text, page.replace(PIXEL, image)


class RenderError(KweekError):
    """The mail cannot be rendered for this lead. `line` is the file's."""

    def __init__(self, words: str, code: Literal["template", "too slow", "too big"], line: int = 1) -> None:
        super().__init__(words)
        self.code, self.line = code, line


@dataclass(frozen=True, slots=True)
class Missing:
    """A name in a mail that the context lacks; `known` are those that stand at its place."""

    line: int
    name: str
    known: tuple[str, ...]


@dataclass(slots=True)
class _Process:
    """One render process, between requests."""

    popen: subprocess.Popen[bytes]
    ready: bool = False
    left: bytearray = field(default_factory=bytearray)

    def ask(self, request: bytes, seconds: float) -> bytes:
        """Send a line, read a line. TimeoutError, or EOFError where the process ended."""
        deadline = time.monotonic() + seconds
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        with selectors.DefaultSelector() as ready:
            if request:
                os.set_blocking(self.popen.stdin.fileno(), False)
                ready.register(self.popen.stdin, selectors.EVENT_WRITE)
            ready.register(self.popen.stdout, selectors.EVENT_READ)
            rest = memoryview(request)
            while b"\n" not in self.left:
                if (wait := deadline - time.monotonic()) <= 0:
                    raise TimeoutError
                for key, _ in ready.select(wait):
                    if key.fileobj is self.popen.stdin:
                        try:
                            rest = rest[os.write(key.fd, rest) :]
                        except BrokenPipeError:
                            raise EOFError from None
                        if not rest:
                            ready.unregister(self.popen.stdin)
                    elif chunk := os.read(key.fd, 65_536):
                        self.left += chunk
                        if len(self.left) > _LONGEST:
                            raise EOFError
                    else:
                        raise EOFError
        line, _, after = self.left.partition(b"\n")
        self.left = bytearray(after)
        return bytes(line)

    def end(self) -> None:
        self.popen.kill()
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class Renderer:
    """A small pool of render processes; may be used from many threads."""

    def __init__(self, processes: int = 1, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._room = threading.Semaphore(processes)
        self._lock = threading.Lock()
        self._idle: list[_Process] = []

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def processes(self) -> list[int]:
        """Ids of the processes that wait for work."""
        with self._lock:
            return [process.popen.pid for process in self._idle]

    def close(self) -> None:
        """End the idle processes; one that renders now ends when it is done."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def start(self) -> None:
        """Start a process now, without waiting for it: its imports run beside ours."""
        with self._lock:
            if not self._idle:
                self._idle.append(_start())

    def render(self, mail: MailTemplate, context: Mapping[str, Any]) -> Rendered:
        """Render for one lead. RenderError says what is wrong with the mail."""
        answer = self._ask("render", mail, context)
        got: dict[str, Any] = answer["mail"]
        links = tuple(Link(link["name"], link["target"]) for link in got["links"])
        return Rendered(got["subject"], got["preview"], got["text"], got["html"], links, tuple(got["refused"]))

    def missing(self, mail: MailTemplate, context: Mapping[str, Any]) -> list[Missing]:
        """The names in the mail that the context lacks. RenderError: it is not Jinja2."""
        found: list[dict[str, Any]] = self._ask("names", mail, context)["names"]
        return [
            Missing(_line_in_file(mail, one["part"], one["line"]), one["name"], tuple(one["known"])) for one in found
        ]

    def _ask(self, op: str, mail: MailTemplate, context: Mapping[str, Any]) -> dict[str, Any]:
        request = {
            "op": op, "language": mail.language, "subject": mail.subject, "preview": mail.preview, "body": mail.body,
            "leave": mail.kind == "marketing", "context": tagged(context),
        }  # fmt: skip
        answer: dict[str, Any] = json.loads(self._exchange(json.dumps(request).encode() + b"\n"))
        if refused := answer.get("refused"):
            raise RenderError(refused["words"], "template", _line_in_file(mail, refused["part"], refused["line"]))
        return answer

    def _exchange(self, request: bytes) -> bytes:
        """An idle process may have been killed from outside (out of memory, an operator): a fresh one then tries."""
        with self._room:
            with self._lock:
                idle = self._idle.pop() if self._idle else None
            if idle is not None:
                try:
                    return self._exchange_with(idle, request)
                except RenderError as error:
                    if error.code != "too big":
                        raise
            return self._exchange_with(_start(), request)

    def _exchange_with(self, process: _Process, request: bytes) -> bytes:
        try:
            if not process.ready:
                process.ask(b"", _START)
                process.ready = True
            answer = process.ask(request, self._seconds)
        except TimeoutError:
            process.end()
            raise RenderError(f"it takes longer than {self._seconds:g} seconds", "too slow") from None
        except EOFError:
            process.end()
            raise RenderError("it takes too much memory or time", "too big") from None
        except BaseException:
            process.end()
            raise
        with self._lock:
            self._idle.append(process)
        return answer


def _start() -> _Process:
    """The environment is ours alone: no secret of the worker's goes along."""
    paths = os.pathsep.join(path for path in sys.path if path)
    return _Process(
        subprocess.Popen(
            [sys.executable, "-m", "kweek.mails.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": paths, "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"},
            start_new_session=True,  # a Ctrl-C is for the worker, which ends us by closing our input
        )
    )


def _line_in_file(mail: MailTemplate, part: str, line: int) -> int:
    return mail.body_line + line - 1 if part == "body" else mail.lines.get(part, 1)
