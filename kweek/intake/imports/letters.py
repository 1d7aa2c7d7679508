"""In which letters is a file written? UTF-8, UTF-16, Windows or an old Mac: it is found by what makes sense.

One byte that is no UTF-8 does not make Windows-1252 of a file in which all others are, nor do some NULs make it no
text: each is read as U+FFFD, and whoever reads the row tells of it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from kweek.intake.imports.said import FileError

LOST: Final = "\ufffd"
"""Stands where a letter could not be read."""

ENCODINGS: Final = ("utf-8", "cp1252", "mac_roman", "cp850", "utf-16")
"""From which a person may choose."""

_UTF_8: Final = "utf-8-sig"
_BOMS: Final = ((b"\xef\xbb\xbf", _UTF_8), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BEYOND: Final = re.compile(r"[^\x00-\x7f]")
_LOOKED_AT: Final = 10_000  # letters beyond ASCII
_FEW_ZEROS: Final = 10  # NULs that something left behind; no text is full of them
_MOST_ZEROS: Final = 0.001  # of its letters: what is no text has four times as many
_WITHIN_A_WORD: Final = "'’‘·"


def decoded(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text, and the encoding in which it was written. encoding: as somebody says. FileError."""
    text, name = _found(data) if encoding is None else (_said(data, encoding), encoding)
    text = text.removeprefix("\ufeff")
    zeros = text.count("\0")
    if zeros > max(_FEW_ZEROS, len(text) * _MOST_ZEROS):
        raise FileError("file.no-text")
    return text.replace("\0", LOST) if zeros else text, name


def _said(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeError:
        raise FileError("file.encoding.other", name=name) from None
    except LookupError:
        raise FileError("file.encoding.unknown", name=name[:60]) from None


def _found(data: bytes) -> tuple[str, str]:
    name = _marked(data) or _by_zeros(data[:2_000])
    if name is not None:
        return _read(data, name, "replace" if name == _UTF_8 else "strict"), name
    text = data.decode("utf-8", "replace")
    lost = text.count(LOST) - data.count(LOST.encode())  # some may stand there from before
    others = len(text) - len(text.encode("ascii", "ignore")) - lost
    if not lost or others >= lost:
        return text, "utf-8"
    return _old(data)


def _marked(data: bytes) -> str | None:
    return next((name for mark, name in _BOMS if data.startswith(mark)), None)


def _by_zeros(start: bytes) -> str | None:
    """In UTF-16 every other byte of plain letters is nothing."""
    if start.count(0) * 3 <= len(start):
        return None
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def _read(data: bytes, name: str, errors: str) -> str:
    try:
        return data.decode(name, errors)
    except UnicodeError:
        raise FileError("file.encoding") from None


def _old(data: bytes) -> tuple[str, str]:
    """Of one byte for each letter: Windows', unless its letters make no sense, and a Mac's do."""
    mac = data.decode("mac_roman")
    wrong = _senseless(mac)
    try:
        windows = data.decode("cp1252")
    except UnicodeError:
        if wrong:
            raise FileError("file.encoding") from None
        return mac, "mac_roman"
    return (mac, "mac_roman") if wrong * 2 < _senseless(windows) else (windows, "cp1252")


def _senseless(text: str) -> int:
    """How often stands something where nobody writes it: a capital within a word (`CafŽ`), a sign between letters?"""
    found = islice(_BEYOND.finditer(text), _LOOKED_AT)
    places = (one.start() for one in found)
    return sum(_is_senseless(text[max(0, n - 1) : n], text[n], text[n + 1 : n + 2]) for n in places)


def _is_senseless(before: str, one: str, after: str) -> bool:
    if not one.isalpha():
        return before.isalpha() and after.isalpha() and one not in _WITHIN_A_WORD
    falls = before.isupper() and one.isupper() and after.islower()
    return falls or (before.islower() and one.isupper()) or (one.islower() and after.isupper())
