"""How does one mail go to the relay, and what came of it? One conversation, and one of five words for its outcome."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from kweek.mails.status import Verdict, judge
from kweek.relay import Relay

SECONDS: Final = 45.0
"""For the whole conversation; the activity's start-to-close is longer, the ledger's lease longer still."""

Stage = Literal["greeting", "sender", "recipient", "data"]
Kind = Literal["accepted", "temporary", "bounced", "undelivered", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    `accepted`: the relay has it. `temporary`: it has not; try again. `bounced`: the address is dead.
    `undelivered`: refused, and not the person's fault; `reason` says why. `unknown`: the connection was lost when the
    relay may have had it. code: digits for a history (`451 4.7.1`) or a word; words: the server's own, for our books.
    pause: how long the other side asked us to wait.
    """

    kind: Kind
    code: str
    words: str = field(default="", repr=False)
    reason: str | None = None
    pause: timedelta | None = None


async def deliver(to: Relay, sender: str, recipient: str, message: bytes, seconds: float = SECONDS) -> Outcome:
    """Hand one mail to the relay. Never raises for what a mail server does; a cancelled call is `unknown` to nobody
    but the caller, who shields it."""
    stage: Stage = "greeting"
    client = _client(to, sender, seconds)
    try:
        async with asyncio.timeout(seconds):
            await client.connect()
            stage = "sender"
            options = [] if recipient.isascii() and sender.isascii() else ["SMTPUTF8"]
            encoding = "utf-8" if options else "ascii"
            if options and client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if options and not client.supports_extension("smtputf8"):
                return Outcome("undelivered", "smtputf8", "the relay cannot send to this address", "not supported")
            await client.mail(sender, options=options, encoding=encoding)
            stage = "recipient"
            await client.rcpt(recipient, encoding=encoding)
            stage = "data"
            answer = await client.data(message)
            stage = "greeting"  # whatever happens from here on, it was accepted
            return Outcome("accepted", "250", answer.message)
    except SMTPResponseException as error:
        return _answered(stage, error) if 400 <= error.code <= 599 else _broken_off(stage, error)
    except ValueError as error:  # an address that SMTP cannot hold
        return Outcome("undelivered", "address", str(error), "not supported")
    except (SMTPException, OSError, TimeoutError, EOFError) as error:
        return _broken_off(stage, error)
    finally:
        await _goodbye(client)


def _client(to: Relay, sender: str, seconds: float) -> SMTP:
    context = None
    if to.tls != "off":
        context = ssl.create_default_context(cafile=str(to.ca) if to.ca else None)
    return SMTP(
        hostname=to.host, port=to.port, username=to.username, password=to.password, timeout=seconds,
        use_tls=to.tls == "implicit", start_tls={"required": True, "offered": None}.get(to.tls, False),
        tls_context=context, local_hostname=sender.rpartition("@")[2] or None,
    )  # fmt: skip


def _answered(stage: Stage, error: SMTPResponseException) -> Outcome:
    """The server said no, in figures."""
    verdict = judge(error.code, error.message, at_recipient=isinstance(error, SMTPRecipientRefused))
    if isinstance(error, SMTPAuthenticationError) or stage == "greeting":
        # It refuses us, not this mail: whoever runs Kweek must act, and the mail waits for that.
        return Outcome("temporary", f"relay {verdict.code}", error.message)
    match verdict:
        case Verdict(kind="soft") if error.code < 500:
            return Outcome("temporary", verdict.code, error.message)
        case Verdict(kind="hard"):
            return Outcome("bounced", verdict.code, error.message, verdict.reason)
        case _:
            return Outcome("undelivered", verdict.code, error.message, verdict.reason)


def _broken_off(stage: Stage, error: BaseException) -> Outcome:
    """There was no answer. Only from DATA on can the relay have the mail."""
    match error:
        case SMTPTimeoutError() | TimeoutError():
            code = "timeout"
        case ssl.SSLError() | SMTPNotSupported():
            code = "tls"
        case SMTPResponseException():
            code = "garbage"
        case SMTPServerDisconnected():
            code = "connection lost"
        case _:
            code = "tls" if "TLS" in str(error) or "SSL" in str(error) else "no connection"
    return Outcome("unknown" if stage == "data" else "temporary", code, f"{type(error).__name__}: {error}")


async def _goodbye(client: SMTP) -> None:
    """Politely, but what was said before counts whatever comes of it."""
    try:
        async with asyncio.timeout(2):
            await client.quit()
    except (SMTPException, OSError, TimeoutError):
        pass
    finally:
        client.close()
