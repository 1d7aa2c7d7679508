"""What goes over the wire? One `EmailMessage` with every header that a mail from a machine should have.

RFC 5322 (the message), RFC 2369 and 8058 (List-Unsubscribe, by one click), RFC 3834 (Auto-Submitted). Headers refuse
CR and LF by themselves. Signing (DKIM) is the relay's work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Literal

from kweek.errors import KweekError

# The 78 of RFC 5322 is a wish; Python's way to keep it is to encode long words, which breaks the addresses in
# List-Unsubscribe. 998 is the limit.
_WIRE: Final = policy.SMTP.clone(max_line_length=990)
_BODY: Final = policy.SMTP  # quoted-printable lines do keep to 76
_WORD: Final = re.compile(r"[^A-Za-z0-9_.-]+")


class AddressError(KweekError):
    """There is no sending to (or from) this address."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a mail is from or to."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that one mail says. date: real time. mail, flow: names for Feedback-ID.

    leave: addresses of the way out, https and mailto; None where there is nothing to leave (service mail, notices).
    """

    message_id: str
    date: datetime
    sender: Person
    recipient: Person
    subject: str
    text: str
    html: str
    language: str
    mail: str
    audience: Literal["lead", "colleague"]
    kind: Literal["marketing", "service"]
    flow: str = ""
    reply_to: str | None = None
    leave: tuple[str, str] | None = None


def build(letter: Letter) -> EmailMessage:
    """The message. AddressError: an address that no header may hold."""
    message = EmailMessage(policy=_BODY)
    message["From"] = _address(letter.sender)
    message["To"] = _address(letter.recipient)
    if letter.reply_to and letter.reply_to != letter.sender.address:
        message["Reply-To"] = _address(Person(letter.reply_to))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.date)
    message["Message-ID"] = letter.message_id
    message["Content-Language"] = letter.language
    if letter.leave is not None:
        page, mailbox = letter.leave
        message["List-Unsubscribe"] = f"<{page}>, <mailto:{mailbox}?subject=unsubscribe>"
        if page.startswith("https://"):  # RFC 8058, 3.1: only with https
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.audience == "colleague":
        message["Auto-Submitted"] = "auto-generated"
    else:
        domain = letter.message_id.strip("<>").rsplit("@", 1)[-1]
        parts = (letter.mail, letter.flow or "none", letter.kind, domain.removeprefix("www.")[:15])
        message["Feedback-ID"] = ":".join(_WORD.sub("-", part) for part in parts)
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message


def wire(message: EmailMessage) -> bytes:
    """As SMTP carries it. UTF-8 in headers only where an address needs it (RFC 6532)."""
    found = (address for name in ("From", "To", "Reply-To") if message[name] for address in message[name].addresses)
    international = any(not address.username.isascii() for address in found)
    return message.as_bytes(policy=_WIRE.clone(utf8=True) if international else _WIRE)


def ascii_domain(address: str) -> str:
    """`anna@bücher.example` → `anna@xn--bcher-kva.example`: every relay can read that."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        raise AddressError("the domain of the address is none") from None


def _address(person: Person) -> Address:
    name = " ".join(person.name.split())
    name, spec = name if name.isprintable() else "", ascii_domain(person.address)
    local, _, domain = spec.rpartition("@")
    try:
        # the parser behind addr_spec knows no RFC 6532
        return Address(name, addr_spec=spec) if local.isascii() else Address(name, username=local, domain=domain)
    except (HeaderParseError, ValueError, IndexError):
        raise AddressError("no header can hold the address") from None
