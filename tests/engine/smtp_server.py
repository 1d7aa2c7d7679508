"""A mail server that does as it is told: every answer scripted, every way of breaking off."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SAY: dict[str, bytes] = {
    "greeting": b"220 relay.example ESMTP",
    "ehlo": b"250-relay.example\r\n250-8BITMIME\r\n250 SIZE 10000000",
    "mail": b"250 2.1.0 OK",
    "rcpt": b"250 2.1.5 OK",
    "data": b"354 go ahead",
    "message": b"250 2.0.0 queued as 4711",
    "starttls": b"220 ready",
}
DROP = b"drop"  # close the connection instead of answering
STALL = b"stall"  # never answer


@dataclass
class Told:
    """say: what to answer at which point; a list is used up, its last item stays. got: what arrived whole."""

    say: dict[str, bytes | list[bytes]] = field(default_factory=dict)
    got: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    port: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)  # a stall ends, and goes on as if nothing had been
    drop_in_message: bool = False  # in the middle of the text

    def answer(self, point: str) -> bytes:
        told = self.say.get(point, SAY.get(point, b"250 OK"))
        if isinstance(told, list):
            return told.pop(0) if len(told) > 1 else told[0]
        return told


@asynccontextmanager
async def serving(told: Told) -> AsyncIterator[Told]:
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _talk(told, reader, writer)
        finally:
            tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*list(tasks), return_exceptions=True)


async def _talk(told: Told, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async def say(point: str) -> bool:
        answer = told.answer(point)
        if answer == STALL:
            await told.wake.wait()
            answer = SAY[point]
        if answer == DROP:
            return False
        writer.write(answer + b"\r\n")
        await writer.drain()
        return not answer.startswith(b"421")

    if not await say("greeting"):
        return
    while line := await reader.readline():
        verb = line.split()[0].decode("latin-1").lower() if line.split() else ""
        if verb == "mail":
            told.senders.append(line.decode().split("<")[1].split(">")[0])
        if verb == "quit":
            writer.write(b"221 bye\r\n")
            return
        if not await say({"helo": "ehlo"}.get(verb, verb)):
            return
        if verb == "data" and told.answer("data").startswith(b"354"):
            if told.drop_in_message:
                await reader.read(20)
                writer.transport.abort()
                return
            text = await reader.readuntil(b"\r\n.\r\n")
            told.got.append(text)
            if not await say("message"):
                return
