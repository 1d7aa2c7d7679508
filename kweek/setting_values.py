"""What does the text of a setting mean? Each kind is read here; SettingsError says what it should have been, and shows
no value that may hold a password."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, Literal, cast, get_args
from urllib.parse import urlsplit

from kweek.errors import SettingsError

WhenUnsure = Literal["resend", "hold"]

_UNITS: Final = {"second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": 86_400.0, "week": 604_800.0}
_PACE: Final = re.compile(r"([\d.]+) +(second|minute|hour)s? +(?:a|per) +(minute|hour|day|week)")
_DATABASES: Final = ("sqlite", "postgresql", "postgres")


def folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def tempo(text: str) -> float:
    """Flow seconds per real second: `1`, `17280`, or as people say it: `5 seconds a day`."""
    said = text.strip().lower()
    try:
        if match := _PACE.fullmatch(said):
            found = _UNITS[match[3]] / (float(match[1]) * _UNITS[match[2]])
        else:
            found = float(said)
    except (ValueError, ZeroDivisionError):
        found = 0.0
    if not 0.001 <= found <= 10_000_000:
        raise SettingsError(f"“{text}” is no tempo; write 1 (in earnest) or “5 seconds a day”")
    return found


def base_url(text: str) -> str:
    """The address that leads see, without a slash at its end."""
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text) or not _sound(text):
        raise SettingsError("this must be the address that leads see: https://mail.example.com")
    return text.rstrip("/")


def host_and_port(text: str, usual: int = 7233) -> str:
    """`temporal.example:7233`; the port may be left out."""
    if not re.fullmatch(r"[^\s/?#@]+", text) or not _sound(f"//{text}"):
        raise SettingsError(f"“{text}” is no address of a server; write temporal.example:{usual}")
    where = urlsplit(f"//{text}")
    host = where.hostname or ""
    return f"[{host}]:{where.port or usual}" if ":" in host else f"{host}:{where.port or usual}"


def database_url(text: str) -> str:
    """Its kind is asked here; whoever opens it reads the rest."""
    kind, mark, _ = text.partition("://")
    kind = kind.partition("+")[0]
    if not mark:
        raise SettingsError("this is no address; write sqlite:///leads.db or postgresql://user@host/name")
    if kind not in _DATABASES:
        raise SettingsError(f"Kweek knows sqlite and postgresql, not “{kind}”")
    return text


def when_unsure(text: str) -> WhenUnsure:
    if text not in get_args(WhenUnsure):
        raise SettingsError(f"this is “resend” or “hold”, not “{text}”")
    return cast(WhenUnsure, text)


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """`127.0.0.1, 10.20.0.0/16`."""
    said = [word for word in re.split(r"[\s,]+", text) if word]
    try:
        return tuple(ip_network(word) for word in said)
    except ValueError:
        raise SettingsError(f"“{text}” are no networks; write addresses: 127.0.0.1, 10.20.0.0/16") from None


def _sound(url: str) -> bool:
    """A name, and a port that can be, where one is said."""
    try:
        where = urlsplit(url)
        return bool(where.hostname) and where.port != 0
    except ValueError:
        return False
