"""How does one mail go to the relay, and what came of it? One conversation, and one of five words for its outcome.

`KWEEK_SMTP_URL` is `smtp://user:password@relay.example:587`, `smtps://…` (TLS from the start) or `catcher://…` (the
local mail catcher). STARTTLS is demanded where there is a password and taken where it is offered, but on this machine;
`?tls=off` does without, `?ca=/path` trusts a certificate authority of one's own.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qs, unquote, urlsplit

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

from kweek.errors import KweekError
from kweek.mails.status import Verdict, judge

SECONDS: Final = 45.0
"""For the whole conversation; the activity's start-to-close is longer, the ledger's lease longer still."""

Stage = Literal["greeting", "sender", "recipient", "data"]
Kind = Literal["accepted", "temporary", "bounced", "undelivered", "unknown"]


class RelayError(KweekError):
    """KWEEK_SMTP_URL makes no sense. The text never shows it."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail goes. tls: `implicit`, `required` or `offered` STARTTLS, `off`."""

    host: str
    port: int
    tls: Literal["implicit", "required", "offered", "off"]
    catcher: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    `accepted`: the relay has it. `temporary`: it has not; try again. `bounced`: the address is dead.
    `undelivered`: refused, and not the person's fault; `reason` says why. `unknown`: the connection was lost when the
    relay may have had it. code: digits for a history (`451 4.7.1`) or a word; words: the server's own, for our books.
    """

    kind: Kind
    code: str
    words: str = field(default="", repr=False)
    reason: str | None = None


def relay(url: str) -> Relay:
    """Read KWEEK_SMTP_URL. RelayError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RelayError("KWEEK_SMTP_URL is not an address; write smtp://user:password@relay.example:587") from None
    if parts.scheme not in ("smtp", "smtps", "catcher") or not parts.hostname:
        raise RelayError("KWEEK_SMTP_URL begins with smtp://, smtps:// or catcher://, then the relay's name")
    asked = parse_qs(parts.query)
    if unknown := set(asked) - {"tls", "ca"}:
        raise RelayError(f"KWEEK_SMTP_URL: there is no option “{min(unknown)}”; there are tls and ca")
    if asked.get("tls", ["off"]) != ["off"]:
        raise RelayError("KWEEK_SMTP_URL: tls can only be “off”")
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    username = unquote(parts.username) if parts.username else None
    if parts.scheme == "smtps":
        tls = "implicit"
    elif parts.scheme == "catcher" or "tls" in asked or (local and username is None and "ca" not in asked):
        tls = "off"
    else:
        tls = "required" if username else "offered"
    usual = {"smtps": 465, "catcher": 1025}.get(parts.scheme, 587 if username else 25)
    return Relay(
        parts.hostname, port or usual, tls, parts.scheme == "catcher",
        username, unquote(parts.password) if parts.password else None,
        Path(asked["ca"][0]) if "ca" in asked else None,
    )  # fmt: skip


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
