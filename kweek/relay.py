"""Where does mail go? What KWEEK_SMTP_URL says, read.

`smtp://user:password@relay.example:587`, `smtps://…` (TLS from the start) or `catcher://…` (the local mail catcher).
STARTTLS is demanded where there is a password and taken where it is offered, but on this machine; `?tls=off` does
without, `?ca=/path` trusts a certificate authority of one's own, `?rate=300/hour` hands over no more than so many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from kweek.errors import SettingsError

Tls = Literal["implicit", "required", "offered", "off"]

_USUAL: Final = {"smtps": 465, "catcher": 1025}
_HERE: Final = ("localhost", "127.0.0.1", "::1")
_RATE: Final = re.compile(r"(\d{1,9})/(second|minute|hour|day)")
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


class RelayError(SettingsError):
    """KWEEK_SMTP_URL makes no sense. The text never shows it: it may hold a password."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail goes. tls: `implicit`, `required` or `offered` STARTTLS, `off`. rate: mails a second that all workers
    together hand over at most, those that are tried again among them; None: as many as it takes."""

    host: str
    port: int
    tls: Tls
    catcher: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    rate: float | None = None


def relay(url: str) -> Relay:
    """Read KWEEK_SMTP_URL. RelayError."""
    parts, port = _split(url)
    if parts.scheme not in ("smtp", "smtps", "catcher") or not parts.hostname:
        raise RelayError("it begins with smtp://, smtps:// or catcher://, then the relay's name")
    asked = _options(parts.query)
    username = unquote(parts.username) if parts.username else None
    return Relay(
        parts.hostname,
        port or _USUAL.get(parts.scheme, 587 if username else 25),
        _tls(parts, asked, username),
        parts.scheme == "catcher",
        username,
        unquote(parts.password) if parts.password else None,
        Path(asked["ca"]) if "ca" in asked else None,
        _rate(asked["rate"]) if "rate" in asked else None,
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise RelayError("this is no address; write smtp://user:password@relay.example:587") from None


def _options(query: str) -> dict[str, str]:
    asked = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    if unknown := set(asked) - {"tls", "ca", "rate"}:
        raise RelayError(f"there is no option “{min(unknown)}”; there are tls, ca and rate")
    if asked.get("tls", "off") != "off":
        raise RelayError("tls can only be “off”")
    if "ca" in asked and not Path(asked["ca"]).is_file():
        raise RelayError(f"ca names {asked['ca']}, and there is no such file")
    return asked


def _rate(text: str) -> float:
    """`300/hour`, in mails a second."""
    said = _RATE.fullmatch(text)
    if said is None or int(said[1]) == 0:
        raise RelayError(f"“{text}” is no rate; write 10/second, 300/hour or 5000/day")
    return int(said[1]) / _SECONDS[said[2]]


def _tls(parts: SplitResult, asked: dict[str, str], username: str | None) -> Tls:
    here = parts.hostname in _HERE and username is None and "ca" not in asked
    match parts.scheme:
        case "smtps":
            return "implicit"
        case "catcher":
            return "off"
        case _ if "tls" in asked or here:
            return "off"
        case _:
            return "required" if username else "offered"
