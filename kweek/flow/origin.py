"""Which website is it? An origin (RFC 6454): scheme and host, and a port where it is not the usual one."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ORIGIN: Final = re.compile(rf"https?://(?:{_LABEL}\.)*{_LABEL}(?::\d{{1,5}})?")


def parse_origin(text: str) -> str:
    """`https://www.example.com`, as a browser says it. ValueError says what is wrong and what would be right."""
    if _ORIGIN.fullmatch(text):
        return text
    raise ValueError(f"“{text}” is not the address of a website; write {_near(text) or 'https://www.example.com'}")


def _near(text: str) -> str | None:
    """The origin in an address that says more (or less) than that."""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
    except ValueError:
        return None
    near = f"{parts.scheme or 'https'}://{parts.netloc.rpartition('@')[2]}".lower()
    return near if _ORIGIN.fullmatch(near) else None
