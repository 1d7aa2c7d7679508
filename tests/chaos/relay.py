"""A mail relay that cannot be asked what it got: real SMTP that counts, a little slow, so that a kill finds it busy."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from email import message_from_bytes
from email.policy import SMTP as POLICY

from aiosmtpd.smtp import SMTP, Envelope, Session

SLOW = 0.05  # seconds between the message and the answer


class CountingRelay:
    """`arrived`: Message-ID → how many times. Runs in a thread of its own."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> CountingRelay:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _listen(self) -> int:
        server = await self._loop.create_server(lambda: SMTP(self, hostname="relay.localhost"), "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"", policy=POLICY)
        self.arrived[str(message["Message-ID"])] += 1
        await asyncio.sleep(SLOW)
        return "250 2.0.0 OK"
