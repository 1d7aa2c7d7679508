"""Where does the race's mail go? To a relay that takes everything and keeps nothing, in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

_SAY = {b"EHLO": b"250-sink\r\n250 8BITMIME\r\n", b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 bye\r\n"}


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(_SAY.get(verb, b"250 OK\r\n"))
            if verb == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                break
        await writer.drain()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
    sys.exit(0)
