"""Who must be found in our own database and nowhere else, and how does one look: byte by byte, in every disguise?"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from typing import Final

NAME: Final = "Wilhelmina"
FAMILY: Final = "Plantenkweker"
HOST: Final = "geheim.example"
MAIL: Final = f"wilhelmina.plantenkweker@{HOST}"
PHONE: Final = "+31687654321"
WORDS: Final = "mijn-vrije-tekst-over-de-kas"
PLANTED: Final = (NAME, FAMILY, MAIL, HOST, PHONE, PHONE.removeprefix("+31"), WORDS)


def found_in(raw: bytes) -> list[str]:
    """What of her these bytes hold: as it is, in capitals or not, in UTF-16, in base64 at any of its three places, or
    in something compressed."""
    lowered, packed = raw.lower(), [text.lower() for text in _unpacked(raw)]
    return [what for what in PLANTED if _holds(raw, lowered, packed, what)]


def _holds(raw: bytes, lowered: bytes, packed: list[bytes], what: str) -> bool:
    text = what.encode()
    forms = {text.lower(), what.encode("utf-16-le").lower(), what.encode("utf-16-be").lower()}
    if any(form in lowered for form in forms) or any(form in raw for form in _in_base64(text)):
        return True
    return any(text.lower() in plain for plain in packed)


def _in_base64(text: bytes) -> Iterator[bytes]:
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + text)
        yield coded[(0, 2, 3)[shift] : len(coded) // 4 * 4 - 4]


def _unpacked(raw: bytes) -> Iterator[bytes]:
    """Whatever begins like gzip or zlib and can be read a little."""
    for match in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", raw):
        packed = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            yield packed.decompress(raw[match.start() : match.start() + 100_000])
        except zlib.error:
            continue
