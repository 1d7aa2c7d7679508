"""A program on the web that does as it is told: every answer scripted, every way of breaking off."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CERTIFICATE = Path(__file__).parent / "hooks.example.pem"  # signed by itself, for the name hooks.example
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
DROP = b"drop"  # close the connection instead of answering
STALL = b"stall"  # never answer


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Words", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Asked:
    """What came in."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Program:
    """say: what it answers, in turn; the last answer stays. names: what TLS was asked for."""

    say: list[bytes] = field(default_factory=lambda: [OK])
    got: list[Asked] = field(default_factory=list[Asked])
    names: list[str | None] = field(default_factory=list[str | None])
    port: int = 0
    tls: bool = False

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/hooks"


@asynccontextmanager
async def listening(*say: bytes, tls: bool = False) -> AsyncIterator[Program]:
    program = Program(list(say) or [OK], tls=tls)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await _talk(program, reader, writer)
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=_context(program) if tls else None)
    program.port = server.sockets[0].getsockname()[1]
    try:
        yield program
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _talk(program: Program, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    program.got.append(Asked(head[0], headers, body))
    said = program.say.pop(0) if len(program.say) > 1 else program.say[0]
    if said == STALL:
        await asyncio.Event().wait()
    if said == DROP:
        writer.transport.abort()
        return
    writer.write(said)
    await writer.drain()


def _context(program: Program) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def asked_for(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        program.names.append(name)

    context.sni_callback = asked_for
    return context
