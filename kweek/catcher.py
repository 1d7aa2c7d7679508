"""Where does mail go on one machine? Into a table, where people can read it; nothing leaves the house.

A real SMTP server (aiosmtpd) on 127.0.0.1. For tests and for playing it can be told, by `behaviours` or by the
recipient's address itself, to bounce, to refuse, to greylist or to stall: `anna+bounce@example.com`. A bounce is a
real RFC 3464 report, delivered to the envelope sender as a mail server would. What comes back to a mail, be it that or
a reply from a mail program, is handed to `comes_back`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Final, Literal

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import insert, select

from kweek.leads.database import Database, DatabaseAway
from kweek.leads.tables import caught
from kweek.returned import delivery_report

Behaviour = Literal["accept", "bounce", "refuse", "policy", "greylist", "stall"]
_TAGS: Final[dict[str, Behaviour]] = {
    "+bounce@": "bounce", "+refuse@": "refuse", "+policy@": "policy", "+greylist@": "greylist", "+stall@": "stall"
}  # fmt: skip
_LARGEST: Final = 10 * 1024 * 1024

ComesBack = Callable[[str, str, bytes], bool]
"""To, from (of the envelope) and the message. Is it an address for this alone? Then it is nobody's mailbox."""


@dataclass  # aiosmtpd looks at every member of its handler, and Debian 12's Python 3.11.2 stumbles over those of slots
class Catcher:
    """`behaviours`: address → what to do with it; what an address says of itself (`+bounce@`) comes second.

    now: flow time, for the column `at`.
    """

    database: Database
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    behaviours: Mapping[str, Behaviour] = field(default_factory=dict[str, Behaviour])
    comes_back: ComesBack | None = None
    stall_seconds: float = 600.0
    bounce_after: float = 0.2  # seconds; a real one comes after the mail was accepted, too
    _seen: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _bouncing: set[asyncio.Task[None]] = field(default_factory=set["asyncio.Task[None]"])
    _server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; the port that it became."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="catcher.localhost", enable_SMTPUTF8=True, data_size_limit=_LARGEST)

    def behaviour(self, address: str) -> Behaviour:
        if (told := self.behaviours.get(address.lower())) is not None:
            return told
        tagged: list[Behaviour] = [behaviour for tag, behaviour in _TAGS.items() if tag in address.lower()]
        return tagged[0] if tagged else "accept"

    # --- aiosmtpd calls these by name ---

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match self.behaviour(address):
            case "refuse":
                return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
            case "policy":
                return "550 5.7.1 Message rejected: not accepted by policy"
            case "greylist" if (sender := (envelope.mail_from or "", address)) not in self._seen:
                self._seen.add(sender)
                return "450 4.7.1 Greylisted, try again later"
            case "stall":
                await asyncio.sleep(self.stall_seconds)
            case _:
                pass
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._deliver, envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        except DatabaseAway:  # aiosmtpd would say 500, which is for good
            return "451 4.3.0 nowhere to keep it now, try again later"
        if envelope.mail_from:
            for address in envelope.rcpt_tos:
                if self.behaviour(address) == "bounce":
                    task = asyncio.create_task(self._bounce(raw, address, envelope.mail_from))
                    self._bouncing.add(task)
                    task.add_done_callback(self._bouncing.discard)
        return "250 2.0.0 OK: caught"

    async def _bounce(self, raw: bytes, recipient: str, sender: str) -> None:
        await asyncio.sleep(self.bounce_after)
        report = delivery_report(raw, recipient, sender, at=datetime.now(UTC))
        if self.comes_back is not None:
            await asyncio.to_thread(self.comes_back, sender, "", report)

    def _deliver(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """First what comes back, which may be handed over twice; then the mailboxes, which would have it twice."""
        if self.comes_back is not None:
            recipients = [address for address in recipients if not self.comes_back(address, sender, raw)]
        if recipients:
            keep(self.database, sender, recipients, raw, self.now())


def keep(database: Database, sender: str, recipients: list[str], raw: bytes, at: datetime) -> None:
    """Put a mail where the pages show it, once for each recipient."""
    message = message_from_bytes(raw, policy=policy.SMTP)
    row = {
        "message_id": str(message["Message-ID"] or "") or None, "sender": sender,
        "subject": str(message["Subject"] or "")[:500], "raw": raw, "at": at,
    }  # fmt: skip
    with database.write() as tx:
        tx.execute(insert(caught), [row | {"recipient": recipient} for recipient in recipients])


def arrived(database: Database, message_id: str) -> bool:
    """The look-up: did a mail with this Message-ID come in?"""
    with database.read() as read:
        return read.execute(select(caught.c.id).where(caught.c.message_id == message_id).limit(1)).first() is not None
